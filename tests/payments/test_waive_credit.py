"""What is owed back and costs more to collect is waived, with a reason."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from contracting.billing.invariants import INVARIANTS
from contracting.billing.operations.cancel_credit import cancel_credit
from contracting.closeout.queries import blockers_of_order
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.payments.operations import waive_credit as waiving
from contracting.payments.operations.demand_refund import demand_refund
from contracting.payments.operations.waive_credit import waive_credit
from contracting.payments.queries.offsets import owed_on
from contracting.payments.refusals import (
    NothingOwedBack,
    ReasonMissing,
    WaiverExceeded,
)
from tests.builders_metering import assert_the_books_balance
from tests.builders_settlement import (
    PAID_AT,
)
from tests.cast import actor, client_for, nothing_happens, submit

LATER = PAID_AT + timedelta(days=3)
OFFICER = "contracting_officer"


def waived(credit, **more):
    given: dict[str, Any] = {
        "reason": "It costs more to collect.",
        "by": actor(OFFICER),
        "at": LATER,
    }
    return waive_credit(credit_id=credit.pk, **(given | more))


def words(order):
    return [each.what for each in blockers_of_order(order)]


def assert_the_credits_add_up():
    assert [each.code for each in INVARIANTS if each.exceptions()] == []
    assert_the_books_balance()


@pytest.mark.rule("R-PAY-06", case="allowed")
@pytest.mark.parametrize("world", ["stuck", "settled"])
def test_it_is_waived_with_a_reason_by_the_officer(world, request):
    credit = request.getfixturevalue(world)
    with nothing_happens(), pytest.raises(ReasonMissing):
        waived(credit, reason=" ")
    with nothing_happens(), pytest.raises(NotAllowed):
        waived(credit, by=actor("payment_certifier"))

    assert waived(credit).dollars == Dollars("2.77").amount

    credit.refresh_from_db()
    assert (credit.open, owed_on(credit)) == (Dollars(), Dollars())
    assert not any("still owes" in each for each in words(credit.order))
    assert_the_credits_add_up()
    with nothing_happens(), pytest.raises(NothingOwedBack):
        waived(credit)


@pytest.mark.rule("R-PAY-06", case="refused")
def test_no_more_is_waived_than_an_agency_may_give_up(settled, monkeypatch):
    least = SimpleNamespace(value=Dollars("2.76").amount)
    monkeypatch.setattr(waiving, "threshold", lambda code, on: least)

    with nothing_happens(), pytest.raises(WaiverExceeded, match=r"2\.77 is open"):
        waived(settled)


def test_its_page_does_it_and_says_so(settled, told_the_time):
    told_the_time(LATER)
    page = reverse("payments:waive_credit", args=[settled.public_id])
    assert b"$2.77" in client_for(actor(OFFICER)).get(page).content
    for outsider in ("other_agency_officer", "vendor_b_member"):
        assert client_for(actor(outsider)).get(page).status_code == 404
    with nothing_happens():
        assert client_for(actor("cor")).get(page).status_code == 403
    browser = client_for(actor(OFFICER))

    assert submit(browser, page, {"reason": "As agreed."}).status_code == 303

    assert "Nothing of this credit is open" in browser.get(page).content.decode()


def test_what_is_waived_demanded_or_cancelled_is_what_was_read(settled):
    read = {"credit_id": settled.pk, "seen": Dollars("2.76"), "at": LATER}
    verbs: tuple[Any, ...] = (
        (waive_credit, {"reason": "It costs more to collect."}),
        (cancel_credit, {"reason": "It was recorded twice."}),
        (demand_refund, {"basis": "April was down for hours."}),
    )
    for verb, words in verbs:
        with nothing_happens(), pytest.raises(Stale, match=r"2\.77 is now"):
            verb(**read, **words, by=actor(OFFICER))
