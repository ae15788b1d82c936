"""Sizes of samples, draws that nobody chooses, estimates, and credits."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from fractions import Fraction
from typing import Final

from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes.states import HIGHER_IS_BETTER, ServiceMeasure

Z: Final = Decimal("1.96")
"""Two-sided 95 percent of the normal distribution, as the tables state it."""

_WIDE: Final = Context(prec=50)
_PERCENT: Final = Decimal(100)
_SHOWN: Final = Decimal("0.0001")

CallKey = tuple[str, int]
"""Request id and attempt."""


def sample_size(population: int, margin_percent: Decimal) -> int:
    """How many calls are counted anew for 95 percent ± the margin, at the worst share.

    n0 = z² · 0.25 / e², then with the finite population correction
    n = n0 / (1 + (n0 − 1) / N), rounded up and at most N. For ± 0.5 percent n0 is
    38,416; of 1,000 calls that is 975.

    :param margin_percent: half the width of the interval, in percent, above zero
    """
    if population < 1 or margin_percent <= 0:
        return 0
    share = _WIDE.divide(margin_percent, _PERCENT)
    endless = _WIDE.divide(Z * Z * Decimal("0.25"), share * share)
    corrected = _WIDE.divide(endless, 1 + _WIDE.divide(endless - 1, population))
    whole = int(corrected.to_integral_value(ROUND_CEILING))
    return max(1, min(population, whole))


def population_sha256(keys: Iterable[CallKey]) -> str:
    """SHA-256 of the calls in their order: what a sample was drawn from."""
    digest = hashlib.sha256()
    for request_id, attempt in sorted(keys):
        digest.update(f"{request_id}\t{attempt}\n".encode())
    return digest.hexdigest()


def commitment_of(seed: str) -> str:
    """SHA-256 of a seed, told before the other side gives its own."""
    return hashlib.sha256(seed.encode()).hexdigest()


def drawn(
    keys: Iterable[CallKey], size: int, *, agency_seed: str, vendor_seed: str
) -> list[CallKey]:
    """The sample: the calls with the smallest HMAC under a key of both seeds.

    The key is SHA-256 of the agency's seed, a line feed and the vendor's seed; a call
    is its request id, a tab and its attempt. Who knows both seeds draws the same.
    """
    key = hashlib.sha256(f"{agency_seed}\n{vendor_seed}".encode()).digest()

    def mark(call: CallKey) -> tuple[bytes, CallKey]:
        said = f"{call[0]}\t{call[1]}".encode()
        return hmac.digest(key, said, "sha256"), call

    return sorted(set(keys), key=mark)[:size]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure of all calls, estimated from a sample, with its 95 percent interval."""

    value: Decimal
    low: Decimal
    high: Decimal

    @property
    def is_exact(self) -> bool:
        """Whether every call was counted, so that nothing is estimated."""
        return self.low == self.value == self.high


def share_estimate(hits: int, sample: int, population: int) -> Estimate:
    """The share of all calls, in percent: Wilson's interval, without replacement.

    The sample counts as n · (N − 1) / (N − n) calls, which is the finite population
    correction; it holds as well where none or all of the sample agree.
    """
    share = _WIDE.divide(Decimal(hits), Decimal(sample))
    if sample >= population:
        exact = _shown(share * _PERCENT)
        return Estimate(exact, exact, exact)
    n = _WIDE.divide(Decimal(sample * (population - 1)), Decimal(population - sample))
    square = _WIDE.divide(Z * Z, n)
    middle = share + square / 2
    spread = (_WIDE.divide(share * (1 - share), n) + square / (4 * n)).sqrt(_WIDE) * Z
    low, high = (
        _WIDE.divide(end, 1 + square) for end in (middle - spread, middle + spread)
    )
    return Estimate(
        _shown(share * _PERCENT),
        _shown(max(low, Decimal(0)) * _PERCENT, ROUND_FLOOR),
        _shown(min(high, Decimal(1)) * _PERCENT, ROUND_CEILING),
    )


def total_estimate(counts: Sequence[int], population: int) -> Estimate:
    """The sum over all calls: N times the mean of the sample, in whole tokens.

    N · (mean ± z · s / √n · √((N − n) / N)), s² with n − 1. Nobody can tell a
    spread from a single call of several: then the ends are the value.
    """
    n = len(counts)
    mean = _WIDE.divide(Decimal(sum(counts)), Decimal(n))
    value = (mean * population).to_integral_value()
    if n >= population or n == 1:
        return Estimate(value, value, value)
    squares = sum(((Decimal(each) - mean) ** 2 for each in counts), Decimal(0))
    variance = _WIDE.divide(squares, Decimal(n - 1))
    left = _WIDE.divide(Decimal(population - n), Decimal(population))
    spread = Z * population * _WIDE.divide(variance * left, Decimal(n)).sqrt(_WIDE)
    return Estimate(
        value,
        (mean * population - spread).to_integral_value(ROUND_FLOOR),
        (mean * population + spread).to_integral_value(ROUND_CEILING),
    )


def _shown(value: Decimal, rounding: str | None = None) -> Decimal:
    return value.quantize(_SHOWN, rounding, context=_WIDE)


def is_missed(measure: str, measured: Decimal, target: Decimal) -> bool:
    """Whether a measured figure is worse than its target."""
    if measure in HIGHER_IS_BETTER:
        return measured < target
    return measured > target


def credit_percent(
    measure: str, measured: Decimal, steps: Sequence[Sequence[str]]
) -> Decimal:
    """The percent of the month that the contract's table credits; zero if none.

    The worst step that the figure is worse than counts, not their sum.
    """
    found = [
        Decimal(percent)
        for worse_than, percent in steps
        if is_missed(measure, measured, Decimal(worse_than))
    ]
    return max(found, default=Decimal(0))


def steps_in_order(
    measure: str, target: Decimal, steps: Sequence[tuple[Decimal, Decimal]]
) -> bool:
    """Whether each step is a worse miss than the one before and credits more.

    The first is no better than the target, and nothing credits over the whole month.
    """
    sign = -1 if measure in HIGHER_IS_BETTER else 1
    edges = [sign * edge for edge, _ in steps]
    percents = [percent for _, percent in steps]
    return (
        bool(steps)
        and edges[0] >= sign * target
        and edges == sorted(set(edges))
        and percents == sorted(set(percents))
        and percents[0] > 0
        and percents[-1] <= _PERCENT
    )


def credit_of(base: Dollars, percent: Decimal) -> Dollars:
    """That percent of the exact price of a month, rounded once to the cent."""
    part = _WIDE.divide(base.amount * percent, _PERCENT)
    return Dollars(part.quantize(Decimal("1E-12"), context=_WIDE)).to_cents()


def split_by(whole: Dollars, weights: Sequence[Decimal]) -> list[Dollars]:
    """Cents of a sum by weights: each cut, and the cents left to the largest rests.

    They sum to the whole. Where nothing weighs, all of it goes to the first.

    :param whole: whole cents, not below zero
    :param weights: none below zero; at least one
    """
    cents = int(whole.amount * _PERCENT)
    total = sum(weights, Decimal(0))
    if not total:
        return [whole, *(Dollars() for _ in weights[1:])]
    exact = [_WIDE.divide(cents * weight, total) for weight in weights]
    parts = [int(each) for each in exact]
    order = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
    for n in order[: cents - sum(parts)]:
        parts[n] += 1
    return [Dollars(Decimal(part).scaleb(-2)) for part in parts]


def filled(whole: Dollars, rooms: Sequence[Dollars]) -> list[Dollars]:
    """A sum put into rooms in their order; what fits nowhere goes to the last one."""
    left, parts = whole, []
    for room in rooms:
        part = min(left, _whole_cents(max(room, Dollars())))
        parts.append(part)
        left = left - part
    if parts and left:
        parts[-1] = parts[-1] + left
    return parts


def _whole_cents(amount: Dollars) -> Dollars:
    return Dollars(amount.amount.quantize(Decimal("0.01"), ROUND_FLOOR, context=_WIDE))


RateOn = Callable[[date], Decimal]
"""The published rate of a day, in percent a year; it raises where none is loaded."""


@dataclass(frozen=True, slots=True)
class HalfYear:
    """What a claim earns in one half-year, from its first day of interest on."""

    first: date
    days: int
    percent: Decimal
    earned: Dollars


def claim_halves(
    dollars: Dollars, *, received: date, paid: date, rate_on: RateOn
) -> list[HalfYear]:
    """Simple interest on a claim, from its receipt to its payment, by half-year.

    Each half-year counts at its own rate, by days of a year of 365, or 366 in a leap
    year (41 U.S.C. 7109, R-PAY-07). The day of receipt is day 0. Rounded once: the rows
    sum to the cent of the exact interest.

    :raises Refusal: what ``rate_on`` raises where no rate of a half-year is loaded
    """
    found = []
    exact, before, day = Fraction(0), Dollars(), received + timedelta(days=1)
    while day <= paid:
        half = date(day.year, 6, 30) if day.month <= 6 else date(day.year, 12, 31)  # noqa: PLR2004
        until = min(half, paid)
        year = (date(day.year, 12, 31) - date(day.year - 1, 12, 31)).days
        days = (until - day).days + 1
        percent = rate_on(day)
        exact += Fraction(dollars.amount) * Fraction(percent) / 100 * days / year
        whole = (exact * 100 + Fraction(1, 2)).__floor__()
        earned = Dollars(Decimal(whole).scaleb(-2))
        found.append(HalfYear(day, days, percent, earned - before))
        before, day = earned, until + timedelta(days=1)
    return found


def claim_interest(
    dollars: Dollars, *, received: date, paid: date, rate_on: RateOn
) -> Dollars:
    """The sum of :func:`claim_halves`.

    :raises Refusal: what ``rate_on`` raises where no rate of a half-year is loaded
    """
    halves = claim_halves(dollars, received=received, paid=paid, rate_on=rate_on)
    return total_dollars(each.earned for each in halves)


def measured_share(measure: str, calls: int, bad: int) -> Decimal:
    """Percent of the calls: good ones for availability, else the bad ones.

    Cut so that the service never looks better than it was.
    """
    good = measure == ServiceMeasure.AVAILABILITY
    part = Decimal(calls - bad if good else bad)
    share = _WIDE.divide(part * _PERCENT, Decimal(calls))
    return _shown(share, ROUND_FLOOR if good else ROUND_CEILING)
