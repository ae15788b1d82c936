"""Five reviewers press two hundred times; three are needed."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Membership
from accounts.queries import actor_of
from accounts.states import Role
from contracting.approvals.invariants import INVARIANTS
from contracting.approvals.models import Decision
from contracting.approvals.operations.adopt import StepTerms, adopt_policy
from contracting.approvals.operations.open import open_route
from contracting.approvals.operations.record import record_decision
from contracting.approvals.states import Need, RouteState
from contracting.audit.models import AuditEvent
from contracting.core.errors import Refusal
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from tests.cast import AT, actor, person

PRESSED = 200
AT_ONCE = 20
NEEDED = 3
ALSO_TECHNICAL = ("cor", "evaluator", "second_evaluator", "auditor")
SHA = "1" * 64


@pytest.fixture
def reviewers(own_database):
    """Five technical reviewers."""
    first = actor("technical_reviewer")
    more = [
        Membership.objects.create(
            user=person(actor(part)),
            organization_id=first.own_organization_id,
            role=Role.REVIEWER,
            review_field="TECHNICAL",
        )
        for part in ALSO_TECHNICAL
    ]
    return [first, *(actor_of(each) for each in more)]


@pytest.fixture
def route(reviewers):
    """A review that three of them decide."""
    agency_id = reviewers[0].own_organization_id
    adopt_policy(
        agency_id=agency_id,
        kind="board",
        title="Three of the board",
        steps=[StepTerms(1, Role.REVIEWER, "TECHNICAL", Need.N, NEEDED)],
        valid_from=date(2026, 1, 1),
        by=actor("administrator"),
        at=AT,
    )
    return open_route(
        subject=Subject("orders.task_order", 7, "contract:3"),
        agency_id=agency_id,
        kind="board",
        title="Pilot order",
        url_path="/orders/ord_x/review",
        value=Dollars("60.00"),
        risk="",
        version=1,
        content_sha256=SHA,
        excluded_user_ids=[],
        by=actor("program_manager"),
        at=AT,
    )


def test_the_quorum_is_reached_once_and_nobody_counts_twice(route, reviewers):
    barrier = Barrier(AT_ONCE)

    def press(number):
        connection.ensure_connection()
        if number < AT_ONCE:
            barrier.wait(timeout=60)
        try:
            record_decision(
                route_id=route.pk,
                by=reviewers[number % len(reviewers)],
                at=AT,
                verdict="CONCUR",
                comment="",
                seen_version=1,
                content_sha256=SHA,
            )
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "decided"

    # When each presses forty times, twenty at one instant
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = Counter(pool.map(press, range(PRESSED)))

    # Then three decisions stand, of three persons, and the others were refused in words
    assert told.pop("decided") == NEEDED
    assert set(told) <= {"already_decided", "route_closed"}
    assert sum(told.values()) == PRESSED - NEEDED
    persons = Decision.objects.filter(route=route).values_list("by_user_id", flat=True)
    assert len(set(persons)) == len(persons) == NEEDED

    # And the route was completed once
    route.refresh_from_db()
    assert route.state == RouteState.COMPLETE
    recorded = AuditEvent.objects.filter(event="approvals.decision.recorded")
    states = [json.loads(each.payload)["data"]["route_state"] for each in recorded]
    assert sorted(states) == ["COMPLETE", "OPEN", "OPEN"]
    assert [each.exceptions() for each in INVARIANTS] == [[], [], []]
