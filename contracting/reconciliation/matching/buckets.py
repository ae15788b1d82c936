"""Meter and report, matched by key and bucket where the vendor names no calls.

A sum can be told from ours, but not every cause from a sum: what could be copies,
retries or calls that failed is a quantity, with the causes that are possible. A day of
which there is no sum at all is a gap and no zero.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.reconciliation.matching.cutoffs import cut_off
from contracting.reconciliation.matching.gathered import Entry, Gathered, renamed
from contracting.reconciliation.matching.naming import SHIFTS, coded, is_output
from contracting.reconciliation.matching.rows import Within
from contracting.reconciliation.states import (
    Bucket,
    FindingCode,
    Kind,
    Match,
    Metered,
    Reported,
    Slot,
)

GAP: Final = "no sum of that day was reported"
TOO_MUCH: Final = ("ATTRIBUTION", "DUPLICATE", "MISSING_A", "RETRY")
TOO_LITTLE: Final = ("ATTRIBUTION", "MISSING_B")


# The sums of a report as rows


def spread(buckets: Iterable[Bucket], metered: Iterable[Metered]) -> Iterator[Reported]:
    """The sums of a report as rows, which sum to the buckets.

    They stand at the instants of our calls, the earliest first, as far as these go;
    what is more stands at the beginning of the bucket.
    """
    ours = _Instants(metered)
    for bucket in sorted(buckets, key=_order):
        left = bucket.tokens
        (*_, (kind, price)) = bucket.places
        for other, _ in bucket.places:
            for row, tokens in ours.take(other, bucket, left):
                kind, price = other, row.price
                left -= tokens
                yield _row(bucket, other, row.price, row.occurred_at, row.day, tokens)
        if left or not bucket.tokens:
            yield _row(bucket, kind, price, bucket.start, bucket.day, left)


def _order(bucket: Bucket) -> tuple[Any, ...]:
    kinds = [kind for kind, _ in bucket.places]
    return (
        *(bucket.start, bucket.end, bucket.token_class, len(kinds), kinds),
        *(bucket.named, bucket.is_late, bucket.tokens),
    )


def _row(
    bucket: Bucket, kind: Kind, price: UnitPrice, at: datetime, day: Any, tokens: int
) -> Reported:
    return Reported(
        request_id="",
        attempt=0,
        order_line_id=kind[0],
        model_id=kind[1],
        token_class=bucket.token_class,
        tier=kind[2],
        occurred_at=at,
        day=day,
        tokens=tokens,
        price=price,
        is_late=bucket.is_late,
        named=bucket.named,
        bucket=Slot(bucket.start, bucket.end, bucket.day),
    )


class _Instants:
    """Our tokens by kind, class and instant, each to be taken once."""

    def __init__(self, metered: Iterable[Metered]) -> None:
        found: dict[tuple[Kind, str], dict[datetime, list[Any]]] = defaultdict(dict)
        for row in metered:
            same = found[row.kind, row.token_class]
            same.setdefault(row.occurred_at, [row, 0])[1] += row.tokens
        self._rows = {key: sorted(each.items()) for key, each in found.items()}
        self._starts = {key: [at for at, _ in r] for key, r in self._rows.items()}

    def take(
        self, kind: Kind, bucket: Bucket, most: int
    ) -> Iterator[tuple[Metered, int]]:
        """Up to so many tokens of the bucket's period that are not taken yet."""
        key = (kind, bucket.token_class)
        starts = self._starts.get(key, [])
        low, high = bisect_left(starts, bucket.start), bisect_left(starts, bucket.end)
        for _, held in self._rows.get(key, [])[low:high]:
            tokens = min(held[1], most)
            if tokens > 0:
                held[1] -= tokens
                most -= tokens
                yield held[0], tokens


# What differs


@dataclass(slots=True)
class _Counts:
    """Tokens and dollars of a class in a slot, on both sides, and what is free."""

    ours: int = 0
    theirs: int = 0
    free: int = 0
    amount: Dollars = field(default_factory=Dollars)
    late: int = 0
    late_amount: Dollars = field(default_factory=Dollars)
    named: str = ""
    row: Metered | None = None

    @property
    def gap(self) -> int:
        return self.theirs - self.ours


_Slots = dict[Slot, dict[Kind, dict[str, _Counts]]]


def gather_buckets(gathered: Gathered, match: Match) -> None:
    """What the report has too much or too little in its sums."""
    if not match.bucketed:
        return
    slots = _slots(match)
    everything = (*match.metered, *match.beside_metered)
    done = set()
    for kind in sorted({kind for kinds in slots.values() for kind in kinds}):
        mine = {slot: kinds[kind] for slot, kinds in slots.items() if kind in kinds}
        gaps = {
            slot: {code: counts.gap for code, counts in classes.items()}
            for slot, classes in mine.items()
        }
        for slot in cut_off(gaps, [row for row in everything if row.kind == kind]):
            done.add((slot, kind))
            for counts in mine[slot].values():
                _add(gathered, FindingCode.TZ_CUTOFF, slot, counts)
    ordered = sorted(slots, key=str)
    for slot in ordered:
        open_kinds = {k: c for k, c in slots[slot].items() if (slot, k) not in done}
        done |= {(slot, kind) for kind in _aliases(gathered, slot, open_kinds)}
    beside = _Beside(slots, done)
    for slot in ordered:
        for kind, classes in sorted(slots[slot].items()):
            _late(gathered, slot, classes)
            if (slot, kind) not in done:
                _gather_kind(gathered, slot, kind, classes, match, beside)


def _slots(match: Match) -> _Slots:
    """All counts in covered periods without calls, by slot, kind and class."""
    told = (*match.reported, *match.beside_reported)
    slots = {row.bucket for row in told if row.bucket}
    within = Within((s.start, s.end) for s in slots if s.start and s.end)
    days = [
        min(s.day for s in slots if s.start and start <= s.start < end)
        for start, end in within.spans
    ]
    periods = Within(match.bucketed)
    found: _Slots = defaultdict(lambda: defaultdict(lambda: defaultdict(_Counts)))

    def counts_of(row: Metered, at: datetime) -> _Counts:
        place = within.at(at)
        slot = Slot(None, None, row.day)
        if place is not None:
            slot = Slot(*within.spans[place], days[place])
        return found[slot][row.kind][row.token_class]

    for row in (*match.metered, *match.beside_metered):
        if periods.at(row.occurred_at) is not None:
            counts = counts_of(row, row.occurred_at)
            counts.ours += row.tokens
            counts.amount -= row.price.of(Tokens(row.tokens))
            counts.row = counts.row or row
    for row in match.uncharged:
        if periods.at(row.occurred_at) is not None:
            counts_of(row, row.occurred_at).free += row.tokens
    for row in (*match.reported, *match.beside_reported):
        at = row.bucket.start if row.bucket and row.bucket.start else row.occurred_at
        if periods.at(at) is not None:
            _count_reported(counts_of(row, at), row)
    return {slot: kinds for slot, kinds in found.items() if _is_ours(slot, match)}


def _is_ours(slot: Slot, match: Match) -> bool:
    """Whether a sum begins in the days that are compared; it is named once."""
    if match.window is None or slot.start is None:
        return True
    return match.window[0] <= slot.start < match.window[1]


def _count_reported(counts: _Counts, row: Reported) -> None:
    dollars = row.price.of(Tokens(row.tokens))
    counts.theirs += row.tokens
    counts.amount += dollars
    counts.named = counts.named or row.named
    counts.row = counts.row or row
    if row.is_late:
        counts.late += row.tokens
        counts.late_amount += dollars


def _add(
    gathered: Gathered, code: FindingCode, slot: Slot, counts: _Counts, **more: Any
) -> None:
    if counts.gap and counts.row is not None:
        gathered.entries.append(
            Entry(code, counts.row, counts.gap, counts.amount, bucket=slot, **more)
        )


def _late(gathered: Gathered, slot: Slot, classes: Mapping[str, _Counts]) -> None:
    for counts in classes.values():
        if counts.late and counts.row is not None:
            gathered.entries.append(
                Entry(
                    *(FindingCode.LATE_REPORT, counts.row, counts.late),
                    *(counts.late_amount, True),
                    bucket=slot,
                )
            )


def _aliases(
    gathered: Gathered, slot: Slot, kinds: Mapping[Kind, Mapping[str, _Counts]]
) -> Iterator[Kind]:
    """Kinds that lack exactly, class by class, what another one has too much."""
    gaps = {
        kind: {code: counts.gap for code, counts in classes.items() if counts.gap}
        for kind, classes in kinds.items()
    }
    free = [
        kind for kind in sorted(gaps) if gaps[kind] and min(gaps[kind].values()) > 0
    ]
    for kind in sorted(gaps):
        wanted = {code: -gap for code, gap in gaps[kind].items()}
        absent = all(not counts.theirs for counts in kinds[kind].values())
        other = next((each for each in free if gaps[each] == wanted), None)
        if not wanted or not absent or other is None:
            continue
        free.remove(other)
        for code, tokens in sorted(wanted.items()):
            ours, theirs = kinds[kind][code], kinds[other][code]
            _rename(gathered, slot, (kind, other), tokens, (ours, theirs))
        yield from (kind, other)


def _rename(
    gathered: Gathered,
    slot: Slot,
    kinds: tuple[Kind, Kind],
    tokens: int,
    sides: tuple[_Counts, _Counts],
) -> None:
    ours, theirs = sides
    if ours.row is not None:
        gathered.entries.append(
            Entry(
                renamed(*kinds, theirs.named),
                ours.row,
                tokens,
                theirs.amount + ours.amount,
                name=theirs.named or " ".join(map(str, kinds[1])),
                bucket=slot,
            )
        )


class _Beside:
    """What differs without a cause yet, near enough to be the other half of a gap."""

    def __init__(self, slots: _Slots, done: Collection[tuple[Slot, Kind]]) -> None:
        self._gaps = {
            (slot, kind): {code: counts.gap for code, counts in classes.items()}
            for slot, kinds in slots.items()
            for kind, classes in kinds.items()
            if (slot, kind) not in done
        }
        self._kinds = {slot: sorted(kinds) for slot, kinds in slots.items()}
        self._starting: dict[datetime | None, Slot]
        self._ending: dict[datetime | None, Slot]
        self._starting = {slot.start: slot for slot in slots if slot.start}
        self._ending = {slot.end: slot for slot in slots if slot.end}

    def of(self, slot: Slot, kind: Kind, sizes: Mapping[str, int]) -> tuple[str, ...]:
        """The causes by which what one side lacks of a kind may stand elsewhere.

        :param sizes: what is too little or too much, by class, all of one sign
        """
        found = set()
        for other in self._kinds[slot]:
            if other != kind and all(self._answers(slot, other, sizes)):
                same = other[1:] == kind[1:]
                found.add("ATTRIBUTION" if same else "MODEL_ALIAS")
        if slot.start is not None:
            for near in (self._ending.get(slot.start), self._starting.get(slot.end)):
                if near is not None and any(self._answers(near, kind, sizes)):
                    found.add("TZ_CUTOFF")
        return tuple(sorted(found))

    def _answers(
        self, slot: Slot, kind: Kind, sizes: Mapping[str, int]
    ) -> Iterator[bool]:
        """Whether each of the classes differs there in the other direction."""
        gaps = self._gaps.get((slot, kind), {})
        return (gaps.get(code, 0) * size < 0 for code, size in sizes.items())


def _gather_kind(
    gathered: Gathered,
    slot: Slot,
    kind: Kind,
    classes: Mapping[str, _Counts],
    match: Match,
    beside: _Beside,
) -> None:
    """Name what differs of one kind in one slot, as far as a sum can tell."""
    gaps = {code: counts.gap for code, counts in classes.items()}
    for counts in classes.values():
        if not counts.gap and counts.ours and counts.row is not None:
            gathered.agreed[counts.row.kind, slot.day] += 1
    whole = _whole(classes, slot, match)
    sizes = {code: gap for code, gap in gaps.items() if gap}
    hidden = beside.of(slot, kind, sizes) if whole else ()
    for found, moved in coded(gaps):
        for code in moved:
            counts = classes[code]
            if found in SHIFTS:
                _add(gathered, found, slot, counts)
            elif whole and not hidden:
                gap = () if slot.start else (GAP,)
                _add(gathered, whole, slot, counts, why=gap)
            elif not counts.theirs and not whole and not _may_shift(code, gaps):
                _add(gathered, FindingCode.MISSING_B, slot, counts)
            else:
                pair = (counts.ours, counts.theirs) if counts.ours else None
                why = tuple(sorted({*_possible(counts), *hidden}))
                is_uncharged = 0 < counts.gap == counts.free
                more = {"why": why, "is_uncharged": is_uncharged}
                _add(gathered, found, slot, counts, pair=pair, **more)


def _whole(
    classes: Mapping[str, _Counts], slot: Slot, match: Match
) -> FindingCode | None:
    """The name of a kind that only one side has anything of in that slot."""
    if not any(counts.ours or counts.free for counts in classes.values()):
        return _unknown(slot, match)
    if not any(counts.theirs for counts in classes.values()):
        return FindingCode.MISSING_B
    return None


def _may_shift(code: str, gaps: Mapping[str, int]) -> bool:
    """Whether another class of the direction has too much, whatever the size."""
    return any(
        gap > 0 and is_output(other) is is_output(code) for other, gap in gaps.items()
    )


def _unknown(slot: Slot, match: Match) -> FindingCode:
    """Usage of a kind that our meter has nothing of in that slot."""
    if match.performance is None or slot.start is None or slot.end is None:
        return FindingCode.MISSING_A
    first, last = match.performance
    outside = slot.end <= first or slot.start >= last
    return FindingCode.OUT_OF_POP if outside else FindingCode.MISSING_A


def _possible(counts: _Counts) -> Sequence[str]:
    """The causes that a sum cannot tell apart."""
    if counts.gap < 0:
        return (*TOO_LITTLE, *(() if counts.theirs else ("CLASS_SHIFT",)))
    more = ("FAILED_CHARGED",) if counts.free else ()
    named = ("MODEL_ALIAS",) if counts.named else ()
    return tuple(sorted((*TOO_MUCH, *more, *named)))
