"""Meter and report, matched attempt by attempt where both sides name the request."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from contracting.core.quantities import Tokens
from contracting.reconciliation.matching.gathered import Entry, Gathered
from contracting.reconciliation.matching.naming import coded
from contracting.reconciliation.matching.rows import Within
from contracting.reconciliation.states import (
    Attempt,
    FindingCode,
    Kind,
    Match,
    Metered,
    Reported,
)

_Row = TypeVar("_Row", bound=Metered)


def gather_calls(gathered: Gathered, match: Match) -> None:
    """What the report has too much or too little of single calls.

    Calls of periods of which the vendor reports sums only are not looked at here.
    """
    ours = _by_attempt(_of_calls(match.metered, match))
    theirs = _by_attempt(_of_calls(match.reported, match))
    free = _by_attempt(_of_calls(match.uncharged, match))
    known = {request for request, _ in (*ours, *free)} | match.known_requests
    extras = _Extras(match, free, known)
    for attempt in ours.keys() | theirs.keys():
        metered, reported = ours.get(attempt, {}), theirs.get(attempt, {})
        for kind, named in _pairs(metered, reported):
            if kind is not None and named is not None:
                _compare(gathered, metered[kind], reported[named], extras, attempt)
            elif kind is not None:
                _unreported(gathered, metered[kind], match, attempt)
            elif named is not None:
                _unmetered(gathered, reported[named], extras, attempt)


def _of_calls(rows: Iterable[_Row], match: Match) -> Iterable[_Row]:
    """The rows outside the periods of which the vendor reports sums."""
    if not match.bucketed:
        return rows
    sums = Within(match.bucketed)
    return [row for row in rows if sums.at(row.occurred_at) is None]


class _Extras:
    """Why the vendor may have a call, or a class of it, that our meter has not."""

    def __init__(
        self,
        match: Match,
        free: Mapping[Attempt, Mapping[Kind, _Rows[Metered]]],
        known: set[str] | frozenset[str],
    ) -> None:
        self._match = match
        self._free: dict[tuple[Attempt, str], list[int]] = {}
        for attempt, kinds in free.items():
            classes: dict[str, list[Metered]] = defaultdict(list)
            for rows in kinds.values():
                for token_class, same in rows.items():
                    classes[token_class] += same
            for token_class, same in classes.items():
                self._free[attempt, token_class] = _counts(same)
        self._known = known

    def free(self, attempt: Attempt, token_class: str) -> list[int]:
        """Our counts of a class of an attempt that the contract does not charge."""
        return self._free.get((attempt, token_class), [])

    def of(self, attempt: Attempt, row: Reported) -> FindingCode:
        """The name of a row that our meter does not have on this order."""
        performance = self._match.performance
        instant = row.said_at or row.occurred_at
        if attempt in self._match.metered_elsewhere:
            return FindingCode.ATTRIBUTION
        if performance and not performance[0] <= instant < performance[1]:
            return FindingCode.OUT_OF_POP
        if attempt[0] in self._known:
            return FindingCode.RETRY
        return FindingCode.MISSING_A


_Rows = dict[str, list[_Row]]
"""Rows of one kind by token class."""


def _by_attempt(
    rows: Iterable[_Row],
) -> dict[tuple[str, int], dict[Kind, _Rows[_Row]]]:
    """Rows with tokens by attempt, kind and class.

    A reported row without tokens says nothing; a metered one says that the call is
    known.
    """
    found: dict[tuple[str, int], dict[Kind, _Rows[_Row]]] = {}
    for row in rows:
        if row.tokens or not isinstance(row, Reported):
            kinds = found.setdefault((row.request_id, row.attempt), {})
            classes = kinds.setdefault(row.kind, defaultdict(list))
            classes[row.token_class].append(row)
    return found


def _pairs(
    metered: Iterable[Kind], reported: Iterable[Kind]
) -> Iterator[tuple[Kind | None, Kind | None]]:
    """Our kinds of one attempt beside the vendor's.

    Where one attempt was served by two models, each is compared with itself; what is
    left on both sides is the same call under another name.
    """
    ours, theirs = set(metered), set(reported)
    yield from ((kind, kind) for kind in sorted(ours & theirs))
    rest, named = sorted(ours - theirs), sorted(theirs - ours)
    for place in range(max(len(rest), len(named))):
        yield (
            rest[place] if place < len(rest) else None,
            named[place] if place < len(named) else None,
        )


def not_reported_yet(match: Match) -> Iterator[Metered]:
    """The metered rows that no report has and none covers: no difference yet."""
    if match.waiting is not None:
        yield from match.waiting
        return
    ours = _by_attempt(_of_calls(match.metered, match))
    theirs = _by_attempt(_of_calls(match.reported, match))
    for attempt, metered in ours.items():
        if attempt in match.reported_elsewhere:
            continue
        for kind, named in _pairs(metered, theirs.get(attempt, {})):
            if kind is not None and named is None:
                for rows in metered[kind].values():
                    if not _is_covered(rows, match):
                        yield from rows


def _is_covered(rows: Sequence[Metered], match: Match) -> bool:
    first = min(row.occurred_at for row in rows)
    return any(start <= first < end for start, end in match.covered)


def _unreported(
    gathered: Gathered, metered: _Rows[Metered], match: Match, attempt: Attempt
) -> None:
    """Missing where a report covers the call; late where one was due and is not."""
    elsewhere = attempt in match.reported_elsewhere
    for rows in metered.values():
        first = min(rows, key=lambda row: row.occurred_at)
        tokens = sum(row.tokens for row in rows)
        if elsewhere:
            gathered.add(FindingCode.ATTRIBUTION, first, -tokens)
        elif _is_covered(rows, match):
            gathered.add(FindingCode.MISSING_B, first, -tokens)
        elif first.day in match.overdue:
            gathered.add(FindingCode.LATE_REPORT, first, tokens)


def _unmetered(
    gathered: Gathered, reported: _Rows[Reported], extras: _Extras, attempt: Attempt
) -> None:
    """An attempt that our meter has not: each row once, and its copies as copies."""
    for token_class, rows in reported.items():
        free = extras.free(attempt, token_class)
        if free:
            _charge_failed(gathered, rows, free)
            continue
        once, copies = _once(sorted(rows, key=_order))
        for row in once:
            gathered.add(extras.of(attempt, row), row, row.tokens)
        for row in copies:
            gathered.add(FindingCode.DUPLICATE, row, row.tokens)


def _charge_failed(
    gathered: Gathered, rows: Sequence[Reported], counts: Sequence[int]
) -> None:
    """What is reported of a class that is not charged: none of it is due."""
    standing, copies = _standing(rows, counts)
    for row in standing:
        gathered.add(FindingCode.FAILED_CHARGED, row, row.tokens)
    for row in copies:
        gathered.add(FindingCode.DUPLICATE, row, row.tokens)


def _compare(
    gathered: Gathered,
    metered: _Rows[Metered],
    reported: _Rows[Reported],
    extras: _Extras,
    attempt: Attempt,
) -> None:
    """One call on both sides: copies, late rows, other names and other counts."""
    gaps: dict[str, tuple[Metered, int, int]] = {}
    for code in sorted({*metered, *reported}):
        ours, theirs = metered.get(code, []), reported.get(code, [])
        if not ours and (free := extras.free(attempt, code)):
            _charge_failed(gathered, theirs, free)
            continue
        standing, copies = _standing(theirs, _counts(ours))
        for row in copies:
            gathered.add(FindingCode.DUPLICATE, row, row.tokens)
        for row in standing:
            if row.is_late:
                gathered.add(FindingCode.LATE_REPORT, row, row.tokens, arrived=True)
        counted = sum(row.tokens for row in ours)
        said = sum(row.tokens for row in standing)
        if standing and ours:
            gathered.rename(ours[0], standing[0], max(min(said, counted), 0))
        sides = [*standing, *ours] if said > counted else [*ours, *standing]
        if sides and said != counted:
            gaps[code] = (sides[0], said, counted)
        elif counted:
            gathered.agreed[sides[0].kind, sides[0].day] += 1
    _file(gathered, gaps)


def _file(gathered: Gathered, gaps: Mapping[str, tuple[Metered, int, int]]) -> None:
    """The counts of one call that differ, under the name of what they have in common.

    :param gaps: by class, the row it stands at, the vendor's count and ours
    """
    sizes = {code: said - counted for code, (_, said, counted) in gaps.items()}
    is_one_kind = len({row.kind for row, *_ in gaps.values()}) == 1
    for found, moved in coded(sizes):
        name = found if is_one_kind else FindingCode.QTY
        for code, gap in moved.items():
            row, said, counted = gaps[code]
            amount = row.price.of(Tokens(gap))
            pair = (counted, said) if name == FindingCode.QTY else None
            gathered.entries.append(Entry(name, row, gap, amount, pair=pair))


def _counts(metered: Sequence[Metered]) -> list[int]:
    """Our count of each event; a correction belongs to the event it corrects."""
    counts: Counter[str] = Counter()
    for row in metered:
        counts[row.event_id] += row.tokens
    return sorted(counts.values())


def _standing(
    rows: Sequence[Reported], counts: Sequence[int]
) -> tuple[list[Reported], list[Reported]]:
    """The rows that stand for our events of one class, and those that are copies.

    A vendor may cut a call into rows, or add several calls up: as long as the sum is
    ours, all rows stand. Otherwise there may be as many rows as we have events, and
    those nearest to our counts stand.
    """
    ordered = sorted(rows, key=_order)
    total = sum(counts)
    if sum(row.tokens for row in ordered) == total:
        return ordered, []
    once, copies = _once(ordered)
    if copies and sum(row.tokens for row in once) == total:
        return once, copies
    if len(ordered) <= max(len(counts), 1):
        return ordered, []
    standing: list[Reported] = []
    for count in counts or [0]:
        nearest = min(ordered, key=lambda row: (abs(row.tokens - count), _order(row)))
        ordered.remove(nearest)
        standing.append(nearest)
    return standing, ordered


def _once(rows: Iterable[Reported]) -> tuple[list[Reported], list[Reported]]:
    """The first row of each count, and all others of the same count."""
    first: dict[int, Reported] = {}
    copies = []
    for row in rows:
        if row.tokens in first:
            copies.append(row)
        else:
            first[row.tokens] = row
    return list(first.values()), copies


def _order(row: Reported) -> tuple[Any, ...]:
    return (row.is_late, row.occurred_at, row.tokens, row.price.usd_per_million_tokens)
