"""A price that falls after acceptance is a discrepancy of its own, never netted."""

from datetime import date

from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from contracting.metering.queries.reratings import adjustments_of
from contracting.notices.models import Notice
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.resolve import resolve_finding
from tests.builders_billing import (
    ACCEPTED_AT,
    COMPARED_AT,
    COUNTS,
    TOTAL,
    compared,
    invoiced,
    lines_of,
    reported,
)
from tests.builders_metering import assert_the_books_balance
from tests.builders_reratings import APPROVED_AT, approved, prepared, price_fell
from tests.cast import actor

THAT_DAY = date(2026, 4, 20)


def test_what_falls_after_acceptance_is_owed_back_and_listed(order, invoice):
    # Given an invoice that is accepted at two dollars
    compared(order, invoice)
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)

    # When the price of that day falls to a dollar and a half, and is rated anew
    price_fell(order.contract, first_day=THAT_DAY)
    run = approved(prepared(order.contract))

    # Then nothing that is accepted moves, and the vendor owes the exact difference
    (balance,) = balances_of(order.lines.get().holder)
    assert Dollars(balance.accepted_dollars) == TOTAL
    told = Notice.objects.filter(title__contains="was rated anew").first()
    assert told is not None
    assert "that are not accepted cost the same by the prices" in told.body
    assert "what it would cost is $0.3250005 less: an adjustment" in told.body
    compared(order, at=APPROVED_AT)
    finding = Finding.objects.get(code="RATE", resolution__isnull=True)
    assert finding.amount_dollars == Dollars("0.3250005").amount
    assert finding.tokens == COUNTS["IN_UNCACHED"]
    assert finding.evidence["rating_run"] == run.public_id
    assert_the_books_balance()

    # And it is the same finding the next time, until somebody settles it
    compared(order, at=APPROVED_AT)
    assert Finding.objects.get(code="RATE", resolution__isnull=True) == finding
    resolve_finding(
        finding_id=finding.pk,
        code="credit",
        reason="Credited on the next invoice.",
        by=actor("contracting_officer"),
        at=APPROVED_AT,
    )
    compared(order, at=APPROVED_AT, by=SYSTEM)
    assert not Finding.objects.filter(code="RATE", resolution__isnull=True).exists()


def test_an_invoice_that_is_not_accepted_is_compared_at_the_price_now_known(
    order, invoice
):
    # Given an invoice at two dollars, and a price that fell before it is accepted
    price_fell(order.contract, first_day=THAT_DAY)
    approved(prepared(order.contract))

    # When it is compared
    compared(order, invoice, at=APPROVED_AT)

    # Then the line is too dear by exactly the difference, once
    finding = Finding.objects.get(code="RATE_DATE")
    assert finding.amount_dollars == Dollars("0.3250005").amount
    assert "rating_run" not in finding.evidence
    assert_the_books_balance()


def test_what_a_finding_freed_on_a_line_of_another_class_is_closed_too(order):
    # Given cached input that was billed at the full price, and accepted at its own
    reported(order)
    counts = {**COUNTS, "IN_UNCACHED": 780_001}
    del counts["IN_CACHE_READ"]
    invoice = invoiced(order, lines_of(counts))
    compared(order, invoice)
    resolve_finding(
        finding_id=Finding.objects.get(order=order).pk,
        code="accept-A",
        reason="They were read from cache.",
        by=actor("contracting_officer"),
        at=COMPARED_AT,
    )
    accept_usage(invoice_id=invoice.pk, by=actor("cor"), at=ACCEPTED_AT)
    (before,) = balances_of(order.lines.get().holder)

    # When the price of cached input falls by half
    price_fell(order.contract, "0.5", code="IN_CACHE_READ", first_day=THAT_DAY)
    approved(prepared(order.contract))

    # Then nothing that is accepted moves, and the difference is owed back
    (after,) = balances_of(order.lines.get().holder)
    assert after.consumed_dollars == before.consumed_dollars
    (owed,) = adjustments_of(order)
    assert (owed.tokens, owed.change) == (COUNTS["IN_CACHE_READ"], Dollars("-0.065"))
    assert_the_books_balance()
