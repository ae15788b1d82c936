"""Sums cut by another clock: what one bucket has too much, the next has too little."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from contracting.reconciliation.states import Metered, Slot

CLOCKS_APART: Final = timedelta(hours=14)
"""So far may the vendor's day lie from ours."""

Gaps = Mapping[str, int]
"""Tokens too many or too few by class."""


def cut_off(gaps: Mapping[Slot, Gaps], ours: Iterable[Metered]) -> list[Slot]:
    """The slots of one kind that differ only because the vendor's clock is another.

    Certain, if at every cut between two slots the calls just before or just after it
    come to exactly what lies on the other side, class by class. At the first and at the
    last cut of a row of slots the other side is not in sight; they alone say nothing.
    """
    calls = sorted(ours, key=lambda row: row.occurred_at)
    instants = [row.occurred_at for row in calls]
    found = []
    for run in _runs(sorted(slot for slot in gaps if slot.start and slot.end)):
        if sum(any(gaps[slot].values()) for slot in run) < 2:
            continue
        total = _sum(gaps[slot] for slot in run)
        before = Counter({code: -size for code, size in total.items()})
        starts = [Counter[str]()]
        if any(before.values()):
            starts.append(before)
        if any(_is_cut(run, gaps, start, calls, instants) for start in starts):
            found += [slot for slot in run if any(gaps[slot].values())]
    return found


def _runs(slots: Sequence[Slot]) -> Iterator[list[Slot]]:
    """Slots of which each begins where the one before it ends."""
    run: list[Slot] = []
    for slot in slots:
        if run and run[-1].end != slot.start:
            yield run
            run = []
        run.append(slot)
    if run:
        yield run


def _sum(gaps: Iterable[Gaps]) -> Counter[str]:
    total: Counter[str] = Counter()
    for each in gaps:
        for code, size in each.items():
            total[code] += size
    return total


def _is_cut(
    run: Sequence[Slot],
    gaps: Mapping[Slot, Gaps],
    before: Counter[str],
    calls: Sequence[Metered],
    instants: Sequence[datetime],
) -> bool:
    """Whether what lies beyond each cut is made of the calls beside it.

    :param before: what lies on the other side of the first cut
    """
    moved = Counter(before)
    inner = 0
    cuts: list[tuple[datetime | None, dict[str, int]]] = [(run[0].start, dict(moved))]
    for slot in run:
        for code, size in gaps[slot].items():
            moved[code] += size
        cuts.append((slot.end, dict(moved)))
    for place, (cut, sizes) in enumerate(cuts):
        left = {code: size for code, size in sizes.items() if size}
        if not left:
            continue
        if cut is None or not _beside(cut, left, calls, instants):
            return False
        inner += 0 < place < len(run)
    return inner > 0


def _beside(
    cut: datetime,
    sizes: Mapping[str, int],
    calls: Sequence[Metered],
    instants: Sequence[datetime],
) -> bool:
    """Whether the calls next to a cut, on one side of it, come to these sizes."""
    after = all(size > 0 for size in sizes.values())
    if not after and any(size > 0 for size in sizes.values()):
        return False
    place = bisect_left(instants, cut)
    rows = calls[place:] if after else calls[:place][::-1]
    left = {code: abs(size) for code, size in sizes.items()}
    for row in rows:
        if abs(row.occurred_at - cut) > CLOCKS_APART:
            return False
        if row.tokens > left.get(row.token_class, 0):
            return False
        left[row.token_class] -= row.tokens
        if not any(left.values()):
            return True
    return False
