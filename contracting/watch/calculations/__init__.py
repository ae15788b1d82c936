"""Forecasts of use: pure functions on daily figures, the same on every machine.

A forecast is an estimate and says so: it carries its error on the last days that it was
not shown, is silent under five days of use, and names no date under fourteen.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate
from typing import Final

from contracting.core.quantities import Dollars
from contracting.watch.calculations.paths import PATHS, paths
from contracting.watch.calculations.smoothing import smooth
from contracting.watch.states import Measure, Outlook

DAYS_FOR_A_RANGE: Final = 5
DAYS_FOR_A_DATE: Final = 14
HELD_OUT: Final = 14
LONGEST: Final = 3 * 366
"""How many days ahead are looked at; a longer period is cut there."""
_DAY: Final = timedelta(days=1)
_RUNS: Final = (7, 28)

Amount = Decimal | int
"""Dollars to the cent, or whole tokens, by the measure of the forecast."""


@dataclass(frozen=True, slots=True)
class DayUse:
    """What was used on one accounting day, in all classes."""

    day: date
    tokens: int
    dollars: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """Planned use beside what the past shows: so much more a day, from a day on.

    :param until: the last day of it; without one, to the end of the period
    """

    starts_on: date
    tokens_per_day: int
    dollars_per_day: Decimal
    words: str = ""
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the day is one of those planned."""
        return self.starts_on <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Spread:
    """The figure that one in ten, one in two and nine in ten paths stay under."""

    p10: Amount
    p50: Amount
    p90: Amount


@dataclass(frozen=True, slots=True)
class DaySpread:
    """Cumulative use from the first day to the end of one coming day."""

    day: date
    p10: Amount
    p50: Amount
    p90: Amount


@dataclass(frozen=True, slots=True)
class Dates:
    """The first day on which nothing is left, on one in ten paths, one in two, nine.

    None: so many paths do not get there within the period.
    """

    p10: date | None
    p50: date | None
    p90: date | None


@dataclass(frozen=True, slots=True)
class BackTest:
    """How the same forecast, made before the last days, compares with them.

    ``error_percent`` is of the days' sum (forecast less actual), ``mape_percent`` the
    mean of the days' own errors, without days of no use; None where nothing was used.
    """

    days: int
    actual: Amount
    forecast: Spread
    error_percent: Decimal | None
    mape_percent: Decimal | None

    @property
    def is_inside(self) -> bool:
        """Whether the sum of the days lay between P10 and P90."""
        return self.forecast.p10 <= self.actual <= self.forecast.p90


@dataclass(frozen=True, slots=True)
class Forecast:
    """When funds or tokens run out, and what the whole will have used at the end."""

    measure: Measure
    outlook: Outlook
    through: date
    """The last whole day that is known."""
    period_end: date
    days_of_data: int
    used: Amount
    limit: Amount
    run_rates: Mapping[int, Amount]
    """Mean use a day over the last 7 and 28 days, or as many as there are."""
    at_completion: Spread | None = None
    exhausts_on: Dates | None = None
    chance_of_exhausting: Decimal | None = None
    """The share of paths that use up the limit before the period ends, 0 to 1."""
    band: tuple[DaySpread, ...] = ()
    back_test: BackTest | None = None
    steps: tuple[Step, ...] = ()

    @property
    def left(self) -> Amount:
        """The limit less what is used; below zero where more was used."""
        return self.limit - self.used

    @property
    def days_before_the_end(self) -> int | None:
        """How many days before the period's last one the median path is at zero."""
        if self.exhausts_on is None or self.exhausts_on.p50 is None:
            return None
        return (self.period_end - self.exhausts_on.p50).days


def forecast(
    days: Sequence[DayUse],
    *,
    measure: Measure,
    through: date,
    limit: Amount,
    used: Amount,
    period_end: date,
    steps: Sequence[Step] = (),
    gaps: frozenset[date] = frozenset(),
) -> Forecast:
    """What is to be expected of use until the period ends.

    Days between the first one and ``through`` that are not named had no use; days in
    ``gaps`` are not known and teach nothing.

    :param days: daily figures by accounting day
    :param through: the last whole day that is known; later ones only count as used
    :param limit: the obligated funds in dollars, or the ceiling in tokens
    :param used: all use to date, that of the days after ``through`` included
    :param steps: planned onboarding; what began by ``through`` is in the figures
    :returns: a forecast whose ``outlook`` says how much it can say
    """
    return _forecast(
        tuple(sorted(days, key=lambda use: use.day)),
        Measure(measure),
        through,
        limit,
        used,
        period_end,
        tuple(steps),
        gaps,
    )


@lru_cache(maxsize=256)
def _forecast(  # noqa: PLR0913 (one key)
    days: tuple[DayUse, ...],
    measure: Measure,
    through: date,
    limit: Amount,
    used: Amount,
    period_end: date,
    steps: tuple[Step, ...],
    gaps: frozenset[date],
) -> Forecast:
    first, values = _series(days, measure, through, gaps)
    known = [value for value in values if value is not None]
    said = Forecast(
        measure=measure,
        outlook=_outlook_without_paths(len(known), used, limit, through, period_end),
        through=through,
        period_end=period_end,
        days_of_data=len(known),
        used=used,
        limit=limit,
        run_rates={n: _amount(_mean(known[-n:]), measure) for n in _RUNS},
        steps=steps,
    )
    ahead = min((period_end - through).days, LONGEST)
    if first is None or len(known) < DAYS_FOR_A_RANGE or ahead < 1:
        return said
    start = float(used) - sum(_figure(d, measure) for d in days if d.day > through)
    added = _planned(steps, through, ahead, measure)
    return _with_paths(said, first, values, added, start)


def _outlook_without_paths(
    known: int, used: Amount, limit: Amount, through: date, period_end: date
) -> Outlook:
    if used >= limit and used > 0:
        return Outlook.EXHAUSTED
    if through >= period_end:
        return Outlook.PERIOD_OVER
    if not known:
        return Outlook.NO_USE
    if known < DAYS_FOR_A_RANGE:
        return Outlook.TOO_EARLY
    return Outlook.RANGE_ONLY


def _series(
    days: Sequence[DayUse], measure: Measure, through: date, gaps: frozenset[date]
) -> tuple[date | None, list[float | None]]:
    """One figure per day from the first day of use; None where it is not known."""
    by_day: dict[date, float] = {}
    for use in days:
        if use.day <= through:
            by_day[use.day] = by_day.get(use.day, 0.0) + _figure(use, measure)
    in_use = [day for day, figure in by_day.items() if figure > 0]
    if not in_use:
        return None, []
    first = min(in_use)
    every = (first + _DAY * n for n in range((through - first).days + 1))
    return first, [
        None if day in gaps else max(0.0, by_day.get(day, 0.0)) for day in every
    ]


def _figure(use: DayUse, measure: Measure) -> float:
    return float(use.tokens if measure == Measure.TOKENS else use.dollars)


def _planned(
    steps: Sequence[Step], through: date, ahead: int, measure: Measure
) -> list[float]:
    """Planned use of each coming day, of steps that have not begun yet."""
    coming = [step for step in steps if step.starts_on > through]
    return [
        sum(
            float(
                step.tokens_per_day
                if measure == Measure.TOKENS
                else step.dollars_per_day
            )
            for step in coming
            if step.holds_on(through + _DAY * (n + 1))
        )
        for n in range(ahead)
    ]


def _with_paths(
    said: Forecast,
    first: date,
    values: Sequence[float | None],
    added: Sequence[float],
    start: float,
) -> Forecast:
    drawn = _drawn(tuple(values), first.weekday(), len(added))
    measure = said.measure
    shifts = list(accumulate(added))
    band = tuple(
        DaySpread(
            said.through + _DAY * (n + 1),
            *(_amount(start + shift + q, measure) for q in drawn.spreads[n]),
        )
        for n, shift in enumerate(shifts)
    )
    said = replace(
        said,
        band=band,
        at_completion=Spread(band[-1].p10, band[-1].p50, band[-1].p90),
        back_test=_back_test(tuple(values), first, measure),
    )
    if said.outlook == Outlook.EXHAUSTED or said.days_of_data < DAYS_FOR_A_DATE:
        return said
    ways = drawn.shifted(shifts) if any(added) else drawn.ways
    return _with_dates(said, ways, float(said.limit) - start)


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A thousand ways of going on, and the spread of their sums on each coming day."""

    ways: tuple[array[float], ...]
    spreads: tuple[tuple[float, float, float], ...]

    def shifted(self, shifts: Sequence[float]) -> list[list[float]]:
        """The ways with planned use added, summed up to each day."""
        return [
            [n + more for n, more in zip(w, shifts, strict=True)] for w in self.ways
        ]


@lru_cache(maxsize=8)
def _drawn(values: tuple[float | None, ...], weekday: int, ahead: int) -> _Drawn:
    """Drawn once for the whole days that are known, whatever is used after them."""
    found = paths(list(values), weekday, [0.0] * ahead)
    ways = tuple(array("d", each) for each in found)
    return _Drawn(ways, tuple(_quantiles([w[n] for w in ways]) for n in range(ahead)))


def _with_dates(
    said: Forecast, drawn: Sequence[Sequence[float]], left: float
) -> Forecast:
    never = len(drawn[0])
    ends = sorted(bisect_left(path, left) for path in drawn)
    dates = [
        None if end >= never else said.through + _DAY * (end + 1)
        for end in (ends[_index(percent)] for percent in (10, 50, 90))
    ]
    chance = Decimal(sum(end < never for end in ends)) / len(ends)
    if dates[1] is not None:
        outlook = Outlook.EXHAUSTING
    elif dates[0] is not None:
        outlook = Outlook.MAY_EXHAUST
    else:
        outlook = Outlook.NOT_EXHAUSTING
    return replace(
        said,
        outlook=outlook,
        exhausts_on=Dates(*dates),
        chance_of_exhausting=chance,
    )


@lru_cache(maxsize=256)
def _back_test(
    values: tuple[float | None, ...], first: date, measure: Measure
) -> BackTest | None:
    """The forecast of the last days from those before them; none under ten days."""
    days = min(HELD_OUT, len(values) - DAYS_FOR_A_RANGE)
    shown, hidden = list(values[: len(values) - days]), values[len(values) - days :]
    if days < DAYS_FOR_A_RANGE or not any(shown):
        return None
    fit = smooth(shown, first.weekday())
    drawn = paths(shown, first.weekday(), [0.0] * days)
    # A day that nobody knows is left out on both sides.
    seen = [n for n, value in enumerate(hidden) if value is not None]
    sums = [sum(path[n] - (path[n - 1] if n else 0.0) for n in seen) for path in drawn]
    actual = sum(hidden[n] or 0.0 for n in seen)
    low, middle, high = _quantiles(sums)
    errors = [
        abs(fit.expected(n + 1) - value) / value
        for n in seen
        if (value := hidden[n]) is not None and value > 0
    ]
    return BackTest(
        days=len(seen),
        actual=_amount(actual, measure),
        forecast=Spread(*(_amount(q, measure) for q in (low, middle, high))),
        error_percent=_percent(middle - actual, actual),
        mape_percent=_percent(sum(errors), len(errors)),
    )


def _index(percent: int) -> int:
    return max(0, PATHS * percent // 100 - (percent > 50))


def _quantiles(figures: Sequence[float]) -> tuple[float, float, float]:
    ordered = sorted(figures)
    return ordered[_index(10)], ordered[_index(50)], ordered[_index(90)]


def _mean(figures: Sequence[float]) -> float:
    return sum(figures) / len(figures) if figures else 0.0


def _amount(figure: float, measure: Measure) -> Amount:
    if measure == Measure.TOKENS:
        return round(figure)
    return Dollars(Decimal(f"{figure:.6f}")).to_cents().amount


def _percent(part: float, whole: float) -> Decimal | None:
    return Decimal(f"{100 * part / whole:.1f}") if whole else None
