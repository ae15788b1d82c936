"""What was asked of a vendor's reports, month by month, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from contracting.billing.models import (
    InvoiceReminder,
    OverdueLetter,
    ReportAnswer,
    ReportingTerms,
    ReportRequest,
    UsageReport,
)
from contracting.billing.queries import reports_that_count
from contracting.billing.states import AnswerKind, ReportStanding
from contracting.core.periods import (
    Period,
    accounting_day,
    add_business_days,
    day_bounds,
    days_bounds,
    months_after,
)
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reference.queries import threshold

REPORT_DUE, REPORT_MATCH = "REPORT_DUE", "REPORT_MATCH"
REPORT_LETTER = "REPORT_LETTER"
_DAY = timedelta(days=1)


_ANSWERED = frozenset(
    {
        ReportStanding.REPORTED,
        ReportStanding.NONE_STATED,
        ReportStanding.CLOSED_OUT,
    }
)


@dataclass(frozen=True, slots=True)
class Month:
    """The report of one accounting month of an order.

    :ivar period: the part of the month in which the order is performed
    :ivar due_on: the last day on which its report is in time
    :ivar match_on: by when meter and report are compared and questions put
    :ivar unreported_from: the first instant that neither a report nor an answer covers
    """

    order: TaskOrder
    first_day: date
    period: Period
    due_on: date
    match_on: date
    standing: ReportStanding
    days_late: int
    letter_is_due: bool
    unreported_from: datetime | None
    request: ReportRequest | None
    reports: tuple[UsageReport, ...]
    answers: tuple[ReportAnswer, ...]
    letters: tuple[OverdueLetter, ...]

    @property
    def is_answered(self) -> bool:
        """Whether a report is there, there is none, or none is asked for any more."""
        return self.standing in _ANSWERED


def months_of(order: TaskOrder, at: datetime) -> list[Month]:
    """Every accounting month of the order that has begun, the latest first."""
    zone = order.contract.time_zone
    performed = order.period
    last_day = min(accounting_day(at, zone), order.period_end)
    first = accounting_day(performed.start, zone).replace(day=1)
    kept = _Kept(order)
    found = []
    while first <= last_day:
        found.append(_month(order, first, kept, at))
        first = months_after(first, 1)
    return found[::-1]


def month_of(order: TaskOrder, day: date, at: datetime) -> Month | None:
    """The accounting month of a day, if the order is performed in it."""
    wanted = day.replace(day=1)
    return next((m for m in months_of(order, at) if m.first_day == wanted), None)


class _Kept:
    """What is kept about the reports of an order, read once."""

    def __init__(self, order: TaskOrder) -> None:
        self.reports = list(reports_that_count(order).order_by("period_start", "pk"))
        self.requests = list(ReportRequest.objects.filter(order=order).order_by("pk"))
        self.answers = list(ReportAnswer.objects.filter(order=order).order_by("pk"))
        self.letters = list(OverdueLetter.objects.filter(order=order).order_by("pk"))


def _month(order: TaskOrder, first: date, kept: _Kept, at: datetime) -> Month:
    zone = order.contract.time_zone
    last = months_after(first, 1) - _DAY
    whole = days_bounds(first, last, zone)
    period = Period(
        max(whole.start, order.period.start), min(whole.end, order.period.end)
    )
    today = accounting_day(at, zone)
    due_on = _business_day(REPORT_DUE, last)
    reports = tuple(each for each in kept.reports if _touches(each, period))
    answers = tuple(each for each in kept.answers if _touches(each, period))
    gap = uncovered_from(
        period,
        [
            *reports,
            *(each for each in answers if each.kind == AnswerKind.NONE),
        ],
    )
    requests = [each for each in kept.requests if _touches(each, period)]
    letters = tuple(each for each in kept.letters if _touches(each, period))
    is_closed = order.state == TaskOrderState.CLOSED
    is_open = gap is not None and not is_closed
    late = max(0, (today - due_on).days) if is_open else 0
    patience = int(threshold(REPORT_LETTER, today).value)
    written = [accounting_day(each.sent_at, zone) for each in letters]
    return Month(
        order=order,
        first_day=first,
        period=period,
        due_on=due_on,
        match_on=_business_day(REPORT_MATCH, last),
        standing=_standing(
            gap,
            reports,
            answers,
            late,
            is_asked=bool(requests),
            is_over=today > last,
            is_closed=is_closed,
        ),
        days_late=late,
        letter_is_due=late > patience
        and not any((today - day).days <= patience for day in written),
        unreported_from=gap,
        request=requests[-1] if requests else None,
        reports=reports,
        answers=answers,
        letters=letters,
    )


def _standing(
    gap: datetime | None,
    reports: tuple[UsageReport, ...],
    answers: tuple[ReportAnswer, ...],
    late: int,
    *,
    is_asked: bool,
    is_over: bool,
    is_closed: bool,
) -> ReportStanding:
    if gap is None:
        return ReportStanding.REPORTED if reports else ReportStanding.NONE_STATED
    if is_closed:
        return ReportStanding.CLOSED_OUT
    if answers and answers[-1].kind == AnswerKind.COULD_NOT_ASK:
        return ReportStanding.COULD_NOT_ASK
    if late:
        return ReportStanding.PARTLY_MISSING if reports else ReportStanding.MISSING
    if not is_over:
        return ReportStanding.RUNNING
    return ReportStanding.ASKED if is_asked else ReportStanding.NOT_ASKED


def _business_day(code: str, last: date) -> date:
    return add_business_days(last, int(threshold(code, last).value))


def _touches(
    each: UsageReport | ReportRequest | ReportAnswer | OverdueLetter, period: Period
) -> bool:
    return each.period_start < period.end and period.start < each.period_end


def uncovered_from(
    period: Period, parts: Iterable[UsageReport | ReportAnswer]
) -> datetime | None:
    """The first instant of a period that no part covers, or ``None``."""
    reached = period.start
    for part in sorted(parts, key=lambda each: each.period_start):
        if part.period_start > reached:
            break
        reached = max(reached, part.period_end)
    return reached if reached < period.end else None


def terms_on(order: TaskOrder, day: date) -> ReportingTerms | None:
    """What the contract says on a day of usage that is reported very late."""
    return (
        ReportingTerms.objects.filter(contract=order.contract_id, valid_from__lte=day)
        .order_by("-valid_from")
        .first()
    )


def reminders_of(order: TaskOrder) -> QuerySet[InvoiceReminder]:
    """Of which invoices of an order the agency was reminded, the latest first."""
    rows = InvoiceReminder.objects.filter(invoice__order=order)
    return rows.select_related("invoice").order_by("-pk")


def forfeited(
    order: TaskOrder, spans: Iterable[tuple[int, datetime, datetime]], at: datetime
) -> Iterator[tuple[int, ReportingTerms, date]]:
    """Lines of which the usage was reported too late for the contract's clause.

    :param spans: the position and the period of each line
    :returns: the position, the terms, and the last day on which it was in time
    """
    zone = order.contract.time_zone
    reports = list(reports_that_count(order))
    for position, start, end in spans:
        if end <= start:
            continue
        last_used = accounting_day(end - timedelta(microseconds=1), zone)
        terms = terms_on(order, last_used)
        if terms is None or terms.forfeits_after_days is None:
            continue
        last = last_used + timedelta(days=terms.forfeits_after_days)
        until = day_bounds(last, zone).end
        in_time = [each for each in reports if each.counts_from < until]
        if at >= until and uncovered_from(Period(start, end), in_time) is not None:
            yield position, terms, last
