"""A change restarts the route at the first reviewer who looks at what it touches."""

from datetime import date

import pytest

from accounts.models import Membership
from accounts.states import Role
from contracting.approvals import queries
from contracting.approvals.invariants import INVARIANTS
from contracting.approvals.models import Decision
from contracting.approvals.operations.adopt import StepTerms, adopt_policy
from contracting.approvals.operations.void import void_route
from contracting.approvals.states import RouteState
from contracting.audit.models import AuditEvent
from tests.approvals.conftest import SUBJECT
from tests.cast import person

NEW = {"version": 2, "content_sha256": "2" * 64}


@pytest.fixture
def decided(
    administrator,
    agency,
    submit_for_review,
    decide,
    technical_reviewer,
    finance_reviewer,
    legal_reviewer,
    program_manager,
    at,
):
    """Technical looks at the scope, beside finance at money; then legal at the scope.

    All three have concurred with version 1, which was then changed.
    """
    steps = [(1, "TECHNICAL", "scope"), (1, "FINANCE", "funds"), (2, "LEGAL", "scope")]
    adopt_policy(
        agency_id=agency.pk,
        kind="watched",
        title="Each looks at their own",
        steps=[
            StepTerms(place, Role.REVIEWER, field, looks_at=(word,))
            for place, field, word in steps
        ],
        valid_from=date(2026, 1, 1),
        by=administrator,
        at=at,
    )
    route = submit_for_review(kind="watched")
    for reviewer in (technical_reviewer, finance_reviewer, legal_reviewer):
        decide(route, reviewer, comment="Fine.")
    assert len(queries.standing_decisions(SUBJECT)) == 3
    void_route(subject=SUBJECT, reason="It was edited.", by=program_manager, at=at)
    assert queries.standing_decisions(SUBJECT) == []
    return route


@pytest.mark.parametrize(
    ("changed", "carried", "asked"),
    [
        (["Line 0001, funds"], ["TECHNICAL"], ["FINANCE"]),
        (["Scope of work"], ["FINANCE"], ["TECHNICAL"]),
        (["Delivery place"], ["FINANCE", "LEGAL", "TECHNICAL"], []),
    ],
    ids=["funds", "scope", "neither"],
)
def test_who_looks_at_something_else_is_not_asked_again(
    decided, submit_for_review, changed, carried, asked
):
    # When the changed content is submitted again
    route = submit_for_review(kind="watched", changes_since=lambda _: changed, **NEW)

    # Then the others are carried to its hash by a record, and who is first decides
    kept = Decision.objects.filter(route=route)
    assert sorted(each.step.review_field for each in kept) == carried
    assert {each.content_sha256 for each in kept} == {"2" * 64}
    assert {each.carried_from and each.carried_from.version for each in kept} == {1}
    recorded = AuditEvent.objects.filter(event="approvals.decision.carried")
    assert recorded.count() == len(carried)
    assert [step.review_field for step in queries.current_steps(route)] == asked
    assert (route.state == RouteState.COMPLETE) == (not asked)
    assert "Carried from version 1" in str(queries.standing(route))
    assert [each.exceptions() for each in INVARIANTS] == [[], [], []]


def test_who_has_written_since_decides_no_more_and_a_return_carries_nothing(
    decided, submit_for_review, decide, technical_reviewer, finance_reviewer, cor
):
    # Given a second finance reviewer, and that the first has written version 2
    Membership.objects.create(
        user=person(cor),
        organization_id=cor.organization_id,
        role=Role.REVIEWER,
        review_field="FINANCE",
    )
    again = {"kind": "watched", "changes_since": lambda _: ["Scope of work"]}
    writer = finance_reviewer.user_id

    # Then nothing of theirs is carried to it
    route = submit_for_review(**again, excluded_user_ids=[writer], **NEW)
    assert not route.decisions.exists()

    # And what is returned is decided anew by everybody
    decide(route, technical_reviewer, verdict="RETURN", comment="No.")
    third = {"version": 3, "content_sha256": "3" * 64}
    assert not submit_for_review(**again, **third).decisions.exists()
