"""A novation in the browser, and what becomes of money that is under way."""

from datetime import timedelta

import pytest

from contracting.billing.queries import invoices_visible_to
from contracting.contracts.models import Contract
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.documents.states import DocumentKind
from contracting.modifications.models import ContractModification
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.orders.queries import visible_to as orders_visible_to
from contracting.payments.queries import certifications_visible_to
from tests.builders_modifications import (
    NOVATION,
    assumed,
    drafted_novation,
    signed_by_vendor,
)
from tests.builders_orders import registrations
from tests.builders_settlement import (
    ACCEPTED_AT,
    accepted_invoice,
    certified_payment,
    paid_invoice,
    received_invoice,
)
from tests.cast import actor, client_for, nothing_happens, submit

HANDED_OVER_AT = ACCEPTED_AT + timedelta(hours=2)


def words(response):
    return " ".join(response.content.decode().split())


@pytest.mark.usefixtures("now")
def test_a_novation_goes_through_three_hands_in_the_browser(contract):
    registrations(at=contract.awarded_at + timedelta(days=16))
    office, outsider = client_for(actor("contract_specialist")), "other_vendor_signer"
    path = f"{contract.path}/draft_novation"
    assert "Draft a novation" in words(office.get(f"{contract.path}/modifications"))
    assert "Meridian Models holds this contract" in words(office.get(path))
    form = {
        **{name: str(given) for name, given in NOVATION.items()},
        "successor": actor("vendor_b_signer").organization_id,
        "citation": "FAR 42.1204",
        "effective_on": "2026-04-15",
        "description": "Larkspur AI succeeds to the contract.",
        "scope": "The same work under the same contract.",
    }

    # What is missing is said beside its field, and nothing is lost
    answer = submit(office, path, {**form, "agreement_sha256": "xyz"})
    assert "Give the SHA-256 of the agreement&#x27;s file" in words(answer)
    assert "Larkspur AI succeeds to the contract." in words(answer)
    submit(office, path, form)
    draft = ContractModification.objects.get()

    # The transferor signs, then the successor, who reads what it assumes
    old, new = (client_for(actor(f"vendor_{each}_signer")) for each in "ab")
    assert "signature of Meridian Models" in words(new.get(draft.path))
    submit(old, f"{draft.path}/sign_contract_modification", {"confirm": "on"})
    page = words(new.get(draft.path))
    assert "waits for the signature of Larkspur AI" in page
    assert "Guarantee of Meridian Models" in page
    assert contract.path + '"' not in page
    assert client_for(actor(outsider)).get(draft.path).status_code == 404
    submit(new, f"{draft.path}/assume_contract", {"confirm": "on"})

    # And the officer last
    officer = client_for(actor("contracting_officer"))
    submit(officer, f"{draft.path}/issue_contract_modification", {"confirm": "on"})
    assert Contract.objects.get(pk=contract.pk).vendor.name == "Larkspur AI"
    assert "Larkspur AI" in words(new.get(contract.path))
    assert old.get(contract.path).status_code == 404
    assert "hands over" in words(old.get(draft.path))
    assert "Larkspur AI, UEI" in words(officer.get(f"{contract.path}/conformed"))


def test_what_the_transferor_has_invoiced_stays_its_own(db):
    # Given an invoice of the transferor that is accepted and not certified
    invoice = accepted_invoice()
    contract = invoice.order.contract
    ready = drafted_novation(on=contract, at=HANDED_OVER_AT)
    signed = signed_by_vendor(ready, at=HANDED_OVER_AT)
    ready = assumed(signed, at=HANDED_OVER_AT)

    # When the contract goes over
    issue_contract_modification(
        modification_id=ready.pk,
        by=actor("contracting_officer"),
        at=HANDED_OVER_AT,
        seen_version=ready.version,
    )

    # Then the invoice is certified for and paid to the transferor, who reads it
    certification = certified_payment(invoice=invoice)
    paid_invoice(certification=certification)
    meridian, larkspur = actor("vendor_a_member"), actor("vendor_b_member")
    assert list(invoices_visible_to(meridian)) == [invoice]
    assert list(certifications_visible_to(meridian)) == [certification]
    assert not invoices_visible_to(larkspur).exists()
    voucher = Document.objects.get(kind=DocumentKind.VOUCHER)
    assert voucher.vendor == invoice.vendor
    assert "Meridian Models" in str(voucher.context)

    # And the order is the successor's: the transferor's machine may bill no more
    order = invoice.order
    assert list(orders_visible_to(larkspur)) == [order]
    assert not orders_visible_to(meridian).exists()
    order.refresh_from_db()
    order.contract.refresh_from_db()
    with nothing_happens(), pytest.raises(NotAllowed):
        received_invoice(order=order, number="MM-2", at=HANDED_OVER_AT)
