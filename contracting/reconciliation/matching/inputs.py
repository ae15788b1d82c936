"""What is compared, read from the tables: our meter, the reports and one invoice."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final, NamedTuple, TypeVar

from django.db.models import Max, Min, QuerySet

from contracting.billing.models import Invoice, ReportRow
from contracting.billing.queries import (
    live_lines,
    report_due_at,
    report_rows,
    reports_that_count,
    reports_touching,
)
from contracting.charges.queries import (
    accepted_otherwise,
    charged_span,
)
from contracting.contracts.models import RateRow
from contracting.core.periods import Period, accounting_day, days_bounds
from contracting.core.quantities import (
    Dollars,
    UnitPrice,
)
from contracting.ledger.queries import balances_of
from contracting.metering.models import EveryEvent, UsageRating
from contracting.metering.queries.reratings import ratings_in_force
from contracting.orders.models import OrderRate, TaskOrder
from contracting.reconciliation.matching.adjusted import adjusted_on
from contracting.reconciliation.matching.beside import Around, with_beside
from contracting.reconciliation.matching.credited import credited_on
from contracting.reconciliation.matching.invoiced import (
    billed,
    charged,
    invoiced_elsewhere,
    invoiced_lines,
)
from contracting.reconciliation.matching.late import late_on
from contracting.reconciliation.matching.rows import order_of, rate_at
from contracting.reconciliation.matching.volume import Volume
from contracting.reconciliation.states import (
    Key,
    Kind,
    Match,
    Metered,
    Rate,
    Rates,
    Reported,
    Span,
)
from contracting.reference.queries import resolve_model

MICROSECOND = timedelta(microseconds=1)
CLOCKS_APART: Final = timedelta(hours=25)
"""So far may the vendor's instant of a call lie from ours, and so long is a sum."""


_Row = TypeVar("_Row", bound=Metered)


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


class _ReportRow(NamedTuple):
    """What is read of a row of a vendor's report."""

    report_id: int
    request_id: str
    attempt: int
    occurred_at: datetime
    model_name: str
    token_class_code: str
    tier: str
    tokens: int


def usage_span(order: TaskOrder) -> Span | None:
    """From the first to just after the last instant of usage on either side.

    An order without tokens has the periods of what is charged on it instead.
    """
    ours = UsageRating.objects.filter(order_line__order=order).aggregate(
        low=Min("occurred_at"), high=Max("occurred_at")
    )
    theirs = ReportRow.objects.filter(report__in=reports_that_count(order)).aggregate(
        low=Min("occurred_at"), high=Max("occurred_at")
    )
    lows = [each["low"] for each in (ours, theirs) if each["low"] is not None]
    highs = [each["high"] for each in (ours, theirs) if each["high"] is not None]
    if lows:
        return min(lows), max(highs) + MICROSECOND
    return charged_span(order)


def match_of(
    order: TaskOrder, span: Span, *, invoice: Invoice | None, at: datetime
) -> Match:
    """The three views of the whole accounting days of ``span``, as plain values.

    Days are whole so that a difference of single calls is the same finding whether the
    order or one invoice is compared. A call that both sides know belongs to the day of
    our meter, whatever the vendor's clock says.
    """
    zone = order.contract.time_zone
    whole = days_bounds(
        accounting_day(span[0], zone), accounting_day(span[1] - MICROSECOND, zone), zone
    )
    wide = Period(whole.start - CLOCKS_APART, whole.end + CLOCKS_APART)
    rates = _rates(order)
    around = _metered(order, wide)
    reported = [
        row
        for row in _reported(order, wide, rates, around)
        if whole.start <= row.occurred_at < whole.end
    ]
    metered = [row for row in around if whole.start <= row.occurred_at < whole.end]
    volume = Volume(order)
    if volume:
        averages = volume.rates(billed(invoice))
        rates = {**rates, **averages}
        metered = [_at_average(row, averages) for row in metered]
        reported = [_at_average(row, averages) for row in reported]
        around = [_at_average(row, averages) for row in around]
    named = {row.request_id for row in reported}
    reports = reports_touching(order, whole)
    covered = sorted(reports.values_list("period_start", "period_end"))
    lines = list(live_lines(invoice)) if invoice else []
    view = partial(match_of, order, invoice=None, at=at)
    match = Match(
        metered=tuple(_with_their_clock(metered, reported)),
        reported=tuple(reported),
        invoiced=tuple(invoiced_lines(lines, rates)),
        covered=tuple(covered),
        overdue=_overdue(order, metered, covered, at),
        unfunded=() if invoice else tuple(_unfunded(order)),
        rates=rates,
        invoice_period=span if invoice else None,
        invoiced_elsewhere=invoiced_elsewhere(invoice) if invoice else (),
        invoice_id=invoice.pk if invoice else None,
        charged=tuple(charged(invoice)) if invoice else (),
        accepted_otherwise=() if invoice else tuple(accepted_otherwise(order, at)),
        adjusted=() if invoice else tuple(adjusted_on(order)),
        late=tuple(late_on(lines, rates, view)),
        credits=tuple(credited_on(invoice)),
        known_requests=frozenset(
            row.request_id
            for row in around
            if row.request_id in named
            and not whole.start <= row.occurred_at < whole.end
        ),
    )
    return with_beside(match, Around(order, whole, wide, around))


def _at_average(row: _Row, averages: Rates) -> _Row:
    """A row of a line priced by volume, at the average price of its period."""
    price = rate_at(averages, row.key, row.occurred_at)
    return row if price is None else replace(row, price=price)


def _with_their_clock(
    metered: Iterable[Metered], reported: Iterable[Reported]
) -> Iterator[Metered]:
    said = {
        (row.request_id, row.attempt, row.token_class): row.said_at
        for row in sorted(reported, key=order_of, reverse=True)
    }
    for row in metered:
        theirs = said.get((row.request_id, row.attempt, row.token_class))
        yield replace(row, said_at=theirs) if theirs else row


def _rates(order: TaskOrder) -> Rates:
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


def _metered(order: TaskOrder, days: Period) -> list[Metered]:
    """Rated lines; a correction belongs to the call that it corrects, on its day.

    Events are read by time and by id, never joined: tables without keys between them
    have no plan that stays quick while they grow.
    """
    lines = list(order.lines.order_by("pk").values_list("pk", flat=True))
    inside = {"occurred_at__gte": days.start, "occurred_at__lt": days.end}
    events = EveryEvent.objects.filter(agency_id=order.contract.agency_id)
    called = {
        (event.source_id, event.event_id): event
        for event in _events(events.filter(corrects="", **inside))
    }
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
            (called, _ratings(lines, **inside)),
            (corrections, later),
        )
        for rating in rows
        if (event := known.get((rating.source_id, rating.event_id))) is not None
    ]


def _events(rows: QuerySet[EveryEvent]) -> Iterator[_Event]:
    return map(_Event._make, rows.values_list(*_Event._fields))


def _ratings(order_lines: Iterable[int], **narrow: Any) -> Iterator[_Rating]:
    """The ratings as they stand; what is closed as it was accepted."""
    rows = ratings_in_force(order_lines, _Rating._fields, **narrow)
    return map(_Rating._make, rows)


def _reported(
    order: TaskOrder, days: Period, rates: Rates, metered: Sequence[Metered]
) -> Iterator[Reported]:
    """The vendor's rows; a call that our meter knows stands at our meter's instant."""
    contract = order.contract
    places = _Places(rates, metered)
    models: dict[tuple[str, date], int | None] = {}
    due: dict[date, datetime] = {}
    arrived = {report.pk: report.counts_from for report in reports_that_count(order)}
    calls = report_rows(order, days.start, days.end).filter(bucket_end__isnull=True)
    rows = calls.values_list(*_ReportRow._fields)
    for row in map(_ReportRow._make, rows):
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


class _Places:
    """Finds the order line, model, tier and price of what the vendor reports."""

    def __init__(self, rates: Rates, metered: Sequence[Metered]) -> None:
        self._rates = rates
        self._calls: dict[tuple[str, int], list[Metered]] = defaultdict(list)
        self._requests: dict[str, list[Metered]] = defaultdict(list)
        for row in sorted(metered, key=order_of):
            self._calls[row.request_id, row.attempt].append(row)
            self._requests[row.request_id].append(row)

    def same_call(self, row: _ReportRow, kind: Kind) -> Metered | None:
        """Our row of the same attempt: of this kind, class and instant as near as may
        be."""
        return min(
            self._calls.get((row.request_id, row.attempt), ()),
            key=lambda ours: (
                ours.kind != kind,
                ours.token_class != row.token_class_code,
                abs(ours.occurred_at - row.occurred_at),
            ),
            default=None,
        )

    def of(self, row: _ReportRow, model_id: int | None) -> tuple[Kind, UnitPrice, str]:
        """Where the row belongs, its price, and the vendor's words if they are strange.

        What the vendor names counts, as long as the order has a price for it. Otherwise
        the call stays where our meter has it. What nobody knows is priced at the
        highest rate there is.
        """
        ours = self._calls.get((row.request_id, row.attempt), [])
        ours = ours or self._requests.get(row.request_id, [])
        stated = self._priced(row, model_id, row.tier) if model_id else []
        if stated:
            known = {each.kind for each in ours}
            price, kind = max(stated, key=lambda each: (each[1] in known, *each))
            named = f"{row.model_name} {row.tier}" if kind not in known and ours else ""
            return kind, self._own_price(ours, kind, row) or price, named
        if ours:
            return self._unpriced(row, model_id, ours)
        found = self._priced(row, model_id, None)
        if found:
            price, kind = max(found)
            return kind, price, ""
        line_id, known_model, tier, _ = min(self._rates)
        return (line_id, model_id or known_model, tier), _highest(self._rates), ""

    def _unpriced(
        self, row: _ReportRow, model_id: int | None, ours: Sequence[Metered]
    ) -> tuple[Kind, UnitPrice, str]:
        """A known call under a name or tier for which the order has no price."""
        same = [each for each in ours if each.token_class == row.token_class_code]
        kind = (same or ours)[0].kind
        price = self._own_price(ours, kind, row) or rate_at(
            self._rates, (*kind, row.token_class_code), row.occurred_at
        )
        is_ours = (model_id, row.tier) == kind[1:]
        named = "" if is_ours else f"{row.model_name} {row.tier}"
        return kind, price or _highest(self._rates), named

    def _priced(
        self, row: _ReportRow, model_id: int | None, tier: str | None
    ) -> list[tuple[UnitPrice, Kind]]:
        return [
            (price, key[:3])
            for key in self._rates
            if key[3] == row.token_class_code
            and (model_id is None or key[1] == model_id)
            and (tier is None or key[2] == tier)
            and (price := rate_at(self._rates, key, row.occurred_at)) is not None
        ]

    @staticmethod
    def _own_price(
        ours: Iterable[Metered], kind: Kind, row: _ReportRow
    ) -> UnitPrice | None:
        """The price at which our meter has rated it."""
        key = (*kind, row.token_class_code)
        return next((each.price for each in ours if each.key == key), None)


def _highest(rates: Rates) -> UnitPrice:
    return max(rate.price for row in rates.values() for rate in row)


def _unfunded(order: TaskOrder) -> Iterator[tuple[int, int, Dollars]]:
    for line in order.lines.order_by("pk"):
        rows = balances_of(line.holder)
        tokens = sum(row.unfunded_tokens for row in rows)
        dollars = sum((row.unfunded_dollars for row in rows), Decimal(0))
        if tokens or dollars:
            yield line.pk, tokens, Dollars(dollars)


def _overdue(
    order: TaskOrder, metered: Sequence[Metered], covered: Sequence[Span], at: datetime
) -> frozenset[date]:
    """The days of use that no report covers although it was due before ``at``."""
    open_days = {
        row.day: row.occurred_at
        for row in metered
        if not any(start <= row.occurred_at < end for start, end in covered)
    }
    return frozenset(
        day for day, instant in open_days.items() if report_due_at(order, instant) < at
    )
