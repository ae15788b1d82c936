"""Hours that are drawn as a whole come to what every single call would come to."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.ledger.calculations import (
    dollars,
    fold_hours,
    fold_usage,
    picodollars_per_token,
)
from contracting.ledger.states import Consumption, Hour, Use

PRICES = ("0", "0.15", "1", "2.5", "8")


@pytest.mark.parametrize("seed", range(60))
def test_opening_only_what_the_order_decides_changes_nothing(seed):
    chance = random.Random(seed)
    start = datetime(2026, 4, 20, tzinfo=UTC)
    calls = [
        (
            start + timedelta(hours=chance.randrange(6)),
            Use(price, UnitPrice(price), chance.choice([0, 1, chance.randrange(900)])),
        )
        for price in (chance.choice(PRICES) for _ in range(chance.randrange(1, 60)))
    ]
    calls.sort(key=lambda call: call[0])
    by_hour = defaultdict(list)
    for hour, use in calls:
        by_hour[hour].append(use)
    funds = [dollars(chance.randrange(10**10)) for _ in range(chance.randrange(1, 4))]
    ceiling = chance.choice([10**6, 5_000, 0])

    opened = []

    def calls_of(hour):
        opened.append(hour)
        return by_hour[hour.start]

    folded = fold_hours(
        [Hour(hour, summed(uses)) for hour, uses in by_hour.items()],
        tokens_left=ceiling,
        funds_left=funds,
        kept={},
        calls_of=calls_of,
    )

    expected: dict[tuple[Any, ...], int] = defaultdict(int)
    for share in fold_usage(
        [Consumption(use.key, use.unit_price, Tokens(use.tokens)) for _, use in calls],
        tokens_left=ceiling,
        funds_left=funds,
    ):
        price = picodollars_per_token(UnitPrice(str(share.key)))
        expected[share.key, price, share.place, True] += share.funded_tokens
        expected[share.key, price, share.place, False] += share.unfunded_tokens
    assert {k: n for k, n in folded.tokens.items() if n} == {
        k: n for k, n in expected.items() if n
    }
    assert len(opened) <= len(by_hour)


def summed(uses):
    sums: dict[Any, int] = defaultdict(int)
    for use in uses:
        sums[use.key] += use.tokens
    return tuple(Use(key, UnitPrice(key), n) for key, n in sums.items())


def test_what_is_kept_is_the_first_of_its_price():
    hour = Hour(
        datetime(2026, 4, 20, tzinfo=UTC),
        (Use("a", UnitPrice("1"), 100), Use("b", UnitPrice("1"), 100)),
    )

    folded = fold_hours(
        [hour],
        tokens_left=1_000,
        funds_left=[Dollars("0.0001")],
        kept={("a", 1_000_000): 60, ("c", 1_000_000): 7},
        calls_of=lambda hour: hour.uses,
    )

    assert folded.tokens == {
        ("a", 1_000_000, 0, True): 40,
        ("b", 1_000_000, 0, True): 60,
        ("b", 1_000_000, 0, False): 40,
    }
    assert folded.kept_too_much == {("c", 1_000_000): 7}
