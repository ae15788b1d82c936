"""Reads of step two of rating: what lies on which step or in which pool."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery

from contracting.contracts.models import ContractLine
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars, UnitPrice
from contracting.core.tariffs import Step, Tariff, Use, allot
from contracting.ledger.queries import statement
from contracting.metering.calculations.allotment import StepTotal, totals
from contracting.metering.models import (
    EveryEvent,
    PeriodRun,
    TrueUp,
    UsageRating,
    UsageSource,
)
from contracting.metering.queries.reratings import ratings_in_force
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.queries import visible_to
from contracting.reference.states import BY_VOLUME, CountedOver, CountedPer


def uses_of(line: ContractLine) -> list[Use]:
    """All usage of a contract line in the order in which it is put on its steps.

    What was rated before usage was accepted or closed out comes before what was rated
    after it; within that the order is that of time. A correction belongs to the event
    that it corrects, and stands where that stands.
    """
    tariffs = _tariffs(line)
    kinds = {
        pk: (model, tier, code)
        for pk, model, tier, code in line.rate_rows.values_list(
            "pk", "model_id", "tier", "token_class__code"
        )
    }
    corrected = {
        (source, event): original
        for source, event, original in EveryEvent.objects.filter(
            agency_id=line.contract.agency_id
        )
        .exclude(corrects="")
        .values_list("source_id", "event_id", "corrects")
    }
    found: dict[tuple[int, str, str, int], list[_Rated]] = {}
    for row in _rated_on(line):
        event_id = corrected.get((row.source_id, row.event_id), row.event_id)
        key = row.source_id, event_id, row.token_class_code, row.order_line_id
        found.setdefault(key, []).append(row)
    codes = dict(UsageSource.objects.values_list("pk", "code"))

    freezes = sorted(line.freezes.values_list("frozen_at", flat=True))

    def in_time(key: tuple[int, str, str, int]) -> tuple[int, datetime, str, str, str]:
        first = min(found[key], key=lambda row: row.event_id != key[1])
        after = bisect_left(freezes, first.rated_at)
        return after, first.occurred_at, codes[key[0]], key[1], key[2]

    return [
        use
        for key in sorted(found, key=in_time)
        if (use := _use(line, found[key], key[1], tariffs, kinds)).tokens
    ]


class _Rated(NamedTuple):
    """What is read of a rating, to put it on its steps."""

    source_id: int
    event_id: str
    token_class_code: str
    order_line_id: int
    rate_row_id: int
    occurred_at: datetime
    accounting_day: date
    tokens: int
    usd_per_million_tokens: Decimal
    rated_at: datetime
    period_start: date


def _rated_on(line: ContractLine) -> Iterable[_Rated]:
    """The ratings of a contract line, over all orders on it."""
    read = _Rated._fields[:-1]
    lines = OrderLine.objects.filter(contract_line=line)
    starts = dict(lines.values_list("pk", "order__period_start"))
    for row in ratings_in_force(starts, read):
        yield _Rated._make((*row, starts[row[3]]))


def _use(
    line: ContractLine,
    rows: list[_Rated],
    event_id: str,
    tariffs: dict[int, Tariff],
    kinds: dict[int, tuple[int, str, str]],
) -> Use:
    first = min(rows, key=lambda row: row.event_id != event_id)
    terms = line.volume_terms
    if terms.counted_per == CountedPer.MONTH:
        start = first.accounting_day.replace(day=1)
    elif terms.counted_over == CountedOver.LINE:
        start = line.contract.ordering_start
    else:
        start = first.period_start
    over_all = terms.counted_over == CountedOver.LINE
    return Use(
        order_line_id=first.order_line_id,
        tariff=tariffs[first.rate_row_id],
        period_start=start,
        scope=line.pk if over_all else first.order_line_id,
        tokens=sum(row.tokens for row in rows),
        price=UnitPrice(first.usd_per_million_tokens),
        occurred_at=first.occurred_at,
        kind=kinds[first.rate_row_id],
    )


def _tariffs(line: ContractLine) -> dict[int, Tariff]:
    """What each price row of a line says, by its id.

    A multiplier that was cut short by a later one is the same version all the same: its
    rows share the first of them, so that their units are rounded together.
    """
    found: dict[int, Tariff] = {}
    versions: dict[tuple[Any, ...], int] = {}
    rows = line.rate_rows.select_related("burn").prefetch_related("steps")
    for row in rows.order_by("pk"):
        burn = getattr(row, "burn", None)
        steps = tuple(
            Step(step.from_tokens, UnitPrice(step.usd_per_million_tokens))
            for step in row.steps.all()
        )
        if burn is None:
            found[row.pk] = Tariff(row.pk, steps)
            continue
        says = (
            *(row.model_id, row.token_class_id, row.tier, row.context_band),
            *(row.boundary, burn.acu_per_million_tokens, burn.usd_per_acu, row.source),
        )
        version = versions.setdefault(says, row.pk)
        found[row.pk] = Tariff(
            version, (), burn.acu_per_million_tokens, burn.usd_per_acu
        )
    return found


def latest_true_ups() -> QuerySet[TrueUp]:
    """The rows in force: the last of each order line, price row, period and step."""
    key = ("order_line_id", "rate_row_id", "period_start", "from_tokens")
    return TrueUp.objects.order_by(*key, "-pk").distinct(*key)


def true_ups_in_force(line: ContractLine) -> list[StepTotal]:
    """What each step of a contract line came to last, by order line and period."""
    return [
        StepTotal(
            row.order_line_id,
            row.rate_row_id,
            row.period_start,
            row.from_tokens,
            None
            if row.usd_per_million_tokens is None
            else UnitPrice(row.usd_per_million_tokens),
            row.tokens,
            row.micro_acu,
            Dollars(row.provisional_dollars),
            Dollars(row.exact_dollars),
        )
        for row in latest_true_ups().filter(run__contract_line=line)
    ]


def get_order_line_for(actor: Actor, public_id: str) -> OrderLine:
    """A line of an order that the actor may see.

    :raises NotVisible: if it is not there for this actor
    """
    line = (
        OrderLine.objects.filter(
            public_id=public_id, is_removed=False, order__in=visible_to(actor)
        )
        .select_related("order__contract", "contract_line")
        .first()
    )
    if line is None:
        message = "There is no such order line."
        raise NotVisible(message)
    return line


def is_rated(line: ContractLine) -> bool:
    """Whether the rows in force are what all of its usage comes to."""
    found = {each.key: each for each in totals(allot(uses_of(line)))}
    standing = {each.key: each for each in true_ups_in_force(line) if each.tokens}
    return found == standing


def steps_of(order: TaskOrder) -> list[TrueUp]:
    """What each step and pool of an order came to last, by line, period and subline."""
    latest = latest_true_ups().filter(order_line__order=order).values("pk")
    return list(
        TrueUp.objects.filter(pk__in=latest, tokens__gt=0)
        .select_related(
            "run", "rate_row__token_class", "order_line__contract_line", "rate_row"
        )
        .order_by(
            "order_line__contract_line__clin",
            "period_start",
            "rate_row__slin",
            "from_tokens",
        )
    )


@dataclass(frozen=True, slots=True)
class PoolLeft:
    """A pool of an order in millionths of its unit: ordered, burnt and left."""

    clin: str
    ceiling: int
    burnt: int
    unfunded: int

    @property
    def left(self) -> int:
        """What may still be burnt."""
        return self.ceiling - self.burnt


def pools_of(order: TaskOrder) -> list[PoolLeft]:
    """The pools that an order has, by contract line, with what is burnt of each."""
    found = []
    for line in order.current_lines():
        books = statement(line.holder)
        ceiling = books.line.ceiling_micro_acu if books else None
        if books is not None and ceiling is not None:
            own = books.line
            found.append(
                PoolLeft(
                    line.clin,
                    ceiling,
                    own.consumed_micro_acu,
                    own.unfunded_micro_acu,
                )
            )
    return found


def rated_through(line: ContractLine) -> datetime | None:
    """The instant of the last rating of a contract line."""
    rows = UsageRating.objects.filter(order_line__contract_line=line)
    found: datetime | None = rows.aggregate(last=Max("rated_at"))["last"]
    return found


def lines_to_rate() -> QuerySet[ContractLine]:
    """The lines priced by volume on which something was rated since their last run."""
    ratings = UsageRating.objects.filter(order_line__contract_line=OuterRef("pk"))
    runs = PeriodRun.objects.filter(contract_line=OuterRef("pk")).order_by("-pk")
    lines = ContractLine.objects.filter(structure__in=sorted(BY_VOLUME)).annotate(
        seen=Subquery(runs.values("rated_through")[:1])
    )
    unseen = ratings.filter(rated_at__gte=OuterRef("seen"))
    return lines.filter(
        Q(Exists(ratings), seen__isnull=True) | Q(Exists(unseen))
    ).order_by("pk")
