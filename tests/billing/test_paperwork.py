"""Invoices and letters about reports as paper: what came in, line by line."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from contracting.billing.models import Invoice
from contracting.billing.operations.receive_invoice import receive_invoice
from contracting.billing.operations.record_reporting_terms import (
    record_reporting_terms,
)
from contracting.billing.paperwork import _total
from contracting.billing.refusals import ArithmeticWrong
from contracting.billing.states import InvoiceState
from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars
from contracting.documents.models import Document
from contracting.documents.queries import documents_of
from tests.billing.test_ask_for_report import APRIL, LATE
from tests.billing.test_record_invoice import recorded, returned
from tests.billing.test_send_overdue_letter import sent
from tests.builders_billing import (
    HOUR,
    INVOICED_AT,
    TOTAL,
    header_of,
    invoiced,
    lines_of,
    reported,
)
from tests.builders_credits import credited, taken_off
from tests.builders_metering import PRICES
from tests.cast import actor, client_for, machine, nothing_happens
from tests.documents.papers import readers_of, squeezed, words_on

PARTS = ("cor", "auditor", "vendor_a_member", "vendor_b_signer", "other_agency_officer")
BOTH_SIDES = {"cor", "auditor", "vendor_a_member"}


def paper_of(thing, kind="invoice") -> Document:
    return documents_of(thing.subject).get(kind=kind)


def test_a_received_invoice_is_printed_line_by_line_to_the_cent(order):
    # Given a report, and a credit that is taken off
    report = reported(order)
    credit = credited(order, "0.09")

    # When the invoice comes in
    invoice = invoiced(
        order, [*lines_of(), taken_off(credit, "0.09")], total=Dollars("2.00")
    )

    # Then the sheet has its header, and says that it is our rendering
    paper = paper_of(invoice)
    blocks, said = paper.context["blocks"], invoice.header
    assert blocks["number"] == paper.number == invoice.number
    assert blocks["contract"] == order.contract.piid
    assert blocks["remit_to"] == said["remit_to"]
    assert blocks["tin"] == said["tin"]
    assert "Our rendering of the invoice" in paper.context["summary"]

    # And each line its contract line, subline, tokens in millions, price and amounts
    rows = paper.context["billed"]
    lines = list(invoice.lines.order_by("position"))
    assert [row["quantity"] for row in rows[:-1]] == [line.tokens for line in lines]
    assert [row["mtok"] for row in rows[:-1]] == [
        f"{Decimal(line.tokens) / 1_000_000:.6f}" for line in lines
    ]
    assert all(row["item"].startswith("0001, 0001") for row in rows[:-1])
    assert rows[-1]["credit"] == rows[-1]["net"] == "-0.09"

    # And the sums of the paper are those of the record, to the cent
    total = paper.context["totals"]["billed"]
    assert Decimal(total["gross"]) == invoice.asked.amount == TOTAL.amount
    assert Decimal(total["net"]) == invoice.total_dollars
    for column in ("gross", "credit", "net"):
        shown = sum(Decimal(row[column]) for row in rows if row.get(column))
        assert Decimal(total[column]) == shown

    # And the report and the file are named by their hashes
    (named,) = paper.context["reports"]
    assert named["sha256"] == report.sent_sha256 or report.payload.sha256
    assert named["id"] == report.public_id
    words = words_on(paper)
    assert invoice.payload.sha256 in words
    assert squeezed(f"Total of the invoice ${invoice.total_dollars:,.2f}") in words
    assert paper.content_sha256 == content_sha256(paper.context)


def test_both_sides_find_it_on_the_page_and_nobody_else(order, told_the_time):
    invoice = invoiced(order)
    paper = paper_of(invoice)

    assert readers_of(paper, *PARTS) == BOTH_SIDES
    page = client_for(actor("cor")).get(invoice.path).content.decode()
    assert reverse("documents:document", args=[paper.public_id]) in page


def test_a_refused_invoice_leaves_no_paper(order):
    with nothing_happens(), pytest.raises(ArithmeticWrong):
        receive_invoice(
            order_id=order.pk,
            number="MM-2604-002",
            invoiced_on=INVOICED_AT.date(),
            period_start=HOUR[0],
            period_end=HOUR[1],
            header=header_of(order),
            lines=lines_of(),
            total=TOTAL + TOTAL,
            content=b"{}",
            by=machine("vendor_a_machine"),
            at=INVOICED_AT,
        )


def test_an_improper_invoice_is_printed_as_it_stands_with_its_defects(order):
    # When one comes by post whose total is not that of its lines
    invoice = recorded(order, total="9.99")

    # Then both figures stand, with what is wrong
    assert invoice.state == InvoiceState.DEFECTIVE
    context = paper_of(invoice).context
    assert Decimal(context["blocks"]["total"]) == Decimal("9.99")
    assert Decimal(context["totals"]["billed"]["net"]) == TOTAL.amount
    assert Decimal(context["blocks"]["gross"]) == TOTAL.amount
    assert context["totals"]["billed"]["description"] == "Sum of the lines"
    assert invoice.defects[0]["message"] in context["sections"][0]["text"]
    assert "by post" in context["blocks"]["received"]
    assert "IN_UNCACHED" not in str(context["billed"])


def test_its_return_is_a_letter_with_every_reason(order):
    invoice = recorded(order, total="9.99")

    returned(invoice, after=9, reasons=("The total is wrong.", "No unit."))

    letter = paper_of(invoice, "letter")
    words = words_on(letter)
    assert squeezed("Return of an Improper Invoice") in words
    assert squeezed("The total is wrong. No unit.") in words
    assert squeezed("Days late 2") in words
    assert squeezed("due 2 days sooner") in words
    assert readers_of(letter, *PARTS) == BOTH_SIDES


def test_a_letter_about_an_overdue_report_knows_its_register(order, told_the_time):
    record_reporting_terms(
        contract_id=order.contract_id,
        valid_from=APRIL,
        forfeits_after_days=90,
        clause="clause TOK-9",
        by=actor("contracting_officer"),
        at=INVOICED_AT,
    )

    letter = sent(order, words="Call me.")

    paper = paper_of(letter, "letter")
    words = words_on(paper)
    vendor = order.contract.vendor
    for said in (
        "Overdue usage report of April 2026",
        f"{vendor.name} {vendor.address}",
        f"Days late {letter.days_late}",
        "is forfeited after",
        "clause TOK-9",
        "Letters before this one 0",
        "Call me.",
    ):
        assert squeezed(said) in words, said
    assert readers_of(paper, *PARTS) == BOTH_SIDES
    told_the_time(LATE)
    page = client_for(actor("vendor_a_member")).get(f"{order.path}/reporting")
    assert "The letter as paper" in page.content.decode()


@pytest.mark.parametrize("seed", range(3))
def test_the_sums_of_the_sheet_are_those_of_the_record(order, seed):
    # Given lines of any size, each rounded for itself
    dice = random.Random(seed)
    counts = {code: dice.randrange(1, 900_000) for code in PRICES_ASKED}

    invoice = invoiced(order, lines_of(counts), number=f"MM-{seed}")

    # Then the paper comes to what whoever adds up cents by hand comes to
    cents = [half_up(tokens, PRICES_ASKED[code]) for code, tokens in counts.items()]
    total = paper_of(invoice).context["totals"]["billed"]
    assert Decimal(total["net"]) * 100 == sum(cents)
    assert Decimal(total["net"]) == invoice.total_dollars
    assert total["quantity"] == sum(counts.values())


@given(
    st.lists(st.tuples(st.integers(0, 10**10), st.integers(0, 10**6)), min_size=1),
    st.booleans(),
)
def test_totals_are_the_sums_of_what_is_printed(lines, is_defective):
    rows = [
        {
            "unit": "TOK",
            "quantity": tokens,
            "gross": Decimal(cents) / 100,
            "net": Decimal(cents) / 100,
        }
        for tokens, cents in lines
    ]
    off = {"credit": Decimal("-0.01"), "net": Decimal("-0.01")}
    invoice = Invoice(defects=[{"rule": "R-INV-07"}] if is_defective else [])

    total = _total(invoice, [*rows, off])

    whole = sum(cents for _tokens, cents in lines)
    assert total["gross"] * 100 == whole
    assert total["net"] * 100 == whole - 1
    assert total["credit"] * 100 == -1
    assert total["quantity"] == sum(tokens for tokens, _cents in lines)
    assert total["description"] == ("Sum of the lines" if is_defective else "Total")


def half_up(tokens: int, micro_dollars_per_million: int) -> int:
    """Whole cents, in integers alone: an oracle that knows no decimals."""
    # tokens × micro-dollars per million tokens = 10⁻¹² dollars = 10⁻¹⁰ cents
    return (2 * tokens * micro_dollars_per_million + 10**10) // (2 * 10**10)


PRICES_ASKED = {
    code: int(Decimal(PRICES[code]) * 1_000_000)
    for code in ("IN_UNCACHED", "IN_CACHE_READ", "OUT_TEXT", "OUT_REASONING")
}
"""Micro-dollars per million tokens."""
