"""A decision is one person's, on exactly the version that they saw."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from accounts.models import Membership
from accounts.operations.delegate_review import delegate_review
from accounts.operations.revoke_delegation import revoke_delegation
from accounts.queries import actor_of
from accounts.states import Role
from contracting.approvals import queries
from contracting.approvals.models import Decision
from contracting.approvals.queries import Progress
from contracting.approvals.refusals import (
    AlreadyDecided,
    CommentMissing,
    RouteClosed,
)
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed, NotVisible, Stale
from contracting.core.quantities import Dollars
from tests.approvals.conftest import SHA, SUBJECT
from tests.cast import nothing_happens, person


@pytest.fixture
def route(submit_for_review):
    return submit_for_review()


@pytest.fixture
def delegated(legal_reviewer, technical_reviewer, at):
    """The technical reviewer lets the legal reviewer review in their place."""
    return delegate_review(
        delegate_id=legal_reviewer.membership_id,
        valid_from=date(2026, 3, 2),
        valid_to=date(2026, 3, 6),
        reason="leave",
        by=technical_reviewer,
        at=at,
    )


def test_a_route_is_complete_when_every_step_has_its_decision(
    route, decide, technical_reviewer, finance_reviewer
):
    # When both reviewers concur, in whatever order
    first = decide(route, finance_reviewer)
    second = decide(route, technical_reviewer, comment="Sound estimate.")

    # Then the second completes the route, for exactly this version
    assert first == Progress(complete=False, returned=False, steps_left=1)
    assert second == Progress(complete=True, returned=False, steps_left=0)
    assert queries.is_complete_for(SUBJECT, 1, SHA)
    assert not queries.is_complete_for(SUBJECT, 2, SHA)
    assert not queries.is_complete_for(SUBJECT, 1, "0" * 64)
    event = AuditEvent.objects.filter(event="approvals.decision.recorded").latest("pk")
    assert '"route_state":"COMPLETE"' in event.payload


def test_positions_follow_one_another(
    submit_for_review, decide, technical_reviewer, finance_reviewer, legal_reviewer
):
    # Given a large order: technical beside finance, then legal beside security
    route = submit_for_review(value=Dollars("2000000.00"))
    decide(route, technical_reviewer)

    # When legal decides before finance has
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        decide(route, legal_reviewer)

    # Then they are told whom it waits for, and later it is their turn
    assert "it waits for a finance reviewer" in refusal.value.message
    assert decide(route, finance_reviewer).steps_left == 2
    assert decide(route, legal_reviewer).steps_left == 1


@pytest.mark.parametrize(
    "role", ["legal_reviewer", "contracting_officer", "auditor", "administrator"]
)
def test_nobody_who_is_not_asked_decides(role, request, route, decide):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        decide(route, by)


def test_for_another_agency_the_route_does_not_exist(
    route, decide, other_agency_officer, vendor_a_signer
):
    for outsider in (other_agency_officer, vendor_a_signer):
        with nothing_happens(), pytest.raises(NotVisible):
            decide(route, outsider)


def test_a_return_closes_the_route_at_once(
    route, decide, technical_reviewer, finance_reviewer
):
    # When one reviewer returns it
    progress = decide(route, technical_reviewer, verdict="RETURN", comment="No scope.")

    # Then nobody decides on it any more
    assert progress == Progress(complete=False, returned=True, steps_left=2)
    with nothing_happens(), pytest.raises(RouteClosed):
        decide(route, finance_reviewer)


def test_not_to_concur_is_a_final_decision_too(
    route, decide, technical_reviewer, finance_reviewer
):
    decide(route, technical_reviewer, verdict="NONCONCUR", comment="Too large.")
    progress = decide(route, finance_reviewer)

    assert progress.complete
    assert len(queries.undisposed_nonconcurrences(route)) == 1


@pytest.mark.parametrize("verdict", ["NONCONCUR", "RETURN"])
def test_who_does_not_concur_says_why(route, decide, technical_reviewer, verdict):
    with nothing_happens(), pytest.raises(CommentMissing):
        decide(route, technical_reviewer, verdict=verdict, comment="  ")


@pytest.mark.parametrize(
    "seen", [{"seen_version": 2}, {"content_sha256": "0" * 64}], ids=str
)
def test_a_decision_on_another_version_is_stale(
    route, decide, technical_reviewer, seen
):
    with nothing_happens(), pytest.raises(Stale):
        decide(route, technical_reviewer, **seen)


def test_a_person_decides_once_even_in_two_roles(route, decide, technical_reviewer):
    # Given a technical reviewer who also reviews finance, and has decided
    finance = Membership.objects.create(
        user=person(technical_reviewer),
        organization_id=technical_reviewer.organization_id,
        role=Role.REVIEWER,
        review_field="FINANCE",
    )
    decide(route, technical_reviewer)

    # Then the other role does not decide as well
    with nothing_happens(), pytest.raises(AlreadyDecided):
        decide(route, actor_of(finance))


@pytest.mark.rule("R-ROL-09", case="allowed")
def test_somebody_else_decides_on_it(route, decide, technical_reviewer):
    assert decide(route, technical_reviewer).steps_left == 1


@pytest.mark.rule("R-ROL-09", case="refused")
def test_who_made_it_does_not_decide_on_it(
    submit_for_review, decide, technical_reviewer, program_manager, cor
):
    # Given a second technical reviewer, so that somebody is left to decide
    Membership.objects.create(
        user=person(cor),
        organization_id=cor.organization_id,
        role=Role.REVIEWER,
        review_field="TECHNICAL",
    )
    route = submit_for_review(
        excluded_user_ids=[program_manager.user_id, technical_reviewer.user_id]
    )

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        decide(route, technical_reviewer)

    assert refusal.value.rule == "R-ROL-09"


@pytest.mark.rule("R-ROL-09", case="refused")
def test_who_submitted_it_does_not_decide_on_it_in_another_role(
    route, decide, program_manager
):
    second = Membership.objects.create(
        user=person(program_manager),
        organization_id=program_manager.organization_id,
        role=Role.REVIEWER,
        review_field="TECHNICAL",
    )

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        decide(route, actor_of(second))

    assert refusal.value.rule == "R-ROL-09"


@pytest.mark.rule("R-ROL-10", case="allowed")
def test_a_delegate_decides_in_the_seat_of_the_delegator(
    route, decide, delegated, legal_reviewer, technical_reviewer
):
    decide(route, legal_reviewer)

    decision = Decision.objects.get()
    assert decision.membership_id == legal_reviewer.membership_id
    assert decision.on_behalf_of_id == technical_reviewer.membership_id
    event = AuditEvent.objects.get(event="approvals.decision.recorded")
    assert event.actor_name == "Fay Legal"
    assert '"in_seat_of":"Eli Technical"' in event.payload
    with nothing_happens(), pytest.raises(AlreadyDecided):
        decide(route, technical_reviewer)


@pytest.mark.rule("R-ROL-10", case="refused")
def test_a_delegation_that_was_revoked_gives_no_seat(
    route, decide, delegated, legal_reviewer, technical_reviewer, at
):
    revoke_delegation(delegation_id=delegated.pk, by=technical_reviewer, at=at)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        decide(route, legal_reviewer)

    assert refusal.value.rule == "R-ROL-10"


@pytest.mark.rule("R-ROL-09", case="refused")
def test_a_delegate_who_made_it_does_not_decide_on_it(
    submit_for_review, decide, delegated, legal_reviewer
):
    route = submit_for_review(excluded_user_ids=[legal_reviewer.user_id])

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        decide(route, legal_reviewer)

    assert refusal.value.rule == "R-ROL-09"


@pytest.mark.rule("R-ROL-09", case="refused")
def test_nobody_decides_in_the_seat_of_who_made_it(
    submit_for_review, decide, delegated, legal_reviewer, technical_reviewer, cor
):
    # Given an order that the delegator made, and a second technical reviewer
    Membership.objects.create(
        user=person(cor),
        organization_id=cor.organization_id,
        role=Role.REVIEWER,
        review_field="TECHNICAL",
    )
    route = submit_for_review(excluded_user_ids=[technical_reviewer.user_id])

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        decide(route, legal_reviewer)

    assert refusal.value.rule == "R-ROL-09"
    assert "made or submitted this" in refusal.value.message


def test_where_all_are_asked_everybody_decides(
    submit_for_review, decide, policies, technical_reviewer, finance_reviewer, cor
):
    second = Membership.objects.create(
        user=person(cor),
        organization_id=cor.organization_id,
        role=Role.REVIEWER,
        review_field="TECHNICAL",
    )
    policies["task_order"][0].steps.filter(review_field="TECHNICAL").update(need="ALL")
    route = submit_for_review()

    assert decide(route, technical_reviewer).steps_left == 2
    assert decide(route, finance_reviewer).steps_left == 1
    assert decide(route, actor_of(second)).complete


def test_the_database_refuses_to_change_or_remove_a_decision(
    route, decide, technical_reviewer
):
    decide(route, technical_reviewer)

    for change in (
        "UPDATE approvals_decision SET verdict = 'RETURN'",
        "DELETE FROM approvals_decision",
        "TRUNCATE approvals_decision CASCADE",
    ):
        with (
            pytest.raises(Exception, match="only ever added|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(change)


def test_the_database_refuses_to_open_a_complete_route_again(
    route, decide, technical_reviewer, finance_reviewer
):
    decide(route, technical_reviewer)
    decide(route, finance_reviewer)

    with (
        pytest.raises((IntegrityError, InternalError), match="cannot move"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE approvals_route SET state = 'OPEN'")
