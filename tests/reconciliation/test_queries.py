"""Who sees which discrepancy, and what is read as the three views."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracting.core.actors import ANONYMOUS
from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars
from contracting.reconciliation import queries
from contracting.reconciliation.matching import inputs
from contracting.reconciliation.models import Finding, ReconciliationRun
from contracting.reconciliation.operations.accept import accept_usage
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COMPARED_AT,
    COUNTS,
    HOUR,
    OVERDUE_AT,
    REPORTED_AT,
    Call,
    compared,
    invoiced,
    lines_of,
    reported,
    used,
)
from tests.builders_orders import issued_order
from tests.cast import actor

OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")


@pytest.fixture
def finding(order):
    """A call that the vendor lists twice."""
    reported(order, [*CALLS, CALLS[1]])
    compared(order)
    return Finding.objects.get(order=order)


@pytest.mark.parametrize("part", ["cor", "auditor", "vendor_a_member"])
def test_agency_and_vendor_see_what_was_found(finding, part):
    by = actor(part)

    assert queries.get_finding_for(by, finding.public_id) == finding
    assert queries.get_run_for(by, finding.run.public_id) == finding.run


@pytest.mark.parametrize("part", OUTSIDERS)
def test_outsiders_see_nothing(finding, part):
    by = actor(part)

    assert not queries.findings_visible_to(by).exists()
    with pytest.raises(NotVisible):
        queries.get_finding_for(by, finding.public_id)
    with pytest.raises(NotVisible):
        queries.get_run_for(by, finding.run.public_id)


def test_the_public_sees_nothing(finding):
    assert not queries.findings_visible_to(ANONYMOUS).exists()
    assert not queries.runs_visible_to(ANONYMOUS).exists()


def test_an_order_with_usage_is_compared_and_one_without_is_not(order):
    untouched = issued_order()

    waiting = list(queries.orders_to_reconcile())

    assert order in waiting
    assert untouched not in waiting


def test_the_span_of_an_order_reaches_from_its_first_to_its_last_call(order):
    first, last = HOUR[0] + timedelta(minutes=5), HOUR[0] + timedelta(minutes=40)

    assert inputs.usage_span(order) == (first, last + inputs.MICROSECOND)


def test_a_match_holds_whole_days_and_says_what_is_overdue(order):
    used(order, [Call("r-9", {"OUT_TEXT": 7}, minute=600)], at=COMPARED_AT)
    span = (HOUR[0], HOUR[1])

    early = inputs.match_of(order, span, invoice=None, at=REPORTED_AT)
    late = inputs.match_of(order, span, invoice=None, at=OVERDUE_AT)

    assert sum(row.tokens for row in early.metered) == 862_357
    assert early.overdue == frozenset()
    assert late.overdue == {date(2026, 4, 20)}


def test_another_invoice_of_the_period_is_known(order):
    reported(order)
    first = invoiced(order, lines_of({"OUT_TEXT": 70_004}))
    second = invoiced(order, lines_of({"IN_UNCACHED": 650_001}), number="MM-2604-002")

    match = inputs.match_of(order, HOUR, invoice=second, at=COMPARED_AT)

    line = first.lines.get()
    kind = (line.order_line_id, line.model_id, "STANDARD")
    assert match.invoiced_elsewhere == (((*kind, "OUT_TEXT"), HOUR),)


def test_discrepancies_of_an_invoice_are_its_own_and_those_of_its_days(order, finding):
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 70_005}))
    compared(order, invoice)
    Finding.objects.get(code="DUPLICATE")

    codes = [each.code for each in queries.findings_of_invoice(invoice)]

    assert codes[0] == "DUPLICATE"
    assert set(codes[1:]) == {"QTY"}


def test_what_is_accepted_is_summed_by_line_and_by_order_line(order, invoice):
    compared(order, invoice)
    assert queries.accepted_total(invoice) == Dollars()
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)

    (order_line,) = order.lines.all()
    assert queries.accepted_total(invoice) == Dollars("2.09")
    assert queries.accepted_through([invoice.order_id]) == invoice.period_end
    assert queries.accepted_by_holder(invoice) == {order_line.pk: Dollars("2.09")}
    by_line = queries.accepted_by_line(invoice)
    assert sorted(each.amount for each in by_line.values()) == [
        Dollars(cents).amount for cents in ("0.10", "0.13", "0.56", "1.30")
    ]


def test_the_latest_comparison_of_an_invoice_counts(order, invoice):
    compared(order, invoice)
    last = compared(order, invoice, at=ACCEPTED_AT)
    compared(order)

    assert queries.latest_run(invoice) == last
    assert ReconciliationRun.objects.count() == 3
