"""Reviews are delegated, for days, to a colleague; a warrant never is."""

from datetime import date
from typing import Any

import pytest

from accounts.models import Membership
from accounts.operations.delegate_review import delegate_review
from accounts.queries import delegators_of
from accounts.refusals import NotDelegable, WrongPeriod
from accounts.states import Role
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, NotVisible
from tests.cast import membership, nothing_happens, person

DAYS: dict[str, Any] = {
    "valid_from": date(2026, 3, 2),
    "valid_to": date(2026, 3, 6),
    "reason": "leave",
}


@pytest.mark.rule("R-ROL-10", case="allowed")
def test_a_reviewer_delegates_for_some_days(legal_reviewer, security_reviewer, at):
    # When the legal reviewer goes on leave
    delegate_review(
        delegate_id=security_reviewer.membership_id, **DAYS, by=legal_reviewer, at=at
    )

    # Then the colleague reviews in their place on these days and no other
    seats = [
        delegators_of(security_reviewer, date(2026, 3, day)) for day in (1, 2, 6, 7)
    ]
    assert seats == [[], [membership(legal_reviewer)], [membership(legal_reviewer)], []]
    assert delegators_of(legal_reviewer, date(2026, 3, 2)) == []
    assert AuditEvent.objects.filter(event="accounts.review.delegated").exists()


@pytest.mark.rule("R-ROL-10", case="refused")
@pytest.mark.parametrize(
    "role", ["contracting_officer", "funds_certifier", "administrator"]
)
def test_no_other_role_is_delegated(role, request, legal_reviewer, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        delegate_review(delegate_id=legal_reviewer.membership_id, **DAYS, by=by, at=at)

    assert refusal.value.rule == "R-ROL-10"


@pytest.mark.rule("R-ROL-10", case="refused")
def test_reviews_go_to_a_reviewer_only(legal_reviewer, contracting_officer, at):
    with nothing_happens(), pytest.raises(NotDelegable) as refusal:
        delegate_review(
            delegate_id=contracting_officer.membership_id,
            **DAYS,
            by=legal_reviewer,
            at=at,
        )

    assert refusal.value.rule == "R-ROL-10"


def test_nobody_delegates_to_themselves_in_another_role(legal_reviewer, at):
    other = Membership.objects.create(
        user=person(legal_reviewer),
        organization_id=legal_reviewer.organization_id,
        role=Role.REVIEWER,
        review_field="FINANCE",
    )

    with nothing_happens(), pytest.raises(NotDelegable):
        delegate_review(delegate_id=other.pk, **DAYS, by=legal_reviewer, at=at)


def test_a_colleague_elsewhere_does_not_exist(legal_reviewer, other_agency_officer, at):
    with nothing_happens(), pytest.raises(NotVisible):
        delegate_review(
            delegate_id=other_agency_officer.membership_id,
            **DAYS,
            by=legal_reviewer,
            at=at,
        )


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2026, 3, 6), date(2026, 3, 5)), (date(2026, 2, 1), date(2026, 3, 1))],
)
def test_days_that_are_over_or_upside_down_are_refused(
    legal_reviewer, security_reviewer, first, last, at
):
    with nothing_happens(), pytest.raises(WrongPeriod):
        delegate_review(
            delegate_id=security_reviewer.membership_id,
            valid_from=first,
            valid_to=last,
            reason="leave",
            by=legal_reviewer,
            at=at,
        )
