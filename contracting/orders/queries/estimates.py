"""A workload estimate at the prices of a contract: what an order of it would be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from contracting.contracts.models import Contract, RateRow
from contracting.core.actors import Actor
from contracting.core.periods import Period, accounting_day, days_bounds
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.orders.calculations.reach import reach
from contracting.orders.models import TaskOrder
from contracting.orders.queries import line_limits
from contracting.orders.states import Reach
from contracting.reference.states import Tier
from contracting.requisitions.calculations import following_month
from contracting.requisitions.models import IndependentEstimate, Requisition
from contracting.requisitions.queries import latest_estimate
from contracting.requisitions.queries import visible_to as requisitions_visible_to

BAND = "ALL"
"""An estimate says nothing of the length of input: the price for any length holds."""


@dataclass(frozen=True, slots=True)
class EstimatedLine:
    """What an estimate comes to on one contract line; dollars are exact."""

    clin: str
    description: str
    p50: Tokens
    p90: Tokens
    p50_dollars: Dollars
    p90_dollars: Dollars

    @property
    def price(self) -> Fraction | None:
        """Dollars per million tokens at the estimate's mix of P50, if it has any."""
        if not self.p50.count:
            return None
        return Fraction(self.p50_dollars.amount) * 1_000_000 / self.p50.count

    @property
    def drafted(self) -> Reach | None:
        """What ends first with ceilings of P90 and funds of P50, at the mix of P50."""
        ceiling, funds = self.p90_dollars.to_cents(), self.p50_dollars.to_cents()
        return reach("the estimate's mix", self.price, self.p90, ceiling, funds)


@dataclass(frozen=True, slots=True)
class Estimated:
    """One version of an estimate at a contract's prices, and what has no price."""

    requisition: Requisition
    version: int
    sha256: str
    lines: list[EstimatedLine]
    unpriced: list[str]

    @property
    def p50_dollars(self) -> Dollars:
        return total_dollars(line.p50_dollars for line in self.lines)

    @property
    def p90_dollars(self) -> Dollars:
        return total_dollars(line.p90_dollars for line in self.lines)

    @property
    def p50(self) -> Tokens:
        return Tokens(sum(line.p50.count for line in self.lines))

    @property
    def p90(self) -> Tokens:
        return Tokens(sum(line.p90.count for line in self.lines))


def estimates_for(actor: Actor, contract: Contract) -> QuerySet[Requisition]:
    """The agency's needs that have an estimate, the newest first."""
    found = requisitions_visible_to(actor).filter(agency_id=contract.agency_id)
    return found.filter(independent_estimates__isnull=False).distinct()


def estimated(
    requisition: Requisition,
    contract: Contract,
    *,
    boundary: str,
    first: date,
    last: date,
) -> Estimated | None:
    """The estimate in force at the contract's prices; nothing if there is none.

    Months that share a day with the period count in full.

    :param boundary: the data boundary in which it is used
    """
    estimate = latest_estimate(requisition)
    if estimate is None:
        return None
    period = days_bounds(first, last, contract.time_zone)
    rates = _rates(
        RateRow.objects.filter(line__contract=contract, superseded_at__isnull=True),
        boundary,
        period,
    )
    prices = {row.pk: UnitPrice(row.usd_per_million_tokens) for row in rates}
    return _priced(estimate, requisition.content_sha256, rates, prices, first, last)


def estimate_behind(order: TaskOrder) -> Estimated | None:
    """The estimate that an order started from, at the prices of the order."""
    if order.requisition is None or order.estimate_version is None:
        return None
    estimate = (
        order.requisition.independent_estimates.filter(version=order.estimate_version)
        .order_by("-pk")
        .first()
    )
    if estimate is None:
        return None
    agreed = {
        rate.rate_row_id: UnitPrice(rate.usd_per_million_tokens)
        for line in order.current_lines()
        for rate in line.current_rates()
    }
    rates = _rates(
        RateRow.objects.filter(pk__in=list(agreed)), order.boundary, order.period
    )
    first, last = order.period_start, order.period_end
    return _priced(estimate, order.estimate_sha256, rates, agreed, first, last)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A line of an order beside its estimate, and which limit ends it at that mix."""

    clin: str
    estimated: EstimatedLine
    ceiling_tokens: Tokens
    ceiling_dollars: Dollars
    reach: Reach | None

    @property
    def covers_p90(self) -> bool:
        """Whether both ceilings hold what is used at P90, to the cent."""
        dollars = self.estimated.p90_dollars.to_cents()
        return (
            self.ceiling_tokens >= self.estimated.p90
            and self.ceiling_dollars >= dollars
        )


def coverage_of(order: TaskOrder, found: Estimated, at: datetime) -> list[Coverage]:
    """How far each line of an order goes at the estimate's own mix (R-TO-11)."""
    lines = {line.clin: line for line in found.lines}
    return [
        Coverage(
            limit.line.clin,
            lines[limit.line.clin],
            Tokens(limit.line.ceiling_tokens),
            Dollars(limit.line.ceiling_dollars),
            reach(
                "the estimate's mix",
                lines[limit.line.clin].price,
                limit.tokens_left,
                limit.ceiling_left,
                limit.funded_left,
            ),
        )
        for limit in line_limits(order, at)
        if limit.line.clin in lines
    ]


def _rates(rows: QuerySet[RateRow], boundary: str, period: Period) -> list[RateRow]:
    """The prices that usage of that boundary has in that period, the earliest first."""
    found = rows.filter(
        boundary=boundary,
        tier=Tier.STANDARD,
        context_band=BAND,
        in_force__overlap=(period.start, period.end),
    ).select_related("line__contract", "model", "token_class")
    return list(found.order_by("in_force", "pk"))


def _priced(
    estimate: IndependentEstimate,
    sha256: str,
    rates: Iterable[RateRow],
    prices: Mapping[int, UnitPrice],
    first: date,
    last: date,
) -> Estimated:
    by_class: dict[tuple[str, str], list[RateRow]] = {}
    for row in rates:
        key = row.model.snapshot, row.token_class.code
        by_class.setdefault(key, []).append(row)
    lines: dict[str, list[Any]] = {}
    unpriced: dict[str, int] = {}
    for each in estimate.rows:
        month = date.fromisoformat(each["month"])
        if month > last or following_month(month) <= first:
            continue
        if not each["p90_tokens"]:
            continue
        found = _in_force(by_class.get((each["model"], each["class"]), []), month)
        if found is None:
            what = f"{each['class']} of {each['model']}"
            unpriced[what] = unpriced.get(what, 0) + each["p90_tokens"]
            continue
        p50, p90 = Tokens(each["p50_tokens"]), Tokens(each["p90_tokens"])
        price = prices[found.pk]
        lines.setdefault(found.line.clin, [found.line.description]).append(
            (p50, p90, price.of(p50), price.of(p90))
        )
    return Estimated(
        requisition=estimate.requisition,
        version=estimate.version,
        sha256=sha256,
        lines=[_line(clin, *rest) for clin, rest in sorted(lines.items())],
        unpriced=[
            f"{what}: {tokens:,} tokens at P90 have no price on this contract."
            for what, tokens in sorted(unpriced.items())
        ],
    )


def _in_force(rows: list[RateRow], month: date) -> RateRow | None:
    """The price of the month: the last that has begun by its end, else the first."""
    after = following_month(month)
    begun = [row for row in rows if _first_day(row) < after]
    return begun[-1] if begun else (rows[0] if rows else None)


def _first_day(row: RateRow) -> date:
    return accounting_day(row.in_force.lower, row.line.contract.time_zone)


def _line(clin: str, description: str, *parts: Any) -> EstimatedLine:
    return EstimatedLine(
        clin=clin,
        description=description,
        p50=Tokens(sum(part[0].count for part in parts)),
        p90=Tokens(sum(part[1].count for part in parts)),
        p50_dollars=Dollars(sum((part[2].amount for part in parts), Decimal(0))),
        p90_dollars=Dollars(sum((part[3].amount for part in parts), Decimal(0))),
    )
