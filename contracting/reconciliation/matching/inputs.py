"""What is compared, read from the tables: our meter, the reports and one invoice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final, TypeVar

from django.db.models import Max, Min

from contracting.billing.models import Invoice, ReportRow
from contracting.billing.queries import (
    live_lines,
    report_due_at,
    reports_that_count,
    reports_touching,
)
from contracting.charges.queries import (
    accepted_otherwise,
    charged_span,
)
from contracting.core.periods import Period, accounting_day, days_bounds
from contracting.core.quantities import (
    Dollars,
)
from contracting.ledger.queries import balances_of
from contracting.metering.models import UsageRating
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.adjusted import adjusted_on
from contracting.reconciliation.matching.beside import (
    Around,
    limits_of,
    performance_of,
    with_beside,
)
from contracting.reconciliation.matching.credited import credited_on
from contracting.reconciliation.matching.invoiced import (
    billed,
    charged,
    invoiced_elsewhere,
    invoiced_lines,
)
from contracting.reconciliation.matching.late import late_on
from contracting.reconciliation.matching.parts import Parts
from contracting.reconciliation.matching.reading import (
    DAY,
    Asked,
    Days,
    days_within,
    read_by_row,
    read_days,
)
from contracting.reconciliation.matching.rows import order_of, rate_at
from contracting.reconciliation.matching.usage import (
    metered_rows,
    rates_of,
    reported_rows,
    requests_in,
)
from contracting.reconciliation.matching.versions import versions_at
from contracting.reconciliation.matching.volume import Volume
from contracting.reconciliation.states import (
    Match,
    Metered,
    Rates,
    Reported,
    Span,
)

MICROSECOND = timedelta(microseconds=1)
CLOCKS_APART: Final = timedelta(hours=25)
"""So far may the vendor's instant of a call lie from ours, and so long is a sum."""

_Row = TypeVar("_Row", bound=Metered)


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
    order: TaskOrder,
    span: Span,
    *,
    invoice: Invoice | None,
    at: datetime,
    by_row: Collection[str] = (),
) -> Match:
    """The three views of the whole accounting days of ``span``, as plain values.

    Calls on which meter and report agree, and those of which nothing can be said yet,
    stand in it as sums by key, price and slice of time: nothing differs in them.

    Days are whole so that a difference of single calls is the same finding whether the
    order or one invoice is compared. A call that both sides know belongs to the day of
    our meter, whatever the vendor's clock says.

    :param by_row: requests that are wanted row by row, whatever they agree on
    """
    zone = order.contract.time_zone
    days = days_within(span, zone)
    rates = rates_of(order)
    elsewhere = invoiced_elsewhere(invoice) if invoice else ()
    edges = [each for _, each in (*billed(invoice), *elsewhere)] + [span]
    parts = read_days(
        Asked(
            order=order,
            days=days,
            rates=rates,
            at=at,
            cuts={instant for edge in edges for instant in edge} if invoice else (),
            by_slice=invoice is not None,
            by_row=by_row,
        )
    )
    return match_of_parts(order, span, parts, rates, invoice=invoice, at=at)


def match_by_row(order: TaskOrder, span: Span, *, at: datetime) -> Match:
    """Meter and report with every call by itself, for whoever looks at single calls."""
    rates = rates_of(order)
    days = days_within(span, order.contract.time_zone)
    parts = read_by_row(Asked(order, days, rates, at))
    return match_of_parts(order, span, parts, rates, invoice=None, at=at)


def calls_of(order: TaskOrder, span: Span) -> Iterator[tuple[Metered | Reported, bool]]:
    """Every row of both sides on the days of a span, and whether it is of our meter.

    Nothing is compared. Rows come request by request, some thousand requests at once,
    so that a day of any size takes no more room than they do.
    """
    days = days_within(span, order.contract.time_zone)
    rates = rates_of(order)
    window = Asked(order, days, rates, span[1]).window
    for requests in requests_in(order, window):
        metered = metered_rows(order, window, requests)
        for row in metered:
            if row.day in days:
                yield row, True
        for said in reported_rows(order, window, rates, metered, requests):
            if said.day in days:
                yield said, False


def match_of_parts(
    order: TaskOrder,
    span: Span,
    parts: Parts,
    rates: Rates,
    *,
    invoice: Invoice | None,
    at: datetime,
) -> Match:
    """The three views, of days that were read before or just now."""
    metered, reported, around = parts.metered(), parts.reported(), [*parts.around]
    volume = Volume(order)
    if volume:
        averages = volume.rates(billed(invoice))
        rates = {**rates, **averages}
        metered = [_at_average(row, averages) for row in metered]
        reported = [_at_average(row, averages) for row in reported]
        around = [_at_average(row, averages) for row in around]
    named = {row.request_id for row in reported}
    whole = whole_days(order, span)
    frame = _frame(order, span, rates, volume, invoice=invoice, at=at)
    match = replace(
        frame,
        metered=tuple(with_their_clock(metered, reported)),
        reported=tuple(reported),
        overdue=overdue_in(order, metered, frame.covered, at),
        known_requests=_known(parts, whole.days(order.contract.time_zone), named),
        agreed=parts.counted(),
        digests=tuple(parts.digests()),
    )
    return with_beside(match, Around(order, whole, wider(whole), (*metered, *around)))


def match_of_sums(
    order: TaskOrder, span: Span, sums: Match, rates: Rates, *, at: datetime
) -> Match:
    """The views of a whole order whose days were told before, and are given as sums.

    No line of it is priced by volume, and every report names its calls.

    :param sums: what is known of the days, and of the calls on other orders
    """
    frame = _frame(order, span, rates, Volume(order), invoice=None, at=at)
    whole = whole_days(order, span)
    return replace(
        frame,
        metered=sums.metered,
        reported=sums.reported,
        overdue=sums.overdue,
        agreed=sums.agreed,
        digests=sums.digests,
        waiting=sums.waiting,
        sides=sums.sides,
        uncharged=sums.uncharged,
        metered_elsewhere=sums.metered_elsewhere,
        reported_elsewhere=sums.reported_elsewhere,
        window=(whole.start, whole.end),
        performance=performance_of(order),
        limits=tuple(limits_of(order)),
    )


def whole_days(order: TaskOrder, span: Span) -> Period:
    """The accounting days that a span touches."""
    zone = order.contract.time_zone
    first, last = span[0], span[1] - MICROSECOND
    return days_bounds(accounting_day(first, zone), accounting_day(last, zone), zone)


def wider(whole: Period) -> Period:
    """So much longer that a call of these days lies in it by the vendor's clock too."""
    return Period(whole.start - CLOCKS_APART, whole.end + CLOCKS_APART)


def _frame(
    order: TaskOrder,
    span: Span,
    rates: Rates,
    volume: Volume,
    *,
    invoice: Invoice | None,
    at: datetime,
) -> Match:
    """All of a comparison but the rows of meter and report and what they tell."""
    reports = reports_touching(order, whole_days(order, span))
    covered = sorted(reports.values_list("period_start", "period_end"))
    lines = list(live_lines(invoice)) if invoice else []
    view = partial(match_by_row, order, at=at)
    return Match(
        metered=(),
        reported=(),
        invoiced=tuple(invoiced_lines(lines, rates)),
        covered=tuple(covered),
        unfunded=() if invoice else tuple(_unfunded(order)),
        rates=rates,
        invoice_period=span if invoice else None,
        invoiced_elsewhere=invoiced_elsewhere(invoice) if invoice else (),
        invoice_id=invoice.pk if invoice else None,
        charged=tuple(charged(invoice)) if invoice else (),
        accepted_otherwise=() if invoice else tuple(accepted_otherwise(order, at)),
        adjusted=() if invoice else tuple(adjusted_on(order)),
        late=tuple(late_on(lines, rates, view, volume.price_left)),
        credits=tuple(credited_on(invoice)),
        versions=tuple(versions_at(order, at)),
    )


def _known(
    parts: Parts, days: Sequence[date], named: Collection[str]
) -> frozenset[str]:
    """Requests of the report that our meter has on the day before or after."""
    near = Days(days[0] - DAY, days[-1] + DAY)
    return frozenset(
        row.request_id
        for row in parts.around
        if row.request_id in named and row.day in near
    )


def _at_average(row: _Row, averages: Rates) -> _Row:
    """A row of a line priced by volume, at the average price of its period."""
    price = rate_at(averages, row.key, row.occurred_at)
    return row if price is None else replace(row, price=price)


def with_their_clock(
    metered: Iterable[Metered], reported: Iterable[Reported]
) -> Iterator[Metered]:
    """Our rows, each with the vendor's instant of the same attempt, if it has one."""
    said = {
        (row.request_id, row.attempt, row.token_class): row.said_at
        for row in sorted(reported, key=order_of, reverse=True)
    }
    for row in metered:
        theirs = said.get((row.request_id, row.attempt, row.token_class))
        yield replace(row, said_at=theirs) if theirs else row


def _unfunded(order: TaskOrder) -> Iterator[tuple[int, int, Dollars]]:
    for line in order.lines.order_by("pk"):
        rows = balances_of(line.holder)
        tokens = sum(row.unfunded_tokens for row in rows)
        dollars = sum((row.unfunded_dollars for row in rows), Decimal(0))
        if tokens or dollars:
            yield line.pk, tokens, Dollars(dollars)


def overdue_in(
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
