"""A change of content voids every decision, in plain sight."""

import pytest

from contracting.approvals import queries
from contracting.approvals.operations.void import void_route
from contracting.approvals.refusals import RouteClosed
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.core.subjects import Subject
from tests.approvals.conftest import SHA, SUBJECT
from tests.cast import nothing_happens

CHANGED = "The ceiling was raised."


@pytest.mark.rule("R-ROL-08", case="allowed")
def test_a_complete_route_is_void_once_the_content_has_changed(
    submit_for_review, decide, technical_reviewer, finance_reviewer, program_manager, at
):
    # Given an order that both reviewers concurred with
    route = submit_for_review()
    decide(route, technical_reviewer)
    decide(route, finance_reviewer)

    # When it is changed
    void_route(subject=SUBJECT, reason=CHANGED, by=program_manager, at=at)

    # Then it is approved no longer, and every decision is shown as void
    assert not queries.is_complete_for(SUBJECT, 1, SHA)
    route.refresh_from_db()
    shown = queries.standing(route)
    assert [step.state for step in shown] == ["VOIDED", "VOIDED"]
    said = [decision for step in shown for decision in step.decisions]
    assert [(d.voided_at, d.voided_because) for d in said] == [(at, CHANGED)] * 2
    assert AuditEvent.objects.get(event="approvals.route.voided").stream == "contract:3"


@pytest.mark.rule("R-ROL-08", case="refused")
def test_nobody_decides_on_a_void_route(
    submit_for_review, decide, technical_reviewer, program_manager, at
):
    route = submit_for_review()
    void_route(subject=SUBJECT, reason=CHANGED, by=program_manager, at=at)

    with nothing_happens(), pytest.raises(RouteClosed) as refusal:
        decide(route, technical_reviewer)

    assert refusal.value.rule == "R-ROL-08"


@pytest.mark.rule("R-ROL-08", case="allowed")
def test_the_changed_content_starts_a_route_of_its_own(
    submit_for_review, decide, technical_reviewer, finance_reviewer, program_manager, at
):
    submit_for_review()
    void_route(subject=SUBJECT, reason=CHANGED, by=program_manager, at=at)

    again = submit_for_review(version=2, content_sha256="2" * 64)
    decide(again, technical_reviewer)
    decide(again, finance_reviewer)

    assert queries.is_complete_for(SUBJECT, 2, "2" * 64)
    assert len(queries.routes_of(SUBJECT)) == 2


def test_where_nothing_is_under_review_nothing_is_voided(program_manager, at):
    with nothing_happens():
        voided = void_route(
            subject=Subject("orders.task_order", 8, "contract:3"),
            reason=CHANGED,
            by=program_manager,
            at=at,
        )

    assert voided is None


def test_another_agency_voids_nothing(submit_for_review, other_agency_officer, at):
    submit_for_review()

    with nothing_happens(), pytest.raises(NotAllowed):
        void_route(subject=SUBJECT, reason=CHANGED, by=other_agency_officer, at=at)
