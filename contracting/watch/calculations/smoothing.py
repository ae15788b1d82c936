"""Level, damped trend and weekday factors of daily use (Holt, damped)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WEEK: Final = 7
_SPEEDS: Final = (0.02, 0.05, 0.1, 0.2, 0.35, 0.5)
"""How much of a day's surprise moves the level; the data choose."""
_SHARES: Final = (0.0, 0.05, 0.15)
"""How much of that moves the trend."""
_DAMPING: Final = 0.97
"""What is left of the trend a day later: half of it after three weeks."""
_FOR_FACTORS: Final = 2 * WEEK
_SLOW: Final = 0.5
_PLAIN: Final = 0.5
"""A fast fit and one with a trend have to be that much better to be believed."""
_FOR_A_TREND: Final = 4 * WEEK


@dataclass(frozen=True, slots=True)
class Smoothed:
    """A fitted series: where it stands now, and by how much each day surprised.

    ``surprises`` has one figure per day of the series, in its unit; a gap has none.
    """

    level: float
    trend: float
    damping: float
    speed: float
    share: float
    factors: tuple[float, ...]
    first_weekday: int
    fitted: tuple[float, ...]
    surprises: tuple[float | None, ...]

    def factor(self, ahead: int) -> float:
        """The weekday factor of the day so many days after the last one."""
        day = self.first_weekday + len(self.fitted) - 1 + ahead
        return self.factors[day % WEEK]

    def expected(self, ahead: int) -> float:
        """The expected use so many days after the last one; never below zero."""
        growth = sum(self.damping**step for step in range(1, ahead + 1))
        return max(0.0, self.level + self.trend * growth) * self.factor(ahead)


def weekday_factors(
    values: Sequence[float | None], first_weekday: int
) -> tuple[float, ...]:
    """How a weekday compares with its week, Monday first; all 1 under two weeks.

    Each day is held against the mean of the seven days around it, so that growth does
    not look like a weekday. Few weeks pull the factors towards 1.

    :param values: one figure per day; None where nothing is known of the day
    :param first_weekday: the weekday of the first value, Monday is 0
    """
    known = [value for value in values if value is not None]
    if len(known) < _FOR_FACTORS or sum(known) <= 0:
        return (1.0,) * WEEK
    sums, weights = [0.0] * WEEK, [0.0] * WEEK
    for start in range(len(values) - WEEK + 1):
        week = values[start : start + WEEK]
        if any(value is None for value in week):
            continue
        middle = start + WEEK // 2
        sums[(first_weekday + middle) % WEEK] += values[middle] or 0.0
        weights[(first_weekday + middle) % WEEK] += sum(v or 0.0 for v in week) / WEEK
    if not all(weight > 0 for weight in weights):
        return (1.0,) * WEEK
    weeks = len(known) / WEEK
    pull = weeks / (weeks + 0.5)
    raw = [pull * s / w + 1 - pull for s, w in zip(sums, weights, strict=True)]
    mean = sum(raw) / WEEK
    return tuple(factor / mean for factor in raw)


def smooth(values: Sequence[float | None], first_weekday: int) -> Smoothed:
    """Fit level, trend and weekdays; the way that surprises least is taken.

    :param values: at least one known figure
    :param first_weekday: the weekday of the first value, Monday is 0
    """
    return min(fits(values, first_weekday), key=surprise)


def fits(values: Sequence[float | None], first_weekday: int) -> list[Smoothed]:
    """Every way of fitting, slow to fast, without and with a trend."""
    factors = weekday_factors(values, first_weekday)
    return [
        run(values, factors, first_weekday, speed, share)
        for speed in _SPEEDS
        for share in _SHARES
    ]


def weights(candidates: Sequence[Smoothed]) -> list[float]:
    """How much each way of fitting is to be believed; they add up to 1.

    By the likelihood of its surprises, were they normal.
    """
    squares = [surprise(fit) for fit in candidates]
    least = min(squares)
    if least <= 0:
        return [float(square == least) / squares.count(least) for square in squares]
    days = len(candidates[0].fitted)
    found = [(least / square) ** (days / 2) for square in squares]
    return [weight / sum(found) for weight in found]


def again(fit: Smoothed, values: Sequence[float | None]) -> Smoothed:
    """The same way of fitting on other figures of the same days."""
    return run(values, fit.factors, fit.first_weekday, fit.speed, fit.share)


def surprise(fit: Smoothed) -> float:
    """Squared surprises after the first week, which only finds the level."""
    known = [e for e in fit.surprises[WEEK:] if e is not None]
    return sum(e * e for e in known) * (1 + _SLOW * fit.speed + _PLAIN * fit.share)


def _start(
    values: Sequence[float | None],
    factors: Sequence[float],
    first_weekday: int,
    share: float,
) -> tuple[float, float]:
    """Level before the first day and daily trend, by least squares over the factors."""
    points = [
        (float(n), value, factors[(first_weekday + n) % WEEK])
        for n, value in enumerate(values)
        if value is not None
    ]
    weight = sum(f * f for _, _, f in points) or 1.0
    level = sum(value * f for _, value, f in points) / weight
    if not share or len(points) < _FOR_A_TREND:
        return level, 0.0
    middle = sum(n * f * f for n, _, f in points) / weight
    spread = sum((n - middle) ** 2 * f * f for n, _, f in points) or 1.0
    slope = sum((n - middle) * value * f for n, value, f in points) / spread
    return level - slope * middle, slope


def run(
    values: Sequence[float | None],
    factors: tuple[float, ...],
    first_weekday: int,
    speed: float,
    share: float,
) -> Smoothed:
    """One pass over the days; without a share the trend is none."""
    level, trend = _start(values, factors, first_weekday, share)
    fitted: list[float] = []
    surprises: list[float | None] = []
    for n, value in enumerate(values):
        factor = factors[(first_weekday + n) % WEEK]
        trend *= _DAMPING
        level += trend
        expected = max(0.0, level) * factor
        fitted.append(expected)
        if value is None:
            surprises.append(None)
            continue
        off = value - expected
        surprises.append(off)
        level += speed * off * factor
        trend += speed * share * off * factor
    return Smoothed(
        level=level,
        trend=trend,
        damping=_DAMPING,
        speed=speed,
        share=share,
        factors=factors,
        first_weekday=first_weekday,
        fitted=tuple(fitted),
        surprises=tuple(surprises),
    )
