"""When an own rule fires: a pure function on daily use, now and in days gone by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from contracting.watch.calculations import DayUse, Step, forecast
from contracting.watch.states import Measure, RuleMeasure, RuleScope, RuleSpan

_DAY: Final = timedelta(days=1)
PREVIEW_DAYS: Final = 90
EACH_WEEK: Final = 7
"""A forecast is looked at so many days apart when days gone by are tried."""


@dataclass(frozen=True, slots=True)
class RuleTerms:
    """What a rule says: dollars, tokens or days, by what it measures.

    :ivar span: over which days cost and tokens are added up; empty for others
    :ivar scope_name: the CLIN, snapshot, project or key; empty for the whole order
    :ivar told: codes of those who are told
    """

    name: str
    measure: str
    threshold: Decimal
    told: tuple[str, ...]
    span: str = ""
    scope: str = RuleScope.ORDER
    scope_name: str = ""


@dataclass(frozen=True, slots=True)
class Fired:
    """A day on which the figure was reached, and the occasion that this was."""

    day: date
    occasion: str
    figure: Decimal


@dataclass(frozen=True, slots=True)
class Watched:
    """The use that a rule looks at, and the period of its order.

    :ivar days: daily use, oldest first; days of no use may be left out
    """

    days: Sequence[DayUse]
    period_end: date
    steps: tuple[Step, ...] = ()


def fired(
    terms: RuleTerms,
    watched: Watched,
    *,
    first: date,
    last: date,
    version: int = 1,
    every: int = 1,
) -> list[Fired]:
    """Each occasion of these days on which the rule fires, once.

    A day, a calendar month, a version of the rule, a stretch of silence: of each the
    first day counts on which the figure is reached.

    :param last: the last day that is looked at; silence is of whole days before it
    :param every: how many days apart a forecast is looked at, the last one included
    """
    found: dict[str, Fired] = {}
    for each in _reached(terms, watched, first, last, version, every):
        found.setdefault(each.occasion, each)
    return list(found.values())


def _reached(
    terms: RuleTerms,
    watched: Watched,
    first: date,
    last: date,
    version: int,
    every: int,
) -> Iterator[Fired]:
    days = [first + _DAY * n for n in range((last - first).days + 1)]
    if terms.measure == RuleMeasure.SILENCE:
        found = _silences(watched.days, days)
    elif terms.measure == RuleMeasure.FORECAST:
        found = _forecasts(
            terms, watched, [d for d in days if not (last - d).days % every]
        )
    else:
        found = _sums(terms, watched.days, days, version)
    return (each for each in found if each.figure >= terms.threshold)


def _figure(use: DayUse, measure: str) -> Decimal:
    tokens = measure == RuleMeasure.TOKENS
    return Decimal(use.tokens) if tokens else use.dollars


def _sums(
    terms: RuleTerms, used: Sequence[DayUse], days: Iterable[date], version: int
) -> Iterator[Fired]:
    by_day = {use.day: _figure(use, terms.measure) for use in used}
    before = min(days, default=None)
    total = sum((n for day, n in by_day.items() if before and day < before), Decimal(0))
    for day in days:
        today = by_day.get(day, Decimal(0))
        total += today
        if terms.span == RuleSpan.DAY:
            yield Fired(day, day.isoformat(), today)
        elif terms.span == RuleSpan.MONTH:
            month = (
                n for d, n in by_day.items() if d <= day and _month(d) == _month(day)
            )
            yield Fired(day, _month(day), sum(month, Decimal(0)))
        else:
            yield Fired(day, f"version {version}", total)


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _silences(used: Sequence[DayUse], days: Iterable[date]) -> Iterator[Fired]:
    """Whole days without use after one that had some; none before the first."""
    in_use = sorted(use.day for use in used if use.tokens > 0)
    for day in days:
        earlier = [each for each in in_use if each < day]
        if earlier and day not in in_use:
            silent = (day - earlier[-1]).days - 1
            yield Fired(day, f"since {earlier[-1]}", Decimal(silent))


def _forecasts(
    terms: RuleTerms, watched: Watched, days: Iterable[date]
) -> Iterator[Fired]:
    """The cost at the end of the period on half of the paths, as each day knew it."""
    for day in days:
        known = [use for use in watched.days if use.day <= day]
        made = forecast(
            known,
            measure=Measure.DOLLARS,
            through=day - _DAY,
            limit=terms.threshold,
            used=sum((use.dollars for use in known), Decimal(0)),
            period_end=watched.period_end,
            steps=watched.steps,
        )
        if made.at_completion is not None:
            yield Fired(day, _month(day), Decimal(made.at_completion.p50))


def figure_words(measure: str, figure: Decimal) -> str:
    """A figure of a rule as people read it."""
    if measure == RuleMeasure.TOKENS:
        return f"{figure:,.0f} tokens"
    if measure == RuleMeasure.SILENCE:
        return f"{figure:,.0f} day" + ("" if figure == 1 else "s")
    return f"${figure:,.2f}"


def day_words(day: date) -> str:
    """A day as people read it: 2 May 2026."""
    return f"{day.day} {day:%b %Y}"


def rule_words(terms: RuleTerms) -> str:
    """What a rule says in one sentence."""
    figure = figure_words(terms.measure, terms.threshold)
    of = RuleScope(terms.scope).label
    what = f"{of} {terms.scope_name}".strip()
    if terms.measure == RuleMeasure.SILENCE:
        return f"Tells when {what} is not used for {figure}."
    if terms.measure == RuleMeasure.FORECAST:
        return (
            f"Tells when {what} is expected to cost {figure} or more by the end of the "
            "period."
        )
    verb = "uses" if terms.measure == RuleMeasure.TOKENS else "costs"
    span = RuleSpan(terms.span).label
    return f"Tells when {what} {verb} {figure} or more {span}."


def fired_words(terms: RuleTerms, order: str, each: Fired) -> str:
    """What was reached, for whoever is told."""
    figure = figure_words(terms.measure, each.figure)
    day = day_words(each.day)
    what = (
        ""
        if terms.scope == RuleScope.ORDER
        else (f", {RuleScope(terms.scope).label} {terms.scope_name}")
    )
    if terms.measure == RuleMeasure.SILENCE:
        said = f"no use for {figure} by {day}"
    elif terms.measure == RuleMeasure.FORECAST:
        said = f"{figure} expected by the end of the period, as of {day}"
    else:
        said = f"{figure} {RuleSpan(terms.span).label}, reached on {day}"
    return f"Rule “{terms.name}” of order {order}{what}: {said}."
