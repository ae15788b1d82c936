"""CloudEvents 1.0 of type ``ai.tokens.consumed.v1``: bytes in, checked rows out.

Pure. A field that is not on the list refuses its row, so that a prompt or an answer can
never slip in with the counts; what is kept of a row is rebuilt from the checked fields.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Final, NoReturn

from contracting.core.canonical import canonical_json
from contracting.metering.states import Basis, RowCode
from contracting.reference.calculations import tier_of, token_class_code

EVENT_TYPE: Final = "ai.tokens.consumed.v1"
MAX_ROWS: Final = 10_000
MAX_BYTES: Final = 50 * 1024 * 1024
MAX_LINES: Final = 30
MAX_ATTEMPTS: Final = 1_000
MAX_TOKENS: Final = 10**12
"""The most tokens of one class that one call can have, far above any real one."""

MAX_COUNT: Final = 2**53 - 1
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)

_TEXT = re.compile(r"[\x21-\x7e]{1,200}")
_HASH = re.compile(r"([A-Za-z0-9_-]{1,20}:)?[A-Za-z0-9+/=_-]{8,128}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,39}")
_JSON_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder(parse_int=len, parse_float=len)
"""Finds the end of an element; its numbers are read later, with its own row."""

_MARKS = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},]', re.DOTALL)
_ENVELOPE = frozenset(
    {
        "specversion",
        "id",
        "source",
        "type",
        "time",
        "subject",
        "datacontenttype",
        "dataschema",
        "data",
    }
)
_DATA = frozenset(
    {
        "order_id",
        "operation_id",
        "attempt",
        "model",
        "model_requested",
        "tier",
        "context_band",
        "boundary",
        "basis",
        "lines",
        "class",
        "tokens",
        "total",
        "requests",
        "meter_seq",
        "project",
        "principal_hash",
        "region",
        "model_class",
        "request_hash",
        "unit_price_ref",
        "meter_run",
    }
)
_LABELS: Final = {
    "project": 120,
    "region": 60,
    "model_class": 60,
    "unit_price_ref": 60,
    "meter_run": 120,
}
"""Names that a gateway adds and that are kept with the batch, with their lengths."""

_HASHES: Final = ("principal_hash", "request_hash")
_COUNTERS: Final = ("requests", "meter_seq")
_LINE = frozenset({"class", "tokens"})
_BASES = frozenset(Basis.values)


class Unreadable(ValueError):
    """The payload is not NDJSON, not a JSON array, or is too large."""


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """One row that is well-formed; whether its names are known is not decided here."""

    index: int
    event_id: str
    source: str
    occurred_at: datetime
    operation_id: str
    attempt: int
    order_ref: str
    model_served: str
    model_requested: str
    tier: str
    context_band: str
    boundary: str
    basis: str
    lines: tuple[tuple[str, int], ...]
    unknown_class: str
    reported_total: int | None
    sha256: str
    canonical: str


@dataclass(frozen=True, slots=True)
class BadRow:
    """One row that is refused: its place, a stable code and where in the row it is."""

    index: int
    event_id: str
    code: str
    pointer: str
    sha256: str


class _Bad(ValueError):
    def __init__(self, code: str, pointer: str) -> None:
        super().__init__(code)
        self.code = code
        self.pointer = pointer


def read_batch(payload: bytes) -> list[ReadEvent | BadRow]:
    """Every row of an NDJSON text or a JSON array, in its order.

    :raises Unreadable: if it is neither, is empty, or is larger than the limits
    """
    rows = list(islice(_split(payload), MAX_ROWS + 1))
    if not rows:
        message = "The batch has no row."
        raise Unreadable(message)
    if len(rows) > MAX_ROWS:
        message = f"The batch has more than {MAX_ROWS:,} rows."
        raise Unreadable(message)
    return [_read(index, raw) for index, raw in enumerate(rows)]


def named_sources(payload: bytes) -> Iterator[str]:
    """The sources that its rows name, in their order and each once, as they are read.

    :raises Unreadable: if it is neither NDJSON nor a JSON array, or is too large
    """
    named: set[str] = set()
    for raw in islice(_split(payload), MAX_ROWS):
        try:
            source = _text(_object(raw), "source", "/source")
        except _Bad:
            continue
        if source not in named:
            named.add(source)
            yield source


def _split(payload: bytes) -> Iterator[str]:
    """The rows as they were written."""
    if len(payload) > MAX_BYTES:
        message = f"The batch has more than {MAX_BYTES:,} bytes."
        raise Unreadable(message)
    try:
        text = payload.decode("utf-8-sig").strip(" \t\r\n")
    except UnicodeDecodeError as error:
        message = "The batch is not UTF-8 text."
        raise Unreadable(message) from error
    if text.startswith("["):
        yield from _elements(text)
    else:
        # Not splitlines(): a JSON string may hold other separators as they are.
        yield from (line for line in text.split("\n") if line.strip(" \t\r"))


def _elements(text: str) -> Iterator[str]:
    """The elements of a JSON array, without undoing what each looks like."""
    at = _skip(text, 1)
    if text[at : at + 1] == "]":
        mark, at = "]", _skip(text, at + 1)
    else:
        mark = ","
    while mark == ",":
        end = _end_of(text, at)
        if end == at:
            message = "The batch starts like a JSON array and is none."
            raise Unreadable(message)
        yield text[at:end]
        at = _skip(text, end)
        mark, at = text[at : at + 1], _skip(text, at + 1)
    if mark != "]" or at < len(text):
        message = "The batch starts like a JSON array and is none."
        raise Unreadable(message)


def _end_of(text: str, at: int) -> int:
    """Where the element that starts here ends; of one that is no JSON, by its marks.

    Such an element is refused as a row like any other, and its neighbours are read.
    """
    try:
        return int(_DECODER.raw_decode(text, at)[1])
    except (ValueError, RecursionError):
        depth = 0
    for mark in _MARKS.finditer(text, at):
        sign = mark.group()
        if depth == 0 and sign in (",", "]"):
            return at + len(text[at : mark.start()].rstrip(" \t\r\n"))
        depth += (sign in ("[", "{")) - (sign in ("]", "}"))
    return at


def _skip(text: str, at: int) -> int:
    space = _JSON_SPACE.match(text, at)
    return space.end() if space else at


def _read(index: int, raw: str) -> ReadEvent | BadRow:
    event_id = ""
    try:
        row = _object(raw)
        event_id = _text(row, "id", "/id")
        return _event(index, row, event_id)
    except _Bad as bad:
        sha256 = hashlib.sha256(raw.encode()).hexdigest()
        return BadRow(index, event_id, bad.code, bad.pointer, sha256)


def _object(raw: str) -> dict[str, Any]:
    try:
        row = json.loads(raw, object_pairs_hook=_no_twins, parse_constant=_no_constant)
    except _Bad:
        raise
    except (ValueError, RecursionError):
        _refuse(RowCode.NOT_JSON, "")
    if not isinstance(row, dict):
        _refuse(RowCode.NOT_AN_OBJECT, "")
    return row


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse(RowCode.DUPLICATE_KEY, "")
    return found


def _no_constant(_name: str) -> NoReturn:
    _refuse(RowCode.NOT_JSON, "")


def _event(index: int, row: Mapping[str, Any], event_id: str) -> ReadEvent:
    subject, data = _envelope(row)
    lines, unknown_class = _lines(data)
    fields: dict[str, Any] = {
        "event_id": event_id,
        "source": _text(row, "source", "/source", limit=120),
        "occurred_at": _time(row),
        "operation_id": _text(data, "operation_id", "/data/operation_id", event_id),
        "attempt": _attempt(data),
        "order_ref": _text(data, "order_id", "/data/order_id", subject, limit=60),
        "model_served": _text(data, "model", "/data/model", limit=120),
        "model_requested": _text(
            data, "model_requested", "/data/model_requested", "", limit=120
        ),
        "tier": _tier(data),
        "context_band": _text(
            data, "context_band", "/data/context_band", "ALL", limit=20
        ),
        "boundary": _text(data, "boundary", "/data/boundary", "", limit=20),
        "basis": _basis(data),
        "lines": tuple(sorted(lines.items())),
        "unknown_class": unknown_class,
        "reported_total": _total(data, lines),
    }
    canonical = canonical_json({**fields, **_extras(data)})
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    return ReadEvent(index=index, sha256=sha256, canonical=canonical, **fields)


def _envelope(row: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The subject, which stands for the order where the data names none; the data."""
    _known(row, _ENVELOPE, "")
    if row.get("specversion") != "1.0":
        _refuse(RowCode.UNSUPPORTED_SPECVERSION, "/specversion")
    if row.get("type") != EVENT_TYPE:
        _refuse(RowCode.UNSUPPORTED_TYPE, "/type")
    if row.get("datacontenttype") not in (None, "application/json"):
        _refuse(RowCode.BAD_CONTENT_TYPE, "/datacontenttype")
    _text(row, "dataschema", "/dataschema", "")
    subject = _text(row, "subject", "/subject", "") or None
    data = row.get("data")
    if not isinstance(data, dict):
        _refuse(RowCode.MISSING_DATA, "/data")
    _known(data, _DATA, "/data")
    return subject, data


def _extras(data: Mapping[str, Any]) -> dict[str, Any]:
    """What a gateway may add: kept with the batch and part of the content, if given."""
    found: dict[str, Any] = {}
    for key, limit in _LABELS.items():
        found[key] = _text(data, key, f"/data/{key}", "", limit=limit)
    for key in _HASHES:
        found[key] = _text(data, key, f"/data/{key}", "", limit=150)
        if found[key] and not _HASH.fullmatch(found[key]):
            _refuse(RowCode.BAD_HASH, f"/data/{key}")
    for key in _COUNTERS:
        if data.get(key) is not None:
            found[key] = _count(data[key], f"/data/{key}", most=MAX_COUNT)
    return {key: value for key, value in found.items() if value != ""}


def _lines(data: Mapping[str, Any]) -> tuple[dict[str, int], str]:
    """Disjoint counts by class code; a class that nobody knows is named, not lost."""
    given = data.get("lines")
    if given is None:
        given = [{"class": data.get("class"), "tokens": data.get("tokens")}]
    elif "class" in data or "tokens" in data:
        _refuse(RowCode.LINES_TWICE, "/data/lines")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_LINES:
        _refuse(RowCode.BAD_LINES, "/data/lines")
    found: dict[str, int] = {}
    unknown = ""
    for position, line in enumerate(given):
        pointer = f"/data/lines/{position}"
        name, tokens = _line(line, pointer)
        code = token_class_code(name)
        if code is None:
            unknown = unknown or name
        if (code or name) in found:
            _refuse(RowCode.CLASS_TWICE, pointer)
        found[code or name] = tokens
    return found, unknown


def _line(line: Any, pointer: str) -> tuple[str, int]:
    if not isinstance(line, dict) or set(line) != _LINE:
        _refuse(RowCode.BAD_LINE, pointer)
    name, tokens = line["class"], line["tokens"]
    if not isinstance(name, str) or len(name) > 30 or not _TEXT.fullmatch(name):
        _refuse(RowCode.BAD_CLASS, f"{pointer}/class")
    return name, _count(tokens, f"{pointer}/tokens")


def _count(tokens: Any, pointer: str, most: int = MAX_TOKENS) -> int:
    if not _is_whole(tokens):
        _refuse(RowCode.NOT_A_COUNT, pointer)
    if tokens < 0:
        _refuse(RowCode.NEGATIVE, pointer)
    if tokens > most:
        _refuse(RowCode.TOO_MANY, pointer)
    return int(tokens)


def _tier(data: Mapping[str, Any]) -> str:
    """The stated tier; a ``batch_…`` class implies its own and may not contradict."""
    lines = data.get("lines") or [{"class": data.get("class")}]
    implied = {tier_of(line["class"]) for line in lines}
    if len(implied) != 1:
        _refuse(RowCode.TIERS_MIXED, "/data/lines")
    tier = str(implied.pop())
    stated = _text(data, "tier", "/data/tier", tier, limit=20)
    if tier != "STANDARD" and stated != tier:
        _refuse(RowCode.TIER_CONTRADICTED, "/data/tier")
    return stated


def _total(data: Mapping[str, Any], lines: Mapping[str, int]) -> int | None:
    if data.get("total") is None:
        return None
    total = _count(data["total"], "/data/total", most=MAX_LINES * MAX_TOKENS)
    if total != sum(lines.values()):
        _refuse(RowCode.CHECKSUM_FAILED, "/data/total")
    return total


def _attempt(data: Mapping[str, Any]) -> int:
    attempt = data.get("attempt")
    attempt = 1 if attempt is None else attempt
    if not _is_whole(attempt) or not 1 <= attempt <= MAX_ATTEMPTS:
        _refuse(RowCode.BAD_ATTEMPT, "/data/attempt")
    return int(attempt)


def _basis(data: Mapping[str, Any]) -> str:
    basis = data.get("basis")
    basis = Basis.MEASURED.value if basis is None else basis
    if not isinstance(basis, str) or basis not in _BASES:
        _refuse(RowCode.BAD_BASIS, "/data/basis")
    return basis


def _time(row: Mapping[str, Any]) -> datetime:
    """The instant in UTC; digits beyond the microsecond are cut off."""
    text = row.get("time")
    try:
        instant = datetime.fromisoformat(_stamp(text)).astimezone(UTC)
    except (ValueError, OverflowError):
        instant = None
    if instant is None or instant < EARLIEST:
        _refuse(RowCode.BAD_TIME, "/time")
    return instant


_STAMP = re.compile(
    r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,12})?([Zz]|[+-]\d\d:\d\d)"
)


def _stamp(text: Any) -> str:
    if not isinstance(text, str) or not _STAMP.fullmatch(text):
        raise ValueError
    return text.upper()


def _text(
    row: Mapping[str, Any],
    key: str,
    pointer: str,
    default: str | None = None,
    *,
    limit: int = 200,
) -> str:
    value = row.get(key)
    if value is None:
        value = default
    if value is None:
        _refuse(RowCode.MISSING, pointer)
    if value == "" and default == "":
        return ""
    if not isinstance(value, str) or len(value) > limit or not _TEXT.fullmatch(value):
        _refuse(RowCode.BAD_TEXT, pointer)
    return value


def _known(row: Mapping[str, Any], allowed: frozenset[str], pointer: str) -> None:
    """A strange field is named only if its name cannot be a text itself."""
    for key in row:
        if key not in allowed:
            safe = key if _NAME.fullmatch(key) else "?"
            _refuse(RowCode.UNKNOWN_FIELD, f"{pointer}/{safe}")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _refuse(code: RowCode, pointer: str) -> NoReturn:
    raise _Bad(code.value, pointer)
