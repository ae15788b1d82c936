"""The finance system fetches batches and answers; the vendor reads and owes back."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta

import pytest

from accounts.models import ApiKey
from accounts.states import Scope
from contracting.core import clock
from contracting.payments.models import Payment, PaymentExport
from tests.builders_settlement import PAID_AT
from tests.cast import key_client, machine, nothing_happens
from tests.payments.test_import_payment_status import answer, paid_row

LATER = PAID_AT + timedelta(days=3)
ONCE = "a key of sixteen characters"
FINANCE = (Scope.PAYMENTS_READ, Scope.PAYMENTS_WRITE, Scope.INVOICES_READ)


@pytest.fixture(autouse=True)
def _told_the_time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)


def client_with(name, *scopes):
    holder = machine(name)
    ApiKey.objects.filter(pk=holder.key_id or 0).update(
        scopes=[scope.value for scope in scopes]
    )
    return key_client(holder)


def post(client, path, body=None, key=ONCE, **more):
    said = {"content_type": "application/json", **more}
    content = body if isinstance(body, bytes) else json.dumps(body or {})
    return client.post(
        f"/api/v1/{path}", content, headers={"Idempotency-Key": key}, **said
    )


def test_a_batch_is_taken_once_and_its_answer_recorded(certified):
    # Given a certified payment, and the finance system's own key
    finance = client_with("gateway", *FINANCE)

    # When it takes the batch, and asks again as after a lost reply
    taken = post(finance, "payment_batches")
    again = post(finance, "payment_batches")

    # Then it is one batch, whose file has the hash that it says
    assert (taken.status_code, again.status_code) == (201, 201)
    batch = taken.json()
    assert again.json() == batch
    assert again["Idempotent-Replayed"] == "true"
    assert (batch["number"], batch["vouchers"]) == (1, 1)
    assert PaymentExport.objects.count() == 1
    for form in ("csv", "json"):
        file = finance.get(f"/api/v1/payment_batches/{batch['id']}/payments.{form}")
        assert hashlib.sha256(file.content).hexdigest() == batch[f"{form}_sha256"]
    assert finance.get("/api/v1/payment_batches").json()["data"] == [batch]
    for stranger in (
        client_with("other_agency_gateway", *FINANCE),
        client_with("vendor_a_machine", Scope.PAYMENTS_READ),
    ):
        for end in ("", "/payments.csv", "/payments.json"):
            place = f"/api/v1/payment_batches/{batch['id']}{end}"
            assert stranger.get(place).status_code == 404
    with nothing_happens():
        assert post(finance, "payment_batches", key=ONCE + "2").status_code == 409

    # And what was paid is recorded whole, and known the next time
    content = answer(paid_row(certified))
    for key, found in ((ONCE, "paid"), (ONCE + "3", "known")):
        said = post(
            finance, "payment_status", content, key=key, content_type="text/csv"
        )
        assert said.json() == {"paid": 0, "returned": 0, "known": 0} | {found: 1}
    assert Payment.objects.get().recorded_by_name == "AI gateway"


def test_a_voucher_is_given_back_for_a_reason(certified):
    finance = client_with("gateway", *FINANCE)
    path = f"payments/{certified.public_id}/return_payment"
    for body in ({}, {"reason": " "}, {"reason": "Closed", "more": 1}):
        with nothing_happens():
            assert post(finance, path, body).status_code == 422

    given = post(finance, path, {"reason": "The account is closed."})

    assert given.json()["state"] == "RETURNED"
    with nothing_happens():
        twice = post(finance, path, {"reason": "Again."}, key=ONCE + "2")
    assert twice.status_code == 409


def test_a_vendor_owes_back_what_finance_records_as_received(certified):
    # Given a paid invoice that was two dollars too high, as the vendor's system says
    finance = client_with("gateway", *FINANCE)
    content = answer(paid_row(certified))
    post(finance, "payment_status", content, content_type="text/csv")
    order = certified.invoice.order
    line = order.lines.get()
    vendor = client_with("vendor_a_machine", Scope.INVOICES_WRITE, Scope.INVOICES_READ)
    owed = {
        "clin": line.clin,
        "kind": "OVERPAYMENT",
        "amount": {"amount": "2.00", "currency": "USD"},
        "reason": "Our count was doubled.",
    }
    path = f"orders/{order.public_id}/credits"
    for wrong in (
        {"clin": "9999"},
        {"amount": {"amount": "2.001", "currency": "USD"}},
        {"amount": {"amount": "-1", "currency": "USD"}},
        {"kind": "GIFT"},
    ):
        with nothing_happens():
            assert post(vendor, path, owed | wrong).status_code == 422
    credit = post(vendor, path, owed)
    assert credit.status_code == 201
    assert post(vendor, path, owed).json() == credit.json()

    # When the deposit comes in
    refund = {
        "amount": {"amount": "2.00", "currency": "USD"},
        "received_on": f"{LATER.date()}",
        "reference": "DEPOSIT-77",
    }
    url = f"credits/{credit.json()['id']}/record_refund"
    received = post(finance, url, refund)

    # Then nothing of it is open, and no more can be paid back
    assert received.status_code == 201
    assert received.json()["open"]["amount"] == "0.00"
    with nothing_happens():
        assert post(finance, url, refund, key=ONCE + "2").status_code == 409


def test_no_other_key_does_any_of_it(certified):
    """Without the scope: 403; a vendor has no batch; strangers find nothing (404)."""
    reads = client_with("gateway", Scope.PAYMENTS_READ)
    vendor = client_with("vendor_a_machine", Scope.PAYMENTS_READ, Scope.PAYMENTS_WRITE)
    stranger = client_with("other_agency_gateway", *FINANCE)
    back = f"payments/{certified.public_id}/return_payment"
    reason = {"reason": "Closed."}
    status = answer(paid_row(certified))
    with nothing_happens():
        for client, found in ((reads, 403), (vendor, 403), (stranger, 404)):
            assert post(client, back, reason).status_code == found
        assert post(reads, "payment_batches").status_code == 403
        assert post(vendor, "payment_batches").status_code == 403
        assert post(stranger, "payment_batches").status_code == 409
        for client, found in ((reads, 403), (vendor, 403), (stranger, 422)):
            said = post(client, "payment_status", status, content_type="text/csv")
            assert said.status_code == found
    assert vendor.get("/api/v1/payment_batches").json()["data"] == []
    owed = post(stranger, f"orders/{certified.invoice.order.public_id}/credits", {})
    assert owed.status_code in {403, 404}
