"""Usage that comes for an accepted period is invoiced as an adjustment, paid once."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from contracting.billing.calculations import BadLines, StatedLine, read_lines
from contracting.billing.models import InvoiceLine
from contracting.billing.refusals import DuplicateInvoice, NothingToAdjust
from contracting.billing.states import LineKind
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from contracting.reconciliation.matching.waterfall import Waterfall
from contracting.reconciliation.models import AcceptedLine, Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.refusals import NothingAgrees
from contracting.reconciliation.states import FindingCode
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COUNTS,
    HOUR,
    Call,
    compared,
    invoiced,
    lines_of,
    reported,
    stated,
    used,
)
from tests.builders_metering import PRICES, assert_the_books_balance
from tests.cast import actor, nothing_happens

LATE_AT = ACCEPTED_AT + timedelta(days=1)
ASKED_AT = ACCEPTED_AT + timedelta(days=3)
LATE = Call("r-late", {"IN_UNCACHED": 77_777}, minute=50)


def late(tokens: int, price: str = ""):
    """An invoice line for what came late."""
    return stated("IN_UNCACHED", tokens, price, kind=LineKind.ADJUSTMENT)


def asked(order, *lines, number="MM-2604-002", at=ASKED_AT, **more):
    """An invoice of a later week that asks for late usage, compared."""
    invoice = invoiced(
        order,
        list(lines),
        number=number,
        at=at,
        period_start=HOUR[1] + timedelta(days=7),
        period_end=at - timedelta(hours=1),
        **more,
    )
    run = compared(order, invoice, at=at + timedelta(hours=1))
    assert Waterfall.read(run.waterfall).unexplained == Dollars()
    return invoice


def accepted(invoice, at=ASKED_AT + timedelta(hours=2)):
    return accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=at)


@pytest.fixture
def closed(order):
    """An hour that is metered, reported, invoiced and accepted to the last token."""
    reported(order)
    invoice = invoiced(order)
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    return order


@pytest.mark.rule("R-MET-05", case="allowed")
def test_what_came_late_is_reported_invoiced_and_paid_once(closed):
    # Given a call of the accepted hour that both sides learn of a day later
    used(closed, [LATE], at=LATE_AT)
    reported(closed, [LATE], label="R-2", at=LATE_AT)

    # When the vendor asks for it on an adjustment line of a later invoice
    invoice = asked(closed, late(77_777))
    acceptance = accepted(invoice)

    # Then it is paid to the token, under its own hour
    (row,) = AcceptedLine.objects.filter(acceptance=acceptance)
    assert (row.payable_tokens, Dollars(row.payable_dollars)) == (
        77_777,
        Dollars("0.16"),
    )
    line = row.invoice_line
    assert (line.period.lower, line.period.upper) == HOUR
    assert line.adjusts is not None
    assert line.adjusts.invoice.number == "MM-2604-001"
    assert not Finding.objects.filter(invoice=invoice).exists()
    (balance,) = balances_of(closed.lines.get().holder)
    assert balance.accepted_tokens == sum(COUNTS.values()) + 77_777
    assert balance.accepted_tokens == balance.consumed_tokens
    assert_the_books_balance()

    # And nothing is left of it: the same once more is found and not paid
    again = asked(closed, late(77_777), number="MM-2604-003")
    (finding,) = Finding.objects.filter(invoice=again)
    assert (finding.code, finding.tokens) == (FindingCode.EXTRA_C, 77_777)
    with nothing_happens(), pytest.raises(NothingAgrees):
        accepted(again)


def test_the_smaller_of_meter_and_report_is_paid_and_the_rest_when_it_comes(closed):
    # Given late usage of which the vendor has reported a part
    used(closed, [LATE], at=LATE_AT)
    part = replace(LATE, tokens={"IN_UNCACHED": 70_000})
    reported(closed, [part], label="R-2", at=LATE_AT)

    first = asked(closed, late(77_777))
    accepted(first)
    (finding,) = Finding.objects.filter(invoice=first)
    assert (finding.code, finding.tokens) == (FindingCode.QTY, 7_777)
    assert Dollars(finding.amount_dollars) == Dollars("0.015554")

    # When the rest is reported and asked for
    reported(
        closed,
        [replace(LATE, request="r-late", tokens={"IN_UNCACHED": 7_777})],
        label="R-3",
        at=ASKED_AT,
    )
    later = ASKED_AT + timedelta(days=1)
    second = asked(closed, late(7_777), number="MM-2604-003", at=later)
    accepted(second, at=later + timedelta(hours=2))

    # Then both together are what the meter counted
    turns = InvoiceLine.objects.filter(kind=LineKind.ADJUSTMENT).order_by("turn")
    assert list(turns.values_list("turn", flat=True)) == [1, 2]
    (balance,) = balances_of(closed.lines.get().holder)
    assert balance.accepted_tokens == balance.consumed_tokens
    assert_the_books_balance()


def test_what_the_first_invoice_withheld_is_paid_once_the_meter_has_it(order):
    # Given an hour in which the meter lacked a call that the vendor billed
    reported(order, [*CALLS, LATE])
    counts = {**COUNTS, "IN_UNCACHED": COUNTS["IN_UNCACHED"] + 77_777}
    invoice = invoiced(order, lines_of(counts))
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)

    # When the gateway delivers it after the acceptance, and it is asked for again
    used(order, [LATE], at=LATE_AT)
    accepted(asked(order, late(77_777)))

    # Then it is paid, and no token more than was used
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.accepted_tokens == balance.consumed_tokens
    assert_the_books_balance()


@pytest.mark.rule("R-MET-05", case="refused")
def test_there_is_nothing_to_adjust_before_an_acceptance(order):
    reported(order)
    invoiced(order)

    with nothing_happens(), pytest.raises(NothingToAdjust):
        asked(order, late(1_000))


@pytest.mark.rule("R-INV-03", case="refused")
def test_late_usage_is_asked_for_once_at_a_time(closed):
    used(closed, [LATE], at=LATE_AT)
    reported(closed, [LATE], label="R-2", at=LATE_AT)
    asked(closed, late(70_000))

    with nothing_happens(), pytest.raises(DuplicateInvoice):
        asked(closed, late(7_777), number="MM-2604-003")


def test_an_adjustment_is_read_from_a_file_and_keeps_its_price(closed):
    row = {
        "clin": "0001",
        "model": "gpt-4o-2024-08-06",
        "token_class": "IN_UNCACHED",
        "period_start": HOUR[0].isoformat(),
        "period_end": HOUR[1].isoformat(),
        "tokens": "1000",
        "unit_price": PRICES["IN_UNCACHED"],
        "amount": "0.00",
        "kind": "adjustment",
    }
    (line,) = read_lines([row])
    assert isinstance(line, StatedLine)
    assert line.is_adjustment
    with pytest.raises(BadLines, match="no such kind"):
        read_lines([{**row, "kind": "OTHER"}])

    # A price that is not in force is found, and the lower one is paid
    used(closed, [LATE], at=LATE_AT)
    reported(closed, [LATE], label="R-2", at=LATE_AT)
    invoice = asked(closed, late(77_777, price="3.00"))
    (finding,) = Finding.objects.filter(invoice=invoice)
    assert (finding.code, Dollars(finding.amount_dollars)) == (
        FindingCode.RATE,
        Dollars("0.077777"),
    )
    (row,) = accepted(invoice).lines.all()
    assert Dollars(row.payable_dollars) == Dollars("0.16")


def test_the_database_keeps_adjustments_and_usage_apart(closed):
    line = InvoiceLine.objects.filter(token_class__code="IN_UNCACHED").get()
    with pytest.raises(IntegrityError, match="names_the_line"), transaction.atomic():
        InvoiceLine.objects.create(
            invoice=line.invoice,
            position=99,
            order_line=line.order_line,
            model=line.model,
            token_class=line.token_class,
            kind=LineKind.ADJUSTMENT,
            period=line.period,
            tokens=1,
            usd_per_million_tokens=1,
            amount_dollars=0,
        )
