"""A contracting officer chooses whether calls stop at the limit."""

from datetime import timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.operations.choose import choose_control
from contracting.metering.queries.control import control_of
from contracting.metering.refusals import (
    LiveLimitReached,
    ReasonMissing,
    UsageUnannounced,
)
from tests.builders_funds import DOLLAR, answers, asking, granted, settled, spent
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    assert_the_books_balance,
    event,
    ingested,
)
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db


def chosen(order, mode="HARD", *, by="contracting_officer", at=CALLED_AT, **more):
    return choose_control(
        order_id=order.pk,
        mode=mode,
        **{"lease_seconds": 300, "reason": "It is a pilot.", **more},
        by=actor(by),
        at=at,
    )


def test_an_order_is_hard_until_somebody_chooses(order):
    assert control_of(order).is_hard
    assert control_of(order).lease_seconds == 600


@pytest.mark.rule("R-MET-10", case="allowed")
def test_a_soft_order_passes_its_limit_and_says_so(order):
    chosen(order, "SOFT")

    grant = granted(order=order, output_tokens_max=41 * DOLLAR)

    assert grant.beyond.startswith("the funds of line 0001")
    assert not control_of(order).is_hard
    assert_the_books_balance()


def test_made_hard_again_it_grants_nothing_beyond(order):
    chosen(order, "SOFT")
    granted(1, order=order, output_tokens_max=41 * DOLLAR)

    chosen(order, "HARD")

    (answer,) = answers(asking(2, order=order, output_tokens_max=1))
    assert isinstance(answer, LiveLimitReached)
    settled(spent(1, order=order))
    assert granted(3, order=order)
    assert_the_books_balance()


def test_the_lease_is_chosen_with_it(order):
    chosen(order, lease_seconds=30)

    assert granted(order=order).lease_until == CALLED_AT + timedelta(seconds=30)


@pytest.mark.rule("R-MET-10", case="refused")
def test_hard_is_refused_while_usage_comes_unannounced(order):
    # Given usage that nobody had announced
    ingested(event(1, order=order))

    # When the order shall be hard
    with nothing_happens(), pytest.raises(UsageUnannounced) as refusal:
        chosen(order, at=DELIVERED_AT + timedelta(hours=23))

    # Then that is refused, until a day has passed without such usage
    assert (refusal.value.code, refusal.value.rule) == (
        "usage_unannounced",
        "R-MET-10",
    )
    assert not control_of(order).is_hard
    chosen(order, at=DELIVERED_AT + timedelta(hours=24))
    assert control_of(order).is_hard


def test_a_hard_order_is_called_soft_once_usage_comes_unannounced(order):
    granted(1, order=order)
    settled(spent(1, order=order))
    chosen(order)
    assert control_of(order).is_hard

    ingested(event(2, order=order))

    assert not control_of(order).is_hard


def test_a_choice_says_why(order):
    with nothing_happens(), pytest.raises(ReasonMissing):
        chosen(order, reason=" ")


@pytest.mark.parametrize("who", ["cor", "vendor_a_signer", "other_agency_officer"])
def test_only_the_officer_chooses(order, who):
    with nothing_happens(), pytest.raises(NotAllowed) as refusal:
        chosen(order, by=who)

    assert refusal.value.rule == "R-MET-10"
