"""Meter and report, matched attempt by attempt where both sides name the request."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.reconciliation.states import (
    Difference,
    FindingCode,
    Kind,
    Match,
    Metered,
    Reported,
)

REQUEST: Final = "REQUEST"
SHIFTS: Final = (FindingCode.CACHE, FindingCode.CLASS_SHIFT)
"""The same number of tokens, in other classes of the same direction."""

_Row = TypeVar("_Row", bound=Metered)


def is_output(token_class: str) -> bool:
    """Whether tokens of a class are generated; all others are read."""
    return token_class.startswith("OUT_")


def coded(gaps: Mapping[str, int]) -> Iterator[tuple[FindingCode, dict[str, int]]]:
    """Name the differences of classes, one direction at a time.

    Tokens only move between classes of one direction: what is too much of the input is
    never explained by what is too little of the output.

    :param gaps: tokens too many (positive) or too few by class
    """
    for direction in (False, True):
        left = {
            code: gap
            for code, gap in sorted(gaps.items())
            if gap and is_output(code) is direction
        }
        full = left.get("IN_UNCACHED", 0)
        if full > 0 and left.get("IN_CACHE_READ") == -full:
            yield FindingCode.CACHE, {"IN_CACHE_READ": -full, "IN_UNCACHED": full}
            left = {c: g for c, g in left.items() if abs(g) != full or c not in _CACHED}
        if len(left) > 1 and sum(left.values()) == 0:
            yield FindingCode.CLASS_SHIFT, left
            continue
        for code, gap in left.items():
            yield FindingCode.QTY, {code: gap}


_CACHED: Final = frozenset({"IN_CACHE_READ", "IN_UNCACHED"})


def differing_calls(match: Match) -> list[Difference]:
    """What the report has too much or too little, gathered by code, kind and day."""
    ours, theirs = _by_attempt(match.metered), _by_attempt(match.reported)
    requests = {request for request, _ in ours} | match.known_requests
    groups = _Groups()
    for attempt in ours.keys() | theirs.keys():
        metered, reported = ours.get(attempt, {}), theirs.get(attempt, {})
        extra = FindingCode.RETRY if attempt[0] in requests else FindingCode.MISSING_A
        for kind, named in _pairs(metered, reported):
            if kind is not None and named is not None:
                _compare(groups, metered[kind], reported[named])
            elif kind is not None:
                _unreported(groups, metered[kind], match)
            elif named is not None:
                _unmetered(groups, reported[named], extra)
    return groups.differences()


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
    ours, theirs = _by_attempt(match.metered), _by_attempt(match.reported)
    for attempt, metered in ours.items():
        for kind, named in _pairs(metered, theirs.get(attempt, {})):
            if kind is not None and named is None:
                for rows in metered[kind].values():
                    if not _is_covered(rows, match):
                        yield from rows


def _is_covered(rows: Sequence[Metered], match: Match) -> bool:
    first = min(row.occurred_at for row in rows)
    return any(start <= first < end for start, end in match.covered)


def _unreported(groups: _Groups, metered: _Rows[Metered], match: Match) -> None:
    """Missing where a report covers the call; late where one was due and is not."""
    for rows in metered.values():
        first = min(rows, key=lambda row: row.occurred_at)
        tokens = sum(row.tokens for row in rows)
        if _is_covered(rows, match):
            groups.add(FindingCode.MISSING_B, first, -tokens)
        elif first.day in match.overdue:
            groups.add(FindingCode.LATE_REPORT, first, tokens)


def _unmetered(groups: _Groups, reported: _Rows[Reported], code: FindingCode) -> None:
    """An attempt that our meter has not: each row once, and its copies as copies."""
    for rows in reported.values():
        once, copies = _once(sorted(rows, key=_order))
        for row in once:
            groups.add(code, row, row.tokens)
        for row in copies:
            groups.add(FindingCode.DUPLICATE, row, row.tokens)


def _compare(
    groups: _Groups, metered: _Rows[Metered], reported: _Rows[Reported]
) -> None:
    """One call on both sides: copies, late rows, other names and other counts."""
    gaps: dict[str, tuple[Metered, int]] = {}
    for code in sorted({*metered, *reported}):
        ours, theirs = metered.get(code, []), reported.get(code, [])
        standing, copies = _standing(theirs, _counts(ours))
        for row in copies:
            groups.add(FindingCode.DUPLICATE, row, row.tokens)
        for row in standing:
            if row.is_late:
                groups.add(FindingCode.LATE_REPORT, row, row.tokens, arrived=True)
        counted = sum(row.tokens for row in ours)
        said = sum(row.tokens for row in standing)
        if standing and ours:
            groups.rename(ours[0], standing[0], max(min(said, counted), 0))
        sides = [*standing, *ours] if said > counted else [*ours, *standing]
        if sides:
            gaps[code] = (sides[0], said - counted)
    sizes = {code: gap for code, (_, gap) in gaps.items()}
    is_one_kind = len({row.kind for row, _ in gaps.values()}) == 1
    for found, moved in coded(sizes):
        for code, gap in moved.items():
            groups.add(found if is_one_kind else FindingCode.QTY, gaps[code][0], gap)


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


class _Groups:
    """Differences of single attempts, gathered by code, kind and day."""

    def __init__(self) -> None:
        self._rows: dict[tuple[Any, ...], list[tuple[Metered, int, Dollars]]] = (
            defaultdict(list)
        )

    def add(
        self, code: FindingCode, row: Metered, tokens: int, *, arrived: bool = False
    ) -> None:
        """File so many tokens of this row; too much and too little stay apart."""
        if tokens:
            side = is_output(row.token_class) if code in SHIFTS else tokens > 0
            key = (code, row.kind, row.day, side, arrived, "")
            self._rows[key].append((row, tokens, row.price.of(Tokens(tokens))))

    def rename(self, ours: Metered, theirs: Reported, tokens: int) -> None:
        """File tokens that the vendor reports under another model, tier or name."""
        other = ours.kind != theirs.kind
        if tokens and (other or theirs.named):
            name = theirs.named or " ".join(map(str, theirs.kind))
            key = (FindingCode.MODEL_ALIAS, ours.kind, ours.day, True, False, name)
            moved = Tokens(tokens)
            amount = theirs.price.of(moved) - ours.price.of(moved)
            self._rows[key].append((ours, tokens, amount if other else Dollars()))

    def differences(self) -> list[Difference]:
        return [self._difference(key, rows) for key, rows in self._rows.items()]

    def _difference(
        self, key: tuple[Any, ...], rows: list[tuple[Metered, int, Dollars]]
    ) -> Difference:
        code, (order_line_id, model_id, tier), day, _, arrived, name = key
        moved = [tokens for _, tokens, _ in rows if tokens > 0 or code not in SHIFTS]
        keys = sorted(
            [row.request_id, row.attempt, row.token_class, tokens]
            for row, tokens, _ in rows
        )
        return Difference(
            code=code,
            order_line_id=order_line_id,
            token_classes=tuple(sorted({row.token_class for row, *_ in rows})),
            tokens=sum(moved),
            amount=total_dollars(amount for *_, amount in rows),
            level=REQUEST,
            arrived=arrived,
            evidence={
                "model": model_id,
                "tier": tier,
                "day": day.isoformat(),
                "requests": len({row.request_id for row, *_ in rows}),
                "keys": keys,
                **({"reported_as": name} if name else {}),
            },
        )
