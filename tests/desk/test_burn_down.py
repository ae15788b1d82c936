"""F1: when funds and tokens run out, in a sentence first."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils.html import strip_tags

from contracting.core import clock
from contracting.desk.queries.burn_down import burning_of
from contracting.ledger.queries import lines_with_totals
from contracting.ledger.queries.history import obligated_over_time
from contracting.metering.operations.map_key import MappedTo, map_key
from contracting.metering.tasks import sort_usage_by_key
from contracting.orders.models import HOLDER_OF_A_LINE
from tests.builders_metering import DELIVERED_AT, event, ingested
from tests.builders_orders import (
    drafted_order,
    issued_modification,
    issued_order,
)
from tests.cast import actor, client_for

DAYS = 20
CALL = {"input": 500_000, "output": 25_000}
"""One dollar of input and twenty cents of output."""


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


def rows(response):
    return list(csv.reader(io.StringIO(response.content.decode())))


@pytest.fixture
def order(db):
    """Funded for $40 until the end of its period, from 13 April 2026."""
    return issued_order()


@pytest.fixture
def used(order):
    """A call of $1.20 on each of twenty days, delivered on its day."""
    for n in range(DAYS):
        at = DELIVERED_AT + timedelta(days=n)
        call = event(n, order=order, tokens=CALL, at=at - timedelta(minutes=30))
        ingested(call, at=at)
    return order


@pytest.fixture
def now(monkeypatch):
    """The doors read the clock on the day after the last call."""
    at = DELIVERED_AT + timedelta(days=DAYS)
    monkeypatch.setattr(clock, "now", lambda: at)
    return at


def page_of(order):
    return f"/orders/{order.public_id}/burn_down"


def test_the_page_says_when_funds_and_tokens_end(used, now, program_manager):
    page = client_for(program_manager).get(page_of(used))

    # Then the sentence comes first, with its range, its plan and its own error
    shown = text(page)
    assert page.status_code == 200
    assert "At the present rate funds end on" in shown
    assert "(80 % between" in shown
    assert "The plan was the same amount each day until" in shown
    assert "Made before the last 14 days, the forecast was" in shown
    # And funds, tokens and lines are drawn for a desk and for a phone
    html = page.content.decode()
    assert html.count("dd-plot__svg--wide") == 4
    assert html.count("dd-plot__svg--narrow") == 4
    assert "Nothing left" in html
    assert "points ahead of plan" in shown


def test_the_last_figure_is_what_the_ledger_has_left(used, now, cor):
    found = rows(client_for(cor).get(f"{page_of(used)}?format=csv&what=funds"))

    assert found[0][:3] == ["Day", "Left", "Plan"]
    known = [row for row in found[1:] if row[1]]
    assert Decimal(known[0][1]) == 40
    assert Decimal(known[-1][1]) == Decimal(40) - DAYS * Decimal("1.20")
    tokens = rows(client_for(cor).get(f"{page_of(used)}?format=csv&what=tokens"))
    left = [row for row in tokens[1:] if row[1]][-1][1]
    assert int(left) == 20_000_000 - DAYS * 525_000
    lines = rows(client_for(cor).get(f"{page_of(used)}?format=csv&what=lines"))
    assert lines[1][:2] == ["0001", "24.000000000000"]
    assert client_for(cor).get(f"{page_of(used)}?format=csv&what=x").status_code == 404


def test_the_funds_of_an_order_are_what_was_added_to_them(order, cor):
    line = order.current_lines()[0]

    added = obligated_over_time([line.holder])

    books: Any = lines_with_totals(HOLDER_OF_A_LINE, [line.pk]).get()
    assert sum(dollars for _, dollars in added) == books.obligated == 40


def test_a_modification_that_adds_funds_is_marked(cor):
    # Given an order to which funds were added
    modification = issued_modification()
    order = modification.order
    ingested(event(1, order=order))

    found = burning_of(order, cor, DELIVERED_AT + timedelta(days=3))

    # Then it is marked, said, and what is left grows on its day
    [note] = [each for each in found.funds.notes if each.startswith("Marked")]
    assert modification.number in note
    assert modification.number in found.funds.wide
    books: Any = lines_with_totals(
        HOLDER_OF_A_LINE, [line.pk for line in order.current_lines()]
    ).get()
    left = [row[1] for row in found.funds.table.rows if row[1] is not None]
    assert left[-1] == books.obligated - books.consumed


def test_the_first_day_of_use_is_too_little_to_say(order, monkeypatch, cor):
    ingested(event(1, order=order))
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT + timedelta(days=1))

    shown = text(client_for(cor).get(page_of(order)))

    assert "First used today; a forecast needs 5 whole days of use." in shown
    assert "Nothing is used yet" not in shown


def test_without_any_use_the_plan_is_shown(order, monkeypatch, cor):
    monkeypatch.setattr(clock, "now", lambda: DELIVERED_AT)

    page = client_for(cor).get(page_of(order))

    assert "Nothing is used yet; the period ends on" in text(page)
    assert "dd-plot__plan" in page.content.decode()
    assert "dd-plot__line" not in page.content.decode()


def test_a_silent_feed_is_said_above_the_drawing(used, monkeypatch, cor):
    later = DELIVERED_AT + timedelta(days=DAYS + 2)
    monkeypatch.setattr(clock, "now", lambda: later)

    shown = text(client_for(cor).get(page_of(used)))

    assert "was last heard of: 3 days ago. The forecast stands still" in shown


def test_an_order_that_is_not_signed_has_nothing_to_run_out(now, db, cor):
    order = drafted_order()

    shown = text(client_for(actor("contracting_officer")).get(page_of(order)))

    assert "Not signed yet: there are no funds to run out." in shown


def test_a_contract_runs_out_as_its_orders_do(used, now, cor, vendor_a_signer):
    address = f"/contracts/{used.contract.public_id}"

    burn_down = text(client_for(cor).get(f"{address}/burn_down"))
    home = client_for(cor).get(address)

    assert "At the present rate funds end on" in burn_down
    assert "At the present rate funds end on" in text(home)
    assert "CLIN 0001 is" in text(home)
    assert home.content.decode().count("dd-plot__svg--wide") == 2
    # And the vendor reads the same of its own contract, without the agency's feeds
    theirs = client_for(vendor_a_signer).get(f"{address}/burn_down")
    assert "At the present rate funds end on" in text(theirs)
    assert "How the feeds are" not in text(theirs)


@pytest.mark.parametrize("part", ["other_vendor_signer", "other_agency_officer"])
def test_nobody_outside_finds_the_page(used, now, part):
    browser = client_for(actor(part))

    assert browser.get(page_of(used)).status_code == 404
    assert browser.get(f"{page_of(used)}?format=csv").status_code == 404
    contract = used.contract.public_id
    assert browser.get(f"/contracts/{contract}/burn_down").status_code == 404


def test_a_day_unlike_the_others_is_drawn_and_names_its_key(used, now, cor):
    # Given a day on which one key of a project spends three times as usual
    at = DELIVERED_AT + timedelta(days=DAYS)
    map_key(
        agency_id=used.contract.agency_id,
        key_ref="key_loop",
        to=MappedTo(used.pk, None, "Claims"),
        source_id=None,
        first_day=at.date(),
        last_day=None,
        reason="The team's key.",
        by=actor("cor"),
        at=at,
    )
    spike = {"input": 1_500_000, "output": 75_000}
    call = event("spike", order=used, tokens=spike, at=at, key_ref="key_loop")
    ingested(call, at=at)
    sort_usage_by_key(every_day=True)

    # Then the page says how far it is off, and which key it was
    plot = burning_of(used, cor, at + timedelta(hours=1)).unusual
    assert plot.sentence == (
        f"3.0× expected on {at.day} {at:%b %Y}: key key_loop of project Claims."
    )
    shown = text(client_for(cor).get(f"{used.path}/burn_down"))
    assert "key key_loop of project Claims" in shown
    file = rows(client_for(cor).get(f"{used.path}/burn_down?format=csv&what=unusual"))
    assert file[-1][:2] == [f"{at.date()}", "3.60"]
    assert file[-1][-1] == "key key_loop of project Claims"


def test_days_as_usual_are_said_to_be_so(used, now, cor):
    page = client_for(cor).get(f"{used.path}/burn_down")

    assert "days are as expected." in text(page)
