"""The gate holds back what nobody has told of yet: silence, and what is in suspense."""

from datetime import timedelta

import pytest

from contracting.core.errors import Refusal
from contracting.core.quantities import Dollars
from contracting.metering.models import SuspenseReserve
from contracting.metering.operations.assign_to_order import (
    Belonging,
    assign_usage_to_order,
)
from contracting.metering.operations.authorize import Grant
from contracting.metering.operations.choose import choose_control
from contracting.metering.operations.dispose import dispose_usage
from contracting.metering.operations.limit import limit_spending
from contracting.metering.operations.record_heartbeat import record_heartbeat
from contracting.metering.operations.release_reservation import release_reservation
from contracting.metering.queries import HeldCalls, suspense
from contracting.metering.queries.control import limits_left
from contracting.reference.models import AiModel
from tests.builders_funds import DOLLAR, answers, asking, granted, settled, spent
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    folded,
    ingested,
    statuses,
    usage_source,
)
from tests.cast import actor, machine, nothing_happens

pytestmark = pytest.mark.django_db


def code_of(answer):
    assert isinstance(answer, Refusal)
    return answer.code


# A source that tells of nothing -------------------------------------------------------

SIX_HOURS = timedelta(hours=6)


def heard(at, watermark=None):
    record_heartbeat(
        source_id=usage_source().pk,
        watermark=watermark or at,
        by=machine("gateway"),
        at=at,
    )


@pytest.mark.rule("R-MET-10", case="refused")
def test_nothing_is_granted_to_a_source_that_is_silent(order):
    # Given a source whose last heartbeat is of the first call
    heard(CALLED_AT)
    granted(1, order=order, at=CALLED_AT + SIX_HOURS)

    # When it asks after more than the six hours that it may be silent
    late = CALLED_AT + SIX_HOURS + timedelta(seconds=1)
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted(2, order=order, at=late)

    # Then the refusal says since when nothing is known, and a heartbeat lifts it
    assert refusal.value.code == "source_silent"
    assert refusal.value.data["heard_at"] == CALLED_AT
    assert "2026-04-20 14:00 UTC" in refusal.value.message
    heard(late)
    assert granted(2, order=order, at=late).dollars == Dollars("1")


def test_a_heartbeat_says_no_more_than_its_watermark(order):
    late = CALLED_AT + SIX_HOURS + timedelta(minutes=1)
    heard(late, watermark=CALLED_AT)

    assert code_of(answers(asking(order=order), at=late)[0]) == "source_silent"


def test_usage_that_arrives_breaks_the_silence(order):
    heard(CALLED_AT)
    late = CALLED_AT + timedelta(hours=7)
    ingested(event(1, order=order), at=late)

    assert granted(2, order=order, at=late)


def test_an_order_may_allow_less_silence_or_more(order, contracting_officer):
    heard(CALLED_AT)
    for seconds, after, code in (
        (60, timedelta(seconds=61), "source_silent"),
        (86_400, timedelta(hours=23), ""),
    ):
        choose_control(
            order_id=order.pk,
            mode="HARD",
            lease_seconds=600,
            silence_seconds=seconds,
            reason="It reports once a day.",
            by=contracting_officer,
            at=CALLED_AT,
        )
        (answer,) = answers(asking(seconds, order=order), at=CALLED_AT + after)
        assert getattr(answer, "code", "") == code


def test_a_source_that_never_told_anything_counts_from_its_registration(order):
    registered = usage_source().recorded_at

    late = registered + SIX_HOURS + timedelta(seconds=1)

    # The order's period is over by the clock of the database: silence is told first
    assert code_of(answers(asking(1, order=order), at=late)[0]) == "source_silent"
    (answer,) = answers(asking(1, order=order), at=registered + SIX_HOURS)
    assert code_of(answer) == "outside_period"


# Suspense ----------------------------------------------------------------------------


def held_group():
    (group,) = suspense(usage_source().agency_id)
    return HeldCalls(group.reason, group.detail, group.order_ref)


def held_dollars(order, number=1, output=DOLLAR):
    """A call that is in suspense at a dollar: nobody knows its model."""
    receipt = ingested(
        event(number, order=order, model="an-alias", tokens={"output": output})
    )
    assert statuses(receipt) == ["held"]


def test_what_is_in_suspense_is_not_spent_again(order, cor):
    # Given forty dollars, of which calls in suspense may come to two
    held_dollars(order, 1)
    held_dollars(order, 2)

    # When forty calls of a dollar ask, 38 get room
    found = answers(*(asking(f"after-{n}", order=order) for n in range(40)))
    assert [isinstance(each, Grant) for each in found].count(True) == 38
    left = {limit.code: limit.left for limit in limits_left(order, CALLED_AT.date())}
    assert left["funded_dollars"] == 0

    # And once both are assigned they are used, and no more than that
    assign_usage_to_order(
        agency_id=usage_source().agency_id,
        calls=held_group(),
        to=Belonging(order.pk, model_id=AiModel.objects.get(snapshot=MODEL).pk),
        reason="The gateway's own name of it.",
        by=cor,
        at=DELIVERED_AT,
    )
    folded()
    assert SuspenseReserve.objects.count() == 0
    assert code_of(answers(asking("last", order=order))[0]) == "live_limit_reached"
    assert_the_books_balance()


def test_what_is_disposed_of_comes_free_at_once(order, cor):
    held_dollars(order, 1, output=40 * DOLLAR)
    assert code_of(answers(asking(1, order=order))[0]) == "live_limit_reached"

    dispose_usage(
        agency_id=usage_source().agency_id,
        calls=held_group(),
        code="ESTIMATED",
        reason="Nobody made this call.",
        by=cor,
        at=DELIVERED_AT,
    )

    assert isinstance(answers(asking(1, order=order))[0], Grant)
    assert_the_books_balance()


def test_what_a_grant_has_reserved_is_not_reserved_again(order):
    # Given an announced call of a dollar whose usage is in suspense
    granted(1, order=order)
    (answer,) = settled(spent(1, order=order, model="an-alias"))
    assert answer.state == "held"

    # Then one dollar is held back for it, not two
    found = answers(*(asking(f"after-{n}", order=order) for n in range(40)))
    assert [isinstance(each, Grant) for each in found].count(True) == 39

    # And when a person gives the reserve back, what is in suspense counts
    release_reservation(
        source_id=usage_source().pk,
        reservation_ids=["call-1"],
        by=actor("contracting_officer"),
        at=DELIVERED_AT,
        reason="The gateway was taken down.",
    )
    assert code_of(answers(asking("last", order=order))[0]) == "live_limit_reached"
    assert_the_books_balance()


def test_a_call_of_a_block_in_suspense_is_reserved_once(order):
    granted(1, order=order, calls=3)
    settled(spent("1.2", order=order, call=2, model="an-alias"))

    found = answers(*(asking(f"after-{n}", order=order) for n in range(40)))

    assert [isinstance(each, Grant) for each in found].count(True) == 37


def test_a_limit_of_the_order_bears_suspense_once(order, contracting_officer):
    held_dollars(order)
    limit_spending(
        order_id=order.pk,
        scope="ORDER",
        name="",
        tokens=None,
        dollars=Dollars("3"),
        valid_from=CALLED_AT.date(),
        reason="A pilot.",
        by=contracting_officer,
        at=CALLED_AT,
    )

    found = answers(*(asking(f"after-{n}", order=order) for n in range(3)))

    assert [isinstance(each, Grant) for each in found] == [True, True, False]
