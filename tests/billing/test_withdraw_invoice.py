"""A vendor takes an invoice back before it is decided."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.billing.operations.return_invoice import return_invoice
from contracting.billing.operations.withdraw_invoice import withdraw_invoice
from contracting.billing.states import InvoiceState
from contracting.core.errors import IllegalMove, NotAllowed
from tests.builders_billing import INVOICED_AT, invoiced
from tests.cast import actor, nothing_happens

WITHDRAWN_AT = INVOICED_AT + timedelta(hours=1)


def withdrawn(invoice, *, by="vendor_a_signer"):
    return withdraw_invoice(invoice_id=invoice.pk, by=actor(by), at=WITHDRAWN_AT)


def test_a_vendor_withdraws_its_invoice_and_sends_another(order):
    # Given an invoice that was sent too early
    invoice = invoiced(order)

    # When the vendor withdraws it
    withdrawn(invoice)

    # Then its number and its lines are free again
    invoice.refresh_from_db()
    assert invoice.state == InvoiceState.WITHDRAWN
    assert invoice.lines.filter(voided_at=WITHDRAWN_AT).count() == 4
    assert invoiced(order, at=WITHDRAWN_AT + timedelta(hours=1)).pk != invoice.pk


def test_a_returned_invoice_is_not_withdrawn(order):
    invoice = invoiced(order)
    return_invoice(
        invoice_id=invoice.pk, reasons=["No."], by=actor("cor"), at=WITHDRAWN_AT
    )

    with nothing_happens(), pytest.raises(IllegalMove):
        withdrawn(invoice)


@pytest.mark.parametrize("outsider", ["other_vendor_signer", "vendor_b_signer", "cor"])
def test_nobody_else_withdraws_an_invoice(order, outsider):
    invoice = invoiced(order)

    with nothing_happens(), pytest.raises(NotAllowed):
        withdrawn(invoice, by=outsider)
