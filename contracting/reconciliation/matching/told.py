"""What differs on the days of an order, told once and kept until something changes.

Days that share a request are told together, and nothing else is: what differs on them
depends on their own rows, on the periods that reports cover, on what is due, on the
term of the order, on free calls of the same requests and on whether other orders have
them. All of it but the last stands in one hash, and other orders are asked each time.
So what was told stays true as long as neither changes. A drift, which only all days
together show, is looked for each time, in their sums.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from contracting.billing.queries import report_due_at, reports_touching
from contracting.core.canonical import content_sha256, plain
from contracting.core.periods import Period, day_bounds
from contracting.core.quantities import Dollars, UnitPrice
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.beside import (
    Around,
    metered_elsewhere,
    missing_in,
    performance_of,
    reported_elsewhere,
    strange_in,
    uncharged_of,
)
from contracting.reconciliation.matching.between import between_counts
from contracting.reconciliation.matching.calls import not_reported_yet
from contracting.reconciliation.matching.gathered import with_drifts
from contracting.reconciliation.matching.inputs import (
    match_of_sums,
    overdue_in,
    whole_days,
    wider,
    with_their_clock,
)
from contracting.reconciliation.matching.kept import Spans, kept_parts
from contracting.reconciliation.matching.parts import Parts
from contracting.reconciliation.matching.rows import metered_facts, sides_of
from contracting.reconciliation.models import KeptDay
from contracting.reconciliation.states import (
    Attempt,
    Difference,
    FindingCode,
    Key,
    Match,
    Metered,
    Rates,
    Reported,
    Span,
)

RULES: Final = 1
"""The version of how days are told; under a later one all of them are told anew."""

AT_ONCE: Final = 50
"""So many days are written by one statement."""


@dataclass(slots=True)
class _Group:
    """Days that share requests, what they are told by, and what was told of them.

    :ivar strange: reported attempts that our meter has not on this order
    :ivar missing: our attempts that should be reported and are not
    """

    days: list[KeptDay]
    free: list[Metered] = field(default_factory=list)
    covered: tuple[Span, ...] = ()
    basis: str = ""
    strange: set[Attempt] = field(default_factory=set)
    missing: set[Attempt] = field(default_factory=set)

    @property
    def told(self) -> Mapping[str, Any]:
        """What was told of these days last, under whichever basis."""
        kept: Mapping[str, Any] = self.days[0].told
        return kept

    @property
    def dates(self) -> list[date]:
        return [each.day for each in self.days]


def compared(
    order: TaskOrder, span: Span, rates: Rates, *, at: datetime
) -> tuple[Match, list[Difference]]:
    """The views of a whole order as sums of its days, and what differs between counts.

    The days are kept and up to date; the order is locked.
    """
    whole = whole_days(order, span)
    free = tuple(uncharged_of(Around(order, whole, wider(whole), ())))
    covered = Spans(sorted(_covered(order, whole)))
    groups = list(_groups(order, free))
    stale = []
    for group in groups:
        _set_basis(group, order, covered, at)
        if group.told.get("basis") != group.basis:
            stale.append(group)
        else:
            group.strange = _attempts(group.told["strange"])
            group.missing = _attempts(group.told["missing"])
    parts = kept_parts(order, [day for group in stale for day in group.dates])
    views: dict[int, Match] = {}
    for group in stale:
        views[id(group)] = view = _view(order, group, parts, at)
        group.strange = strange_in((*view.metered, *view.uncharged), view.reported)
        group.missing = missing_in(view)
    strange = {each for group in groups for each in group.strange}
    missing = {each for group in groups for each in group.missing}
    ours = metered_elsewhere(order, wider(whole), strange)
    theirs = reported_elsewhere(order, missing)
    changed = []
    for group in groups:
        elsewhere = [_listed(ours & group.strange), _listed(theirs & group.missing)]
        known = views.get(id(group))
        if known is None and group.told["elsewhere"] == elsewhere:
            continue
        view = known or _view(order, group, kept_parts(order, group.dates), at)
        _tell(group, view, elsewhere)
        changed.append(group.days[0])
    KeptDay.objects.bulk_update(changed, ["told"], batch_size=AT_ONCE)
    sums = replace(
        _sums(groups, order.contract.time_zone),
        uncharged=free,
        metered_elsewhere=ours,
        reported_elsewhere=theirs,
    )
    match = match_of_sums(order, span, sums, rates, at=at)
    named = (row for group in groups for row in group.told["differences"])
    return match, with_drifts(map(_difference, named), match)


def _covered(order: TaskOrder, whole: Period) -> Iterable[Span]:
    reports = reports_touching(order, whole)
    return reports.values_list("period_start", "period_end")


# Which days are told together, and by what


def _groups(order: TaskOrder, free: Iterable[Metered]) -> Iterator[_Group]:
    """The days in groups that have no request in common."""
    rows = KeptDay.objects.filter(order=order).order_by("day").defer("content")
    days = list(rows)
    parent = list(range(len(days)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    seen: dict[str, int] = {}
    for place, day in enumerate(days):
        for request in day.requests:
            other = root(seen.setdefault(request, place))
            own = root(place)
            parent[max(own, other)] = min(own, other)
    groups: dict[int, _Group] = {}
    for place, day in enumerate(days):
        groups.setdefault(root(place), _Group([])).days.append(day)
    for call in free:
        if call.request_id in seen:
            groups[root(seen[call.request_id])].free.append(call)
    yield from groups.values()


def _set_basis(group: _Group, order: TaskOrder, covered: Spans, at: datetime) -> None:
    """What the group is told by, but for what other orders have."""
    zone, days, spans = order.contract.time_zone, [], []
    for kept in group.days:
        bounds = day_bounds(kept.day, zone) if kept.requests else None
        inside = covered.touching(bounds) if bounds else []
        is_due = (
            bounds is not None
            and not covered.cover(bounds)
            and report_due_at(order, bounds.start) < at
        )
        days.append([kept.day, kept.content_sha256, inside, is_due])
        spans += inside
    group.covered = tuple((start, end) for start, end in spans)
    group.basis = content_sha256(
        {
            "rules": RULES,
            "days": days,
            "performance": list(performance_of(order)),
            "free": metered_facts(group.free),
        }
    )


def _view(order: TaskOrder, group: _Group, parts: Parts, at: datetime) -> Match:
    """The rows of these days, as they are compared; nothing of other orders."""
    own = Parts(days={day: parts.days[day] for day in group.dates})
    metered, reported = own.metered(), own.reported()
    return Match(
        metered=tuple(with_their_clock(metered, reported)),
        reported=tuple(reported),
        invoiced=(),
        covered=group.covered,
        overdue=overdue_in(order, metered, group.covered, at),
        uncharged=tuple(group.free),
        performance=performance_of(order),
        agreed=own.counted(),
        digests=tuple(own.digests()),
    )


# What is told, and how it is kept


def _tell(group: _Group, view: Match, elsewhere: Sequence[list[list[Any]]]) -> None:
    """Compare the calls of these days, and keep what differs and the sums."""
    ours, theirs = (_attempts(each) for each in elsewhere)
    view = replace(
        view,
        metered_elsewhere=frozenset(ours),
        reported_elsewhere=frozenset(theirs),
    )
    group.days[0].told = plain(
        {
            "basis": group.basis,
            "strange": _listed(group.strange),
            "missing": _listed(group.missing),
            "elsewhere": elsewhere,
            "differences": [
                [each.code, each.order_line_id, each.token_classes, each.tokens]
                + [each.amount, each.level, each.arrived, each.evidence]
                for each in between_counts(view, by_drift=False)
            ],
            "metered": _added_up(view.metered),
            "reported": _added_up(view.reported),
            "waiting": _added_up(not_reported_yet(view)),
            "overdue": sorted(view.overdue),
            "agreed": [[day, *key, rows] for (key, day), rows in view.agreed.items()],
            "digests": view.digests,
            "sides": sides_of(view),
        }
    )


def _added_up(rows: Iterable[Metered]) -> list[list[Any]]:
    """Rows by day, key and price: their tokens."""
    sums: dict[tuple[Any, ...], int] = defaultdict(int)
    for row in rows:
        sums[row.day, row.key, row.price.usd_per_million_tokens] += row.tokens
    return [
        [day, *key, usd, tokens] for (day, key, usd), tokens in sorted(sums.items())
    ]


def _attempts(listed: Iterable[Sequence[Any]]) -> set[Attempt]:
    return {(request, attempt) for request, attempt in listed}


def _listed(attempts: Iterable[Attempt]) -> list[list[Any]]:
    return [list(each) for each in sorted(attempts)]


def _sums(groups: Iterable[_Group], zone: str) -> Match:
    """All that was told of the days but their differences, day after day."""
    told = [group.told for group in groups]
    starts: dict[str, datetime] = {}

    def rows(side: str) -> Iterator[dict[str, Any]]:
        for kept in told:
            for day, line, model, tier, code, usd, tokens in kept[side]:
                on = date.fromisoformat(day)
                if day not in starts:
                    starts[day] = day_bounds(on, zone).start
                yield {
                    "request_id": "",
                    "attempt": 0,
                    "order_line_id": line,
                    "model_id": model,
                    "token_class": code,
                    "tier": tier,
                    "occurred_at": starts[day],
                    "day": on,
                    "tokens": tokens,
                    "price": UnitPrice(Decimal(usd)),
                }

    agreed: dict[tuple[Key, date], int] = {}
    for kept in told:
        for day, line, model, tier, code, count in kept["agreed"]:
            agreed[(line, model, tier, code), date.fromisoformat(day)] = count
    return Match(
        metered=tuple(Metered(**row) for row in rows("metered")),
        reported=tuple(Reported(**row) for row in rows("reported")),
        invoiced=(),
        covered=(),
        overdue=frozenset(
            date.fromisoformat(day) for kept in told for day in kept["overdue"]
        ),
        agreed=agreed,
        digests=tuple(
            sorted(
                (date.fromisoformat(day), digest)
                for kept in told
                for day, digest in kept["digests"]
            )
        ),
        waiting=tuple(Metered(**row) for row in rows("waiting")),
        sides=tuple(
            sorted(
                (date.fromisoformat(day), ours, theirs)
                for kept in told
                for day, ours, theirs in kept["sides"]
            )
        ),
    )


def _difference(row: Sequence[Any]) -> Difference:
    code, line, classes, tokens, amount, level, arrived, evidence = row
    return Difference(
        code=FindingCode(code),
        order_line_id=line,
        token_classes=tuple(classes),
        tokens=tokens,
        amount=Dollars(amount),
        level=level,
        arrived=arrived,
        evidence=evidence,
    )
