"""A delegation is taken back by who gave it."""

from datetime import date

import pytest

from accounts.operations.delegate_review import delegate_review
from accounts.operations.revoke_delegation import revoke_delegation
from accounts.queries import delegators_of
from accounts.refusals import DelegationEnded
from contracting.core.errors import NotAllowed
from tests.cast import nothing_happens

TODAY = date(2026, 3, 2)


@pytest.fixture
def delegation(legal_reviewer, security_reviewer, at):
    return delegate_review(
        delegate_id=security_reviewer.membership_id,
        valid_from=TODAY,
        valid_to=date(2026, 3, 6),
        reason="leave",
        by=legal_reviewer,
        at=at,
    )


@pytest.mark.parametrize("role", ["legal_reviewer", "administrator"])
def test_who_gave_it_or_an_administrator_takes_it_back(
    role, request, delegation, security_reviewer, at
):
    by = request.getfixturevalue(role)

    revoke_delegation(delegation_id=delegation.pk, by=by, at=at)

    assert delegators_of(security_reviewer, TODAY) == []


@pytest.mark.parametrize(
    "role", ["security_reviewer", "contracting_officer", "other_agency_officer"]
)
def test_nobody_else_takes_it_back(role, request, delegation, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        revoke_delegation(delegation_id=delegation.pk, by=by, at=at)


@pytest.mark.rule("R-ROL-10", case="refused")
def test_it_is_taken_back_once(delegation, legal_reviewer, at):
    revoke_delegation(delegation_id=delegation.pk, by=legal_reviewer, at=at)

    with nothing_happens(), pytest.raises(DelegationEnded) as refusal:
        revoke_delegation(delegation_id=delegation.pk, by=legal_reviewer, at=at)

    assert refusal.value.rule == "R-ROL-10"
