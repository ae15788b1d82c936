"""The representative accepts what agrees; what differs waits until it is settled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.billing.states import InvoiceState
from contracting.core.actors import SYSTEM
from contracting.core.canonical import plain
from contracting.core.errors import NotAllowed, Stale
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.documents.calculations import period_words
from contracting.documents.models import Document
from contracting.ledger.queries import balances_of
from contracting.reconciliation.models import Acceptance, AcceptedLine, Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.queries import seen_of
from contracting.reconciliation.refusals import (
    AlreadyAccepted,
    NothingAgrees,
    NotReconciled,
)
from tests.builders_billing import (
    ACCEPTED_AT,
    CALLS,
    COMPARED_AT,
    COUNTS,
    TOTAL,
    Call,
    compared,
    invoiced,
    lines_of,
    reported,
    stated,
    used,
)
from tests.builders_metering import assert_the_books_balance
from tests.builders_modifications import issued_contract_modification
from tests.cast import actor, nothing_happens


def accepted(invoice, *, by="cor", at=ACCEPTED_AT):
    return accept_usage(invoice_id=invoice.pk, by=actor(by), at=at)


def payable(acceptance):
    """Tokens and cents by class."""
    return {
        line.token_class_code: (line.payable_tokens, Dollars(line.payable_dollars))
        for line in acceptance.lines.all()
    }


@pytest.mark.rule("R-REC-01", case="allowed")
def test_an_invoice_that_was_compared_is_accepted(order, invoice):
    # Given a comparison that covers every line
    compared(order, invoice)

    # When the representative accepts
    acceptance = accepted(invoice)

    # Then all of it is payable, on the ledger too, and two papers are printed
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.ACCEPTED
    assert Dollars(acceptance.accepted_dollars) == TOTAL
    assert Dollars(acceptance.withheld_dollars) == Dollars()
    (balance,) = balances_of(order.lines.get().holder)
    assert Dollars(balance.accepted_dollars) == TOTAL
    assert set(Document.objects.filter(number=invoice.number).values_list("kind")) == {
        ("invoice",),
        ("reconciliation",),
        ("receiving_report",),
    }
    assert_the_books_balance()


def test_the_receiving_report_is_filled_from_the_period_and_the_run(order, invoice):
    compared(order, invoice)

    acceptance = accepted(invoice)

    # Then the blocks say what was received, when, and by which comparison
    contract = order.contract
    zone = contract.time_zone
    paper = Document.objects.get(kind="receiving_report", number=invoice.number)
    blocks = paper.context["blocks"]
    assert blocks["2"] == invoice.order.usage_reports.get().label
    assert blocks["3"] == plain(accounting_day(invoice.period_end, zone))
    assert contract.vendor.cage in blocks["9"]
    assert blocks["14"].startswith(order.piid)
    assert acceptance.run.number in blocks["22"]
    assert "agree on 4 of 4 counts" in blocks["22"]

    # And each row names the model, the class and the period with its day
    rows = paper.context["accepted"]
    assert {row["description"].split("; ")[0] for row in rows} == {
        f"{line.model.snapshot}, {line.token_class.label}"
        for line in invoice.lines.select_related("model", "token_class")
    }
    period = period_words(invoice.period_start, invoice.period_end, zone)
    assert all(row["description"].endswith(period) for row in rows)


def test_the_statement_tells_rows_of_different_days_apart(order, invoice):
    compared(order, invoice)
    accepted(invoice)

    paper = Document.objects.get(kind="reconciliation", number=invoice.number)
    zone = order.contract.time_zone
    rows = paper.context["comparison"]
    assert {row["period"] for row in rows} == {
        period_words(invoice.period_start, invoice.period_end, zone)
    }
    assert {row["token_class"] for row in rows} == {
        line.token_class.label for line in invoice.lines.select_related("token_class")
    }


@pytest.mark.rule("R-REC-01", case="refused")
def test_an_invoice_that_was_not_compared_is_not_accepted(order, invoice):
    compared(order)  # the order was, its invoice was not

    with nothing_happens(), pytest.raises(NotReconciled) as refusal:
        accepted(invoice)

    assert refusal.value.rule == "R-REC-01"


def test_a_comparison_under_another_version_of_the_contract_does_not_count(
    order, invoice
):
    # Given a comparison, after which both sides sign another tolerance
    compared(order, invoice)
    issued_contract_modification(
        on=order.contract,
        terms={"tolerance_percent": Decimal("0.5")},
        at=COMPARED_AT + timedelta(hours=1),
    )

    # Then its result is not accepted until it is compared under what holds now
    with nothing_happens(), pytest.raises(NotReconciled) as refusal:
        accepted(invoice)
    assert "the contract have changed" in str(refusal.value)

    compared(order, invoice, at=COMPARED_AT + timedelta(hours=2))
    assert accepted(invoice).exact_dollars > 0


@pytest.mark.parametrize(
    "terms",
    [{"title": "Another name"}, {"ordering_end": date(2027, 9, 30)}],
    ids=["title", "time"],
)
def test_a_modification_of_what_no_comparison_reads_changes_nothing(
    order, invoice, terms
):
    compared(order, invoice)
    issued_contract_modification(
        on=order.contract, terms=terms, at=COMPARED_AT + timedelta(hours=1)
    )

    assert Dollars(accepted(invoice).accepted_dollars) == TOTAL


def test_a_comparison_of_other_inputs_does_not_count(order, invoice):
    compared(order, invoice)
    used(order, [Call("r-9", {"OUT_TEXT": 1})], at=COMPARED_AT)

    with nothing_happens(), pytest.raises(NotReconciled):
        accepted(invoice)


def test_usage_of_another_day_does_not_disturb_an_acceptance(order, invoice):
    compared(order, invoice)
    used(order, [Call("r-9", {"OUT_TEXT": 1}, minute=3 * 24 * 60)], at=COMPARED_AT)

    assert Dollars(accepted(invoice).accepted_dollars) == TOTAL


@pytest.mark.rule("R-REC-03", case="refused", held_by="verdict")
@pytest.mark.rule("R-INV-04", case="refused", held_by="verdict")
def test_what_differs_is_withheld_and_the_rest_is_accepted(order):
    # Given a duplicate in the report and a wrong price on the invoice
    reported(order, [*CALLS, CALLS[1]])
    counts = {**COUNTS, "IN_UNCACHED": 900_001, "OUT_TEXT": 90_005}
    lines = [
        *lines_of({**counts, "OUT_REASONING": 0})[:3],
        stated("OUT_REASONING", 12_345, price="8.50"),
    ]
    invoice = invoiced(order, lines)
    compared(order, invoice)

    # When the representative accepts
    acceptance = accepted(invoice)

    # Then the smallest count at the contract's price is payable on each line
    assert payable(acceptance) == {
        "IN_UNCACHED": (650_001, Dollars("1.30")),
        "IN_CACHE_READ": (130_000, Dollars("0.13")),
        "OUT_TEXT": (70_004, Dollars("0.56")),
        "OUT_REASONING": (12_345, Dollars("0.10")),
    }
    assert Dollars(acceptance.withheld_dollars) == Dollars("0.66")
    assert_the_books_balance()


@pytest.mark.rule("R-REC-03", case="allowed")
def test_less_on_the_invoice_than_was_used_is_accepted_in_full(order):
    reported(order)
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 50_000}))
    compared(order, invoice)

    acceptance = accepted(invoice)

    assert payable(acceptance)["OUT_TEXT"] == (50_000, Dollars("0.40"))
    assert Dollars(acceptance.withheld_dollars) == Dollars()


def test_what_the_vendor_has_not_reported_is_not_payable(order):
    reported(order, CALLS[:2])
    invoice = invoiced(order)
    compared(order, invoice)

    assert payable(accepted(invoice))["OUT_REASONING"] == (0, Dollars())


def test_usage_beyond_the_funds_is_not_payable(order):
    # Given usage worth more than the forty dollars that are funded
    big = Call("r-9", {"OUT_TEXT": 5_000_000}, minute=50)
    used(order, [big], at=COMPARED_AT)
    reported(order, [*CALLS, big])
    invoice = invoiced(order, [stated("OUT_TEXT", 5_000_000)])
    compared(order, invoice)
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.unfunded_dollars

    # When it is invoiced and accepted
    acceptance = accepted(invoice)

    # Then only what was funded is payable
    assert Dollars(acceptance.exact_dollars) <= Dollars("40.00")
    assert_the_books_balance()


def test_an_invoice_on_which_nothing_agrees_is_not_accepted(order):
    invoice = invoiced(order)  # nothing was ever reported
    compared(order, invoice)

    with nothing_happens(), pytest.raises(NothingAgrees):
        accepted(invoice)


def test_an_invoice_is_accepted_once(order, invoice):
    compared(order, invoice)
    accepted(invoice)

    with nothing_happens(), pytest.raises(AlreadyAccepted):
        accepted(invoice, at=ACCEPTED_AT + timedelta(hours=1))


def test_what_was_resolved_before_is_freed_with_the_acceptance(order):
    # Given cached input that was billed at the full price, and settled by our count
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

    # When the representative accepts
    accepted(invoice)

    # Then cached input is payable at its own price, on the line that billed it
    freed = AcceptedLine.objects.get(token_class_code="IN_CACHE_READ")
    assert Document.objects.filter(kind="receiving_report").count() == 2
    assert freed.payable_tokens == 130_000
    assert Dollars(freed.payable_dollars) == Dollars("0.13")
    assert freed.invoice_line.token_class.code == "IN_UNCACHED"
    assert Acceptance.objects.filter(invoice=invoice).count() == 2
    assert_the_books_balance()


def test_half_cents_are_rounded_once_on_each_line(order):
    # Given 625 tokens of text at $8 per million, which are exactly half a cent
    half = Call("r-9", {"OUT_TEXT": 625}, minute=50)
    used(order, [half], at=COMPARED_AT)
    reported(order, [*CALLS, half])
    invoice = invoiced(order, lines_of({**COUNTS, "OUT_TEXT": 70_629}))
    compared(order, invoice)

    acceptance = accepted(invoice)

    assert Dollars(acceptance.exact_dollars) == Dollars("2.093794")
    assert Dollars(acceptance.accepted_dollars) == Dollars("2.10")


@pytest.mark.parametrize(
    "outsider",
    ["other_agency_officer", "vendor_a_signer", "contracting_officer", "auditor"],
)
def test_nobody_but_the_representative_accepts(order, invoice, outsider):
    compared(order, invoice)

    with nothing_happens(), pytest.raises(NotAllowed):
        accepted(invoice, by=outsider)


@pytest.mark.rule("R-ROL-05", case="refused")
def test_a_representative_who_is_not_designated_on_the_day_does_not_accept(
    order, invoice
):
    compared(order, invoice)

    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        accepted(invoice, at=ACCEPTED_AT + timedelta(days=400))

    assert refusal.value.rule == "R-ROL-05"
    assert "The designation ended on 2027-03-31" in str(refusal.value)


def test_the_job_never_accepts(order, invoice):
    compared(order, invoice)

    with nothing_happens(), pytest.raises(NotAllowed):
        accept_usage(invoice_id=invoice.pk, by=replace(SYSTEM), at=ACCEPTED_AT)


def test_a_comparison_is_accepted_as_it_was_read(order, invoice):
    compared(order, invoice)
    seen = seen_of(invoice)
    compared(order, invoice, at=COMPARED_AT + timedelta(hours=1))

    with nothing_happens(), pytest.raises(Stale, match="compared again"):
        accept_usage(
            invoice_id=invoice.pk, seen_sha256=seen, by=actor("cor"), at=ACCEPTED_AT
        )
    accept_usage(
        invoice_id=invoice.pk,
        seen_sha256=seen_of(invoice),
        by=actor("cor"),
        at=ACCEPTED_AT,
    )
