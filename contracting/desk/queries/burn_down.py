"""F1: when the funds and the tokens of an order or a contract run out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from typing import Any, Final

from django.db.models import Sum

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.plots import words
from contracting.core.plots.bullet import Line, bullet
from contracting.core.plots.burn_down import Ahead, BurnDown, Mark, burn_down
from contracting.core.plots.series import Added, left_by_day, planned_by_day
from contracting.core.plots.strips import Expected, anomalies
from contracting.core.plots.tables import Plot
from contracting.ledger.queries import lines_with_totals
from contracting.ledger.queries.history import obligated_over_time
from contracting.ledger.states import Holder
from contracting.metering.queries.keyed import days_by_key
from contracting.modifications.queries import visible_to as changes_visible_to
from contracting.orders.models import (
    HOLDER_OF_A_LINE,
    Modification,
    ModificationEffect,
    OrderLine,
    TaskOrder,
)
from contracting.orders.queries import modifications_visible_to
from contracting.orders.states import SIGNED, ModificationState
from contracting.watch.calculations import DAYS_FOR_A_RANGE, Forecast
from contracting.watch.calculations.alarms import DayBand, bands
from contracting.watch.calculations.words import back_test_sentence, sentence
from contracting.watch.queries.forecasts import Forecasts, forecast_of
from contracting.watch.states import Outlook

DAYS_LOOKED_AT: Final = 60
TWO_WEEKS: Final = 14
MOST_POINTS: Final = 60
"""So many points of a forecast are drawn; the table has the same."""


@dataclass(frozen=True)
class Burning:
    """What the page of an order or a contract shows of its running out.

    Each is made when it is read for the first time: not every page has all of it.
    """

    thing: TaskOrder | Contract
    orders: Sequence[TaskOrder]
    forecasts: Forecasts
    marks: Sequence[Mark]
    today: date

    @cached_property
    def funds(self) -> Plot:
        """P1 of the dollars."""
        thing = self.thing
        contract = thing if isinstance(thing, Contract) else thing.contract
        return _funds(self.orders, self.forecasts, self.marks, contract, self.today)

    @cached_property
    def tokens(self) -> Plot:
        """P1 of the tokens."""
        return _tokens(self.orders, self.forecasts, self.marks, self.today)

    @cached_property
    def unusual(self) -> Plot:
        """P10: the last sixty days over the band in which they were expected."""
        return _unusual(self.orders, self.forecasts, self.today)

    @cached_property
    def lines(self) -> Plot:
        """P7: each line with its use, its funds and the plan."""
        return lines_of(self.orders, self.today)

    @property
    def answer(self) -> str:
        """What is said of funds and of tokens; once where both say the same."""
        return " ".join(dict.fromkeys((self.funds.sentence, self.tokens.sentence)))


def burning_of(thing: TaskOrder | Contract, actor: Actor, at: datetime) -> Burning:
    """The forecasts with their drawings, as this actor may read them.

    :param at: the instant of asking
    """
    orders = _orders(thing)
    contract = thing if isinstance(thing, Contract) else thing.contract
    return Burning(
        thing=thing,
        orders=orders,
        forecasts=forecast_of(thing, at),
        marks=marks_of(thing, orders, actor),
        today=accounting_day(at, contract.time_zone),
    )


def _orders(thing: TaskOrder | Contract) -> list[TaskOrder]:
    if isinstance(thing, TaskOrder):
        return [thing]
    return list(thing.orders.filter(state__in=SIGNED).order_by("pk"))


def _funds(
    orders: Sequence[TaskOrder],
    known: Forecasts,
    marks: Sequence[Mark],
    contract: Contract,
    today: date,
) -> Plot:
    lines = OrderLine.objects.filter(order__in=orders)
    holders = [Holder(HOLDER_OF_A_LINE, pk) for (pk,) in lines.values_list("pk")]
    zone = contract.time_zone
    added = [
        Added(accounting_day(at, zone), dollars)
        for at, dollars in obligated_over_time(holders)
    ]
    used = {each.day: each.dollars for each in known.days}
    ceiling = lines.filter(is_removed=False).aggregate(sum=Sum("ceiling_dollars"))
    levels = [
        ("Obligated", Decimal(known.funds.limit)),
        ("Ceiling", ceiling["sum"] or Decimal(0)),
    ]
    return _plot("funds", known, known.funds, added, used, marks, levels, today)


def _tokens(
    orders: Sequence[TaskOrder],
    known: Forecasts,
    marks: Sequence[Mark],
    today: date,
) -> Plot:
    effects = ModificationEffect.objects.filter(
        modification__order__in=orders,
        modification__state=ModificationState.ISSUED,
    ).exclude(add_ceiling_tokens=0)
    later = [
        Added(day, Decimal(tokens))
        for day, tokens in effects.values_list(
            "modification__effective_on", "add_ceiling_tokens"
        ).order_by("modification__effective_on", "pk")
    ]
    first = Decimal(known.tokens.limit) - sum(
        (each.amount for each in later), Decimal(0)
    )
    added = [Added(known.period_start, first), *later]
    used = {each.day: Decimal(each.tokens) for each in known.days}
    levels = [("Ceiling", Decimal(known.tokens.limit))]
    return _plot("tokens", known, known.tokens, added, used, marks, levels, today)


def _plot(
    name: str,
    known: Forecasts,
    made: Forecast,
    added: Sequence[Added],
    used: dict[date, Decimal],
    marks: Sequence[Mark],
    levels: Sequence[tuple[str, Decimal]],
    today: date,
) -> Plot:
    """P1 of funds or tokens."""
    is_funds = name == "funds"
    first, last = known.period_start, known.period_end
    notes = [_complete_through(known, made), back_test_sentence(made.back_test)]
    beside = Decimal(made.used) - sum(used.values(), Decimal(0))
    if beside:
        said = words.dollars(beside) if is_funds else words.tokens(beside)
        notes.append(
            f"{said} of what is used stands on no day of the meter (charges by the "
            "month or the piece, true-ups, corrections); it counts on the last day."
        )
    left = left_by_day(added, used, first=first, until=min(today, last), beside=beside)
    plan = planned_by_day(added, first=first, last=last, decimals=2 if is_funds else 0)
    return burn_down(
        BurnDown(
            name=name,
            title="Funds left, in US dollars" if is_funds else "Tokens left",
            sentence=_sentence(made),
            unit="dollars" if is_funds else "tokens",
            first=first,
            last=last,
            left=left if known.days else (),
            plan=plan,
            ahead=_ahead(made),
            marks=marks,
            levels=levels,
            ends_on=_ends_on(made, left),
            notes=notes,
        )
    )


def _complete_through(known: Forecasts, made: Forecast) -> str:
    days = f"Days in {known.time_zone}."
    if known.known_until is None:
        return f"{days} No usage was received yet."
    received = f"{known.known_until:%H:%M} UTC on {words.day(known.known_until.date())}"
    return (
        f"{days} The last whole day that the forecast knows is "
        f"{words.day(made.through)}; usage was last received at {received}."
    )


def _sentence(made: Forecast) -> str:
    """What the forecast says, and the plan beside a date that it names."""
    if made.outlook == Outlook.NO_USE and made.used:
        return (
            f"First used today; a forecast needs {DAYS_FOR_A_RANGE} whole days of use. "
            f"The period ends on {words.day(made.period_end)}."
        )
    said = sentence(made)
    if made.exhausts_on is None or made.exhausts_on.p50 is None:
        return said
    end = words.day(made.period_end)
    return f"{said} The plan was the same amount each day until {end}."


def _ahead(made: Forecast) -> list[Ahead]:
    """What is left on the coming days: the more is used, the less is left."""
    limit = Decimal(made.limit)
    step = max(1, -(-len(made.band) // MOST_POINTS))
    drawn = [*made.band[::step]]
    if made.band and drawn[-1] != made.band[-1]:
        drawn.append(made.band[-1])
    none = Decimal(0)
    return [
        Ahead(
            each.day,
            low=max(limit - Decimal(each.p90), none),
            middle=max(limit - Decimal(each.p50), none),
            high=max(limit - Decimal(each.p10), none),
        )
        for each in drawn
    ]


def _ends_on(made: Forecast, left: Sequence[tuple[date, Decimal]]) -> date | None:
    """The day on which nothing is left: as it was, or on half of the paths."""
    if made.outlook == Outlook.EXHAUSTED:
        return next((day for day, amount in left if amount <= 0), None)
    return made.exhausts_on.p50 if made.exhausts_on else None


def _unusual(orders: Sequence[TaskOrder], known: Forecasts, today: date) -> Plot:
    """P10; a day above the band names the key that was used most unlike before."""
    last = min(today, known.period_end)
    found = bands(known.days, last - timedelta(days=DAYS_LOOKED_AT - 1), last)
    above = [band.day for band in found if band.is_runaway]
    reasons = _keys_behind(orders, above) if above else {}
    days = [
        Expected(
            band.day,
            used=_cents(band.actual),
            low=_cents(min(band.low, band.actual)),
            middle=_cents(band.expected),
            high=_cents(band.high),
            reason=reasons.get(band.day, ""),
        )
        for band in found
    ]
    notes = [
        f"Days in {known.time_zone}. What is expected of a day is what the days before "
        "it lead to expect, by weekday; a day far below it is none that people are "
        f"told of. {_today_runs(found, today)}".strip()
    ]
    return anomalies("unusual", days, "dollars", notes)


def _today_runs(found: Sequence[DayBand], today: date) -> str:
    return "Today is not over." if found and found[-1].day == today else ""


def _cents(amount: float) -> Decimal:
    return Decimal(f"{amount:.6f}").quantize(Decimal("0.01"), ROUND_HALF_UP)


def _keys_behind(orders: Sequence[TaskOrder], days: Sequence[date]) -> dict[date, str]:
    """For each day the key whose cost rose most above its mean of two weeks before."""
    wanted = {day - timedelta(days=n) for day in days for n in range(TWO_WEEKS + 1)}
    cost: dict[tuple[date, str, str], Decimal] = defaultdict(Decimal)
    for order in orders:
        for day, key, project, dollars in days_by_key(order.pk, wanted):
            cost[day, key, project] += dollars
    found = {}
    for day in days:
        rises = []
        for (of_day, key, project), spent in cost.items():
            if of_day == day and key:
                earlier = (
                    cost.get((day - timedelta(days=n), key, project), Decimal(0))
                    for n in range(1, TWO_WEEKS + 1)
                )
                before = sum(earlier, Decimal(0))
                rises.append((spent - before / TWO_WEEKS, key, project))
        if rises:
            _rise, key, project = max(rises)
            found[day] = f"key {key}" + (f" of project {project}" if project else "")
    return found


def marks_of(
    thing: TaskOrder | Contract, orders: Sequence[TaskOrder], actor: Actor
) -> list[Mark]:
    """The signed modifications, each on the day of its effect."""
    signed = (
        modifications_visible_to(actor)
        .filter(order__in=orders, state=ModificationState.ISSUED)
        .order_by("effective_on", "pk")
        .prefetch_related("effects")
    )
    found = [
        Mark(
            each.effective_on,
            each.number
            if len(orders) == 1
            else f"{each.order.name[-5:]} {each.number}",
            _effect_words(each),
        )
        for each in signed
    ]
    if isinstance(thing, Contract):
        changes = changes_visible_to(actor).filter(
            contract=thing, state=ModificationState.ISSUED
        )
        found += [
            Mark(each.effective_on, each.number, "of the contract") for each in changes
        ]
    return sorted(found, key=lambda mark: (mark.day, mark.label))


def _effect_words(modification: Modification) -> str:
    effects = list(modification.effects.all())
    funds = sum((each.add_dollars for each in effects), Decimal(0))
    tokens = sum(each.add_ceiling_tokens for each in effects)
    said = []
    if funds:
        said.append(f"{'adds' if funds > 0 else 'takes'} {words.dollars(abs(funds))}")
    if tokens:
        way = "adds" if tokens > 0 else "takes"
        said.append(f"{way} {words.tokens(abs(tokens))} tokens")
    return " and ".join(said)


def lines_of(orders: Iterable[TaskOrder], today: date) -> Plot:
    """P7: each contract line with its use, its funds and the plan to date."""
    rows = OrderLine.objects.filter(order__in=orders, is_removed=False).select_related(
        "order", "contract_line"
    )
    lines = {row.pk: row for row in rows}
    books: list[Any] = list(lines_with_totals(HOLDER_OF_A_LINE, lines))
    by_clin: dict[str, Line] = {}
    for row in books:
        line = lines[row.holder_id]
        added = Line(
            line.clin,
            consumed=(row.payable or Decimal(0)) + (row.unfunded or Decimal(0)),
            obligated=row.obligated or Decimal(0),
            ceiling=line.ceiling_dollars,
            planned=_planned(line.order, row.obligated or Decimal(0), today),
        )
        before = by_clin.get(line.clin)
        by_clin[line.clin] = added if before is None else _both(before, added)
    return bullet("lines", [by_clin[clin] for clin in sorted(by_clin)])


def _planned(order: TaskOrder, obligated: Decimal, today: date) -> Decimal:
    """What would be used by the end of today, the same amount each day."""
    whole = (order.period_end - order.period_start).days + 1
    gone = min(max((today - order.period_start).days + 1, 0), whole)
    return (obligated * gone / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _both(one: Line, other: Line) -> Line:
    return Line(
        one.label,
        consumed=one.consumed + other.consumed,
        obligated=one.obligated + other.obligated,
        ceiling=one.ceiling + other.ceiling,
        planned=one.planned + other.planned,
    )
