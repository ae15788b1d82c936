"""A gateway asks before it spends, and gets no more than the live limit leaves."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from contracting.bans.operations.impose import impose_ban
from contracting.core.errors import NotAllowed, Refusal
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.queries import balances_of
from contracting.metering.models import (
    FundsGate,
    GateCounter,
    Reservation,
    UsageSource,
)
from contracting.metering.operations.authorize import Grant
from contracting.metering.queries.parts import PARTS
from contracting.orders.models import TaskOrder
from contracting.terminations.operations.stop import stop_work
from tests.builders_funds import DOLLAR, answers, asking, granted, swept
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    assert_the_books_balance,
    event,
    ingested,
    order_for,
    usage_source,
)
from tests.builders_volume import order_by_volume
from tests.cast import machine, nothing_happens

pytestmark = pytest.mark.django_db

NOT_ROLLING = "SELECT json_build_array(false) AS row"


def counter(order):
    return GateCounter.objects.get(gate__order=order, scope="LINE")


def code_of(answer):
    assert isinstance(answer, Refusal)
    return answer.code


@pytest.mark.rule("R-MET-10", case="allowed")
def test_a_call_is_granted_at_its_worst_case(order):
    # When a call of at most a million tokens in and 100,000 out is announced
    grant = granted(order=order, input_tokens_max=1_000_000, output_tokens_max=100_000)

    # Then each token is reserved at the dearest price of its direction: $2.00 + $0.80
    assert (grant.tokens, grant.dollars) == (Tokens(1_100_000), Dollars("2.80"))
    assert grant.lease_until == CALLED_AT + timedelta(minutes=10)
    assert grant.beyond == ""
    kept = counter(order)
    assert (kept.reserved_tokens, kept.reserved_dollars) == (
        1_100_000,
        Decimal("2.80"),
    )
    assert kept.left_dollars == 40
    assert_the_books_balance()


@pytest.mark.rule("R-MET-10", case="refused")
def test_a_call_beyond_the_funds_is_refused_and_the_limit_named(order):
    # Given $40 of funds, and 39 calls of a dollar that are on their way
    answers(*(asking(n, order=order) for n in range(39)))

    # When a call is announced that may cost $1.000008
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted("too-much", order=order, output_tokens_max=DOLLAR + 1)

    # Then the funds are named, and what they leave
    assert (refusal.value.code, refusal.value.rule) == (
        "live_limit_reached",
        "R-MET-10",
    )
    assert refusal.value.data["limit"] == "funded_dollars"
    assert refusal.value.data["left"] == "$1"
    assert refusal.value.data["asked"] == "$1.000008"
    assert "ACRN AA" in refusal.value.message


def test_twenty_calls_of_a_dollar_on_nineteen_dollars(db):
    # Golden vector 15: nineteen are granted, one is refused, nothing is left
    order = order_for("19.00")

    found = answers(*(asking(n, order=order) for n in range(20)))

    assert [isinstance(each, Grant) for each in found] == [True] * 19 + [False]
    assert counter(order).reserved_dollars == 19 == counter(order).left_dollars
    assert Reservation.objects.count() == 19


def test_a_smaller_call_fits_where_a_larger_did_not(order):
    found = answers(
        asking(1, order=order, output_tokens_max=39 * DOLLAR),
        asking(2, order=order, output_tokens_max=2 * DOLLAR),
        asking(3, order=order),
    )

    assert [isinstance(each, Grant) for each in found] == [True, False, True]


def test_tokens_bind_where_dollars_do_not(db):
    # Given a line of a million tokens and forty dollars
    order = order_for("40.00", 1_000_000)
    answers(asking(1, order=order, input_tokens_max=900_000, output_tokens_max=0))

    (answer,) = answers(
        asking(2, order=order, input_tokens_max=100_001, output_tokens_max=0)
    )

    assert answer.data["limit"] == "token_ceiling"
    assert answer.data["left"] == "100,000 TOK"


def test_what_is_used_is_no_longer_there(order):
    # Given usage of $8 that came without announcement
    ingested(event(1, order=order, tokens={"output": 1_000_000}))

    found = answers(*(asking(f"after-{n}", order=order) for n in range(33)))

    assert [isinstance(each, Grant) for each in found].count(True) == 32


def test_a_pool_is_bound_in_its_own_unit(db):
    # Given an order on a pool, whose output burns 5.333333 units a million tokens
    order = order_by_volume(clin="0003")
    (answer,) = answers(asking(1, order=order, output_tokens_max=1_000_000))

    assert isinstance(answer, Grant)
    assert counter(order).reserved_micro_acu == 5_333_333


# The id of a reservation is its idempotency key --------------------------------------


def test_the_same_request_gets_the_same_grant(order):
    first = granted(order=order)

    again = granted(order=order, at=CALLED_AT + timedelta(minutes=1))

    assert again.is_replayed
    assert (again.lease_until, again.dollars) == (first.lease_until, first.dollars)
    assert counter(order).reserved_dollars == 1


def test_the_same_request_twice_in_one_batch_is_one_grant(order):
    first, second = answers(asking(1, order=order), asking(1, order=order))

    assert (first.is_replayed, second.is_replayed) == (False, True)
    assert counter(order).reserved_dollars == 1


def test_another_request_under_the_same_id_is_refused(order):
    granted(order=order)

    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted(order=order, output_tokens_max=DOLLAR - 1)

    assert (refusal.value.code, refusal.value.status) == ("reservation_reused", 422)


def test_a_grant_whose_lease_is_over_is_not_given_again(order):
    granted(order=order)
    later = CALLED_AT + timedelta(minutes=10)

    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted(order=order, at=later)

    assert refusal.value.code == "reservation_ended"
    assert swept(order, later) == 1
    assert code_of(answers(asking(order=order), at=later)[0]) == "reservation_ended"


# Room for several calls at once ------------------------------------------------------


def test_a_gateway_reserves_a_block_of_calls(order):
    grant = granted(order=order, calls=40)

    assert (grant.calls, grant.dollars) == (40, Dollars("1.00"))
    assert counter(order).reserved_dollars == 40
    assert code_of(answers(asking(2, order=order))[0]) == "live_limit_reached"


# Whatever cannot be decided is refused -----------------------------------------------


def test_an_unknown_order_is_refused(order):
    assert code_of(answers(asking(order="ord_nobody"))[0]) == "unknown_order"


def test_an_order_of_another_agency_is_not_there(order):
    outsider = machine("other_agency_gateway")

    with nothing_happens(), pytest.raises(NotAllowed):
        answers(asking(order=order), by=outsider)


def test_a_key_of_another_source_may_not_reserve(order):
    other = usage_source("another-gateway")

    with nothing_happens(), pytest.raises(NotAllowed):
        answers_of(other, asking(order=order))


def answers_of(source: UsageSource, *asks):
    from contracting.metering.operations.authorize import authorize_usage

    return authorize_usage(
        source_id=source.pk, asks=asks, by=machine("gateway"), at=CALLED_AT
    )


def test_a_person_does_not_spend(order, cor):
    with nothing_happens(), pytest.raises(NotAllowed):
        answers(asking(order=order), by=cor)


@pytest.mark.rule("R-MET-09", case="refused")
def test_an_unknown_model_is_refused(order):
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted(order=order, model="gpt-99")

    assert (refusal.value.code, refusal.value.rule) == ("unknown_model", "R-MET-09")


@pytest.mark.rule("R-MET-09", case="refused")
def test_a_call_without_a_price_is_never_free(order):
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted(order=order, tier="PRIORITY")

    assert (refusal.value.code, refusal.value.rule) == ("no_price", "R-MET-09")


def test_outside_the_period_of_performance_nothing_is_granted(order):
    early = CALLED_AT - timedelta(days=20)

    assert code_of(answers(asking(order=order), at=early)[0]) == "outside_period"


def test_while_work_is_stopped_nothing_is_granted(order, contracting_officer):
    # Given a grant, so that the gate knows the order
    granted(1, order=order)

    # When work is stopped
    stop_work(
        order_id=order.pk,
        reason="SAFETY",
        text="Stop all calls.",
        by=contracting_officer,
        at=CALLED_AT,
    )

    # Then the very next call is refused
    later = CALLED_AT + timedelta(seconds=1)
    assert code_of(answers(asking(2, order=order), at=later)[0]) == "order_stopped"


@pytest.mark.parametrize("state", ["COMPLETED", "CLOSED"])
def test_an_order_that_is_over_gets_nothing(order, state):
    granted(1, order=order)
    TaskOrder.objects.filter(pk=order.pk).update(state="COMPLETED")
    TaskOrder.objects.filter(pk=order.pk).update(state=state)

    assert code_of(answers(asking(2, order=order))[0]) == "order_closed"


@pytest.mark.rule("R-AI-01", case="refused")
def test_a_ban_turns_the_next_call_away(order, contracting_officer, vendor_a):
    # Given calls that go through
    granted(1, order=order)

    # When the vendor is banned
    ban_at = CALLED_AT + timedelta(seconds=1)
    ban = impose_ban(
        agency_id=order.contract.agency_id,
        vendor_id=vendor_a.pk,
        reason="EXCLUSION",
        citation="FAR 9.405",
        text="Excluded.",
        valid_from=date(2026, 4, 20),
        by=contracting_officer,
        at=ban_at,
    )

    # Then the very next one is refused, by the rule
    with nothing_happens(), pytest.raises(Refusal) as refusal:
        granted(2, order=order, at=ban_at)
    assert (refusal.value.code, refusal.value.rule) == ("banned", "R-AI-01")
    assert refusal.value.data["ban"] == ban.public_id


def test_nothing_is_granted_while_usage_does_not_reach_the_balances(order, monkeypatch):
    monkeypatch.setitem(PARTS, "alive", NOT_ROLLING)

    (answer,) = answers(asking(order=order))

    assert (code_of(answer), answer.retryable) == ("roller_stopped", True)


def test_a_closed_source_gets_nothing(order):
    UsageSource.objects.filter(pk=usage_source().pk).update(closed_at=CALLED_AT)

    with nothing_happens(), pytest.raises(Refusal) as refusal:
        answers(asking(order=order))

    assert refusal.value.code == "source_closed"


# The last line of defence ------------------------------------------------------------


@pytest.mark.rule("R-MET-10", case="refused", held_by="database")
def test_the_database_refuses_what_no_verb_would_grant(order):
    from django.db import IntegrityError, transaction

    granted(order=order)

    with pytest.raises(IntegrityError) as error, transaction.atomic():
        GateCounter.objects.filter(gate__order=order).update(reserved_dollars=41)

    assert "what_is_reserved_never_exceeds_what_was_left" in str(error.value)


def test_what_is_reserved_and_used_never_passes_the_obligation(order):
    # Given all funds reserved, and then usage of $24 that nobody announced
    answers(*(asking(n, order=order) for n in range(40)))
    ingested(event("x", order=order, tokens={"output": 3_000_000}), at=DELIVERED_AT)

    # Then the usage is recorded, and nothing more is granted
    (balance,) = balances_of(order.lines.get().holder)
    assert balance.consumed_dollars
    (answer,) = answers(asking("late", order=order, output_tokens_max=1))
    assert code_of(answer) == "live_limit_reached"
    assert answer.data["left"] == "$-24"
    assert FundsGate.objects.get(order=order).is_hard
