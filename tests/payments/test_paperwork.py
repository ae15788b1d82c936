"""The voucher as paper: what is paid, to whom, from which funds and when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.core.canonical import content_sha256
from contracting.core.quantities import Dollars
from contracting.documents.models import Document
from contracting.payments.models import PaymentCertification
from contracting.payments.paperwork import classified
from tests.builders_credits import credited
from tests.builders_settlement import (
    CERTIFIED_AT,
    DUE_ON,
    PAYABLE,
    USED,
    accepted_invoice,
    certified_payment,
    received_invoice,
)
from tests.cast import actor, client_for


def paper_of(certification: PaymentCertification) -> Document:
    """The one paper of a voucher."""
    return Document.objects.get(
        kind="voucher",
        subject_kind=certification.subject.kind,
        subject_id=certification.pk,
    )


def address_of(paper: Document) -> str:
    """Its page."""
    return reverse("documents:document", args=[paper.public_id])


def test_a_voucher_is_printed_with_its_certification(accepted):
    certification = certified_payment(invoice=accepted)

    # Then number, contract, payee, amount, signature and day stand in its blocks
    paper = paper_of(certification)
    order, vendor = accepted.order, accepted.vendor
    blocks = paper.context["blocks"]
    assert paper.number == blocks["voucher_no"] == certification.voucher_number
    assert blocks["contract"].startswith(order.contract.piid)
    assert blocks["payee"].startswith(vendor.name)
    assert vendor.remit_to in blocks["payee"]
    assert blocks["account"].startswith(accepted.number)
    assert blocks["total"] == blocks["verified"] == Dollars(PAYABLE).plain()
    assert blocks["differences"] == ""
    assert blocks["payment"] == "Complete"
    assert blocks["certifier"]["signed_by"] == actor("payment_certifier").name
    assert blocks["due"] == DUE_ON.isoformat()
    assert blocks["classification"].startswith("AA (0001): ")

    # And a row for each class says what is paid, at which price
    rows = paper.context["paying"]
    assert [row["quantity"] for row in rows] == list(USED.values())
    assert all(row["order"].startswith(order.piid) for row in rows)
    paid = sum((Dollars(row["amount"]) for row in rows), Dollars())
    assert paid == Dollars(PAYABLE)

    # And the record names the content that was signed
    (event,) = events_of(certification.subject)
    assert paper.content_sha256 in event.payload
    assert paper.content_sha256 == content_sha256(paper.context)


def test_the_funds_of_a_voucher_come_to_what_is_paid(order, accepted):
    # Given a credit of US$ 1.25 that is taken off
    credit = credited(order)
    certification = certified_payment(invoice=accepted)

    context = paper_of(certification).context
    (row,) = context["classification"]
    assert row["amount"] == Dollars(PAYABLE).plain()
    assert row["taken_off"] == "1.25"
    assert row["paid"] == context["blocks"]["verified"]
    assert context["blocks"]["verified"] == Dollars(certification.dollars).plain()
    assert context["blocks"]["differences"] == "Credits: -$1.25"
    words = f"${PAYABLE} less $1.25: ${Dollars(certification.dollars).plain()}"
    assert context["blocks"]["classification"].endswith(words)
    (taken,) = context["credits"]
    assert taken["number"] == credit.number
    assert credit.reason in taken["reason"]


def test_many_lines_of_accounting_are_listed_on_the_continuation():
    row = {
        "item": "0001",
        "line_of_accounting": "AI services (020-2026/2026-0101-000)",
        "amount": "1.00",
        "taken_off": None,
        "paid": "1.00",
    }
    rows = [{**row, "acrn": f"A{letter}"} for letter in "ABCDE"]

    assert classified(rows[:4]).count("\n") == 3
    assert classified(rows) == (
        "AA, AB, AC, AD, AE: 5 lines of accounting, on the continuation sheet"
    )
    assert classified([]) == "Below one cent: no funds are drawn on"


def test_a_part_of_an_invoice_is_a_partial_payment(order):
    # Given an invoice over more than was metered
    received = received_invoice(order=order, billed={**USED, "OUT_TEXT": 700_000})
    certification = certified_payment(invoice=accepted_invoice(invoice=received))

    paper = paper_of(certification)
    assert paper.context["blocks"]["payment"] == "Partial"
    facts = {each["label"]: each["value"] for each in paper.context["facts"]}
    withheld = received.asked - Dollars(PAYABLE)
    assert Dollars(facts["Withheld"]) == withheld > Dollars()


def test_what_is_certified_late_says_what_interest_has_come_to(accepted):
    late = CERTIFIED_AT + timedelta(days=60)

    certification = certified_payment(invoice=accepted, at=late)

    facts = paper_of(certification).context["facts"]
    (words,) = (each["value"] for each in facts if each["label"] == "Interest")
    assert "27 May 2026" in words
    (owed,) = (
        each["value"] for each in facts if each["label"].startswith("Interest if")
    )
    assert Dollars(owed) == Dollars()  # less than a dollar is not paid


def test_a_paper_stays_as_it_was_certified(accepted):
    certification = certified_payment(invoice=accepted)
    before = paper_of(certification).context

    accepted.vendor.name = "Another name"
    accepted.vendor.save()

    assert paper_of(certification).context == before


@pytest.mark.parametrize("reader", ["payment_certifier", "vendor_a_signer"])
def test_its_page_lists_the_paper(certified, reader, told_the_time):
    page = client_for(actor(reader)).get(certified.path)

    assert address_of(paper_of(certified)) in page.content.decode()


def test_an_outsider_reads_neither_page_nor_paper(certified, told_the_time):
    outsider: Client = client_for(actor("vendor_b_signer"))

    assert outsider.get(certified.path).status_code == 404
    assert outsider.get(address_of(paper_of(certified))).status_code == 404
