"""What is within the funds is decided by when it was used, never by when it came."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from contracting.core.actors import SYSTEM
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.invariants import INVARIANTS as LEDGER
from contracting.ledger.operations.accept import accept_usage
from contracting.ledger.queries import balances_of, roller_lag
from contracting.metering.invariants import INVARIANTS as METERING
from contracting.metering.models import HourlyUsage, UsageFold
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.fold import fold_usage
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.queries import UsageOf, daily_usage, hourly_usage
from contracting.metering.queries.proof import rollup_differences
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.queries.ratified import unfunded
from contracting.orders.states import EffectDraft, FundsDraft
from tests.builders_metering import (
    CALLED_AT,
    DELIVERED_AT,
    PRICES,
    assert_the_books_balance,
    event,
    folded,
    ingested,
    ndjson,
    order_for,
    usage_source,
)
from tests.builders_orders import (
    funded_modification,
    issued_order,
    line,
    line_of_accounting,
)
from tests.cast import actor, machine
from tests.metering.plain_draw import PlainCall, drawn
from tests.ratified import ratified

CODES = {
    "input": "IN_UNCACHED",
    "cached_input": "IN_CACHE_READ",
    "output": "OUT_TEXT",
    "reasoning": "OUT_REASONING",
}
RATES = {code: Decimal(price) for code, price in PRICES.items()}


def sent(*events, at=DELIVERED_AT):
    """A batch that waits for the roller."""
    return ingest_usage(
        source_id=usage_source().pk,
        payload=ndjson(*events),
        by=machine("gateway"),
        at=at,
    )


def stands(order):
    """Funded and unfunded tokens and dollars of each ACRN, in their order."""
    return [
        (
            row.consumed_tokens,
            row.consumed_dollars,
            row.unfunded_tokens,
            row.unfunded_dollars,
        )
        for row in balances_of(order.lines.get().holder)
    ]


def call(number, minutes, **tokens):
    """A call so many minutes after the first one, as told and as reckoned."""
    at = CALLED_AT - timedelta(days=2) + timedelta(minutes=minutes)
    plain = PlainCall(
        at,
        f"call-{number:04}",
        tuple((CODES[name], count) for name, count in tokens.items()),
    )
    return plain, {"number": f"{number:04}", "tokens": tokens, "at": at}


def two_acrns(first, second, contract, tokens=20_000_000):
    """An order of one line that two ACRNs pay for."""
    pot = line_of_accounting().pk
    funds = [
        FundsDraft("AA", pot, Dollars(first), ceiling_dollars=Dollars(20)),
        FundsDraft("AB", pot, Dollars(second)),
    ]
    return issued_order(lines=[line(tokens=Tokens(tokens), funds=funds)], on=contract)


@pytest.mark.rule("R-FND-08", case="allowed")
def test_nothing_moves_before_the_fold_and_everything_with_it(order):
    sent(event(1, order=order))
    assert stands(order) == [(0, 0, 0, 0)]
    assert roller_lag() > timedelta()
    assert_the_books_balance()

    fold = fold_usage(order_id=order.pk, by=SYSTEM)

    assert fold is not None
    assert (fold.deltas, fold.events, fold.tokens) == (2, 2, 1_100)
    assert fold.folded_at == DELIVERED_AT
    assert stands(order) == [(1_100, Decimal("0.0028"), 0, 0)]
    assert roller_lag() == timedelta()
    assert fold_usage(order_id=order.pk, by=SYSTEM) is None
    assert_the_books_balance()


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_arrival_comes_to_the_same_as_adding_up_by_hand(contract, seed):
    # Given sixty calls of mixed prices in some hours, and funds for a part of them
    chance = random.Random(seed)
    names = list(CODES)
    made = [
        call(
            number,
            chance.choice([chance.randrange(240), 30, 90]),
            **{
                name: chance.choice([0, 1, 7, chance.randrange(900)])
                for name in chance.sample(names, chance.randrange(1, 4))
            },
        )
        for number in range(60)
    ]
    first, second = chance.choice([("0.05", "0.03"), ("0.01", "0.09"), ("0.02", "9")])
    ceiling = chance.choice([20_000_000, 15_000])
    order = two_acrns(first, second, contract, ceiling)
    expected = drawn(
        [plain for plain, _ in made], RATES, [Decimal(first), Decimal(second)], ceiling
    )

    # When they arrive in any order, in any batches, folded at any time
    for _ in range(3):
        with transaction.atomic():
            chance.shuffle(made)
            rest = [event(order=order, **told) for _, told in made]
            while rest:
                size = chance.randrange(1, 20)
                batch, rest = rest[:size], rest[size:]
                sent(*batch)
                if chance.random() < 0.7:
                    folded()
            folded()

            # Then the balances and what is payable are the same every time
            assert stands(order) == expected
            assert_the_books_balance()
            transaction.set_rollback(True)


@pytest.mark.parametrize("seed", range(4))
def test_funds_that_come_in_between_pay_as_if_they_had_been_there(contract, seed):
    chance = random.Random(100 + seed)
    made = [
        call(number, chance.randrange(180), input=chance.randrange(500), output=100)
        for number in range(30)
    ]
    order = order_for("0.02", on=contract)
    chance.shuffle(made)
    rest = [event(order=order, **told) for _, told in made]
    sent(*rest[:20])
    folded()

    modified(order, "0.01")
    sent(*rest[20:])
    folded()

    expected = drawn([plain for plain, _ in made], RATES, [Decimal("0.03")], 20_000_000)
    assert stands(order) == expected
    assert_the_books_balance()


def modified(order, dollars):
    """A modification adds funds to the line, and use beyond them is ratified."""
    if beyond := unfunded(order):
        ratified(order, beyond, at=DELIVERED_AT)
    drafted = funded_modification(
        on=order,
        effects=[EffectDraft(clin="0001", acrn="AA", add_dollars=Dollars(dollars))],
        at=DELIVERED_AT,
    )
    return issue_modification(
        modification_id=drafted.pk,
        by=actor("contracting_officer"),
        at=DELIVERED_AT + timedelta(minutes=5),
        seen_version=drafted.version,
    )


def test_a_late_call_displaces_what_was_used_after_it(contract):
    # Given a cent of funds, used up by a call
    order = order_for("0.01", on=contract)
    ingested(event(1, order=order, tokens={"output": 1_250}))
    assert stands(order) == [(1_250, Decimal("0.01"), 0, 0)]

    # When an earlier one comes late
    ingested(
        event(
            2,
            order=order,
            tokens={"input": 1_000},
            at=CALLED_AT - timedelta(days=1),
        )
    )

    # Then it is within the funds, and what was used later is not any more
    assert stands(order) == [(2_000, Decimal("0.01"), 250, Decimal("0.002"))]
    assert_the_books_balance()


def test_what_is_accepted_is_not_disturbed(contract):
    order = order_for("0.01", on=contract)
    ingested(event(1, order=order, tokens={"output": 1_250}))
    accept_usage(
        holder=order.lines.get().holder,
        acrn=None,
        exact=Dollars("0.01"),
        rounded=Dollars("0.01"),
        tokens=Tokens(1_250),
        because=order.subject,
        by=actor("cor"),
        at=DELIVERED_AT,
    )

    ingested(
        event(2, order=order, tokens={"input": 1_000}, at=CALLED_AT - timedelta(days=1))
    )

    assert stands(order) == [(1_250, Decimal("0.01"), 1_000, Decimal("0.002"))]
    assert [said for each in (*LEDGER, *METERING) for said in each.check()] == []


def test_a_correction_lets_in_what_had_no_funds(contract):
    order = order_for("0.01", on=contract)
    ingested(
        event(1, order=order, tokens={"output": 1_250}),
        event(
            2, order=order, tokens={"input": 1_000}, at=CALLED_AT + timedelta(minutes=1)
        ),
    )
    assert stands(order) == [(1_250, Decimal("0.01"), 1_000, Decimal("0.002"))]

    correct_usage(
        source_id=usage_source().pk,
        event_id="call-1",
        correction_id="correction-1",
        changes={"OUT_TEXT": -125},
        reason="A retry was counted.",
        by=actor("cor"),
        at=DELIVERED_AT + timedelta(days=1),
    )

    assert stands(order) == [(1_625, Decimal("0.01"), 500, Decimal("0.001"))]
    assert_the_books_balance()


def test_the_roll_ups_hold_every_token_by_hour_and_day(order):
    ingested(
        event(1, order=order),
        event(2, order=order, at=CALLED_AT + timedelta(hours=1)),
        event(3, order=order, at=CALLED_AT - timedelta(days=1)),
        at=DELIVERED_AT + timedelta(hours=1),
    )

    of = UsageOf(orders=[order.pk])
    assert [row.tokens for row in hourly_usage(of)] == [1_100] * 3
    assert [(f"{row.day}", row.tokens) for row in daily_usage(of)] == [
        ("2026-04-19", 1_100),
        ("2026-04-20", 2_200),
    ]
    by_class = daily_usage(of, by=("token_class",))
    assert [(row.token_class, row.tokens, row.dollars) for row in by_class] == [
        ("IN_UNCACHED", 3_000, Decimal("0.006")),
        ("OUT_TEXT", 300, Decimal("0.0024")),
    ]
    assert UsageFold.objects.get().tokens == 3_300
    assert list(rollup_differences()) == []


def test_a_roll_up_that_is_wrong_is_found(order):
    ingested(event(1, order=order))
    HourlyUsage.objects.filter(token_class_code="OUT_TEXT").update(tokens=99)

    ((agency, sentence),) = rollup_differences()

    assert agency == order.contract.agency_id
    assert "99 tokens" in sentence
    assert "100 tokens" in sentence
