"""Of two entries for the same days only one comes into force."""

from decimal import Decimal

import pytest
from django.urls import reverse

from contracting.reference.models import RateProposal, Threshold
from contracting.reference.refusals import RateInForce
from tests.cast import actor, client_for, nothing_happens, submit
from tests.reference.test_propose_rate import confirmed, proposed

pytestmark = pytest.mark.django_db


def test_of_two_entries_the_one_that_is_confirmed_holds():
    wrong, right = proposed(percent=Decimal("43.75") / 10), proposed()
    confirmed(right)

    with nothing_happens(), pytest.raises(RateInForce):
        confirmed(wrong)
    rows = Threshold.objects.filter(code="PROMPT_PAYMENT_RATE", valid_from__year=2026)
    assert rows.count() == 2


def test_the_pages_enter_and_confirm_a_rate_by_two_people():
    first = client_for(actor("payment_certifier"))
    rates, enter = reverse("reference:rates"), reverse("reference:propose_rate")
    assert "Nobody has entered a rate" in first.get(rates).content.decode()
    data = {
        "code": "PROMPT_PAYMENT_RATE",
        "first_day": "2026-07-01",
        "percent": "4.375",
        "source": "91 FR 12345",
    }
    with nothing_happens():
        assert submit(first, enter, {**data, "percent": "30"}).status_code == 422
        assert client_for(actor("cor")).get(enter).status_code == 403
    assert submit(first, enter, data).status_code == 303
    assert "1 rate waits for a second person" in first.get(rates).content.decode()

    confirm = reverse(
        "reference:confirm_rate", args=[RateProposal.objects.get().public_id]
    )
    assert client_for(actor("vendor_a_signer")).get(confirm).status_code == 404
    with nothing_happens():
        assert first.get(confirm).status_code == 403
    second = client_for(actor("funds_certifier"))
    assert submit(second, confirm, {"confirm": "on"}).status_code == 303

    shown = second.get(rates).content.decode()
    assert "4.375" in shown
    assert "Mia Funds" in shown
    assert "No rate waits" in shown
