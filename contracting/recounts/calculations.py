"""Whether reported tokens exceed recounted ones: a test that may be read at any time.

Of call *i* of a sample, X = clip((reported − recounted) / max(recounted, 20), −1, 1).
The hypothesis is that the expected X of each call, whatever came before, is at most an
allowance δ. Somebody who bets against it, with stakes that only the past decides, has
the wealth W = Π(1 + λ(X − δ)). While the hypothesis holds, W ever reaches 1/α with
probability at most α (Ville's inequality), however often one looks.

The wealth is made of the four operations of IEEE 754 doubles alone, each of which is
rounded the same way on every machine, in the order of the sample: the same samples give
the same wealth to the last bit. What is only shown (the estimate, and how many samples
are still needed) uses logarithms.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil, log, sqrt
from typing import Final

LEAST_TOKENS: Final = 20
"""A short answer is held against as many tokens, so that one of them is no 100 %."""
MOST_WEALTH: Final = 1e100
"""More than this says no more, and would overflow."""
_BEFORE: Final = 0.25
"""The square that is taken as seen before the first sample."""
_CONFIDENCE: Final = 0.01
_STEPS: Final = 1_000_000
_BOLDEST: Final = 0.75


def excess(reported: int, recounted: int) -> float:
    """By what share more tokens are reported than counted, cut to −1 … 1.

    >>> excess(110, 100), excess(21, 20), excess(900, 100)
    (0.1, 0.05, 1.0)
    """
    base = max(recounted, LEAST_TOKENS)
    more = min(max(reported - recounted, -base), base)
    return more / base


@dataclass(frozen=True, slots=True)
class Standing:
    """How far the test is after some samples; the next stake follows from it.

    ``total`` and ``squares`` are the sums of X − δ and of its squares.
    """

    samples: int = 0
    wealth: float = 1.0
    peak: float = 1.0
    total: float = 0.0
    squares: float = 0.0
    first_over: int | None = None

    def stake(self, allowance: float) -> float:
        """The next λ: what past samples make grow fastest, from 0 to 1/(2(1+δ))."""
        stake = self.total / (self.squares + _BEFORE)
        return min(max(stake, 0.0), 0.5 / (1.0 + allowance))


def carry_on(
    before: Standing,
    excesses: Iterable[float],
    allowance: float,
    flag_at: float,
    seen: list[float] | None = None,
) -> Standing:
    """The standing after further samples, in their order.

    :param allowance: δ, the expected X that is still honest
    :param flag_at: 1/α; the first sample at which the wealth reaches it is kept
    :param seen: takes the wealth after each sample, for a drawing
    """
    samples, wealth, peak = before.samples, before.wealth, before.peak
    total, squares, first = before.total, before.squares, before.first_over
    most = 0.5 / (1.0 + allowance)
    for x in excesses:
        samples += 1
        y = x - allowance
        if total > 0.0:
            # The mean over the mean square: of both, the count falls out.
            stake = total / (squares + _BEFORE)
            wealth *= 1.0 + (stake if stake < most else most) * y
            if wealth > peak:
                wealth = min(wealth, MOST_WEALTH)
                peak = wealth
                if first is None and wealth >= flag_at:
                    first = samples
        total += y
        squares += y * y
        if seen is not None:
            seen.append(wealth)
    return Standing(samples, wealth, peak, total, squares, first)


def still_needed(
    standing: Standing, allowance: float, flag_at: float, most: int = 10_000_000
) -> int | None:
    """About how many more samples it takes to flag, if they go on as those so far.

    :returns: ``None`` where they do not lead to a flag; 0 where it is flagged
    """
    if standing.first_over is not None:
        return 0
    if not standing.samples:
        return None
    stake = standing.stake(allowance)
    mean = standing.total / standing.samples
    growth = stake * mean - stake * stake * standing.squares / standing.samples / 2
    if growth <= 0:
        return None
    needed = ceil((log(flag_at) - log(standing.wealth)) / growth)
    return needed if needed <= most else None


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the mean of X lies, at every moment at once, with confidence 1 − α."""

    samples: int
    low: float
    middle: float
    high: float


def confidence_sequence(excesses: Sequence[float], alpha: float) -> list[Interval]:
    """The interval after each sample; all of them hold together with 1 − α.

    The empirical-Bernstein sequence with predictable weights of Waudby-Smith and Ramdas
    (2024, theorem 2). Where the expected X moves, it is of the weighted mean of it.
    """
    bound = log(2 / alpha)
    mean, spread = 0.5, _BEFORE
    total, squares = 0.5, _BEFORE
    weights = weighted = cost = 0.0
    found = []
    for n, x in enumerate(excesses, start=1):
        unit = (x + 1) / 2
        weight = min(sqrt(2 * bound / (spread * n * log(1 + n))), 0.5)
        weights += weight
        weighted += weight * unit
        cost += (unit - mean) ** 2 * (-log(1 - weight) - weight)
        total += unit
        mean = total / (n + 1)
        squares += (unit - mean) ** 2
        spread = squares / (n + 1)
        middle, half = weighted / weights, (bound + cost) / weights
        ends = (max(middle - half, 0.0), middle, min(middle + half, 1.0))
        found.append(Interval(n, *(2 * end - 1 for end in ends)))
    return found


def allowance_of(counts: Sequence[tuple[int, int]]) -> Decimal:
    """The allowance that a calibration set gives: its one-sided 99 % upper bound of X.

    Somebody bets that the expected X is below m, with stakes from the past that do not
    depend on m. Who makes a hundredfold of it shows, at 99 %, that it is; the smallest
    such m is the bound. It holds of any X in −1 … 1, whatever its shape.

    :param counts: (reported, recounted) in the order of the sample
    :returns: 0 … 1, in millionths, rounded up
    """
    size = len(counts)
    if not size:
        return Decimal(1)
    bound = 2 * log(1 / _CONFIDENCE) / size
    bets: list[tuple[float, float]] = []
    total, squares = 0.0, _BEFORE
    for n, (reported, recounted) in enumerate(counts, start=1):
        x = excess(reported, recounted)
        bets.append((min(sqrt(bound * n / squares), _BOLDEST), x))
        total += x
        squares += (x - total / (n + 1)) ** 2

    def is_refuted(m: float) -> bool:
        wealth = 1.0
        for stake, x in bets:
            wealth *= 1.0 + stake * (m - x)
        return wealth >= 1 / _CONFIDENCE

    low, high = -1, _STEPS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if is_refuted(middle / _STEPS) else (middle, high)
    return Decimal(high) / _STEPS


def commitment_of(key: bytes) -> str:
    """What is stored of a key before it draws anything: its SHA-256."""
    return hashlib.sha256(b"drawdown recount key\n" + key).hexdigest()


def proof_of(key: bytes, request_id: str) -> str:
    """The HMAC-SHA-256 of a request id under the key, which draws it or does not."""
    return hmac.new(key, request_id.encode(), hashlib.sha256).hexdigest()


def is_drawn(proof: str, rate: Decimal) -> bool:
    """Whether a call is of the sample: its first 64 bits lie below the rate's share.

    :param rate: above 0 and at most 1, in millionths
    """
    return int(proof[:16], 16) * _STEPS < int(rate * _STEPS) << 64
