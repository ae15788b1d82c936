"""Beside the calls of an order: sums, free calls, other orders, limits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, NamedTuple

from contracting.billing.models import ReportRow
from contracting.billing.queries import (
    report_due_at,
    reports_that_count,
    reports_touching,
)
from contracting.contracts.models import RateRow
from contracting.core.periods import Period, accounting_day
from contracting.core.quantities import Dollars, UnitPrice
from contracting.ledger.queries import balances_of
from contracting.metering.models import EveryEvent, UnchargedUsage, UsageRating
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.buckets import spread
from contracting.reconciliation.matching.rows import Within, rate_at
from contracting.reconciliation.states import (
    Attempt,
    Bucket,
    Kind,
    Limit,
    Match,
    Metered,
    Rates,
    Reported,
    Span,
)
from contracting.reference.queries import resolve_model

AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Around:
    """Whole days that are compared, the days around them, and our calls of these."""

    order: TaskOrder
    whole: Period
    wide: Period
    metered: Sequence[Metered]

    def holds(self, instant: datetime) -> bool:
        """Whether an instant lies in the days that are compared."""
        return self.whole.start <= instant < self.whole.end


def with_beside(match: Match, around: Around) -> Match:
    """The same with the sums of reports, free calls, other orders and limits."""
    sums = sums_of(around, match.rates)
    slots = Within((each.start, each.end) for each in sums)
    out = [row for row in around.metered if not around.holds(row.occurred_at)]
    out = [row for row in out if slots.at(row.occurred_at) is not None]
    rows = list(spread(sums, (*match.metered, *out)))
    found = replace(
        match,
        reported=(*match.reported, *(r for r in rows if around.holds(r.occurred_at))),
        bucketed=bucketed_of(around) if sums else (),
        window=(around.whole.start, around.whole.end),
        beside_metered=tuple(out),
        beside_reported=tuple(r for r in rows if not around.holds(r.occurred_at)),
        uncharged=tuple(uncharged_of(around)),
        performance=performance_of(around.order),
        limits=tuple(limits_of(around.order)) if match.invoice_id is None else (),
    )
    known = (*around.metered, *found.uncharged)
    strange = strange_in(known, found.reported)
    return replace(
        found,
        metered_elsewhere=metered_elsewhere(around.order, around.wide, strange),
        reported_elsewhere=reported_elsewhere(around.order, missing_in(found)),
    )


# Sums


class _Sum(NamedTuple):
    """What is read of a row that is a sum."""

    report_id: int
    occurred_at: datetime
    bucket_end: datetime
    model_name: str
    token_class_code: str
    tier: str
    tokens: int


def sums_of(around: Around, rates: Rates) -> list[Bucket]:
    """The sums of the order's reports that share an instant with the whole days."""
    order, contract = around.order, around.order.contract
    reports = reports_that_count(order).filter(is_in_sums=True)
    arrived = {report.pk: report.counts_from for report in reports}
    rows = ReportRow.objects.filter(
        report__in=arrived,
        occurred_at__gte=around.wide.start,
        occurred_at__lt=around.whole.end,
        bucket_end__gt=around.whole.start,
    ).order_by("report_id", "row_number")
    found = []
    for row in map(_Sum._make, rows.values_list(*_Sum._fields)) if arrived else ():
        day = accounting_day(row.occurred_at, contract.time_zone)
        model = resolve_model(row.model_name, day, contract.agency_id)
        places, is_known = _places(rates, row, model.pk if model else None)
        found.append(
            Bucket(
                places=places,
                token_class=row.token_class_code,
                start=row.occurred_at,
                end=row.bucket_end,
                day=day,
                tokens=row.tokens,
                is_late=arrived[row.report_id] > report_due_at(order, row.occurred_at),
                named="" if is_known else f"{row.model_name} {row.tier}",
            )
        )
    return found


def _places(
    rates: Rates, row: _Sum, model_id: int | None
) -> tuple[tuple[tuple[Kind, UnitPrice], ...], bool]:
    """The kinds that a sum may be of, the dearest last, and whether it names one.

    What nobody knows is priced at the highest rate there is.
    """
    priced = [
        (price, key[:3])
        for key in rates
        if key[3] == row.token_class_code
        and (price := rate_at(rates, key, row.occurred_at)) is not None
    ]
    named = [each for each in priced if each[1][1:] == (model_id, row.tier)]
    same = [each for each in priced if each[1][1] == model_id]
    if named:
        return tuple((kind, price) for price, kind in sorted(named)), True
    if same or priced:
        price, kind = max(same or priced)
        return ((kind, price),), False
    price, kind = max(
        (rate.price, key[:3]) for key, each in rates.items() for rate in each
    )
    return ((kind, price),), False


def bucketed_of(around: Around) -> tuple[tuple[datetime, datetime], ...]:
    """The periods covered by reports that name no calls."""
    reports = reports_touching(around.order, around.whole).filter(is_in_sums=True)
    return tuple(sorted(reports.values_list("period_start", "period_end")))


# Calls that are free


def uncharged_of(around: Around) -> Iterator[Metered]:
    """Calls of the order that are not charged because of how they ended."""
    order = around.order
    rows = list(
        UnchargedUsage.objects.filter(
            order_line__order=order,
            occurred_at__gte=around.wide.start,
            occurred_at__lt=around.wide.end,
        ).order_by("pk")
    )
    kinds = {
        pk: (model, tier)
        for pk, model, tier in RateRow.objects.filter(
            pk__in={row.rate_row_id for row in rows}
        ).values_list("pk", "model_id", "tier")
    }
    calls = {}
    for ids in _parts(sorted({row.event_id for row in rows})):
        events = EveryEvent.objects.filter(
            agency_id=order.contract.agency_id, event_id__in=ids
        )
        read = ("source_id", "event_id", "operation_id", "attempt")
        for source, event, request, attempt in events.values_list(*read):
            calls[source, event] = (request, attempt)
    for row in rows:
        request, attempt = calls[row.source_id, row.event_id]
        model_id, tier = kinds[row.rate_row_id]
        yield Metered(
            request_id=request,
            attempt=attempt,
            order_line_id=row.order_line_id,
            model_id=model_id,
            token_class=row.token_class_code,
            tier=tier,
            occurred_at=row.occurred_at,
            day=row.accounting_day,
            tokens=row.tokens,
            price=UnitPrice(row.usd_per_million_tokens),
            event_id=f"{row.source_id} {row.event_id}",
        )


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


# Other orders


def strange_in(known: Iterable[Metered], reported: Iterable[Reported]) -> set[Attempt]:
    """Reported attempts that our meter does not have on this order."""
    return _attempts(row for row in reported if not row.bucket) - _attempts(known)


def metered_elsewhere(
    order: TaskOrder, wide: Period, strange: Collection[Attempt]
) -> frozenset[Attempt]:
    """Of these attempts, those that our meter has in a time, rated on another order."""
    agency = order.contract.agency_id
    calls: dict[tuple[int, str], Attempt] = {}
    for requests in _parts(sorted({request for request, _ in strange})):
        events = EveryEvent.objects.filter(
            agency_id=agency,
            occurred_at__gte=wide.start,
            occurred_at__lt=wide.end,
            operation_id__in=requests,
        )
        read = ("source_id", "event_id", "operation_id", "attempt")
        for source, event, request, attempt in events.values_list(*read):
            if (request, attempt) in strange:
                calls[source, event] = (request, attempt)
    own = order.lines.values("pk")
    found = set()
    for ids in _parts(sorted({event for _, event in calls})):
        rated = UsageRating.objects.filter(agency_id=agency, event_id__in=ids)
        others = rated.exclude(order_line__in=own).values_list("source_id", "event_id")
        found |= {calls[call] for call in others if call in calls}
    return frozenset(found)


def missing_in(match: Match) -> set[Attempt]:
    """Our attempts that a report of the order should have, and none has."""
    covered, sums = Within(match.covered), Within(match.bucketed)
    due = [
        row
        for row in match.metered
        if covered.at(row.occurred_at) is not None and sums.at(row.occurred_at) is None
    ]
    return _attempts(due) - _attempts(match.reported)


def reported_elsewhere(
    order: TaskOrder, missing: Collection[Attempt]
) -> frozenset[Attempt]:
    """Of these attempts, those that the vendor reports on another of the orders."""
    contract, wanted = order.contract, set(missing)
    found: set[Attempt] = set()
    for requests in _parts(sorted({request for request, _ in missing})):
        rows = ReportRow.objects.filter(
            request_id__in=requests,
            report__order__contract__vendor=contract.vendor_id,
            report__order__contract__agency=contract.agency_id,
            report__revisions__isnull=True,
        ).exclude(report__order=order)
        found |= set(rows.values_list("request_id", "attempt")) & wanted
    return frozenset(found)


def _attempts(rows: Iterable[Metered]) -> set[Attempt]:
    return {(row.request_id, row.attempt) for row in rows}


# Limits


def performance_of(order: TaskOrder) -> Span:
    """The instants in which the order may be used."""
    return order.period.start, order.period.end


def limits_of(order: TaskOrder) -> Iterator[Limit]:
    """What each line of the order may come to, and what its usage has come to."""
    for line in order.lines.order_by("pk"):
        rows = balances_of(line.holder)
        if not rows:
            continue
        whole = rows[0].line
        used = sum(row.consumed_dollars + row.unfunded_dollars for row in rows)
        is_pool = whole.ceiling_micro_acu is not None
        yield Limit(
            order_line_id=line.pk,
            used_tokens=whole.consumed_tokens + whole.unfunded_tokens,
            used=Dollars(used),
            ceiling_tokens=None if is_pool else whole.ceiling_tokens,
            ceiling=Dollars(sum(row.ceiling_dollars for row in rows)),
        )
