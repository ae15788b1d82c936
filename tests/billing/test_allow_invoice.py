"""A number is the same however it is written, and is used once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracting.billing.models import Invoice, InvoiceAllowance
from contracting.billing.operations.allow_invoice import allow_invoice_number
from contracting.billing.operations.withdraw_invoice import withdraw_invoice
from contracting.billing.refusals import (
    AllowanceIncomplete,
    AllowedBefore,
    DuplicateInvoice,
)
from contracting.core.errors import NotAllowed
from tests.builders_billing import (
    INVOICED_AT,
    invoiced,
    lines_of,
)
from tests.cast import actor, client_for, nothing_happens, submit

SAME = ["mm-2604-001", "MM 2604 001", "MM-2604-1", " mm2604/001"]


@pytest.mark.rule("R-INV-03", case="refused")
@pytest.mark.parametrize("number", SAME)
def test_a_number_is_the_same_however_it_is_written(order, number):
    invoiced(order)

    with nothing_happens(), pytest.raises(DuplicateInvoice) as refusal:
        invoiced(order, number=number)

    assert "as MM-2604-001" in refusal.value.message


def test_numbers_that_differ_in_their_parts_are_different(order):
    keys = []
    for number in ("2026-1-1", "2026-11", "A-12", "A12-0", "Ä-1", "1", "0"):
        invoice = invoiced(order, number=number)
        invoice.refresh_from_db()
        keys.append(invoice.number_key)
        withdraw_invoice(
            invoice_id=invoice.pk, by=actor("vendor_a_member"), at=INVOICED_AT
        )

    assert keys == ["2026-1-1", "2026-11", "A-12", "A-12-0", "Ä-1", "1", "0"]


def test_the_database_refuses_the_second_use_of_a_number(order):
    invoice = invoiced(order)
    words = "an_invoice_number_is_used_once_a_year_by_a_vendor"

    invoice.pk, invoice.public_id, invoice.number = None, "", "mm 2604 1"
    invoice._state.adding = True

    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        invoice.save()


def test_a_number_comes_again_in_another_year(order):
    first = invoiced(order)
    Invoice.objects.filter(pk=first.pk).update(invoiced_on=date(2025, 12, 30))

    with pytest.raises(DuplicateInvoice) as refusal:
        invoiced(order)

    # Then what stands in the way are its lines, no longer its number
    assert "line and period" in refusal.value.message


@pytest.mark.rule("R-INV-03", case="allowed")
def test_the_contracting_officer_lets_a_number_be_used_once_more(order):
    # Given a number that the vendor's system gave twice
    asked = lines_of()
    invoiced(order, asked[:1])
    allowed = allow_invoice_number(
        order_id=order.pk,
        number="mm-2604-001",
        reason="The vendor's system gave the number twice.",
        by=actor("contracting_officer"),
        at=INVOICED_AT,
    )

    # Then one further invoice of that number is received, though not for the same line
    with pytest.raises(DuplicateInvoice) as refusal:
        invoiced(order, asked[:1])
    assert "line and period" in refusal.value.message
    assert invoiced(order, asked[1:2]).allowance == allowed
    with pytest.raises(DuplicateInvoice) as refusal:
        invoiced(order, asked[2:3])
    assert "received already" in refusal.value.message


def test_a_number_is_allowed_once_with_a_reason_by_the_contracting_officer(order):
    first = invoiced(order)
    allow_invoice_number(
        order_id=order.pk,
        number=first.number,
        reason="Given twice.",
        by=actor("contracting_officer"),
        at=INVOICED_AT,
    )

    for error, changed in (
        (AllowedBefore, {}),
        (AllowanceIncomplete, {"reason": " "}),
        (NotAllowed, {"by": actor("cor")}),
        (NotAllowed, {"by": actor("vendor_a_signer")}),
    ):
        given: dict[str, Any] = {
            "number": first.number,
            "reason": "Again.",
            "by": actor("contracting_officer"),
            **changed,
        }
        with nothing_happens(), pytest.raises(error):
            allow_invoice_number(order_id=order.pk, at=INVOICED_AT, **given)


def test_the_officer_allows_a_number_on_its_page(order, told_the_time):
    page = reverse("billing:allow_invoice_number", args=[order.public_id])
    browser = client_for(actor("contracting_officer"))

    answer = submit(browser, page, {"number": "MM-1", "reason": "Given twice."})

    assert (answer.status_code, answer.url) == (303, order.path)
    assert InvoiceAllowance.objects.get().reason == "Given twice."
    for outsider, status in (("other_agency_officer", 404), ("vendor_a_signer", 403)):
        assert client_for(actor(outsider)).get(page).status_code == status
