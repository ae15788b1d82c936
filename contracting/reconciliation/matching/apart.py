"""Which calls differ between meter and report, found by the database in one statement.

A full outer hash join of both sides, request by attempt by class, tells the calls that
surely agree: one row on each side, of the same model, tier and count, in time, at a
price of the order. They come back as sums by key, price and slice of time. All that is
of a request which differs comes back row by row, for the classifier to name. One
statement sees the meter at one instant, however fast it goes on counting.

The time is joined piece by piece: each is small enough for the processor's cache, and
several are joined at once where the server has processes for it. What finds no partner
in its piece, or none that surely agrees, is suspect, and all of its request is joined
again over the whole time. So a vendor's clock that puts a call into the next piece
costs a little time and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final, NamedTuple

from django.db import connection, transaction

from contracting.reconciliation.matching.statement import (
    ALL_AS_RATED,
    ANSWER,
    AS_RATED,
    AS_RERATED,
    CALL_APART,
    CLOCKS,
    CLOCKS_OF_SOME,
    COMMON,
    EVENTS,
    IS_LATE,
    IS_MUTE,
    IS_OPEN,
    NO_SILENCE,
    OF_CALL,
    ONE_SLICE,
    PAIR,
    PIECE,
    PROMOTED,
    REPEATED,
    REPORTED_MUTE,
    ROW_APART,
    SILENCE,
    SLICE,
    SUSPECT,
)

CLOCKS_APART: Final = timedelta(days=1)
"""So far may the vendor's instant of a call lie from ours."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Rated lines of one price in one slice of time, added up.

    ``digest`` is the sum, modulo 2 to the 128th, of a hash of every line.
    """

    order_line_id: int
    rate_row_id: int
    token_class: str
    usd: Decimal
    slice: int
    rows: int
    tokens: int
    digest: int = 0

    @property
    def place(self) -> tuple[object, ...]:
        """By what lines are added up."""
        return (*self.key, self.slice)

    @property
    def key(self) -> tuple[int, int, str, Decimal]:
        """What all of the lines are alike in."""
        return self.order_line_id, self.rate_row_id, self.token_class, self.usd


@dataclass(frozen=True, slots=True)
class Kind:
    """A price of an order line under one name of its model, while both hold."""

    order_line_id: int
    rate_row_id: int
    name: str
    tier: str
    starts: datetime
    ends: datetime
    token_class: str
    usd: Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One rated line of a call that is looked at by itself."""

    source_id: int
    event_id: str
    request_id: str
    attempt: int
    occurred_at: datetime
    order_line_id: int
    rate_row_id: int
    token_class: str
    usd: Decimal
    tokens: int
    slice: int

    @property
    def place(self) -> tuple[object, ...]:
        """Where it is added up."""
        kind = self.order_line_id, self.rate_row_id, self.token_class, self.usd
        return (*kind, self.slice)


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared, in which time, and how names and prices are to be read.

    ``cuts`` are the edges of the slices, from the first instant to the end. In those
    of ``silent`` nothing was reported and nothing is due, so that a call without a
    report says nothing. ``asked`` are the slices of which the result is wanted.
    ``prices`` hold order line, price row, model, tier and the instants in which the
    order has a price of the kind; ``names`` a name, its instants and its model;
    ``reports`` a report and the instant before which its rows are late.
    """

    agency_id: int
    order_lines: Sequence[int]
    cuts: Sequence[datetime]
    silent: Sequence[int]
    asked: Sequence[int]
    prices: Sequence[tuple[int, int, int, str, datetime, datetime]]
    names: Sequence[tuple[str, datetime, datetime, int]]
    reports: Sequence[tuple[int, datetime]]
    kinds: Sequence[Kind]
    """Prices and names together."""
    sizes: Sequence[int]
    """About how many lines each slice has."""
    apart: Sequence[str] = ()
    """Requests that are read row by row elsewhere, and left out here."""
    by_slice: bool = False
    """Whether a call has to lie in the same slice by the vendor's clock too."""


@dataclass(slots=True)
class Answer:
    """The sums of all lines, those of which nothing can be said yet, and the rest.

    ``differing`` are requests with the slice in which they differ, ``lines`` our lines
    of these requests in any slice.
    """

    sums: list[Sum] = field(default_factory=list)
    silent: list[Sum] = field(default_factory=list)
    differing: set[tuple[str, int]] = field(default_factory=set)
    lines: list[Line] = field(default_factory=list)


def told_apart(question: Question) -> tuple[Answer, list[str]]:
    """What differs and what does not, and the requests that have to be read by row.

    :returns: the answer, and the requests that are to be left ``apart``: an attempt of
        theirs has a class more than once on a side, which a join counts too often
    """
    apart = list(question.apart)
    while True:
        answer, counts = _asked(question, apart)
        if counts["joined_a"] == counts["a"] and counts["joined_b"] == counts["b"]:
            return answer, apart
        more = sorted(set(_repeated(question, apart)) - set(apart))
        if not more:
            return answer, apart
        apart += more


def _asked(
    question: Question, apart: Sequence[str]
) -> tuple[Answer, Mapping[str, int]]:
    answer = Answer()
    counts: dict[str, int] = {}
    sums: dict[tuple[object, ...], Sum] = {}
    text, given = _text(question, apart)
    with transaction.atomic(), connection.cursor() as cursor:
        for name, value in _SETTINGS.items():
            cursor.execute(f"SET LOCAL {name} = {value}")
        cursor.execute(text, given)
        for kind, content in cursor.fetchall():
            row = json.loads(content)
            if kind == "sum":
                _add(sums, _sum(row, question.kinds))
            elif kind == "silent":
                answer.silent.append(_sum(row, question.kinds))
            elif kind == "differs":
                answer.differing.update((row[0], place) for place in row[1:] if place)
            elif kind == "line":
                answer.lines.append(_line(row))
            else:
                counts[row[0]] = row[1]
        for name in _SETTINGS:
            cursor.execute(f"RESET {name}")
    answer.sums += sums.values()
    return answer, counts


_SETTINGS: Final = {
    "work_mem": "'256MB'",
    "enable_nestloop": "off",
    "enable_sort": "off",
    "enable_mergejoin": "off",
    "cpu_operator_cost": "0",
    "min_parallel_table_scan_size": "'5TB'",
    "min_parallel_index_scan_size": "'5TB'",
}
"""Hash joins of the smaller side, whatever the planner believes of tables that change
by the hour; and processes for whole pieces, not for the scan of a table: rows that are
handed from one process to another cost more than their scan."""


def _add(sums: dict[tuple[object, ...], Sum], more: Sum) -> None:
    """Lines at one price may be reported by more than one name."""
    before = sums.get(more.place)
    if before is not None:
        more = replace(
            more,
            rows=before.rows + more.rows,
            tokens=before.tokens + more.tokens,
            digest=(before.digest + more.digest) % (1 << 128),
        )
    sums[more.place] = more


def _sum(row: Sequence[Any], kinds: Sequence[Kind]) -> Sum:
    place, other, slice_of, rows, tokens, *halves = row
    if other is None:
        kind = kinds[place - 1]
        key = kind.order_line_id, kind.rate_row_id, kind.token_class, kind.usd
    else:
        line, rate, code, usd = json.loads(other)
        key = line, rate, code, Decimal(usd)
    high, low = (int(each) for each in halves) if halves else (0, 0)
    digest = ((high << 64) + low) * _factor(*key) % (1 << 128)
    return Sum(*key, slice_of, int(rows), int(tokens), digest)


@cache
def _factor(line: int, rate: int, code: str, usd: Decimal) -> int:
    """What the hash of a line of this kind is multiplied by, an odd number.

    So the database hashes of each line only in what it differs from others of its kind.
    """
    name = f"{line} {rate} {code} {usd.normalize():f}"
    return int.from_bytes(sha256(name.encode()).digest()[:16], "big") | 1


def _line(row: Sequence[Any]) -> Line:
    source, event, request, attempt, at, line, rate, code, usd, tokens, place = row
    return Line(
        *(source, event, request, attempt, datetime.fromisoformat(at), line, rate),
        *(code, Decimal(usd), tokens, place),
    )


def _repeated(question: Question, apart: Sequence[str]) -> Iterable[str]:
    """Requests with an attempt that has a class more than once on a side."""
    text = COMMON + REPEATED
    with connection.cursor() as cursor:
        rated = _rerated(question).format(of_call="", first="first", end="end")
        cursor.execute(text.format(rated=rated), _given(question, apart))
        return [request for (request,) in cursor.fetchall()]


def _rerated(question: Question) -> str:
    """How ratings are read: as they were made, where no run has rated any anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM metering_usagererating WHERE NOT is_adjustment "
            "AND (order_line_id = ANY(%s) OR old_order_line_id = ANY(%s)))",
            [list(question.order_lines)] * 2,
        )
        (is_any,) = cursor.fetchone()
    return AS_RERATED if is_any else AS_RATED


# The statement


LINES_OF_A_PIECE: Final = 12_500
"""About so many lines are joined together: what the processor's cache has room for."""
PIECES: Final = 128
PRICES_TOLD: Final = 4_096
"""So many pieces, and so many prices in all of them, for each takes time to plan."""


class _Piece(NamedTuple):
    """Some slices that follow each other, both included, or a part of one slice."""

    first: int
    last: int
    starts: datetime
    ends: datetime


def pieces_of(question: Question, clocks_apart: timedelta) -> list[_Piece]:
    """All of the time, in pieces of about as many lines each.

    :param clocks_apart: so far the vendor's clock lies from ours; a piece is so much
        longer that few calls lie in another one by it
    """
    most = min(PIECES, max(4, PRICES_TOLD // max(1, len(question.kinds))))
    enough = max(LINES_OF_A_PIECE, sum(question.sizes) // most)
    least = CLOCKS_IN_A_PIECE * clocks_apart
    cuts, found = question.cuts, list[_Piece]()
    first, seen = 1, 0
    for place, size in enumerate(question.sizes, 1):
        start, end = cuts[place - 1], cuts[place]
        is_long_enough = not seen or start - cuts[first - 1] >= least
        if first < place and seen + size > enough and is_long_enough:
            found.append(_Piece(first, place - 1, cuts[first - 1], start))
            first, seen = place, 0
        seen += size
        parts = -(-size // enough)
        if least:
            parts = min(parts, (end - start) // least)
        if parts > 1 and first == place:
            found += parts_of(place, start, end, parts)
            first, seen = place + 1, 0
    if first < len(cuts):
        found.append(_Piece(first, len(cuts) - 1, cuts[first - 1], cuts[-1]))
    return found


CLOCKS_IN_A_PIECE: Final = 50
"""So that at most two calls in fifty have to be looked at again for their clock."""


def _clocks_apart(question: Question) -> timedelta:
    """How far apart the clocks are, as nine of ten calls of a few moments have it."""
    cuts = question.cuts
    with connection.cursor() as cursor:
        cursor.execute(
            CLOCKS_OF_SOME,
            {
                "agency": question.agency_id,
                "moments": list(cuts[:: max(1, len(cuts) // 8)]),
                "end": cuts[-1],
                "reports": [report for report, _ in question.reports],
            },
        )
        (seconds,) = cursor.fetchone()
    return timedelta(seconds=float(seconds or 0))


def parts_of(
    place: int, starts: datetime, ends: datetime, parts: int
) -> Iterator[_Piece]:
    """A slice in so many parts of equal time."""
    edges = [starts + (ends - starts) * n / parts for n in range(parts)]
    for since, until in pairwise([*edges, ends]):
        yield _Piece(place, place, since, until)


def _text(question: Question, apart: Sequence[str]) -> tuple[str, dict[str, Any]]:
    """The statement, and what is given to it."""
    rated, given = _rerated(question), _given(question, apart)
    pieces = []
    for number, piece in enumerate(pieces_of(question, _clocks_apart(question))):
        says, more = _piece(question, piece, number)
        names = {"first": f"first_{number}", "end": f"end_{number}"}
        ours = {
            "rated": rated.format(of_call="", **names),
            "events": EVENTS.format(call_apart=CALL_APART if apart else "", **names),
        }
        others = {"row_apart": ROW_APART if apart else "", **names}
        pieces.append(PIECE.format(**says, **ours, **others))
        given |= more
    names = {"first": "first", "end": "end"}
    whole = rated.format(of_call="", **names)
    of_call = rated.format(of_call=OF_CALL, **names)
    counts_all = rated is AS_RATED and not apart
    text = (
        COMMON.format(rated=whole)
        + ",\npiece AS MATERIALIZED ("
        + "UNION ALL".join(pieces)
        + "),"
        + SUSPECT.format(reported_mute=REPORTED_MUTE if question.silent else "")
        + PAIR.format(
            rated_of_call=of_call, promoted=PROMOTED if question.silent else ""
        )
        + ANSWER.format(
            all_of_ours=ALL_AS_RATED if counts_all else "ours" if apart else "rated",
            row_apart=ROW_APART if apart else "",
        )
    )
    return text, given


def _piece(
    question: Question, piece: _Piece, number: int
) -> tuple[Mapping[str, str], dict[str, Any]]:
    """What one piece of the statement says of its own, and its instants."""
    starts, ends = piece.starts, piece.ends
    reports = [pk for pk, before in question.reports if before > starts]
    is_one = piece.first == piece.last
    in_time = IS_LATE.format(late=f"late_{number}") if reports else ""
    if ends - starts > CLOCKS_APART:
        in_time += CLOCKS
    if question.by_slice and not is_one:
        in_time += ONE_SLICE
    places = range(piece.first, piece.last + 1)
    is_silent = not set(question.silent).isdisjoint(places)
    says = {
        "slice": str(piece.first) if is_one else SLICE,
        "in_time": in_time,
        "is_open": f"{IS_OPEN} AND NOT {IS_MUTE}" if is_silent else IS_OPEN,
        "silent": SILENCE if is_silent else NO_SILENCE,
    }
    instants = {f"first_{number}": starts, f"end_{number}": ends}
    return says, {**instants, f"late_{number}": reports}


def _given(question: Question, apart: Sequence[str]) -> dict[str, Any]:
    lines, rates, models, tiers, starts, ends = _columns(question.prices, 6)
    names, name_starts, name_ends, named = _columns(question.names, 4)
    reports, late_before = _columns(question.reports, 2)
    kinds = question.kinds
    return {
        "agency": question.agency_id,
        "order_lines": list(question.order_lines),
        "first": question.cuts[0],
        "end": question.cuts[-1],
        "cuts": list(question.cuts),
        "silent": list(question.silent),
        "asked": list(question.asked),
        "apart": list(apart),
        "apart_by": CLOCKS_APART,
        "by_slice": question.by_slice,
        "lines": lines,
        "rates": rates,
        "models": models,
        "tiers": tiers,
        "starts": starts,
        "ends": ends,
        "names": names,
        "name_starts": name_starts,
        "name_ends": name_ends,
        "named": named,
        "reports": reports,
        "late_before": late_before,
        "kind_lines": [each.order_line_id for each in kinds],
        "kind_rates": [each.rate_row_id for each in kinds],
        "kind_names": [each.name for each in kinds],
        "kind_tiers": [each.tier for each in kinds],
        "kind_starts": [each.starts for each in kinds],
        "kind_ends": [each.ends for each in kinds],
        "kind_classes": [each.token_class for each in kinds],
        "kind_usd": [each.usd for each in kinds],
    }


def _columns(rows: Sequence[tuple[Any, ...]], count: int) -> list[list[Any]]:
    return [[row[place] for row in rows] for place in range(count)]
