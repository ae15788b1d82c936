"""An order buys months, hours and pieces: units and dollars instead of tokens."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.core import clock
from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars, PricePerUnit, Tokens
from contracting.ledger.events import CEILING_RAISED
from contracting.orders import calculations
from contracting.orders.invariants import INVARIANTS
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.operations.edit import edit_task_order
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.paperwork import order_sheet
from contracting.orders.queries import line_limits
from contracting.orders.refusals import (
    NoAuthority,
    PriceAboveRateCard,
    TermInvalid,
)
from contracting.orders.states import EffectDraft
from tests.builders_charges import (
    SEATS,
    SERVICE,
    line_of,
    unit_line,
    unit_order,
    units_on_contract,
)
from tests.builders_orders import (
    ISSUED_AT,
    MODIFIED_AT,
    ORDERED_AT,
    drafted_modification,
    drafted_order,
    line,
    line_of_accounting,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.worlds import once_per_file

agreed = once_per_file(units_on_contract)


@pytest.fixture
def contract(agreed, db):
    """A contract with seats, capacity and services beside its tokens."""
    return Contract.objects.get(pk=agreed)


def broken():
    return [words for each in INVARIANTS for words in each.check()]


def test_a_signed_order_reads_in_units_on_page_and_paper(contract):
    # Given an order of tokens, seats and workshops
    order = unit_order(line(), unit_line(SEATS), unit_line(SERVICE), on=contract)

    # Then paper, content and limits name units where there are no tokens
    rows = {
        row["item"]: row
        for row in order_sheet(order, signer=actor("contracting_officer"))["lines"]
    }
    assert (rows[SEATS]["quantity"], rows[SEATS]["unit"]) == (Decimal(1000), "MO")
    assert rows[SERVICE]["unit_price"] == "$1,250.00"
    assert rows["0001"]["unit"] == "MTOK"
    assert order.content_sha256 == content_sha256(calculations.content(order))
    limits = {limit.line.clin: limit for limit in line_limits(order, ISSUED_AT)}
    assert limits[SEATS].funded_left == Dollars("40000.00")
    assert limits[SEATS].planned is None
    assert broken() == []


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"units": Decimal(0)}, TermInvalid),
        ({"units": Decimal(-1)}, TermInvalid),
        ({"ceiling_tokens": Tokens(1)}, TermInvalid),
        ({"price_per_unit": PricePerUnit("31.01")}, PriceAboveRateCard),
        ({"price_per_unit": PricePerUnit(0)}, TermInvalid),
    ],
)
def test_a_line_that_cannot_be_ordered_is_refused(contract, change, refusal):
    with pytest.raises(refusal), nothing_happens():
        drafted_order(on=contract, lines=[replace(unit_line(SEATS), **change)])


def test_a_line_of_tokens_has_no_units(contract):
    with pytest.raises(TermInvalid), nothing_happens():
        drafted_order(on=contract, lines=[line(units=Decimal(1))])


def test_a_lower_price_per_unit_stands_and_an_edit_keeps_it(contract):
    order = drafted_order(
        on=contract, lines=[unit_line(SEATS, price_per_unit=PricePerUnit("30.50"))]
    )
    edited = edit_task_order(
        order_id=order.pk,
        terms={"title": "More seats"},
        by=actor("program_manager"),
        at=ORDERED_AT,
        seen_version=order.version,
    )
    (rate,) = line_of(edited).current_unit_rates()
    assert rate.usd_per_unit == Decimal("30.5")


def test_the_database_holds_that_a_line_is_of_one_measure(contract):
    order = unit_order(on=contract)
    rows = OrderLine.objects.filter(order=order)
    for wrong in ({"ceiling_tokens": 5}, {"units": 0}, {"unit": "MTOK"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**wrong)


def test_a_modification_orders_more_units_and_less_needs_the_vendor(contract):
    # Given a signed order of a thousand seat-months
    order = unit_order(on=contract)
    more = EffectDraft(clin=SEATS, acrn="AA", add_units=Decimal(200))

    # When two hundred more are ordered, at the same price
    drafted = drafted_modification(on=order, effects=[more], authority="D")
    issue_modification(
        modification_id=drafted.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=drafted.version,
    )

    # Then the line says so; fewer need both signatures, and tokens are refused
    order.refresh_from_db()
    assert line_of(order).units == 1200
    assert broken() == []
    told = {event.event for event in events_of(drafted.subject)}
    assert CEILING_RAISED.code not in told  # the ledger counts no units of seats
    fewer = replace(more, add_units=Decimal(-100))
    with pytest.raises(NoAuthority), nothing_happens():
        drafted_modification(on=order, effects=[fewer], authority="D")
    tokens = replace(more, add_units=Decimal(0), add_ceiling_tokens=Tokens(5))
    with pytest.raises(TermInvalid), nothing_happens():
        drafted_modification(on=order, effects=[tokens], authority="D")


def test_an_order_of_seats_is_drafted_and_edited_on_the_page(contract, monkeypatch):
    # Given a program manager on the page of a new order
    monkeypatch.setattr(clock, "now", lambda: ORDERED_AT)
    client = client_for(actor("program_manager"))
    typed = {
        "title": "Seats",
        "description": "Seats for the examiners.",
        "period_start": "2026-04-13",
        "period_end": "2026-09-30",
        "boundary": "FEDRAMP_MOD",
        "risk": "LOW",
        "place": "Agency AI gateway",
        "unit_price_0010": "30.25",
        "rows-TOTAL_FORMS": "1",
        "rows-INITIAL_FORMS": "0",
        "rows-0-clin": SEATS,
        "rows-0-acrn": "AA",
        "rows-0-line_of_accounting": line_of_accounting().pk,
        "rows-0-units": "60",
        "rows-0-ceiling_dollars": "2000.00",
        "rows-0-dollars": "2000.00",
    }
    address = f"{contract.path}/draft_task_order"

    # When the quantity is missing, and then it is not
    assert submit(client, address, typed | {"rows-0-units": ""}).status_code == 422
    answer = submit(client, address, typed)
    assert answer.status_code == 303, answer.content.decode()[:3000]

    # Then the page reads in months, and its form has them still
    order = TaskOrder.objects.get()
    (bought,) = order.current_lines()
    assert [bought.units, bought.ceiling_tokens] == [60, 0]
    text = client.get(order.path).content.decode()
    assert "60 MO" in text
    assert "$30.25" in text
    form = client.get(f"{order.path}/edit_task_order").content.decode()
    assert 'value="60.000000"' in form
    assert 'value="30.250000"' in form
