"""Months with every fault of the table, by hundreds of seeds, and a big one.

The small months have all the orders, models, classes, tiers and days of the big one,
with two calls of each kind on each day: about 1,500 calls and 7,500 rows on each side.
The big one has 150,000 calls. Every other seed is of a vendor that reports sums only.
"""

from __future__ import annotations

import pytest

from contracting.core.quantities import Dollars, total_dollars
from tests.reconciliation.month import made, proofs
from tests.reconciliation.month.faults import ALL
from tests.reconciliation.month.truth import calls_of

BLOCK = 10


def seeds(block: int) -> range:
    return range(BLOCK * block, BLOCK * block + BLOCK)


@pytest.mark.parametrize("block", range(20))
def test_two_hundred_months_with_faults_on_keys_of_their_own(block):
    for seed in seeds(block):
        proofs.disjoint(seed, in_sums=bool(seed % 2))


@pytest.mark.parametrize("block", range(5))
def test_fifty_months_with_faults_on_the_same_keys(block):
    for seed in seeds(block):
        proofs.overlap(seed, in_sums=bool(seed % 2))


@pytest.mark.parametrize("block", range(5))
def test_fifty_clean_months(block):
    for seed in seeds(block):
        proofs.nothing(seed, in_sums=bool(seed % 2))


@pytest.mark.parametrize("in_sums", [False, True], ids=["calls", "sums"])
def test_every_fault_alone(in_sums):
    for number, fault in enumerate(ALL):
        views, planted = made.faulty(number, in_sums=in_sums, faults=[fault])
        proofs.exact(views, planted)


@pytest.mark.parametrize("days", [25, 4])
def test_a_fault_in_a_hundred_pieces_is_a_drift_or_counted_whole(days):
    proofs.pieces(days)


def test_the_big_month():
    calls = calls_of(7, a_day=BIG_DAY, scale=10)
    due = [call for call in calls if not call.failed]
    assert len(due) >= 150_000
    assert sum(sum(call.tokens.values()) for call in due) >= 2 * 10**9
    assert total_dollars(call.dollars for call in due) >= Dollars(20_000)
    for in_sums in (False, True):
        views, planted = made.faulty(
            7, in_sums=in_sums, calls=calls, faults=proofs.TOGETHER
        )
        proofs.exact(views, planted, steps=False)


BIG_DAY = 211
"""Calls of each of the 24 kinds on each of the days."""
