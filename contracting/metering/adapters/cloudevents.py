"""CloudEvents 1.0 of type ``ai.tokens.consumed.v1``: bytes in, checked rows out.

Pure. A field that is not on the list refuses its row, so that a prompt or an answer can
never slip in with the counts; what is kept of a row is rebuilt from the checked fields.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final

from contracting.core.canonical import canonical_json
from contracting.metering.adapters.events import (
    MAX_BYTES,
    MAX_COUNT,
    MAX_ROWS,
    MAX_TOKENS,
    BadRow,
    ReadEvent,
    Unreadable,
)
from contracting.metering.adapters.fields import (
    CURRENCY,
    TEXT,
    Bad,
    amount,
    attempt_of,
    count,
    instant,
    known,
    refuse,
    text,
)
from contracting.metering.adapters.quick import read_quickly
from contracting.metering.adapters.rows import read_object, rows_of, sha256_of, split
from contracting.metering.states import Basis, Outcome, Provenance, RowCode
from contracting.reference.calculations import tier_of, token_class_code

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "MAX_TOKENS",
    "BadRow",
    "ReadEvent",
    "Unreadable",
    "named_sources",
    "read_batch",
]

EVENT_TYPE: Final = "ai.tokens.consumed.v1"
MAX_LINES: Final = 30

_HASH = re.compile(r"([A-Za-z0-9_-]{1,20}:)?[A-Za-z0-9+/=_-]{8,128}")
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
        "provider",
        "channel",
        "model_billed",
        "service_tier",
        "processing",
        "region_scope",
        "key_ref",
        "outcome",
        "latency_ms",
        "provenance",
        "reported_cost",
        "reported_currency",
    }
)
KEPT: Final = tuple(sorted(_ENVELOPE | {f"data.{key}" for key in _DATA}))
"""The fields that a row may have; any other refuses it."""

_LABELS: Final = {
    "project": 120,
    "region": 60,
    "model_class": 60,
    "unit_price_ref": 60,
    "meter_run": 120,
    "provider": 60,
    "channel": 60,
    "model_billed": 120,
    "service_tier": 20,
    "processing": 20,
    "region_scope": 60,
    "key_ref": 120,
}
"""Names that a gateway adds and that are kept with the batch, with their lengths."""

_HASHES: Final = ("principal_hash", "request_hash")
_COUNTERS: Final = ("requests", "meter_seq", "latency_ms")
_LINE = frozenset({"class", "tokens"})
_BASES = frozenset(Basis.values)
_NOT_OF_AN_EVENT: Final = frozenset(
    {
        "region",
        "model_class",
        "unit_price_ref",
        "meter_run",
        "principal_hash",
        "request_hash",
    }
)
"""What is kept with the batch and is no field of the event."""


def read_batch(payload: bytes) -> list[ReadEvent | BadRow]:
    """Every row of an NDJSON text or a JSON array, in its order.

    :raises Unreadable: if it is neither, is empty, or is larger than the limits
    """
    return [
        read_quickly(index, raw) or _read(index, raw)
        for index, raw in enumerate(rows_of(payload))
    ]


def named_sources(payload: bytes) -> Iterator[str]:
    """The sources that its rows name, in their order and each once, as they are read.

    :raises Unreadable: if it is neither NDJSON nor a JSON array, or is too large
    """
    named: set[str] = set()
    for raw in islice(split(payload), MAX_ROWS):
        try:
            source = text(read_object(raw), "source", "/source")
        except Bad:
            continue
        if source not in named:
            named.add(source)
            yield source


def _read(index: int, raw: str) -> ReadEvent | BadRow:
    event_id = ""
    try:
        row = read_object(raw)
        event_id = text(row, "id", "/id")
        return _event(index, row, event_id)
    except Bad as bad:
        return BadRow(index, event_id, bad.code, bad.pointer, sha256_of(raw))


def _event(index: int, row: Mapping[str, Any], event_id: str) -> ReadEvent:
    subject, data = _envelope(row)
    lines, unknown_class = _lines(data)
    if subject is None and data.get("key_ref") is not None:
        subject = ""  # The key says whose usage it is.
    fields: dict[str, Any] = {
        "event_id": event_id,
        "source": text(row, "source", "/source", limit=120),
        "occurred_at": instant(row.get("time"), "/time"),
        "operation_id": text(data, "operation_id", "/data/operation_id", event_id),
        "attempt": attempt_of(data, "/data/attempt"),
        "order_ref": text(data, "order_id", "/data/order_id", subject, limit=60),
        "model_served": text(data, "model", "/data/model", limit=120),
        "model_requested": text(
            data, "model_requested", "/data/model_requested", "", limit=120
        ),
        "tier": _tier(data),
        "context_band": text(
            data, "context_band", "/data/context_band", "ALL", limit=20
        ),
        "boundary": text(data, "boundary", "/data/boundary", "", limit=20),
        "basis": _basis(data),
        "lines": tuple(sorted(lines.items())),
        "unknown_class": unknown_class,
        "reported_total": _total(data, lines),
    }
    extras = _extras(data, fields["basis"])
    canonical = canonical_json({**fields, **extras})
    sha256 = hashlib.sha256(canonical.encode()).hexdigest()
    said = {key: extras[key] for key in extras.keys() - _NOT_OF_AN_EVENT}
    if fields["basis"] == Basis.ESTIMATED:
        said["provenance"] = Provenance.ESTIMATED.value
    return ReadEvent(index=index, sha256=sha256, canonical=canonical, **fields, **said)


def _envelope(row: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """The subject, which stands for the order where the data names none; the data."""
    known(row, _ENVELOPE, "")
    if row.get("specversion") != "1.0":
        refuse(RowCode.UNSUPPORTED_SPECVERSION, "/specversion")
    if row.get("type") != EVENT_TYPE:
        refuse(RowCode.UNSUPPORTED_TYPE, "/type")
    if row.get("datacontenttype") not in (None, "application/json"):
        refuse(RowCode.BAD_CONTENT_TYPE, "/datacontenttype")
    text(row, "dataschema", "/dataschema", "")
    subject = text(row, "subject", "/subject", "") or None
    data = row.get("data")
    if not isinstance(data, dict):
        refuse(RowCode.MISSING_DATA, "/data")
    known(data, _DATA, "/data")
    return subject, data


def _extras(data: Mapping[str, Any], basis: str) -> dict[str, Any]:
    """What a gateway may add: kept with the batch and part of the content, if given."""
    found: dict[str, Any] = {}
    for key, limit in _LABELS.items():
        found[key] = text(data, key, f"/data/{key}", "", limit=limit)
    for key in _HASHES:
        found[key] = text(data, key, f"/data/{key}", "", limit=150)
        if found[key] and not _HASH.fullmatch(found[key]):
            refuse(RowCode.BAD_HASH, f"/data/{key}")
    for key in _COUNTERS:
        if data.get(key) is not None:
            found[key] = count(data[key], f"/data/{key}", most=MAX_COUNT)
    found |= _outcome(data, basis) | _cost(data)
    return {key: value for key, value in found.items() if value != ""}


def _outcome(data: Mapping[str, Any], basis: str) -> dict[str, str]:
    """How the call ended and who counted it, if it is said."""
    outcome = text(data, "outcome", "/data/outcome", "", limit=20)
    if outcome and outcome not in Outcome.values:
        refuse(RowCode.BAD_OUTCOME, "/data/outcome")
    provenance = text(data, "provenance", "/data/provenance", "", limit=20)
    is_estimate = basis == Basis.ESTIMATED
    if provenance and (
        provenance not in Provenance.values
        or is_estimate != (provenance == Provenance.ESTIMATED)
    ):
        refuse(RowCode.BAD_PROVENANCE, "/data/provenance")
    return {"outcome": outcome, "provenance": provenance}


def _cost(data: Mapping[str, Any]) -> dict[str, Any]:
    """What the source says that it cost: evidence, never a price."""
    if data.get("reported_cost") is None:
        return {}
    cost = amount(data["reported_cost"], "/data/reported_cost")
    currency = text(data, "reported_currency", "/data/reported_currency", "USD")
    if not CURRENCY.fullmatch(currency):
        refuse(RowCode.BAD_CURRENCY, "/data/reported_currency")
    return {"reported_cost": cost, "reported_currency": currency}


def _lines(data: Mapping[str, Any]) -> tuple[dict[str, int], str]:
    """Disjoint counts by class code; a class that nobody knows is named, not lost."""
    given = data.get("lines")
    if data.get("basis") == Basis.ABSENT:
        if given or "class" in data or "tokens" in data:
            refuse(RowCode.BAD_BASIS, "/data/lines")
        return {}, ""
    if given is None:
        given = [{"class": data.get("class"), "tokens": data.get("tokens")}]
    elif "class" in data or "tokens" in data:
        refuse(RowCode.LINES_TWICE, "/data/lines")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_LINES:
        refuse(RowCode.BAD_LINES, "/data/lines")
    found: dict[str, int] = {}
    unknown = ""
    for position, line in enumerate(given):
        pointer = f"/data/lines/{position}"
        name, tokens = _line(line, pointer)
        code = token_class_code(name)
        if code is None:
            unknown = unknown or name
        if (code or name) in found:
            refuse(RowCode.CLASS_TWICE, pointer)
        found[code or name] = tokens
    return found, unknown


def _line(line: Any, pointer: str) -> tuple[str, int]:
    if not isinstance(line, dict) or set(line) != _LINE:
        refuse(RowCode.BAD_LINE, pointer)
    name, tokens = line["class"], line["tokens"]
    if not isinstance(name, str) or len(name) > 30 or not TEXT.fullmatch(name):
        refuse(RowCode.BAD_CLASS, f"{pointer}/class")
    return name, count(tokens, f"{pointer}/tokens")


def _tier(data: Mapping[str, Any]) -> str:
    """The stated tier; a ``batch_…`` class implies its own and may not contradict."""
    lines = data.get("lines") or [{"class": data.get("class") or ""}]
    implied = {tier_of(line["class"]) for line in lines}
    if len(implied) != 1:
        refuse(RowCode.TIERS_MIXED, "/data/lines")
    tier = str(implied.pop())
    stated = text(data, "tier", "/data/tier", tier, limit=20)
    if tier != "STANDARD" and stated != tier:
        refuse(RowCode.TIER_CONTRADICTED, "/data/tier")
    return stated


def _total(data: Mapping[str, Any], lines: Mapping[str, int]) -> int | None:
    if data.get("total") is None:
        return None
    total = count(data["total"], "/data/total", most=MAX_LINES * MAX_TOKENS)
    if total != sum(lines.values()):
        refuse(RowCode.CHECKSUM_FAILED, "/data/total")
    return total


def _basis(data: Mapping[str, Any]) -> str:
    basis = data.get("basis")
    basis = Basis.MEASURED.value if basis is None else basis
    if not isinstance(basis, str) or basis not in _BASES:
        refuse(RowCode.BAD_BASIS, "/data/basis")
    return basis
