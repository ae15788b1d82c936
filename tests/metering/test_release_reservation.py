"""What is not needed is given back, once."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.models import ReservationEnd
from contracting.metering.operations.release_reservation import (
    Released,
    release_reservation,
)
from contracting.metering.operations.settle import Spent
from contracting.metering.queries.control import control_of
from contracting.metering.refusals import ReasonMissing
from tests.builders_funds import granted, settled, spent, swept
from tests.builders_metering import (
    CALLED_AT,
    assert_the_books_balance,
    usage_source,
)
from tests.builders_volume import books
from tests.cast import actor, machine, nothing_happens

pytestmark = pytest.mark.django_db

SOON = CALLED_AT + timedelta(minutes=1)


def released(*names, by=None, reason=""):
    return release_reservation(
        source_id=usage_source().pk,
        reservation_ids=names or ["call-1"],
        by=by or machine("gateway"),
        at=SOON,
        reason=reason,
    )


def test_a_call_that_was_not_made_frees_its_reserve(order):
    granted(order=order)

    assert released() == [Released("call-1", 1)]

    assert control_of(order).reserved_dollars == 0
    assert_the_books_balance()


def test_a_repeat_frees_nothing_more(order):
    granted(order=order)
    released()

    assert released() == [Released("call-1", 0)]
    assert ReservationEnd.objects.count() == 1
    assert_the_books_balance()


def test_the_rest_of_a_block_is_given_back(order):
    granted(order=order, calls=5)
    settled(spent("1.2", order=order, call=2))

    assert released() == [Released("call-1", 4)]
    assert control_of(order).reserved_dollars == 0
    assert_the_books_balance()


def test_usage_that_comes_after_all_counts(order):
    granted(order=order)
    released()

    (answer,) = settled(spent(order=order))

    assert answer.state == "settled"
    assert books(order)[1] == 1
    assert_the_books_balance()


def test_a_person_decides_what_nobody_knows(order, cor):
    # Given a call that was cut off, and whose lease is long over
    granted(order=order)
    settled(Spent("call-1", None), at=SOON)
    assert swept(order, SOON + timedelta(days=1)) == 0

    # When the representative decides that it was nothing
    with nothing_happens(), pytest.raises(ReasonMissing):
        released(by=cor)
    released(by=cor, reason="The vendor's log shows no such call.")

    # Then nothing is reserved, and the reason is kept
    assert control_of(order).reserved_dollars == 0
    assert ReservationEnd.objects.get().reason.startswith("The vendor's log")
    assert_the_books_balance()


def test_an_unknown_reservation_is_not_there(order):
    (answer,) = released("call-9")

    assert (answer.code, answer.status) == ("unknown_reservation", 404)


@pytest.mark.parametrize(
    "who", ["program_manager", "vendor_a_signer", "other_agency_officer"]
)
def test_nobody_else_releases(order, who):
    granted(order=order)

    with nothing_happens(), pytest.raises(NotAllowed):
        released(by=actor(who), reason="Because.")
