"""An accrual is taken back on the first day of the next month, to the last digit."""

from datetime import date, timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.periods.models import Accrual
from contracting.periods.operations.accrue import accrue_month
from contracting.periods.operations.accrue_all import accrue_all
from contracting.periods.operations.reverse import reverse_accruals
from contracting.periods.queries import standing_accruals
from contracting.periods.tasks import accrue_nightly
from tests.builders_billing import Call, used
from tests.builders_metering import assert_the_books_balance
from tests.builders_periods import APRIL, APRIL_ENDED_AT
from tests.cast import actor, nothing_happens

EVENING = APRIL_ENDED_AT - timedelta(hours=3)
NIGHT = APRIL_ENDED_AT + timedelta(hours=5)


@pytest.fixture
def accrued(order):
    """A call that nobody has accepted, accrued on the evening of the last day."""
    used(order, [Call("r-new", {"OUT_TEXT": 1_111}, minute=50)], at=EVENING)
    by = actor("funds_certifier")
    accrue_month(order_id=order.pk, month=APRIL, by=by, at=EVENING)
    return order


def reversing(order, at, by="payment_certifier"):
    return reverse_accruals(order_id=order.pk, by=actor(by), at=at)


def test_it_is_taken_back_on_the_first_of_the_next_month_and_once(accrued):
    assert reversing(accrued, EVENING) == []

    (back,) = reversing(accrued, NIGHT)

    assert back.posted_on == date(2026, 5, 1)
    assert (back.dollars, back.cents) == (-back.reverses.dollars, -back.reverses.cents)
    assert standing_accruals(accrued) == []
    assert reversing(accrued, NIGHT) == []
    assert_the_books_balance()


def test_others_take_nothing_back(accrued, other_agency_officer):
    for by in ("cor", "auditor", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            reversing(accrued, NIGHT, by=by)
    with nothing_happens(), pytest.raises(NotAllowed):
        reverse_accruals(order_id=accrued.pk, by=other_agency_officer, at=NIGHT)


def test_the_nightly_job_accrues_what_has_ended_and_takes_it_back(order):
    used(order, [Call("r-new", {"OUT_TEXT": 1_111}, minute=50)], at=EVENING)

    assert accrue_nightly(EVENING.isoformat()) == 0, "April is not over"
    assert accrue_nightly(NIGHT.isoformat()) == 2
    assert accrue_all(at=NIGHT).made == 0

    days = Accrual.objects.order_by("pk").values_list("posted_on", flat=True)
    assert list(days) == [date(2026, 4, 30), date(2026, 5, 1)]
    assert_the_books_balance()
