"""The three counts of one key: by day, and by call with both sides side by side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Max, Q, QuerySet

from contracting.billing.queries import reports_that_count
from contracting.core.periods import Period, accounting_day, day_bounds
from contracting.core.plots.tables import Plot
from contracting.core.plots.waterfall import Down
from contracting.core.plots.waterfall import waterfall as drawn
from contracting.core.quantities import Dollars, total_dollars
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching import inputs
from contracting.reconciliation.matching.waterfall import (
    CENTS,
    ELSEWHERE,
    LATE,
    UNEXPLAINED,
    WAITING,
    Waterfall,
)
from contracting.reconciliation.models import Cell, Finding, ReconciliationRun
from contracting.reconciliation.states import FindingCode, Key, Metered

MICROSECOND: Final = timedelta(microseconds=1)
WORDS: Final = {
    CENTS: "rounded to cents",
    ELSEWHERE: "billed on another invoice",
    WAITING: "not reported yet",
    LATE: "came late, not metered",
    UNEXPLAINED: "unexplained",
}


@dataclass(frozen=True, slots=True)
class CountedCall:
    """One attempt of one request: our tokens of a class beside the vendor's.

    ``metered`` or ``reported`` is none where that side does not have the call.
    """

    request_id: str
    attempt: int
    occurred_at: datetime
    metered: int | None
    reported: int | None

    @property
    def gap(self) -> int:
        """What the vendor has more than we (below zero: less)."""
        return (self.reported or 0) - (self.metered or 0)


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day of an order: what each side counts, and what it comes to.

    ``reported`` is none where the vendor has not reported the day, which is a gap in
    what is known and no count of zero.
    """

    day: date
    metered: int
    reported: int | None
    dollars: Dollars
    differing: int
    codes: tuple[str, ...] = ()

    @property
    def gap(self) -> int | None:
        """What the vendor has more than we (below zero: less)."""
        return None if self.reported is None else self.reported - self.metered


def calls_of(order: TaskOrder, key: Key, span: Period) -> list[CountedCall]:
    """Every attempt of a key in at most a day, what differs most first.

    Both sides are read as a comparison reads them: under the line, model and tier to
    which they were mapped, a corrected call as it stands, at our meter's instant.
    """
    match = inputs.match_by_row(order, (span.start, span.end), at=span.end)
    ours = _by_attempt(match.metered, key, span)
    theirs = _by_attempt(match.reported, key, span)
    calls = [
        CountedCall(
            request_id=attempt[0],
            attempt=attempt[1],
            occurred_at=(ours.get(attempt) or theirs[attempt])[0].occurred_at,
            metered=_tokens(ours.get(attempt)),
            reported=_tokens(theirs.get(attempt)),
        )
        for attempt in ours.keys() | theirs.keys()
    ]
    return sorted(
        calls,
        key=lambda each: (
            -abs(each.gap),
            each.occurred_at,
            each.request_id,
            each.attempt,
        ),
    )


def _by_attempt(
    rows: Iterable[Metered], key: Key, span: Period
) -> dict[tuple[str, int], list[Metered]]:
    found: dict[tuple[str, int], list[Metered]] = defaultdict(list)
    for row in rows:
        if row.key == key and span.start <= row.occurred_at < span.end:
            found[row.request_id, row.attempt].append(row)
    return found


def _tokens(rows: Sequence[Metered] | None) -> int | None:
    return None if rows is None else sum(row.tokens for row in rows)


def latest_of_order(order: TaskOrder) -> ReconciliationRun | None:
    """The last comparison of the whole order."""
    runs = ReconciliationRun.objects.filter(order=order, invoice__isnull=True)
    return runs.order_by("-pk").first()


def cells_by_day(run: ReconciliationRun, key: Key, span: Period) -> list[Cell]:
    """The days of a key within a period, as the order was compared last."""
    whole = latest_of_order(run.order)
    if whole is None:
        return []
    line, model, tier, code = key
    return list(
        whole.cells.filter(
            order_line_id=line,
            model_id=model,
            tier=tier,
            token_class_code=code,
            period_start__lt=span.end,
            period_end__gt=span.start,
        ).order_by("period_start")
    )


def days_counted(order: TaskOrder, run: ReconciliationRun) -> list[CountedDay]:
    """Each day of an order from its first usage to its last, gaps included.

    :param run: a comparison of the whole order
    """
    zone = order.contract.time_zone
    by_day: dict[date, list[Cell]] = defaultdict(list)
    for cell in run.cells.all():
        by_day[accounting_day(cell.period_start, zone)].append(cell)
    codes = _codes_by_day(order)
    covered = _reported_days(order, by_day)
    return [
        CountedDay(
            day=day,
            metered=sum(cell.a_tokens for cell in cells),
            reported=(
                sum(cell.b_tokens for cell in cells)
                if day in covered or any(cell.b_tokens for cell in cells)
                else None
            ),
            dollars=total_dollars(Dollars(cell.a_dollars) for cell in cells),
            differing=sum(not cell.agrees for cell in cells),
            codes=tuple(sorted(codes[day.isoformat()])),
        )
        for day, cells in sorted(by_day.items())
    ]


def _reported_days(order: TaskOrder, days: Iterable[date]) -> set[date]:
    """The days of which a report that counts covers some instant."""
    zone = order.contract.time_zone
    covered = reports_that_count(order).values_list("period_start", "period_end")
    spans = list(covered)
    found = set()
    for day in days:
        whole = day_bounds(day, zone)
        if any(start < whole.end and whole.start < end for start, end in spans):
            found.add(day)
    return found


def _codes_by_day(order: TaskOrder) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    rows = Finding.objects.filter(order=order, evidence__has_key="day")
    for code, evidence in rows.exclude(_REPLACED).values_list("code", "evidence"):
        found[evidence["day"]].add(code)
    return found


_REPLACED: Final = Q(resolution__code__in=("explained", "superseded", "withdrawn"))


def plot_of(run: ReconciliationRun) -> Plot | None:
    """The waterfall of a comparison; none where it was made before there was one."""
    if not run.waterfall:
        return None
    made = Waterfall.read(run.waterfall)
    asked = "Invoiced" if run.invoice_id else "Reported"
    steps = [
        Down(
            label=_words(step.code),
            amount=step.amount.amount,
            count=step.count,
            path=_path(run, step.code) if step.count else "",
            is_bad=step.code == UNEXPLAINED and bool(step.amount),
        )
        for step in made.steps
    ]
    return drawn(
        "why",
        f"From what is {asked.lower()} to what is metered, in US dollars",
        _sentence(made, asked.lower()),
        ((asked, made.start.amount), (_end(made), made.end.amount)),
        steps,
    )


def _end(made: Waterfall) -> str:
    return "Metered, less credits" if made.credits else "Metered"


def _words(code: str) -> str:
    if code in WORDS:
        return WORDS[code]
    return code.replace("_", " ").lower() if code in FindingCode.values else code


def _path(run: ReconciliationRun, code: str) -> str:
    order = run.order.piid or ""
    return f"/findings/?state=&code={code}&order={order}"


def _sentence(made: Waterfall, asked: str) -> str:
    left = made.unexplained
    share = abs(left.amount) * 100 / made.start.amount if made.start else 0
    gap = made.start - made.end
    way = "more" if gap.amount >= 0 else "less"
    said = f"${abs(gap.amount):,.6f} {way} is {asked} than metered. "
    return f"{said}Unexplained: ${left.amount:,.2f} ({share:.3f} %)."


def runs_of(order: TaskOrder) -> QuerySet[ReconciliationRun]:
    """The last comparison of each invoice of an order."""
    latest = (
        ReconciliationRun.objects.filter(order=order, invoice__isnull=False)
        .values("invoice")
        .annotate(last=Max("pk"))
        .values("last")
    )
    rows = ReconciliationRun.objects.filter(pk__in=latest)
    return rows.select_related("invoice").order_by("period_start", "pk")


def day_of(order: TaskOrder, instant: datetime) -> Period:
    """The accounting day of an instant."""
    zone = order.contract.time_zone
    return day_bounds(accounting_day(instant, zone), zone)
