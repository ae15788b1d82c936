"""The roller: one at a time, and what it cannot fold stops no other order."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.ledger.models import ParkedDelta, UsageDelta
from contracting.ledger.queries import balances_of, roller_lag
from contracting.metering.operations.fold_all import fold_all
from contracting.metering.operations.unpark import unpark_usage
from contracting.metering.refusals import NothingParked
from contracting.metering.tasks import fold_usage
from contracting.notices.models import Notice
from tests.builders_metering import (
    assert_the_books_balance,
    event,
    folded,
    order_for,
)
from tests.cast import actor, nothing_happens
from tests.metering.test_fold import sent


def consumed(order):
    return sum(row.consumed_tokens for row in balances_of(order.lines.get().holder))


def poison(order, **changes):
    """Something has broken one delta of the order."""
    delta = UsageDelta.objects.filter(holder_id=order.lines.get().pk)[0]
    UsageDelta.objects.filter(pk=delta.pk).update(**changes)
    return delta


def test_the_task_folds_everything_that_waits(order):
    sent(event(1, order=order))

    assert fold_usage() == 1
    assert fold_usage() == 0
    assert consumed(order) == 1_100


def test_a_broken_delta_is_parked_after_one_try_and_the_others_go_on(order, contract):
    # Given two orders with usage, and one delta of the first that contradicts itself
    other = order_for("40.00", on=contract)
    sent(event(1, order=order), event(2, order=other))
    broken = poison(order, dollars=1)

    # When the roller runs, twice
    assert folded() == 2
    assert folded() == 0

    # Then everything else is folded, and the broken one waits for a person, told once
    assert consumed(other) == 1_100
    assert consumed(order) == 1_100 - broken.tokens
    (parked,) = ParkedDelta.objects.all()
    assert (parked.tokens, parked.waiting_since) == (broken.tokens, broken.recorded_at)
    told = Notice.objects.filter(recipient_user_id=actor("cor").user_id)
    assert told.filter(title__contains="could not be drawn").count() == 1

    # And it is tried again when it is right
    ParkedDelta.objects.update(dollars=parked.exact)
    unpark_usage(
        agency_id=contract.agency_id,
        public_id=parked.public_id,
        by=actor("cor"),
        at=clock.now(),
    )
    assert folded() == 1
    assert consumed(order) == 1_100
    assert not ParkedDelta.objects.exists()
    assert_the_books_balance()


def test_usage_of_a_line_that_is_not_there_is_parked(order):
    sent(event(1, order=order))
    poison(order, holder_id=987_654)

    assert folded() == 1

    assert [row.reason for row in ParkedDelta.objects.all()] == [
        "There is no such line."
    ]


def test_what_cannot_be_put_right_is_parked_again(order, contract):
    sent(event(1, order=order))
    poison(order, dollars=1)
    folded()
    parked = ParkedDelta.objects.get()

    unpark_usage(
        agency_id=contract.agency_id,
        public_id=parked.public_id,
        by=actor("contracting_officer"),
        at=clock.now(),
    )
    folded()

    again = ParkedDelta.objects.get()
    assert again.public_id != parked.public_id
    with nothing_happens(), pytest.raises(NothingParked):
        unpark_usage(
            agency_id=contract.agency_id,
            public_id=parked.public_id,
            by=actor("cor"),
            at=clock.now(),
        )


def test_a_roller_that_stands_still_is_seen(order):
    sent(event(1, order=order))
    UsageDelta.objects.update(recorded_at=clock.now() - timedelta(seconds=6))

    assert roller_lag() > timedelta(seconds=5)

    assert fold_all(by=SYSTEM, at=clock.now()) == 1
    assert roller_lag() == timedelta()
