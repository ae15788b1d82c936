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
from typing import Any, Final, NoReturn

from contracting.core.canonical import canonical_json
from contracting.reference.calculations import tier_of, token_class_code

EVENT_TYPE: Final = "ai.tokens.consumed.v1"
MAX_ROWS: Final = 10_000
MAX_TOKENS: Final = 2**53 - 1

_TEXT = re.compile(r"^[\x21-\x7e]{1,200}$")
_ENVELOPE = {
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
_DATA = {
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
}


class Unreadable(ValueError):
    """The payload is not NDJSON, not a JSON array, or has too many rows."""


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

    :raises Unreadable: if it is neither, is empty or has more than 10,000 rows
    """
    rows = list(_split(payload))
    if not rows:
        message = "The batch has no row."
        raise Unreadable(message)
    if len(rows) > MAX_ROWS:
        message = f"The batch has {len(rows):,} rows; {MAX_ROWS:,} is the limit."
        raise Unreadable(message)
    return [_read(index, raw) for index, raw in enumerate(rows)]


def _split(payload: bytes) -> Iterator[bytes]:
    try:
        text = payload.decode()
    except UnicodeDecodeError as error:
        message = "The batch is not UTF-8 text."
        raise Unreadable(message) from error
    stripped = text.strip()
    if not stripped.startswith("["):
        yield from (line.encode() for line in stripped.splitlines() if line.strip())
        return
    try:
        rows = json.loads(stripped)
    except (json.JSONDecodeError, RecursionError) as error:
        message = "The batch starts like a JSON array and is none."
        raise Unreadable(message) from error
    yield from (json.dumps(row).encode() for row in rows)


def _read(index: int, raw: bytes) -> ReadEvent | BadRow:
    sha256 = hashlib.sha256(raw).hexdigest()
    event_id = ""
    try:
        row = _object(raw)
        event_id = _text(row, "id", "/id")
        return _event(index, row, event_id)
    except _Bad as bad:
        return BadRow(index, event_id, bad.code, bad.pointer, sha256)


def _object(raw: bytes) -> dict[str, Any]:
    try:
        row = json.loads(
            raw, object_pairs_hook=_no_twins, parse_constant=_no_constants
        )
    except _Bad:
        raise
    except (ValueError, RecursionError) as error:
        code = "not_json"
        raise _Bad(code, "") from error
    if not isinstance(row, dict):
        code = "not_an_object"
        raise _Bad(code, "")
    return row


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        code = "duplicate_key"
        raise _Bad(code, "")
    return found


def _no_constants(_name: str) -> NoReturn:
    code = "not_json"
    raise _Bad(code, "")


def _event(index: int, row: Mapping[str, Any], event_id: str) -> ReadEvent:
    _known(row, _ENVELOPE, "")
    if row.get("specversion") != "1.0":
        _refuse("unsupported_specversion", "/specversion")
    if row.get("type") != EVENT_TYPE:
        _refuse("unsupported_type", "/type")
    data = row.get("data")
    if not isinstance(data, dict):
        _refuse("missing_data", "/data")
    _known(data, _DATA, "/data")
    lines, unknown_class = _lines(data)
    total = _total(data, lines, unknown_class)
    attempt = data.get("attempt", 1)
    if not _is_count(attempt) or not 1 <= attempt <= 1000:
        _refuse("bad_attempt", "/data/attempt")
    fields: dict[str, Any] = {
        "event_id": event_id,
        "source": _text(row, "source", "/source"),
        "occurred_at": _time(row),
        "operation_id": _text(data, "operation_id", "/data/operation_id", event_id),
        "attempt": attempt,
        "order_ref": _text(data, "order_id", "/data/order_id", limit=60),
        "model_served": _text(data, "model", "/data/model", limit=120),
        "model_requested": _text(
            data, "model_requested", "/data/model_requested", "", limit=120
        ),
        "tier": _tier(data),
        "context_band": _text(data, "context_band", "/data/context_band", "ALL", limit=20),
        "boundary": _text(data, "boundary", "/data/boundary", limit=20),
        "basis": _basis(data),
        "lines": tuple(sorted(lines.items())),
        "unknown_class": unknown_class,
        "reported_total": total,
    }
    canonical = canonical_json(fields)
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    return ReadEvent(index=index, sha256=sha256, canonical=canonical, **fields)


def _lines(data: Mapping[str, Any]) -> tuple[dict[str, int], str]:
    """Disjoint counts by class code; a class that nobody knows is named, not dropped."""
    if "lines" in data and ("class" in data or "tokens" in data):
        _refuse("lines_twice", "/data/lines")
    given = data.get("lines")
    if given is None:
        given = [{"class": data.get("class"), "tokens": data.get("tokens")}]
    if not isinstance(given, list) or not given or len(given) > 30:
        _refuse("bad_lines", "/data/lines")
    found: dict[str, int] = {}
    unknown = ""
    for position, line in enumerate(given):
        pointer = f"/data/lines/{position}"
        if not isinstance(line, dict) or set(line) != {"class", "tokens"}:
            _refuse("bad_line", pointer)
        name, tokens = line["class"], line["tokens"]
        if not isinstance(name, str) or not _TEXT.match(name) or len(name) > 30:
            _refuse("bad_class", f"{pointer}/class")
        if not _is_count(tokens):
            _refuse("not_a_count", f"{pointer}/tokens")
        if tokens < 0:
            _refuse("negative", f"{pointer}/tokens")
        if tokens > MAX_TOKENS:
            _refuse("too_many", f"{pointer}/tokens")
        code = token_class_code(name)
        if code is None:
            unknown = unknown or name
            code = name
        if code in found:
            _refuse("class_twice", pointer)
        found[code] = tokens
    return found, unknown


def _tier(data: Mapping[str, Any]) -> str:
    """The stated tier; a ``batch_…`` class implies its own and may not contradict it."""
    lines = data.get("lines") or [{"class": data.get("class")}]
    implied = {tier_of(line["class"]) for line in lines}
    if len(implied) != 1:
        _refuse("tiers_mixed", "/data/lines")
    tier = implied.pop()
    stated = _text(data, "tier", "/data/tier", str(tier), limit=20)
    if tier != "STANDARD" and stated != tier:
        _refuse("tier_contradicted", "/data/tier")
    return stated


def _total(
    data: Mapping[str, Any], lines: Mapping[str, int], unknown_class: str
) -> int | None:
    total = data.get("total")
    if total is None:
        return None
    if not _is_count(total) or total < 0:
        _refuse("not_a_count", "/data/total")
    if total != sum(lines.values()):
        _refuse("checksum_failed", "/data/total")
    return int(total)


def _basis(data: Mapping[str, Any]) -> str:
    basis = data.get("basis", "measured")
    if basis not in {"measured", "estimated"}:
        _refuse("bad_basis", "/data/basis")
    return str(basis)


def _time(row: Mapping[str, Any]) -> datetime:
    text = row.get("time")
    if not isinstance(text, str) or len(text) > 40:
        _refuse("bad_time", "/time")
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None  # type: ignore[assignment]
    if instant is None or instant.tzinfo is None:
        _refuse("bad_time", "/time")
    return instant.astimezone(UTC)


def _text(
    row: Mapping[str, Any],
    key: str,
    pointer: str,
    default: str | None = None,
    *,
    limit: int = 200,
) -> str:
    value = row.get(key, default)
    if value == "" and default == "":
        return ""
    if not isinstance(value, str) or not _TEXT.match(value) or len(value) > limit:
        _refuse("missing" if value is None else "bad_text", pointer)
    return str(value)


def _known(row: Mapping[str, Any], allowed: set[str], pointer: str) -> None:
    for key in row:
        if key not in allowed:
            safe = key if _TEXT.match(key) and len(key) <= 60 else "…"
            _refuse("unknown_field", f"{pointer}/{safe}")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _refuse(code: str, pointer: str) -> NoReturn:
    raise _Bad(code, pointer)
