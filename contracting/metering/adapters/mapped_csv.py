"""Plain CSV of calls, read by a mapping that somebody declares and that is data.

Nothing is recognised by a column's name: which column is which, what a count contains
and what its unit is are said, or the file is not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contracting.core.canonical import canonical_json
from contracting.metering.adapters.adapter import CSV, Adapter
from contracting.metering.adapters.calls import (
    CALL,
    Answer,
    call_of,
    event_of,
)
from contracting.metering.adapters.classes import Usage, agree, rest_of
from contracting.metering.adapters.events import (
    MAX_ROWS,
    BadRow,
    ReadEvent,
    Sender,
    Unreadable,
)
from contracting.metering.adapters.fields import (
    Bad,
    amount,
    count,
    epoch,
    instant,
    refuse,
    text,
)
from contracting.metering.adapters.reports import rows_of_csv, whole_tokens
from contracting.metering.adapters.rows import sha256_of
from contracting.metering.states import (
    Basis,
    Grain,
    Provenance,
    ReportKind,
    RowCode,
)
from contracting.reference.calculations import CODES
from contracting.reference.states import Tier

MAPPED: Final = ("csv", "1")

_OF_A_CALL: Final = CALL - {"id", "time", "processing"}
FIELDS: Final = frozenset(
    {*_OF_A_CALL, "event_id", "time", "model", "tier", "reported_cost"}
)
"""What a column can be, besides a count or the total."""

_NEEDED: Final = ("event_id", "time", "model")
_NUMBERS: Final = frozenset({"attempt", "latency_ms", "meter_seq"})
RFC3339: Final = "rfc3339"
SECONDS: Final = "seconds since 1970"
MILLISECONDS: Final = "milliseconds since 1970"
UNITS: Final = (1, 1_000, 1_000_000)
_MOST_COUNTS: Final = 30
_KEYS: Final = frozenset(
    {"columns", "constants", "counts", "total", "unit", "time", "zone", "provenance"}
)


class BadMapping(ValueError):
    """The mapping does not say how to read a file; in words for who made it."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A column with a count, its class, and the columns that it contains."""

    column: str
    token_class: str
    contains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CsvMapping:
    """How the files of one source are read; it is stored as it was declared."""

    columns: Mapping[str, str]
    counts: tuple[Counted, ...]
    constants: Mapping[str, str]
    total: str = ""
    unit: int = 1
    time: str = RFC3339
    zone: str = ""
    provenance: Provenance = Provenance.MEASURED


def mapping_of(declared: Any) -> CsvMapping:
    """The mapping that stored data declares.

    :raises BadMapping: if it is incomplete, contradicts itself, or says something else
    """
    if not isinstance(declared, dict) or not set(declared) <= _KEYS:
        _wrong(f"A mapping has only these parts: {', '.join(sorted(_KEYS))}.")
    columns, constants = _fields(declared)
    unit = declared.get("unit", 1)
    if isinstance(unit, bool) or unit not in UNITS:
        _wrong("The unit of the counts is 1, 1000 or 1000000 tokens.")
    provenance = declared.get("provenance", Provenance.MEASURED.value)
    if provenance not in Provenance.values:
        _wrong(f"Who counted is one of {', '.join(Provenance.values)}.")
    total = declared.get("total", "")
    if not isinstance(total, str):
        _wrong("The total is the name of a column.")
    found = CsvMapping(
        columns=columns,
        constants=constants,
        counts=_counts(declared.get("counts")),
        total=total,
        unit=unit,
        time=str(declared.get("time", RFC3339)),
        zone=str(declared.get("zone", "")),
        provenance=Provenance(provenance),
    )
    _check_time(found)
    return found


def _fields(declared: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Which field is which column, and which is one value for all rows."""
    columns = _names(declared.get("columns"), "columns")
    constants = _names(declared.get("constants", {}), "constants")
    for name in (*columns, *constants):
        if name not in FIELDS:
            _wrong(
                f"There is no field {name!r}; fields are {', '.join(sorted(FIELDS))}."
            )
    for name in _NEEDED:
        if (name in columns) + (name in constants) != 1:
            _wrong(f"Say {name!r} once, by a column or by one value for all rows.")
    if "event_id" in constants or "time" in constants:
        _wrong("Every row has its own id and its own time.")
    if set(columns) & set(constants):
        _wrong("A field is a column or one value for all rows, not both.")
    return columns, constants


def _names(given: Any, what: str) -> dict[str, str]:
    if not isinstance(given, dict) or not all(
        isinstance(key, str) and isinstance(value, str) and value
        for key, value in given.items()
    ):
        _wrong(f"The {what} are names, each with a text.")
    return dict(given)


def _counts(given: Any) -> tuple[Counted, ...]:
    if not isinstance(given, list) or not 1 <= len(given) <= _MOST_COUNTS:
        _wrong(f"Name from 1 to {_MOST_COUNTS} columns with counts.")
    found: list[Counted] = []
    for each in given:
        if not isinstance(each, dict) or not set(each) <= {
            "column",
            "class",
            "contains",
        }:
            _wrong("A count has a column, a class and the columns that it contains.")
        column, code = each.get("column"), each.get("class")
        contains = each.get("contains", [])
        if not isinstance(column, str) or not column or code not in list(CODES):
            _wrong("A count has a column and one class of the closed list.")
        if not isinstance(contains, list) or not all(
            isinstance(name, str) for name in contains
        ):
            _wrong("What a count contains is a list of columns with counts.")
        found.append(Counted(column, code, tuple(contains)))
    columns = [each.column for each in found]
    classes = [each.token_class for each in found]
    if len(set(columns)) != len(found) or len(set(classes)) != len(found):
        _wrong("Each column has one class, and each class one column.")
    inside = [name for each in found for name in each.contains]
    if len(set(inside)) != len(inside) or not set(inside) <= set(columns):
        _wrong("A column is contained in at most one other, and has a class itself.")
    if any(each.contains and each.column in inside for each in found):
        _wrong("A column that is contained in another contains none.")
    return tuple(found)


def _check_time(mapping: CsvMapping) -> None:
    if mapping.time in (RFC3339, SECONDS, MILLISECONDS):
        if mapping.zone:
            _wrong("These instants have their zone already.")
        return
    if "%" not in mapping.time:
        _wrong(f"A time is {RFC3339}, {SECONDS}, {MILLISECONDS}, or a pattern with %.")
    try:
        ZoneInfo(mapping.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        _wrong("A pattern without a zone needs one, such as UTC or America/New_York.")


def _wrong(message: str) -> NoReturn:
    raise BadMapping(message)


def read_mapped(
    payload: bytes, sender: Sender, *, mapping: CsvMapping
) -> list[ReadEvent | BadRow]:
    """The calls of a CSV file with a header, by the mapping of its source.

    :raises Unreadable: if it is no such file, or lacks a column of the mapping
    """
    found: list[ReadEvent | BadRow] = []
    for index, (row, pointer) in enumerate(rows_of_csv(payload)):
        if index == MAX_ROWS:
            message = f"The file has more than {MAX_ROWS:,} rows."
            raise Unreadable(message)
        if index == 0:
            _has_columns(row, mapping)
        found.append(_read(index, row, pointer, sender, mapping))
    if not found:
        message = "The file has no row below its header."
        raise Unreadable(message)
    return found


def _has_columns(row: Mapping[str, str], mapping: CsvMapping) -> None:
    wanted = [*mapping.columns.values(), *(each.column for each in mapping.counts)]
    missing = [name for name in (*wanted, mapping.total) if name and name not in row]
    if missing:
        message = f"The file has no column {missing[0]!r}, which the mapping names."
        raise Unreadable(message)


def _read(
    index: int,
    row: Mapping[str, str],
    pointer: str,
    sender: Sender,
    mapping: CsvMapping,
) -> ReadEvent | BadRow:
    original = sha256_of(canonical_json(dict(row)))
    event_id = ""
    try:
        said = _said(row, mapping, pointer)
        event_id = text(said, "event_id", f"{pointer}/event_id")
        answer = _answer(said, row, mapping, pointer)
        given = {key: value for key, value in said.items() if key in _OF_A_CALL}
        at = _time(said.get("time", ""), mapping, pointer)
        given |= {"id": event_id, "time": at.isoformat()}
        call = call_of(given, answer, sender)
        return event_of(index, call, answer, sender, MAPPED, original)
    except Bad as bad:
        return BadRow(index, event_id, bad.code, bad.pointer[:120], original)


def _said(row: Mapping[str, str], mapping: CsvMapping, pointer: str) -> dict[str, Any]:
    """The fields of a row by our names, without the empty ones."""
    said: dict[str, Any] = dict(mapping.constants)
    said |= {name: row[column].strip() for name, column in mapping.columns.items()}
    said = {name: value for name, value in said.items() if value}
    for name in _NUMBERS & said.keys():
        said[name] = _whole(said[name], f"{pointer}/{name}")
    return said


def _answer(
    said: Mapping[str, Any], row: Mapping[str, str], mapping: CsvMapping, pointer: str
) -> Answer:
    cost = said.get("reported_cost")
    return Answer(
        usage=_usage(row, mapping, pointer),
        model=text(said, "model", f"{pointer}/model", limit=120),
        tier=text(said, "tier", f"{pointer}/tier", Tier.STANDARD.value, limit=20),
        cost=None if cost is None else amount(cost, f"{pointer}/reported_cost"),
        currency="" if cost is None else "USD",
        kind=ReportKind.GATEWAY,
        provenance=mapping.provenance,
    )


def _usage(row: Mapping[str, str], mapping: CsvMapping, pointer: str) -> Usage:
    given = {
        each.column: _tokens(row[each.column], mapping.unit, f"{pointer}/{each.column}")
        for each in mapping.counts
    }
    counts = {
        each.token_class: rest_of(
            given[each.column],
            {name: given[name] for name in each.contains},
            f"{pointer}/{each.column}",
        )
        for each in mapping.counts
    }
    is_estimate = mapping.provenance == Provenance.ESTIMATED
    basis = Basis.ESTIMATED.value if is_estimate else Basis.MEASURED.value
    if not mapping.total:
        return Usage(counts, basis=basis)
    place = f"{pointer}/{mapping.total}"
    total = _tokens(row[mapping.total], mapping.unit, place)
    agree(sum(counts.values()), total, place)
    return Usage(counts, total, basis=basis)


def _tokens(cell: str, unit: int, pointer: str) -> int:
    """A count in its unit; an empty cell is zero tokens of that class."""
    plain = cell.strip()
    if not plain:
        return 0
    return count(whole_tokens(_number(plain, pointer), unit, pointer), pointer)


def _number(cell: str, pointer: str) -> Decimal:
    """Digits with a point; a comma means two things in two countries."""
    if not cell.isascii() or not set(cell) <= set("0123456789.-"):
        refuse(RowCode.NOT_A_COUNT, pointer)
    try:
        return amount(cell, pointer)
    except Bad:
        refuse(RowCode.NOT_A_COUNT, pointer)


def _whole(cell: Any, pointer: str) -> int:
    if not isinstance(cell, str) or not cell.isascii() or not cell.isdigit():
        refuse(RowCode.NOT_A_COUNT, pointer)
    if len(cell) > len(str(2**63)):
        refuse(RowCode.TOO_MANY, pointer)
    return int(cell)


def _time(cell: str, mapping: CsvMapping, pointer: str) -> datetime:
    place = f"{pointer}/time"
    if mapping.time == RFC3339:
        return instant(cell, place)
    if mapping.time in (SECONDS, MILLISECONDS):
        number = _whole(cell, place)
        if mapping.time == SECONDS:
            return epoch(number, place)
        whole = epoch(number // 1_000, place)
        return whole.replace(microsecond=number % 1_000 * 1_000)
    try:
        local = datetime.strptime(cell, mapping.time)  # noqa: DTZ007 - zoned below
    except ValueError:
        refuse(RowCode.BAD_TIME, place)
    zoned = local if local.tzinfo else local.replace(tzinfo=ZoneInfo(mapping.zone))
    if zoned.utcoffset() != zoned.replace(fold=1).utcoffset():
        refuse(RowCode.BAD_TIME, place)
    try:
        return instant(zoned.isoformat(), place)
    except OverflowError:
        refuse(RowCode.BAD_TIME, place)


ADAPTERS: Final = (
    Adapter(
        name=MAPPED[0],
        version=MAPPED[1],
        title="Plain CSV with a declared mapping",
        grain=Grain.CALL,
        kind=ReportKind.GATEWAY,
        basis="What each column counts, and which columns it contains, is declared.",
        checksum="the classes add up to the column of totals, if one is declared",
        kept=("the columns of the mapping",),
        content=("every other column",),
        traps=(
            "Nothing is recognised by a column's name; the mapping is data of the "
            "source, with a version.",
            "A time without a zone needs one in the mapping.",
            "A local time that comes twice in autumn, or never in spring, is refused.",
            "Without a column of totals nothing proves that a class is not counted "
            "twice.",
        ),
        read=read_mapped,
        media=CSV,
        needs="mapping",
    ),
)
