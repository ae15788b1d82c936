"""The pages of funds control: what is reserved, what binds, hard or soft."""

import pytest

from contracting.core import clock
from contracting.metering.models import ControlChoice, SpendingLimit
from tests.builders_funds import DOLLAR, granted, settled, spent
from tests.builders_metering import CALLED_AT, event, ingested
from tests.cast import actor, client_for, nothing_happens, submit

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_call(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: CALLED_AT)


def page(order, who="cor", verb="funds_control"):
    return client_for(actor(who)).get(f"/orders/{order.public_id}/{verb}")


def test_the_page_says_what_binds_and_what_is_on_the_way(order):
    granted(1, order=order)
    granted(2, order=order)
    settled(spent(2, order=order, tokens={"output": 2 * DOLLAR}))

    text = page(order).content.decode()

    assert "This order is hard" in text
    assert "1 call on the way holds $1" in text
    assert "the funds of line 0001 (ACRN AA)" in text
    assert "$37" in text
    assert "so far $1.00 in all" in text or "so far $1" in text


def test_nothing_is_reserved_at_first(order):
    assert "Nothing is reserved now." in page(order).content.decode()


def test_an_order_with_unannounced_usage_is_called_soft(order):
    ingested(event(1, order=order))

    assert "soft although nobody chose so" in page(order).content.decode()


def test_a_limit_is_set_on_its_page(order):
    reply = submit(
        client_for(actor("cor")),
        f"/orders/{order.public_id}/limit_spending",
        {
            "scope": "PROJECT",
            "name": "claims",
            "dollars": "2.00",
            "valid_from": "2026-04-20",
            "reason": "A pilot.",
        },
    )

    assert reply.status_code == 303
    assert SpendingLimit.objects.get().dollars == 2
    assert "project claims" in page(order).content.decode()


def test_a_limit_on_nothing_is_told_on_the_form(order):
    with nothing_happens():
        reply = submit(
            client_for(actor("cor")),
            f"/orders/{order.public_id}/limit_spending",
            {
                "scope": "PROJECT",
                "valid_from": "2026-04-20",
                "reason": "A pilot.",
            },
        )

    assert "Name the contract line, project or key" in reply.content.decode()


def test_soft_is_chosen_by_the_officer(order):
    reply = submit(
        client_for(actor("contracting_officer")),
        f"/orders/{order.public_id}/choose_control",
        {"mode": "SOFT", "lease_seconds": "60", "reason": "A pilot."},
    )

    assert reply.status_code == 303
    assert ControlChoice.objects.get().mode == "SOFT"
    assert "This order is soft: a call" in page(order).content.decode()


@pytest.mark.parametrize("verb", ["funds_control", "limit_spending", "choose_control"])
def test_strangers_find_no_page(order, verb):
    for who in ("other_agency_officer", "vendor_a_signer", "other_vendor_signer"):
        assert page(order, who, verb).status_code == 404


def test_who_may_only_look_is_told_why(order):
    assert page(order, "cor", "choose_control").status_code == 403
    assert page(order, "auditor", "limit_spending").status_code == 403


def test_the_usage_of_an_order_leads_to_its_control(order):
    address = f"/orders/{order.public_id}/funds_control"

    assert address in page(order, "cor", "usage").content.decode()
    assert address not in page(order, "vendor_a_signer", "usage").content.decode()
