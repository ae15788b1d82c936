"""The plain row of a busy gateway, read by a compiled decoder; all others take the way
of :mod:`contracting.metering.adapters.cloudevents`, which says what is wrong.

A row that is read here is read the same way there, to the last byte of its canonical
form: a property test holds the two to each other. What is not plain (an escape, a key
that stands twice, an empty or unusual field) is not refused here, it is left.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from contracting.metering.adapters.events import MAX_COUNT, MAX_TOKENS, ReadEvent
from contracting.metering.adapters.fields import MAX_ATTEMPTS, TEXT, Bad, instant
from contracting.metering.states import Basis, Outcome
from contracting.reference.calculations import tier_of, token_class_code
from contracting.reference.states import Tier

MAX_LINES: Final = 30

_Id = Annotated[str, Meta(min_length=1, max_length=200)]
_Name = Annotated[str, Meta(min_length=1, max_length=120)]
_Short = Annotated[str, Meta(min_length=1, max_length=20)]
_Order = Annotated[str, Meta(min_length=1, max_length=60)]
_Count = Annotated[int, Meta(ge=0, le=MAX_COUNT)]


class _Line(Struct, forbid_unknown_fields=True, gc=False):
    name: str = field(name="class")
    tokens: Annotated[int, Meta(ge=0, le=MAX_TOKENS)]


class _Data(Struct, forbid_unknown_fields=True, gc=False):
    model: _Name
    lines: Annotated[list[_Line], Meta(min_length=1, max_length=MAX_LINES)]
    order_id: _Order | UnsetType = UNSET
    operation_id: _Id | UnsetType = UNSET
    attempt: Annotated[int, Meta(ge=1, le=MAX_ATTEMPTS)] | UnsetType = UNSET
    model_requested: _Name | UnsetType = UNSET
    tier: _Short | UnsetType = UNSET
    context_band: _Short | UnsetType = UNSET
    boundary: _Short | UnsetType = UNSET
    basis: Literal["measured"] | UnsetType = UNSET
    total: Annotated[int, Meta(ge=0, le=MAX_LINES * MAX_TOKENS)] | UnsetType = UNSET
    key_ref: _Name | UnsetType = UNSET
    project: _Name | UnsetType = UNSET
    outcome: _Short | UnsetType = UNSET
    requests: _Count | UnsetType = UNSET
    meter_seq: _Count | UnsetType = UNSET
    latency_ms: _Count | UnsetType = UNSET


class _Row(Struct, forbid_unknown_fields=True, gc=False):
    specversion: Literal["1.0"]
    id: _Id
    source: _Name
    type: Literal["ai.tokens.consumed.v1"]
    time: str
    data: _Data
    subject: _Order | UnsetType = UNSET
    datacontenttype: Literal["application/json"] | UnsetType = UNSET


_decode = msgspec.json.Decoder(_Row).decode
_encode = msgspec.json.Encoder().encode
_OUTCOMES: Final = frozenset(Outcome.values)
_CODES: dict[str, str] = {}
"""The classes of standard names that were met so far."""


def read_quickly(index: int, raw: str) -> ReadEvent | None:
    """The call of a plain row; ``None`` for a row that is not, whatever it is."""
    if "\\" in raw:
        return None
    try:
        row = _decode(raw)
        occurred_at = instant(row.time, "/time")
    except (msgspec.MsgspecError, Bad, RecursionError):
        return None
    # A key that stands twice has quotes that the decoded row no longer has.
    if raw.count('"') != _encode(row).count(b'"'):
        return None
    lines = _lines_of(row.data)
    return None if lines is None else _event(index, row, occurred_at, lines)


def _lines_of(data: _Data) -> tuple[tuple[str, int], ...] | None:
    found: dict[str, int] = {}
    for line in data.lines:
        code = _CODES.get(line.name) or _code(line.name)
        if code is None:
            return None
        found[code] = line.tokens
    if len(found) != len(data.lines):
        return None
    if data.total is not UNSET and data.total != sum(found.values()):
        return None
    return tuple(sorted(found.items()))


def _code(name: str) -> str | None:
    code = token_class_code(name)
    if code is None or tier_of(name) != Tier.STANDARD:
        return None
    _CODES[name] = code
    return code


def _event(
    index: int, row: _Row, occurred_at: datetime, lines: tuple[tuple[str, int], ...]
) -> ReadEvent | None:
    data = row.data
    order_ref, subject = data.order_id, row.subject
    if order_ref is UNSET:
        order_ref = subject
    elif subject is not UNSET and not TEXT.fullmatch(subject):
        return None
    if order_ref is UNSET or (data.outcome and data.outcome not in _OUTCOMES):
        return None
    operation_id = row.id if data.operation_id is UNSET else data.operation_id
    attempt = data.attempt or 1
    requested = data.model_requested or ""
    tier, band = data.tier or "STANDARD", data.context_band or "ALL"
    boundary = data.boundary or ""
    total = None if data.total is UNSET else data.total
    counts = ",".join([f'["{code}",{tokens}]' for code, tokens in lines])
    stamp = occurred_at.isoformat(timespec="microseconds")[:-6]
    canonical = (
        f'{{"attempt":{attempt},"basis":"measured","boundary":"{boundary}",'
        f'"context_band":"{band}","event_id":"{row.id}",'
        f"{_text_of('key_ref', data.key_ref)}{_count_of('latency_ms', data.latency_ms)}"
        f'"lines":[{counts}],{_count_of("meter_seq", data.meter_seq)}'
        f'"model_requested":"{requested}","model_served":"{data.model}",'
        f'"occurred_at":"{stamp}Z","operation_id":"{operation_id}",'
        f'"order_ref":"{order_ref}",{_text_of("outcome", data.outcome)}'
        f"{_text_of('project', data.project)}"
        f'"reported_total":{"null" if total is None else total},'
        f'{_count_of("requests", data.requests)}"source":"{row.source}",'
        f'"tier":"{tier}","unknown_class":""}}'
    )
    # Every text of the row stands in it, and it has no blank of its own.
    if not canonical.isascii() or not canonical.isprintable() or " " in canonical:
        return None
    return ReadEvent(
        index=index,
        event_id=row.id,
        source=row.source,
        occurred_at=occurred_at,
        operation_id=operation_id,
        attempt=attempt,
        order_ref=order_ref,
        model_served=data.model,
        model_requested=requested,
        tier=tier,
        context_band=band,
        boundary=boundary,
        basis=Basis.MEASURED.value,
        lines=lines,
        unknown_class="",
        reported_total=total,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        canonical=canonical,
        key_ref=data.key_ref or "",
        project=data.project or "",
        outcome=data.outcome or "",
        requests=None if data.requests is UNSET else data.requests,
        meter_seq=None if data.meter_seq is UNSET else data.meter_seq,
        latency_ms=None if data.latency_ms is UNSET else data.latency_ms,
    )


def _text_of(name: str, value: str | UnsetType) -> str:
    return "" if value is UNSET else f'"{name}":"{value}",'


def _count_of(name: str, value: int | UnsetType) -> str:
    return "" if value is UNSET else f'"{name}":{value},'
