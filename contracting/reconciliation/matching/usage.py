"""Meter and report of an order, read row by row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet

from contracting.billing.models import ReportRow
from contracting.billing.queries import (
    report_due_at,
    report_rows,
    reports_that_count,
)
from contracting.contracts.models import RateRow
from contracting.core.periods import Period, accounting_day
from contracting.core.quantities import UnitPrice
from contracting.metering.models import EveryEvent
from contracting.metering.queries.reratings import ratings_in_force
from contracting.orders.models import OrderRate, TaskOrder
from contracting.reconciliation.matching.places import Places, ReportedRow
from contracting.reconciliation.states import Key, Metered, Rate, Rates, Reported
from contracting.reference.queries import resolve_model

AT_ONCE: Final = 5_000
"""So many requests or events are asked for by name in one question."""


class _Event(NamedTuple):
    """What is read of a call. Whole rows would take twice as long."""

    source_id: int
    event_id: str
    corrects: str
    operation_id: str
    attempt: int
    occurred_at: datetime


class _Rating(NamedTuple):
    """What is read of a rated line of our meter."""

    source_id: int
    event_id: str
    order_line_id: int
    rate_row_id: int
    token_class_code: str
    tokens: int
    usd_per_million_tokens: Decimal


def rates_of(order: TaskOrder) -> Rates:
    priced = (
        OrderRate.objects.filter(
            line__order=order,
            line__is_removed=False,
            rate_row__superseded_at__isnull=True,
        )
        .select_related("rate_row__token_class")
        .order_by("rate_row__in_force", "pk")
    )
    found: dict[Key, list[Rate]] = {}
    for each in priced:
        row = each.rate_row
        key = (each.line_id, row.model_id, row.tier, row.token_class.code)
        price = UnitPrice(each.usd_per_million_tokens)
        found.setdefault(key, []).append(
            Rate(row.in_force.lower, row.in_force.upper, price)
        )
    return found


def metered_rows(
    order: TaskOrder, days: Period, requests: Collection[str] | None = None
) -> list[Metered]:
    """Rated lines; a correction belongs to the call that it corrects, on its day.

    Events are read by time and by id, never joined: tables without keys between them
    have no plan that stays quick while they grow.

    :param requests: only calls of these requests
    """
    lines = list(order.lines.order_by("pk").values_list("pk", flat=True))
    inside = {"occurred_at__gte": days.start, "occurred_at__lt": days.end}
    events = EveryEvent.objects.filter(agency_id=order.contract.agency_id)
    calls = events.filter(corrects="", **inside)
    if requests is not None:
        calls = calls.filter(operation_id__in=sorted(requests))
    called = {(event.source_id, event.event_id): event for event in _events(calls)}
    corrections = {
        (event.source_id, event.event_id): called[event.source_id, event.corrects]
        for event in _events(events.exclude(corrects=""))
        if (event.source_id, event.corrects) in called
    }
    ids = sorted({event_id for _, event_id in corrections})
    later = _ratings(lines, event_id__in=ids) if ids else ()
    prices = RateRow.objects.filter(line__contract=order.contract_id)
    kinds = {
        pk: (model, tier)
        for pk, model, tier in prices.values_list("pk", "model_id", "tier")
    }
    zone = order.contract.time_zone
    return [
        Metered(
            request_id=event.operation_id,
            attempt=event.attempt,
            order_line_id=rating.order_line_id,
            model_id=kinds[rating.rate_row_id][0],
            token_class=rating.token_class_code,
            tier=kinds[rating.rate_row_id][1],
            occurred_at=event.occurred_at,
            day=accounting_day(event.occurred_at, zone),
            tokens=rating.tokens,
            price=UnitPrice(rating.usd_per_million_tokens),
            event_id=f"{event.source_id} {event.event_id}",
        )
        for known, rows in (
            (called, _rated(lines, order.contract.agency_id, called, requests, inside)),
            (corrections, later),
        )
        for rating in rows
        if (event := known.get((rating.source_id, rating.event_id))) is not None
    ]


def requests_in(order: TaskOrder, days: Period) -> Iterator[Sequence[str]]:
    """The requests that either side has in a period, so many at once, each once."""
    inside = {"occurred_at__gte": days.start, "occurred_at__lt": days.end}
    events = EveryEvent.objects.filter(
        agency_id=order.contract.agency_id, corrects="", **inside
    )
    ours = events.order_by().values_list("operation_id")
    told = report_rows(order, days.start, days.end).filter(bucket_end__isnull=True)
    theirs = told.order_by().values_list("request_id")
    found: list[str] = []
    for (request,) in ours.union(theirs).order_by("operation_id").iterator(AT_ONCE):
        found.append(request)
        if len(found) == AT_ONCE:
            yield found
            found = []
    if found:
        yield found


def _events(rows: QuerySet[EveryEvent]) -> Iterator[_Event]:
    return map(_Event._make, rows.values_list(*_Event._fields))


def _rated(
    order_lines: Sequence[int],
    agency_id: int,
    called: Iterable[tuple[int, str]],
    requests: Collection[str] | None,
    inside: Mapping[str, Any],
) -> Iterator[_Rating]:
    """The ratings of all calls of a period, or of a few that are known by name."""
    if requests is None:
        yield from _ratings(order_lines, **inside)
        return
    by_source: dict[int, list[str]] = defaultdict(list)
    for source_id, event_id in called:
        by_source[source_id].append(event_id)
    for source_id, names in sorted(by_source.items()):
        for ids in batched(sorted(names)):
            named = {"agency_id": agency_id, "source_id": source_id}
            yield from _ratings(order_lines, event_id__in=ids, **named, **inside)


def batched(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """So many names as are asked for in one question."""
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]


def _ratings(order_lines: Iterable[int], **narrow: Any) -> Iterator[_Rating]:
    """The ratings as they stand; what is closed as it was accepted."""
    rows = ratings_in_force(order_lines, _Rating._fields, **narrow)
    return map(_Rating._make, rows)


def reported_rows(
    order: TaskOrder,
    days: Period,
    rates: Rates,
    metered: Sequence[Metered],
    requests: Collection[str] | None = None,
) -> Iterator[Reported]:
    """The vendor's rows; a call that our meter knows stands at our meter's instant."""
    contract = order.contract
    places = Places(rates, metered)
    models: dict[tuple[str, date], int | None] = {}
    due: dict[date, datetime] = {}
    arrived = {report.pk: report.counts_from for report in reports_that_count(order)}
    for row in _report_rows(order, days, requests):
        day = accounting_day(row.occurred_at, contract.time_zone)
        name = (row.model_name, day)
        if name not in models:
            model = resolve_model(row.model_name, day, contract.agency_id)
            models[name] = model.pk if model else None
        if day not in due:
            due[day] = report_due_at(order, row.occurred_at)
        kind, price, named = places.of(row, models[name])
        ours = places.same_call(row, kind)
        yield Reported(
            request_id=row.request_id,
            attempt=row.attempt,
            order_line_id=kind[0],
            model_id=kind[1],
            token_class=row.token_class_code,
            tier=kind[2],
            occurred_at=ours.occurred_at if ours else row.occurred_at,
            day=ours.day if ours else day,
            tokens=row.tokens,
            price=price,
            is_late=arrived[row.report_id] > due[day],
            said_at=(
                row.occurred_at
                if ours and ours.occurred_at != row.occurred_at
                else None
            ),
            named=named,
        )


def _report_rows(
    order: TaskOrder, days: Period, requests: Collection[str] | None
) -> Iterator[ReportedRow]:
    found = report_rows(order, days.start, days.end).filter(bucket_end__isnull=True)
    if requests is None:
        asked: Iterable[QuerySet[ReportRow]] = [found]
    else:
        asked = (found.filter(request_id__in=ids) for ids in batched(sorted(requests)))
    for rows in asked:
        yield from map(ReportedRow._make, rows.values_list(*ReportedRow._fields))
