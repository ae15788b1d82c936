"""A list of ten asks the database as often as a list of one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey
from accounts.states import Scope
from contracting.core import clock
from contracting.disputes.operations.answer import answer_dispute
from contracting.disputes.operations.open import open_dispute
from contracting.disputes.views import cases, claims
from tests.builders_disputes import ANSWERED_AT, OPENED_AT
from tests.cast import actor, client_for, key_client, machine
from tests.disputes.test_submit_claim import CLAIMED_AT, claimed

pytestmark = pytest.mark.django_db


def asked(read):
    read()
    with CaptureQueriesContext(connection) as found:
        page = read()
    assert page.status_code == 200
    return len(found), page


@pytest.fixture
def ten(order, case):
    """Ten disputes: one of a difference and nine of the count; two are answered."""
    more = [
        open_dispute(
            order_id=order.pk,
            findings=(),
            question=f"How are calls counted? ({number})",
            is_of_the_count=True,
            by=actor("cor"),
            at=OPENED_AT,
        )
        for number in range(9)
    ]
    for each in (case, more[0]):
        answer_dispute(
            case_id=each.pk,
            stance="CONTEST",
            text="As agreed.",
            by=actor("vendor_a_signer"),
            at=ANSWERED_AT,
        )
    return [case, *more]


@pytest.mark.parametrize("who", ["cor", "vendor_a_signer"])
def test_disputes(ten, monkeypatch, who):
    monkeypatch.setattr(clock, "now", lambda: ANSWERED_AT)
    browser = client_for(actor(who))
    monkeypatch.setattr(cases, "PER_PAGE", 1)
    of_one, page = asked(lambda: browser.get("/disputes/?page=10"))
    assert "$0.660008" in page.text

    monkeypatch.setattr(cases, "PER_PAGE", 10)
    of_ten, page = asked(lambda: browser.get("/disputes/"))

    assert page.text.count('href="/disputes/dsp_') == 10
    assert "$0.660008" in page.text
    assert of_ten == of_one


def test_disputes_of_a_machine(ten):
    holder = machine("vendor_a_machine")
    ApiKey.objects.filter(pk=holder.key_id or 0).update(
        scopes=[Scope.RECONCILIATION_READ.value]
    )
    client = key_client(holder)
    of_one, _ = asked(lambda: client.get("/api/v1/disputes?limit=1"))

    of_ten, found = asked(lambda: client.get("/api/v1/disputes?limit=10"))

    assert [len(each["findings"]) for each in found.json()["data"]] == [*[0] * 9, 1]
    assert of_ten == of_one


def test_claims(order, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: CLAIMED_AT)
    for number in range(10):
        claimed(order.contract, f"{number + 1}.00")
    browser = client_for(actor("contracting_officer"))
    monkeypatch.setattr(claims, "PER_PAGE", 1)
    of_one, page = asked(lambda: browser.get("/claims/"))
    assert "Page 1 of 10" in page.text

    monkeypatch.setattr(claims, "PER_PAGE", 10)
    of_ten, page = asked(lambda: browser.get("/claims/"))

    assert page.text.count('href="/claims/clm_') == 10
    assert "10 claims wait" in page.text
    assert of_ten == of_one
