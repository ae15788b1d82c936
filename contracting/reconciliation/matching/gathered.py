"""What differs between meter and report, gathered, named as a whole, and filed.

Some causes show on many rows only: another unit, a rounding, a drift. They are named
here, once all that differs is known; whatever has a cause of its own keeps it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.reconciliation.matching.conventions import Pair, Place, conventions
from contracting.reconciliation.matching.drift import MORE_THAN, drifting
from contracting.reconciliation.matching.naming import (
    AGGREGATE,
    REQUEST,
    SHIFTS,
    is_output,
)
from contracting.reconciliation.states import (
    Difference,
    FindingCode,
    Key,
    Kind,
    Match,
    Metered,
    Reported,
    Slot,
)

_OWN_CLASS = frozenset({FindingCode.QTY, FindingCode.SYSTEMATIC})
"""Filed class by class, because a drift is told by class."""


@dataclass(frozen=True, slots=True)
class Entry:
    """So many tokens of one row that differ, by one cause.

    ``pair`` is our count and the vendor's, where the row stands on both sides.
    ``is_uncharged`` is what comes to exactly the calls that are not charged: on however
    many days, it is no drift.
    """

    code: FindingCode
    row: Metered
    tokens: int
    amount: Dollars
    arrived: bool = False
    name: str = ""
    pair: Pair | None = None
    bucket: Slot | None = None
    why: tuple[str, ...] = ()
    is_uncharged: bool = False

    @property
    def day(self) -> date:
        """The day of the call; of a sum, the day on which it begins."""
        return self.bucket.day if self.bucket else self.row.day

    @property
    def place(self) -> tuple[Kind, date]:
        return self.row.kind, self.day

    @property
    def level(self) -> str:
        return AGGREGATE if self.bucket else REQUEST


def entry(
    code: FindingCode, row: Metered, tokens: int, *, arrived: bool = False, **more: Any
) -> Entry:
    """So many tokens of this row, at its price."""
    return Entry(code, row, tokens, row.price.of(Tokens(tokens)), arrived, **more)


@dataclass(slots=True)
class Gathered:
    """All entries of a comparison, and how many rows agree beside them."""

    entries: list[Entry] = field(default_factory=list)
    agreed: Counter[Place] = field(default_factory=Counter)

    def add(
        self, code: FindingCode, row: Metered, tokens: int, *, arrived: bool = False
    ) -> None:
        """File so many tokens of this row; too much and too little stay apart."""
        if tokens:
            self.entries.append(entry(code, row, tokens, arrived=arrived))

    def rename(self, ours: Metered, theirs: Reported, tokens: int) -> None:
        """File tokens that the vendor reports under another line, model or name."""
        other = ours.kind != theirs.kind
        if tokens and (other or theirs.named):
            moved = Tokens(tokens)
            amount = theirs.price.of(moved) - ours.price.of(moved)
            name = theirs.named or " ".join(map(str, theirs.kind))
            self.entries.append(
                Entry(
                    renamed(ours.kind, theirs.kind, theirs.named),
                    ours,
                    tokens,
                    amount if other else Dollars(),
                    name=name,
                )
            )


def renamed(ours: Kind, theirs: Kind, named: str) -> FindingCode:
    """The name of a call under another kind: another line only, or another model."""
    if not named and ours[1:] == theirs[1:]:
        return FindingCode.ATTRIBUTION
    return FindingCode.MODEL_ALIAS


def differences(
    gathered: Gathered, match: Match, *, by_drift: bool = True
) -> list[Difference]:
    """Every entry under its last name, by code, kind and day.

    :param by_drift: whether a drift is looked for, for which all days are needed
    """
    agreed = gathered.agreed + _counted_before(match)
    entries = _by_convention(gathered.entries, agreed)
    if by_drift:
        entries = _by_drift(entries, match)
    groups: dict[tuple[Any, ...], list[Entry]] = defaultdict(list)
    for each in entries:
        code, row = each.code, each.row
        side = is_output(row.token_class) if code in SHIFTS else each.tokens > 0
        side = side or bool(each.name)
        own = row.token_class if code in _OWN_CLASS else ""
        key = (
            code,
            row.kind,
            each.day,
            side,
            each.arrived,
            each.name,
            own,
            each.bucket,
        )
        groups[key].append(each)
    return [_difference(rows) for rows in groups.values()]


def _counted_before(match: Match) -> Counter[Place]:
    counted: Counter[Place] = Counter()
    for (key, day), rows in match.agreed.items():
        counted[key[:3], day] += rows
    return counted


def _by_convention(entries: list[Entry], agreed: Mapping[Place, int]) -> list[Entry]:
    """Quantities that differ by another unit or rounding on every row of a day."""
    pairs: dict[Place, list[Pair]] = defaultdict(list)
    for each in entries:
        if each.code == FindingCode.QTY and each.pair:
            pairs[each.place].append(each.pair)
    found = conventions(pairs, agreed)
    return [
        replace(each, code=found[each.place].code, why=(str(found[each.place]),))
        if each.code == FindingCode.QTY and each.pair and each.place in found
        else each
        for each in entries
    ]


def _by_drift(entries: list[Entry], match: Match) -> list[Entry]:
    """Quantities without a cause that differ in one direction day after day."""
    gaps: Counter[tuple[Key, date]] = Counter()
    for each in entries:
        if each.code == FindingCode.QTY and not each.is_uncharged:
            gaps[each.row.key, each.day] += each.tokens
    found = _drifts(gaps, match)
    if not found:
        return entries
    return [
        replace(each, code=FindingCode.SYSTEMATIC, why=())
        if each.code == FindingCode.QTY
        and not each.is_uncharged
        and (each.row.key, each.day, each.tokens > 0) in found
        else each
        for each in entries
    ]


def _drifts(
    gaps: Mapping[tuple[Key, date], int], match: Match
) -> frozenset[tuple[Key, date, bool]]:
    """The keys, days and directions in which a drift shows."""
    days: dict[Key, set[date]] = defaultdict(set)
    for key, day in gaps:
        days[key].add(day)
    often = {key for key, each in days.items() if len(each) > MORE_THAN}
    if not often:
        return frozenset()
    used: dict[Key, set[date]] = {key: set() for key in often}
    for row in (*match.metered, *match.reported):
        if row.key in often:
            used[row.key].add(row.day)
    for key, day in match.agreed:
        if key in often:
            used[key].add(day)
    return drifting(gaps, used)


def with_drifts(told: Iterable[Difference], match: Match) -> list[Difference]:
    """The same of differences of calls that were named day by day before.

    Such a quantity is of one class and one direction, so that it is a drift as a whole
    or not at all.
    """
    found = list(told)
    gaps: Counter[tuple[Key, date]] = Counter()
    for each in found:
        if each.code == FindingCode.QTY:
            gaps[_place_of(each)] += each.tokens
    drifts = _drifts(gaps, match)
    return [
        replace(each, code=FindingCode.SYSTEMATIC)
        if each.code == FindingCode.QTY
        and (*_place_of(each), each.tokens > 0) in drifts
        else each
        for each in found
    ]


def _place_of(quantity: Difference) -> tuple[Key, date]:
    said, (token_class,) = quantity.evidence, quantity.token_classes
    key = (quantity.order_line_id or 0, said["model"], said["tier"], token_class)
    return key, date.fromisoformat(said["day"])


def _difference(rows: list[Entry]) -> Difference:
    first = rows[0]
    code, bucket = first.code, first.bucket
    order_line_id, model_id, tier = first.row.kind
    moved = [row.tokens for row in rows if row.tokens > 0 or code not in SHIFTS]
    evidence: dict[str, Any] = {
        "model": model_id,
        "tier": tier,
        "day": first.day.isoformat(),
    }
    if bucket:
        if bucket.start:
            evidence |= {"bucket_start": bucket.start, "bucket_end": bucket.end}
        keys = _by_class(rows, bucket)
    else:
        evidence["requests"] = len({row.row.request_id for row in rows})
        keys = sorted(
            [each.row.request_id, each.row.attempt, each.row.token_class, each.tokens]
            for each in rows
        )
    why = sorted({reason for each in rows for reason in each.why})
    if why:
        evidence["candidates" if code == FindingCode.QTY else "told_by"] = why
    if first.name:
        evidence["reported_as"] = first.name
    return Difference(
        code=code,
        order_line_id=order_line_id,
        token_classes=tuple(sorted({each.row.token_class for each in rows})),
        tokens=sum(moved),
        amount=total_dollars(each.amount for each in rows),
        level=first.level,
        arrived=first.arrived,
        evidence={**evidence, "keys": keys},
    )


def _by_class(rows: Iterable[Entry], bucket: Slot) -> list[list[Any]]:
    sizes: Counter[str] = Counter()
    for each in rows:
        sizes[each.row.token_class] += each.tokens
    start = (bucket.start or bucket.day).isoformat()
    return [[start, code, size] for code, size in sorted(sizes.items())]
