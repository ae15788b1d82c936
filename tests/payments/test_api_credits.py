"""Finance's own system records what came back, what did not stand, and interest."""

from __future__ import annotations

import pytest

from accounts.states import Scope
from contracting.billing.models import CreditSettlement
from contracting.core import clock
from contracting.payments.models import DebtInterest, RefundReturn
from tests.builders_credits import credited
from tests.builders_settlement import (
    PAID_AT,
    accepted_invoice,
    certified_payment,
    paid_invoice,
)
from tests.cast import nothing_happens
from tests.payments.test_api import FINANCE, ONCE, client_with, post
from tests.payments.test_record_debt_interest import (
    LATE_AT,
    both_rates,
    left_of,
    owes,
)

__all__ = ["owes"]

NINE = {
    "amount": {"amount": "9.00", "currency": "USD"},
    "received_on": f"{LATE_AT.date()}",
    "reference": "DEPOSIT-9",
}
WHY = {"reason": "The deposit bounced."}


@pytest.fixture(autouse=True)
def _told_the_time(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATE_AT)


def usd(amount):
    return {"amount": amount, "currency": "USD"}


def test_a_refund_that_bounced_is_taken_back_by_the_system_that_recorded_it(owes):
    # Given a refund that the finance system has recorded and finds again by its id
    finance = client_with("gateway", *FINANCE)
    credit = f"credits/{owes.public_id}"
    assert post(finance, f"{credit}/record_refund", NINE).status_code == 201
    (listed,) = finance.get(f"/api/v1/{credit}/refunds").json()["data"]
    assert (listed["amount"], listed["returned_at"]) == (usd("9.00"), None)
    assert listed["reference"] == "DEPOSIT-9"

    # When its deposit does not clear, said twice as after a lost reply
    path = f"refunds/{listed['id']}/return_refund"
    for wrong in ({}, {"reason": " "}, WHY | {"amount": "9.00"}):
        with nothing_happens():
            assert post(finance, path, wrong).status_code == 422
    said = post(finance, path, WHY)
    again = post(finance, path, WHY)

    # Then the credit is open again, once
    assert (said.status_code, said.json()["open"]) == (200, usd("9.00"))
    assert again.json() == said.json()
    assert again["Idempotent-Replayed"] == "true"
    assert RefundReturn.objects.get().recorded_by_name == "AI gateway"
    (listed,) = finance.get(f"/api/v1/{credit}/refunds").json()["data"]
    assert listed["return_reason"] == WHY["reason"]
    with nothing_happens():
        assert post(finance, path, WHY, key=ONCE + "2").status_code == 409


def test_interest_that_came_in_late_is_recorded_by_the_system(owes):
    both_rates()
    finance = client_with("gateway", *FINANCE)
    credit = f"credits/{owes.public_id}"
    post(finance, f"{credit}/record_refund", NINE)
    left = left_of(owes)
    told = finance.get(f"/api/v1/{credit}/debt_interest").json()
    assert told["left"] == usd(str(left.amount))

    path = f"{credit}/record_debt_interest"
    paid = NINE | {"amount": usd(str(left.amount)), "reference": "DEPOSIT-10"}
    for wrong, code in (
        ({"amount": usd("900.00")}, 409),
        ({"amount": usd("0.001")}, 422),
        ({"amount": usd("0.00")}, 422),
        ({"amount": usd("-0.01")}, 422),
        ({"received_on": "2026-02-30"}, 422),
        ({"received_on": "2099-01-01"}, 422),
        ({"reference": " "}, 422),
    ):
        with nothing_happens():
            assert post(finance, path, paid | wrong).status_code == code
    said = post(finance, path, paid)
    again = post(finance, path, paid)

    assert (said.status_code, said.json()["left"]) == (201, usd("0.00"))
    assert again.json() == said.json()
    assert DebtInterest.objects.get().reference == "DEPOSIT-10"
    assert left_of(owes).amount == 0


def test_a_debt_that_nobody_demanded_bears_no_interest(order):
    paid_invoice(certification=certified_payment(invoice=accepted_invoice(order=order)))
    credit = credited(order, "0.50", at=PAID_AT)
    finance = client_with("gateway", *FINANCE)
    told = finance.get(f"/api/v1/credits/{credit.public_id}/debt_interest").json()
    assert (told["due_on"], told["left"]) == (None, usd("0.00"))


def test_no_other_key_does_any_of_it(owes):
    """Without the scope or for the vendor: 403; a stranger finds nothing (404)."""
    both_rates()
    finance = client_with("gateway", *FINANCE)
    post(finance, f"credits/{owes.public_id}/record_refund", NINE)
    refund = CreditSettlement.objects.get()
    paths = {
        f"credits/{owes.public_id}/record_debt_interest": NINE,
        f"refunds/{refund.public_id}/return_refund": WHY,
    }
    reads = client_with("gateway", Scope.PAYMENTS_READ)
    vendor = client_with("vendor_a_machine", Scope.PAYMENTS_READ, Scope.PAYMENTS_WRITE)
    stranger = client_with("other_agency_gateway", *FINANCE)
    for path, body in paths.items():
        for client, code in ((reads, 403), (vendor, 403), (stranger, 404)):
            with nothing_happens():
                assert post(client, path, body).status_code == code
    for read in ("refunds", "debt_interest"):
        place = f"/api/v1/credits/{owes.public_id}/{read}"
        assert stranger.get(place).status_code == 404
        assert vendor.get(place).status_code == 200
