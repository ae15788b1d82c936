"""An improper invoice goes back with reasons, and a corrected one can follow."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.billing.operations.return_invoice import return_invoice
from contracting.billing.refusals import ReasonMissing
from contracting.billing.states import InvoiceState
from contracting.core.errors import IllegalMove, NotAllowed
from contracting.notices.models import Notice
from tests.builders_billing import INVOICED_AT, invoiced
from tests.cast import actor, nothing_happens, person

RETURNED_AT = INVOICED_AT + timedelta(days=3)
REASONS = ["The defect contact has left.", " "]


def returned(invoice, *, by="cor", reasons=REASONS):
    return return_invoice(
        invoice_id=invoice.pk, reasons=reasons, by=actor(by), at=RETURNED_AT
    )


@pytest.mark.parametrize("part", ["cor", "contracting_officer"])
def test_an_invoice_is_returned_with_reasons(order, part):
    # Given an invoice
    invoice = invoiced(order)

    # When the agency returns it
    returned(invoice, by=part)

    # Then it says why, and the vendor's people are told
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.RETURNED
    assert invoice.returned_at == RETURNED_AT
    assert invoice.return_reasons == ["The defect contact has left."]
    told = Notice.objects.filter(title__contains="was returned")
    assert person(actor("vendor_a_member")).pk in {
        each.recipient_user_id for each in told
    }


def test_a_corrected_invoice_can_use_the_same_number_and_lines(order):
    returned(invoiced(order))

    again = invoiced(order, at=RETURNED_AT + timedelta(days=1))

    assert again.state == InvoiceState.RECEIVED


def test_an_invoice_is_not_returned_without_a_reason(order):
    invoice = invoiced(order)

    with nothing_happens(), pytest.raises(ReasonMissing):
        returned(invoice, reasons=[" "])


def test_an_invoice_is_returned_once(order):
    invoice = invoiced(order)
    returned(invoice)

    with nothing_happens(), pytest.raises(IllegalMove):
        returned(invoice)


@pytest.mark.parametrize(
    "outsider", ["other_agency_officer", "vendor_a_signer", "payment_certifier"]
)
def test_nobody_else_returns_an_invoice(order, outsider):
    invoice = invoiced(order)

    with nothing_happens(), pytest.raises(NotAllowed):
        returned(invoice, by=outsider)
