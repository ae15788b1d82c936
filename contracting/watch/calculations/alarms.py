"""What in the figures of use a person should look at: pure functions on daily series.

Each answers with what was seen, what was expected and from where on it tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp, log
from statistics import mean, median, stdev
from typing import Final

from contracting.watch.calculations import DayUse
from contracting.watch.calculations.smoothing import WEEK, fits, surprise

BEFORE: Final = 42
"""How many days before one day say what it should be."""
FEWEST: Final = 14
_DAY: Final = timedelta(days=1)
_LEAST_RATIO, _OFTEN, _SURE, _RARE = 1.8, 2.1, 2.0, 3.0
_SLOWLY: Final = 0.1
_SHARES: Final = 14
_FEWEST_SHARES: Final = 5
_RECENT, _OLDER, _FEWEST_CALLS = 7, 28, 30
_STANDARD_ERRORS: Final = 4.0
_FEWEST_TOKENS: Final = 1_000


@dataclass(frozen=True, slots=True)
class DayBand:
    """One day, what was expected of it in dollars, and above what people are told."""

    day: date
    actual: float
    expected: float
    low: float
    high: float

    @property
    def is_runaway(self) -> bool:
        """Whether far more was used than expected."""
        return self.actual > self.high

    @property
    def times(self) -> float | None:
        """How many times the expected use it was; None where none was expected."""
        return self.actual / self.expected if self.expected > 0 else None


def bands(days: Sequence[DayUse], first: date, last: date) -> list[DayBand]:
    """Each day from ``first`` to ``last`` with the band that the days before it give.

    A day of which fewer than fourteen days are known before has no band and is left
    out. An earlier runaway day is taken as what was expected of it, so that it does not
    hide the next.

    :param days: daily use; days that are not named had none
    """
    used = {use.day: float(use.dollars) for use in days}
    if not any(used.values()):
        return []
    start = min(day for day, figure in used.items() if figure > 0)
    calm = dict(used)
    found = []
    for n in range(max(0, (last - start).days + 1)):
        day = start + _DAY * n
        if n < FEWEST:
            continue
        band = _band(calm, start, day, used.get(day, 0.0))
        if band.is_runaway:
            calm[day] = band.expected
        if day >= first:
            found.append(band)
    return found


def _band(used: dict[date, float], start: date, day: date, actual: float) -> DayBand:
    begin = max(start, day - _DAY * BEFORE)
    values = [
        max(0.0, used.get(begin + _DAY * n, 0.0)) for n in range((day - begin).days)
    ]
    # A slow fit: one that follows each day would expect the noise of yesterday.
    slow = [f for f in fits(values, begin.weekday()) if f.speed <= _SLOWLY]
    fit = min((f for f in slow if not f.share), key=surprise)
    expected = fit.expected(1)
    ratios = [
        log(value / fitted)
        for value, fitted in zip(values, fit.fitted, strict=True)
        if value > 0 and fitted > 0
    ]
    # The middle deviation: a few bad days do not widen it. Few days look too calm.
    sigma = 1.4826 * median(abs(r - median(ratios)) for r in ratios) if ratios else 0.0
    sigma *= (len(values) / (len(values) - WEEK - 1)) ** 0.5
    ratio = max(_LEAST_RATIO, min(exp(_RARE * sigma), max(_SURE, exp(_OFTEN * sigma))))
    return DayBand(
        day=day,
        actual=actual,
        expected=expected,
        low=expected / ratio,
        high=max(expected, mean(values) / WEEK) * ratio,
    )


@dataclass(frozen=True, slots=True)
class CacheDay:
    """Input tokens of one day: all of them, and those read from the cache."""

    day: date
    input_tokens: int
    cached_tokens: int

    @property
    def share(self) -> float:
        """The cached share, 0 to 1."""
        return self.cached_tokens / self.input_tokens if self.input_tokens else 0.0


@dataclass(frozen=True, slots=True)
class CacheDrop:
    """The share of cached input on a day, beside what it was before; 0 to 1."""

    day: date
    share: float
    before: float


def cache_drop(days: Sequence[CacheDay], on: date, points: float) -> CacheDrop | None:
    """Whether the cached share of a day is lower than before by more than ``points``.

    The two weeks before count, by their tokens. A day of few tokens says nothing, and
    neither does a share that always jumps: the drop is also three times its spread.

    :param points: percentage points, such as 15
    """
    by_day = {each.day: each for each in days if each.input_tokens > 0}
    today = by_day.get(on)
    earlier = [
        by_day[on - _DAY * n] for n in range(1, _SHARES + 1) if on - _DAY * n in by_day
    ]
    if today is None or len(earlier) < _FEWEST_SHARES:
        return None
    if today.input_tokens * 4 < median(each.input_tokens for each in earlier):
        return None
    before = sum(each.cached_tokens for each in earlier) / sum(
        each.input_tokens for each in earlier
    )
    drop = before - today.share
    if drop * 100 <= points or drop <= 3 * stdev(each.share for each in earlier):
        return None
    return CacheDrop(day=on, share=today.share, before=before)


@dataclass(frozen=True, slots=True)
class CallsDay:
    """Calls to one model on one day, with their input and their output tokens."""

    day: date
    calls: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Drift:
    """By what factor input and output tokens a call of a model have shifted."""

    since: date
    input_factor: float
    output_factor: float


def tokenizer_drift(days: Sequence[CallsDay], on: date, percent: float) -> Drift | None:
    """Whether input and output a call have shifted alike over the last seven days.

    Held against the four weeks before them. Both have to shift the same way, by more
    than ``percent``, beyond what the days differ anyhow, and by a like factor: a
    tokenizer that counts otherwise counts questions and answers otherwise. Days of few
    calls say nothing.
    """
    recent = _per_call(days, on - _DAY * (_RECENT - 1), on)
    older = _per_call(days, on - _DAY * (_RECENT + _OLDER - 1), on - _DAY * _RECENT)
    if len(recent) < _FEWEST_SHARES or len(older) < FEWEST:
        return None
    shifts = []
    for which in (0, 1):
        new, old = [row[which] for row in recent], [row[which] for row in older]
        shift = mean(new) - mean(old)
        error = (_variance(new) / len(new) + _variance(old) / len(old)) ** 0.5
        if abs(shift) <= max(log(1 + percent / 100), _STANDARD_ERRORS * error):
            return None
        shifts.append(shift)
    if shifts[0] * shifts[1] <= 0 or not 0.5 <= shifts[0] / shifts[1] <= 2:
        return None
    return Drift(on - _DAY * (_RECENT - 1), exp(shifts[0]), exp(shifts[1]))


@dataclass(frozen=True, slots=True)
class CountsDay:
    """Tokens of one model and class on one day, as our meter and the vendor count."""

    day: date
    metered: int
    reported: int

    @property
    def excess(self) -> float:
        """By what share more is reported than metered: 0.01 is one percent."""
        return self.reported / self.metered - 1 if self.metered else 0.0


@dataclass(frozen=True, slots=True)
class CountDrift:
    """How much of what is metered is reported since a day, and was before it."""

    since: date
    recent: float
    before: float


def report_drift(
    days: Sequence[CountsDay], on: date, percent: float
) -> CountDrift | None:
    """Whether the share of the meter that is reported has shifted over seven days.

    Held against the four weeks before, as a tokenizer's drift is: by more than
    ``percent``, and beyond what the days differ anyhow. A day of few tokens, or of none
    on one side, says nothing: what is missing whole is a discrepancy.
    """
    recent = _shares_of(days, on - _DAY * (_RECENT - 1), on)
    older = _shares_of(days, on - _DAY * (_RECENT + _OLDER - 1), on - _DAY * _RECENT)
    if len(recent) < _FEWEST_SHARES or len(older) < FEWEST:
        return None
    shift = mean(recent) - mean(older)
    error = (_variance(recent) / len(recent) + _variance(older) / len(older)) ** 0.5
    if abs(shift) <= max(log(1 + percent / 100), _STANDARD_ERRORS * error):
        return None
    return CountDrift(on - _DAY * (_RECENT - 1), exp(mean(recent)), exp(mean(older)))


def _shares_of(days: Sequence[CountsDay], first: date, last: date) -> list[float]:
    return [
        log(each.reported / each.metered)
        for each in days
        if first <= each.day <= last
        and each.metered >= _FEWEST_TOKENS
        and each.reported > 0
    ]


def _per_call(
    days: Sequence[CallsDay], first: date, last: date
) -> list[tuple[float, float]]:
    return [
        (log(each.input_tokens / each.calls), log(each.output_tokens / each.calls))
        for each in days
        if first <= each.day <= last
        and each.calls >= _FEWEST_CALLS
        and each.input_tokens > 0
        and each.output_tokens > 0
    ]


def _variance(figures: Sequence[float]) -> float:
    return stdev(figures) ** 2 if len(figures) > 1 else 0.0
