"""What a contract tolerates, and what was tolerated before, read from the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache

from django.db.models import Sum

from contracting.contracts.models import Contract, ToleranceTerms
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.orders.calculations import value_of
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.tolerance import (
    BY_COR,
    Books,
    Counts,
    Judge,
    LineDay,
    LineMonth,
    Tolerance,
    size,
)
from contracting.reconciliation.matching.tolerance import (
    Sum as Sums,
)
from contracting.reconciliation.models import AcceptedLine, Finding, Resolution
from contracting.reconciliation.states import (
    BY_THE_JOB,
    Difference,
    Match,
    Metered,
    ResolutionCode,
)
from contracting.reference.queries import threshold


def tolerance_on(contract: Contract, day: date) -> Tolerance:
    """What the contract tolerates of the usage of a day; without terms, nothing.

    :raises NoThreshold: if neither contract nor agency says what a COR settles
    """
    rows = ToleranceTerms.objects.filter(contract=contract, from_day__lte=day)
    row = rows.order_by("-from_day", "-pk").first()
    share = row.cor_settles_percent if row else None
    dollars = row.cor_settles_dollars if row else None
    if share is None:
        share = threshold("COR_SETTLES_SHARE", day).value
    if dollars is None:
        dollars = threshold("COR_SETTLES_USD", day).value
    if row is None:
        return Tolerance(cor_percent=share, cor_dollars=Dollars(dollars))
    return Tolerance(
        day_tokens=row.tolerance_tokens,
        day_dollars=Dollars(row.tolerance_dollars),
        day_percent=row.tolerance_percent,
        month_percent=row.tolerance_month_percent,
        month_dollars=_stated(row.tolerance_month_dollars),
        de_minimis=_stated(row.tolerance_de_minimis_dollars),
        cap_percent=row.tolerance_cap_percent,
        cor_percent=share,
        cor_dollars=Dollars(dollars),
        write_off_cap=_stated(row.write_off_cap_dollars),
    )


def _stated(amount: object) -> Dollars | None:
    return None if amount is None else Dollars(str(amount))


def judge_of(
    order: TaskOrder,
    match: Match,
    differences: Sequence[Difference],
    *,
    used: int,
    at: datetime,
) -> Judge:
    """Who judges what a comparison has found, with what was settled before it.

    :param used: tokens of the larger side of the comparison
    """

    @cache
    def terms_on(day: date) -> Tolerance:
        return tolerance_on(order.contract, day)

    known = {each.fingerprint for each in differences}
    counts = Counts(by_line_day(match.metered), by_line_day(match.reported), used)
    return Judge(differences, counts, _books(order, known), terms_on)


def by_line_day(rows: Iterable[Metered]) -> dict[LineDay, int]:
    """Tokens by order line and accounting day."""
    found: dict[LineDay, int] = defaultdict(int)
    for row in rows:
        found[row.order_line_id, row.day] += row.tokens
    return dict(found)


def _books(order: TaskOrder, known: set[str]) -> Books:
    earlier: dict[LineMonth, Sums] = defaultdict(Sums)
    for finding in tolerated_on(order):
        if finding.fingerprint not in known and finding.order_line_id is not None:
            month = date.fromisoformat(finding.evidence["day"]).replace(day=1)
            place = (finding.order_line_id, month)
            amount = Dollars(finding.amount_dollars)
            earlier[place] = earlier[place].plus(finding.tokens, amount)
    return Books(
        order_value=value_of(order),
        tolerated=tolerated_total(order),
        earlier=dict(earlier),
        by_cor=_settled_by_cor(order),
    )


def tolerated_on(order: TaskOrder) -> list[Finding]:
    """The discrepancies of an order that the contract itself has accepted."""
    rows = Finding.objects.filter(
        order=order, resolution__code=ResolutionCode.TOLERATED
    )
    return list(rows.order_by("pk"))


def payable_on(order: TaskOrder) -> list[Finding]:
    """Those of them that nothing found later names otherwise, such as a drift."""
    found = tolerated_on(order)
    if not found:
        return []
    others = Finding.objects.filter(order=order, pk__gt=found[0].pk)
    others = others.exclude(
        resolution__code__in=[*BY_THE_JOB, ResolutionCode.TOLERATED]
    ).filter(evidence__day__isnull=False)
    renamed: dict[tuple[object, ...], int] = {}
    for finding in others.order_by("pk"):
        renamed |= dict.fromkeys(_places(finding), finding.pk)
    return [
        each
        for each in found
        if all(renamed.get(place, 0) < each.pk for place in _places(each))
    ]


def _places(finding: Finding) -> list[tuple[object, ...]]:
    """By line, model, tier, day, direction and class: where calls are gathered."""
    where = finding.evidence
    return [
        (finding.order_line_id, where.get("model"), where.get("tier"))
        + (where.get("day"), finding.tokens > 0, code)
        for code in finding.token_classes
    ]


def tolerated_total(order: TaskOrder) -> Dollars:
    """Their amounts without signs: what counts against the cap."""
    return _capped(order, ResolutionCode.TOLERATED)


def written_off_total(order: TaskOrder) -> Dollars:
    """The same of what was written off."""
    return _capped(order, ResolutionCode.WRITE_OFF)


def _capped(order: TaskOrder, code: str) -> Dollars:
    rows = Resolution.objects.filter(finding__order=order, code=code)
    return Dollars(rows.aggregate(sum=Sum("capped_dollars"))["sum"] or 0)


def beyond_total(order: TaskOrder) -> Dollars:
    """What is accepted beyond our meter by tolerance, over the life of an order."""
    rows = AcceptedLine.objects.filter(
        acceptance__invoice__order=order, acceptance__finding__isnull=True
    )
    return Dollars(rows.aggregate(sum=Sum("beyond_dollars"))["sum"] or 0)


def _settled_by_cor(order: TaskOrder) -> dict[date, Dollars]:
    """What lies with the COR, in dollars by month; not what has gone by itself."""
    found: dict[date, Dollars] = defaultdict(Dollars)
    rows = Finding.objects.filter(order=order, tolerance_tier=BY_COR).select_related(
        "order__contract"
    )
    for finding in rows.exclude(resolution__code__in=list(BY_THE_JOB)):
        found[month_of(finding)] += size(Dollars(finding.amount_dollars))
    return dict(found)


def month_of(finding: Finding) -> date:
    """The first day of the month whose limits a discrepancy counts against."""
    given = finding.evidence.get("day")
    zone = finding.order.contract.time_zone
    day = date.fromisoformat(given) if given else accounting_day(finding.found_at, zone)
    return day.replace(day=1)
