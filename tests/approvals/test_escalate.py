"""A review that waits too long, or for nobody, is told to somebody above, once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from accounts.models import Membership
from accounts.queries import actor_of
from accounts.states import Role
from contracting.approvals import queries
from contracting.approvals.models import Decision, PolicyStep
from contracting.approvals.operations.adopt import StepTerms, adopt_policy
from contracting.approvals.operations.escalate import escalate_review
from contracting.approvals.queries.queues import queue_of, to_escalate
from contracting.approvals.refusals import AlreadyDecided, NothingToEscalate
from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.desk.tasks import escalate_reviews
from contracting.notices.models import Notice
from tests.cast import client_for, nothing_happens, person

# The review is opened on Monday, 2 March 2026, and has three working days.
THURSDAY = datetime(2026, 3, 5, 15, 0, tzinfo=UTC)
FRIDAY = datetime(2026, 3, 6, 15, 0, tzinfo=UTC)


@pytest.fixture
def policy(administrator, agency, at):
    """Technical has three working days, and the program manager is told after them."""
    return adopt_policy(
        agency_id=agency.pk,
        kind="hurried",
        title="In three days",
        steps=[
            StepTerms(
                position=1,
                role=Role.REVIEWER,
                review_field="TECHNICAL",
                working_days=3,
                escalates_to=Role.PROGRAM_MANAGER,
            )
        ],
        valid_from=date(2026, 1, 1),
        by=administrator,
        at=at,
    )


@pytest.fixture
def route(policy, submit_for_review, contract_specialist):
    return submit_for_review(kind="hurried", by=contract_specialist)


def test_when_its_working_days_are_over_somebody_above_is_told_once(
    route, monkeypatch, technical_reviewer, program_manager, decide
):
    # On the last day nobody is told
    assert to_escalate(THURSDAY) == []
    monkeypatch.setattr("contracting.core.clock.now", lambda: FRIDAY)

    # On the day after, whom the policy names is, once
    assert [escalate_reviews(), escalate_reviews()] == [1, 0]
    notice = Notice.objects.get(title="A review waits: Pilot order")
    assert notice.recipient_user_id == program_manager.user_id
    event = AuditEvent.objects.get(event="approvals.review.escalated")
    assert '"due_on":"2026-03-05"' in event.payload

    # It stands on the queue and on the route, and the reviewer decides as before
    page = client_for(technical_reviewer).get("/approvals/").text
    assert "Escalated: its working days are over." in page
    assert "of 3 working days" in page
    assert "Escalated" in queries.standing(route)[0].why
    assert decide(route, technical_reviewer, at=FRIDAY).complete


def test_it_is_the_clock_that_escalates_and_only_what_is_late(
    route, contracting_officer, at
):
    step = route.steps.get()

    with nothing_happens(), pytest.raises(NotAllowed):
        escalate_review(step_id=step.pk, by=contracting_officer, at=FRIDAY)
    with nothing_happens(), pytest.raises(NothingToEscalate):
        escalate_review(step_id=step.pk, by=SYSTEM, at=at)


def test_who_has_a_conflict_abstains_and_a_colleague_decides(
    route, decide, technical_reviewer, cor, at
):
    # Given a second technical reviewer
    second = Membership.objects.create(
        user=person(cor),
        organization_id=cor.organization_id,
        role=Role.REVIEWER,
        review_field="TECHNICAL",
    )
    words = "My brother works for the vendor."

    # When the first abstains, nothing is decided by it and nobody above is told
    progress = decide(route, technical_reviewer, verdict="ABSTAIN", comment=words)
    assert (progress.complete, progress.steps_left) == (False, 1)
    assert to_escalate(at) == []
    assert queue_of(technical_reviewer) == []
    with nothing_happens(), pytest.raises(AlreadyDecided):
        decide(route, technical_reviewer)

    # Then the colleague decides, and both stand on the record
    assert decide(route, actor_of(second)).complete
    said = Decision.objects.order_by("pk").values_list("verdict", flat=True)
    assert list(said) == ["ABSTAIN", "CONCUR"]


def test_where_nobody_is_left_somebody_is_told_at_once(
    route, decide, technical_reviewer, at, monkeypatch
):
    decide(route, technical_reviewer, verdict="ABSTAIN", comment="I own shares.")
    monkeypatch.setattr("contracting.core.clock.now", lambda: at + timedelta(hours=1))

    assert escalate_reviews() == 1

    notice = Notice.objects.get(title="A review waits: Pilot order")
    assert "Give one more person the role" in notice.body


def test_an_independent_reviewer_reads_the_others_after_deciding(
    submit_for_review, decide, technical_reviewer, finance_reviewer, auditor, policies
):
    # Given two who are asked side by side, each for an opinion of their own
    PolicyStep.objects.filter(policy=policies["task_order"][0]).update(
        is_independent=True
    )
    route = submit_for_review()
    decide(route, finance_reviewer, comment="The funds suffice.")

    # Then the one who has not decided does not read what the other said
    def read_by(actor):
        return str(queries.standing(route, actor))

    assert "suffice" not in read_by(technical_reviewer)
    assert "when you have decided yourself" in read_by(technical_reviewer)
    assert "suffice" in read_by(auditor)
    decide(route, technical_reviewer)
    assert "suffice" in read_by(technical_reviewer)
