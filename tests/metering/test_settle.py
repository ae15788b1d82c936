"""What a call has used counts in full, whatever was reserved for it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now

from contracting.core.errors import NotAllowed, Refusal
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.models import UsageDelta
from contracting.metering.models import (
    FreedReserve,
    GateCounter,
    Reservation,
    ReservationEnd,
    ReservationHold,
    Settlement,
    UsageEvent,
)
from contracting.metering.operations.assign import assign_usage
from contracting.metering.operations.fence import fence_gateway
from contracting.metering.operations.settle import Spent
from contracting.metering.queries.control import control_of
from contracting.notices.models import Notice
from contracting.reference.models import AiModel
from contracting.reference.operations.map_model_alias import map_model_alias
from tests.builders_funds import (
    DOLLAR,
    answers,
    asking,
    granted,
    settled,
    spent,
    swept,
    unfolded,
)
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    MODEL,
    assert_the_books_balance,
    event,
    folded,
    ingested,
    order_for,
    usage_source,
)
from tests.builders_volume import books
from tests.cast import actor, machine, nothing_happens

pytestmark = pytest.mark.django_db

SOON = CALLED_AT + timedelta(minutes=1)
AFTER_THE_LEASE = CALLED_AT + timedelta(minutes=11)


def reserved(order):
    """What is reserved when the next one asks."""
    return control_of(order).reserved_dollars


@pytest.mark.rule("R-MET-10", case="allowed")
def test_a_settled_call_frees_its_reserve_and_is_counted(order):
    # Given a call that may cost a dollar
    granted(order=order)

    # When it is settled with forty cents
    (answer,) = settled(spent(order=order, tokens={"output": 50_000}), at=SOON)

    # Then forty cents are used, and nothing is reserved
    assert (answer.state, answer.verdict) == ("settled", "accepted")
    assert (answer.tokens, answer.dollars) == (Tokens(50_000), Dollars("0.40"))
    assert (answer.over, answer.is_late) == (Dollars(0), False)
    assert books(order)[1] == Decimal("0.40")
    assert reserved(order) == 0
    assert Settlement.objects.get().event_id == "call-1"
    assert_the_books_balance()


def test_what_is_freed_is_room_for_the_next(order):
    answers(*(asking(n, order=order) for n in range(40)))
    settled(*(spent(n, order=order, tokens={"output": 62_500}) for n in range(40)))

    found = answers(*(asking(f"n{n}", order=order) for n in range(21)))

    # Twenty dollars were used, so that twenty are left
    assert [isinstance(each, Refusal) for each in found].count(False) == 20
    assert FreedReserve.objects.count() == 0
    assert_the_books_balance()


def test_what_no_balance_has_yet_is_no_room(order):
    # Given forty dollars that were reserved and used, before the roller came
    answers(*(asking(n, order=order) for n in range(40)))
    unfolded(*(spent(n, order=order) for n in range(40)))
    assert books(order)[1] == 0

    # When another call is announced, and again once the roller was there
    (before,) = answers(asking("before", order=order, output_tokens_max=1))
    folded()
    (after,) = answers(asking("after", order=order, output_tokens_max=1))

    # Then there is nothing left for it, either time
    assert books(order)[1] == 40
    for answer in (before, after):
        assert (answer.code, answer.data["left"]) == ("live_limit_reached", "$0")


def test_nothing_is_granted_while_the_roller_stands_still(order):
    # Given usage that has waited for the roller for six seconds
    granted(1, order=order)
    unfolded(spent(1, order=order))
    UsageDelta.objects.update(recorded_at=Now() - timedelta(seconds=6))

    # Then nothing is granted until it has come
    (refused,) = answers(asking(2, order=order))
    assert (refused.code, refused.status) == ("roller_stopped", 503)
    folded()
    assert granted(3, order=order)


def test_an_actual_above_the_reserve_is_recorded_in_full_and_told(order):
    granted(order=order)

    (answer,) = settled(spent(order=order, tokens={"output": 3 * DOLLAR}), at=SOON)

    assert (answer.dollars, answer.over) == (Dollars(3), Dollars(2))
    assert books(order)[1] == 3
    notice = Notice.objects.filter(title__contains="more than was reserved")[0]
    assert "$2 above its worst case" in notice.body
    assert_the_books_balance()


def test_a_settle_is_never_refused_for_lack_of_funds(db):
    # Given an order of two dollars, both reserved, and usage of five
    order = order_for("2.00")
    answers(asking(1, order=order), asking(2, order=order))

    found = settled(
        spent(1, order=order, tokens={"output": 4 * DOLLAR}), spent(2, order=order)
    )

    # Then two are funded, three are not, and nothing is lost (R-FND-08)
    assert [each.state for each in found] == ["settled", "settled"]
    assert (books(order)[1], books(order)[3]) == (2, 3)
    assert_the_books_balance()


def test_a_repeat_of_a_settle_is_answered_the_same(order):
    granted(order=order)
    first = settled(spent(order=order), at=SOON)

    again = settled(spent(order=order), at=DELIVERED_AT)

    assert again[0].verdict == "duplicate"
    assert (again[0].state, again[0].dollars) == ("settled", first[0].dollars)
    assert (Settlement.objects.count(), ReservationEnd.objects.count()) == (1, 1)
    assert books(order)[1] == 1
    assert_the_books_balance()


def test_the_plain_event_of_a_settled_call_is_a_duplicate(order):
    granted(order=order)
    settled(spent(order=order))

    receipt = ingested(event(1, order=order, tokens={"output": DOLLAR}))

    assert receipt.batch.duplicate == 1
    assert books(order)[1] == 1


def test_a_call_that_came_as_a_plain_event_first_is_settled_all_the_same(order):
    granted(order=order)
    ingested(event(1, order=order, tokens={"output": DOLLAR}))

    (answer,) = settled(spent(order=order))

    assert (answer.state, answer.verdict) == ("settled", "duplicate")
    assert reserved(order) == 0
    assert books(order)[1] == 1


# The lease ---------------------------------------------------------------------------


def test_a_gateway_that_died_settles_after_its_lease_and_still_counts(order):
    # Given a gateway that died after it was granted, whose lease has ended
    granted(order=order)
    assert swept(order, AFTER_THE_LEASE) == 1
    assert reserved(order) == 0

    # When it comes back and settles
    (answer,) = settled(spent(order=order), at=DELIVERED_AT)

    # Then its usage counts in full, and frees nothing twice
    assert (answer.state, answer.is_late) == ("settled", True)
    assert books(order)[1] == 1
    assert reserved(order) == 0
    assert_the_books_balance()


def test_usage_without_any_reservation_counts_too(order):
    (answer,) = settled(spent("never-asked", order=order))

    assert (answer.state, answer.verdict) == ("unreserved", "accepted")
    assert books(order)[1] == 1


def test_usage_of_an_old_epoch_counts(order):
    granted(order=order)
    source = usage_source()
    fence_gateway(source_id=source.pk, gateway="", by=machine("gateway"), at=SOON)

    (answer,) = settled(spent(order=order))

    assert answer.state == "settled"
    assert books(order)[1] == 1


# Nobody knows what it used -----------------------------------------------------------


def test_a_call_without_usage_keeps_its_reserve_at_the_worst_case(order):
    # Golden vector 16: a stream was cut off and told nothing
    granted(order=order)

    (answer,) = settled(Spent("call-1", None), at=SOON)

    # Then its reserve outlives the lease, and is never zero
    assert (answer.state, answer.verdict) == ("held", "")
    assert swept(order, AFTER_THE_LEASE) == 0
    assert reserved(order) == 1
    assert_the_books_balance()

    # Until the vendor's figures come
    (late,) = settled(spent(order=order, tokens={"output": 25_000}), at=DELIVERED_AT)
    assert (late.state, late.dollars) == ("settled", Dollars("0.20"))
    assert reserved(order) == 0
    assert_the_books_balance()


def test_an_estimate_is_held_and_so_is_its_reserve(order):
    granted(order=order)

    (answer,) = settled(spent(order=order, basis="estimated"), at=SOON)

    assert (answer.state, answer.verdict) == ("held", "held")
    assert ReservationHold.objects.get().reason == "in suspense: NOT_MEASURED"
    assert swept(order, AFTER_THE_LEASE) == 0
    assert reserved(order) == 1


def test_what_leaves_suspense_is_settled_by_the_next_sweep(order, cor):
    # Given a call of a model that nobody had mapped
    granted(order=order)
    settled(spent(order=order, model="gateway-alias"), at=SOON)
    assert reserved(order) == 1

    # When the alias is known and suspense is assigned
    map_model_alias(
        model_id=AiModel.objects.get(snapshot=MODEL).pk,
        source_name="gateway-alias",
        valid_from=CALLED_AT.date(),
        agency_id=order.contract.agency_id,
        by=actor("contracting_officer"),
        at=CALLED_AT,
    )
    assign_usage(agency_id=order.contract.agency_id, by=cor, at=DELIVERED_AT)
    folded()
    swept(order, DELIVERED_AT)

    # Then the reserve gives way to what was used
    assert books(order)[1] == 1
    assert reserved(order) == 0
    assert_the_books_balance()


# Several calls of one reservation ----------------------------------------------------


def test_each_call_of_a_block_is_settled_by_its_number(order):
    granted(order=order, calls=3)

    settled(spent("1.1", order=order), spent("1.3", order=order, call=3))

    assert reserved(order) == 1
    assert swept(order, AFTER_THE_LEASE) == 1
    assert reserved(order) == 0
    assert books(order)[1] == 2
    kinds = ReservationEnd.objects.order_by("call").values_list("call", "kind")
    assert list(kinds) == [(1, "SETTLED"), (2, "EXPIRED"), (3, "SETTLED")]
    assert_the_books_balance()


def test_a_block_has_no_more_calls_than_were_reserved(order):
    granted(order=order, calls=2)

    (answer,) = settled(spent("1.3", order=order, call=3))

    assert (answer.code, answer.status) == ("wrong_event", 422)
    assert UsageEvent.objects.count() == 0


# What is not taken -------------------------------------------------------------------


def test_an_event_of_another_call_settles_nothing(order):
    granted(order=order)

    (answer,) = settled(Spent("call-1", event(2, order=order)))

    assert answer.code == "wrong_event"
    assert not Settlement.objects.exists()


def test_a_malformed_event_is_rejected_and_keeps_its_reserve(order):
    granted(order=order)

    (answer,) = settled(spent(order=order, tokens={"output": -1}))

    assert (answer.state, answer.verdict, answer.code) == (
        "rejected",
        "rejected",
        "negative",
    )
    assert reserved(order) == 1


def test_other_usage_under_the_same_id_is_a_conflict(order):
    granted(order=order)
    settled(spent(order=order))

    (answer,) = settled(spent(order=order, tokens={"output": 7}))

    assert (answer.state, answer.verdict) == ("rejected", "conflict")
    assert books(order)[1] == 1


def test_nobody_knows_of_a_call_that_was_never_reserved(order):
    (answer,) = settled(Spent("call-9", None))

    assert (answer.code, answer.status) == ("unknown_reservation", 404)


def test_another_agency_settles_nothing_here(order):
    granted(order=order)

    with nothing_happens(), pytest.raises(NotAllowed):
        settled(spent(order=order), by=machine("other_agency_gateway"))


def test_counters_are_what_reservations_say(order):
    answers(*(asking(n, order=order) for n in range(3)))
    settled(spent(0, order=order))

    row = GateCounter.objects.get(gate__order=order)
    assert row.reserved_dollars == 3
    assert reserved(order) == 2
    assert Reservation.objects.count() == 3
    assert_the_books_balance()
