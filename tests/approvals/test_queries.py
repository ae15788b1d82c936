"""Where a route stands, and for whom it waits."""

from datetime import date

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from psycopg import connect
from psycopg.conninfo import make_conninfo

from accounts.operations.delegate_review import delegate_review
from contracting.approvals import queries
from contracting.approvals.invariants import INVARIANTS
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from tests.approvals.conftest import SUBJECT

DAY = date(2026, 3, 2)


def test_a_route_waits_for_those_who_may_decide_now(
    submit_for_review,
    decide,
    technical_reviewer,
    finance_reviewer,
    legal_reviewer,
    program_manager,
    other_agency_officer,
):
    # Given a large order: technical beside finance, then legal beside security
    route = submit_for_review(value=Dollars("2000000.00"))

    # Then it waits for technical and finance, and for nobody else
    assert queries.waiting_for(technical_reviewer, DAY) == [route]
    assert queries.waiting_for(finance_reviewer, DAY) == [route]
    for other in (legal_reviewer, program_manager, other_agency_officer):
        assert queries.waiting_for(other, DAY) == []

    # When technical has decided, it no longer waits for them
    decide(route, technical_reviewer)
    assert queries.waiting_for(technical_reviewer, DAY) == []

    # And when finance has too, it waits for legal
    decide(route, finance_reviewer)
    assert queries.waiting_for(legal_reviewer, DAY) == [route]


def test_a_route_waits_for_a_delegate_while_the_delegation_holds(
    submit_for_review, technical_reviewer, legal_reviewer, at
):
    route = submit_for_review()
    delegate_review(
        delegate_id=legal_reviewer.membership_id,
        valid_from=DAY,
        valid_to=DAY,
        reason="leave",
        by=technical_reviewer,
        at=at,
    )

    assert queries.waiting_for(legal_reviewer, DAY) == [route]
    assert queries.waiting_for(legal_reviewer, date(2026, 3, 3)) == []
    assert queries.waiting_for(legal_reviewer) == []


def test_a_long_list_takes_no_more_queries_than_a_short_one(
    submit_for_review, decide, technical_reviewer, finance_reviewer
):
    def queries_taken():
        with CaptureQueriesContext(connection) as taken:
            found = queries.waiting_for(technical_reviewer, DAY)
        return len(taken), len(found)

    submit_for_review()
    short = queries_taken()
    for number in range(2, 6):
        more = submit_for_review(
            subject=Subject("orders.task_order", 100 + number, "contract:3")
        )
        decide(more, finance_reviewer)

    assert queries_taken() == (short[0], 5)


def test_the_standing_shows_each_step_with_its_decisions(
    submit_for_review, decide, technical_reviewer
):
    route = submit_for_review()
    decide(route, technical_reviewer, comment="Sound estimate.")

    finance, technical = queries.standing(route)
    html = render_to_string(
        "components/approvals.html", {"steps": queries.standing(route)}
    )

    assert (finance.label, finance.state) == ("Finance reviewer", "IN_PROGRESS")
    assert (technical.label, technical.state) == ("Technical reviewer", "COMPLETED")
    assert "Eli Technical" in html
    assert "Sound estimate." in html
    assert "on version 1" in html


def test_the_open_and_the_latest_route_are_told_apart(
    submit_for_review, decide, technical_reviewer
):
    route = submit_for_review()
    assert queries.open_route_of(SUBJECT) == route

    decide(route, technical_reviewer, verdict="RETURN", comment="No scope.")

    assert queries.open_route_of(SUBJECT) is None
    assert queries.latest_route_of(SUBJECT) == route


def test_every_invariant_holds_and_finds_what_breaks_it(
    own_database, submit_for_review, decide, technical_reviewer, finance_reviewer
):
    route = submit_for_review()
    decide(route, technical_reviewer)
    decide(route, finance_reviewer)
    assert [i.exceptions() for i in INVARIANTS] == [[], [], []]

    # When the owner of the database changes rows behind the triggers
    address = settings.DATABASE_OWNER_URL or own_database.url
    with connect(make_conninfo(address, dbname=own_database.name)) as session:
        for table in ("approvals_route", "approvals_step"):
            session.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        session.execute(
            "UPDATE approvals_route SET version = 9, excluded_user_ids = ARRAY[%s]",
            [technical_reviewer.own_user_id],
        )
        session.execute(
            "UPDATE approvals_step SET needed = 2 WHERE review_field = 'FINANCE'"
        )

    assert [len(i.exceptions()) for i in INVARIANTS] == [2, 1, 1]
