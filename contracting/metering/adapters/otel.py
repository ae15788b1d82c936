"""OpenTelemetry's conventions for generative AI: points and records in, calls out.

Declared basis (semantic conventions 1.37, "Development"): ``input_tokens`` contains
what was read from and written to a cache and what was of another modality than text;
``output_tokens`` contains reasoning. Subsets are subtracted; one that is larger than
its whole refuses the row. Of a metric each point is of one class, named by its
dimensions, and the points of a stream never overlap: input without a cache dimension
is input that no cache has served.

Only the attributes named here are read. Prompts and answers, which the conventions
allow as attributes, are dropped before anything is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from contracting.core.canonical import canonical_json
from contracting.metering.adapters.events import MAX_COUNT, BadRow, ReadEvent, Sender
from contracting.metering.adapters.fields import (
    EARLIEST,
    Bad,
    count,
    refuse,
    text,
)
from contracting.metering.adapters.otlp import Attributes, Point, Record
from contracting.metering.states import Basis, Outcome, RowCode
from contracting.reference.states import Tier

ADAPTER: Final = "otel-genai"
VERSION: Final = "1.37"
TOKEN_METRIC: Final = "gen_ai.client.token.usage"  # noqa: S105 (a metric)
INFERENCE_EVENT: Final = "gen_ai.client.inference.operation.details"
USAGE: Final = "gen_ai.usage."
ADVICE: Final = (
    "Only delta temporality is metered: set "
    "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE=delta."
)

_SOURCE: Final = "drawdown.source"
_ORDER: Final = "drawdown.order_id"
_OUTCOME: Final = "drawdown.outcome"
_OPERATIONS_OF_EMBEDDING: Final = frozenset({"embeddings", "embedding"})
_TIERS: Final = {
    "": Tier.STANDARD.value,
    "auto": Tier.STANDARD.value,
    "default": Tier.STANDARD.value,
}
_TIER_KEYS: Final = (
    "openai.response.service_tier",
    "gen_ai.openai.response.service_tier",
    "drawdown.tier",
)
_NAMES: Final = {
    "context_band": ("drawdown.context_band", 20),
    "boundary": ("drawdown.boundary", 20),
    "key_ref": ("drawdown.key_ref", 120),
    "project": ("drawdown.project", 120),
    "provider": ("gen_ai.provider.name", 60),
    "response_id": ("gen_ai.response.id", 200),
}
_LEGACY: Final = {"input": "prompt_tokens", "output": "completion_tokens"}
_MODALITIES: Final = ("audio", "image", "video")
_INPUT_SUBSETS: Final = {
    "IN_CACHE_READ": "cache_read.input_tokens",
    "IN_CACHE_WRITE_UNSPEC": "cache_creation.input_tokens",
    "IN_AUDIO": "audio.input_tokens",
    "IN_IMAGE": "image.input_tokens",
    "IN_VIDEO": "video.input_tokens",
}
_OUTPUT_SUBSETS: Final = {
    "OUT_REASONING": "reasoning.output_tokens",
    "OUT_AUDIO": "audio.output_tokens",
    "OUT_IMAGE": "image.output_tokens",
}
_CACHE: Final = frozenset({"IN_CACHE_READ", "IN_CACHE_WRITE_UNSPEC"})
_CLASSES: Final = {
    ("input", "", "", ""): "IN_UNCACHED",
    ("input", "read", "", ""): "IN_CACHE_READ",
    ("input", "write", "", ""): "IN_CACHE_WRITE_UNSPEC",
    ("input", "", "audio", ""): "IN_AUDIO",
    ("input", "", "image", ""): "IN_IMAGE",
    ("input", "", "video", ""): "IN_VIDEO",
    ("input", "", "", "tool"): "TOOL_IN",
    ("output", "", "", ""): "OUT_TEXT",
    ("output", "", "", "reasoning"): "OUT_REASONING",
    ("output", "", "", "rejected_prediction"): "OUT_REJECTED",
    ("output", "", "audio", ""): "OUT_AUDIO",
    ("output", "", "image", ""): "OUT_IMAGE",
}
_SAME: Final = {
    "completion": "output",
    "prompt": "input",
    "uncached": "",
    "none": "",
    "creation": "write",
    "text": "",
    "response": "",
    "unspecified": "",
}
"""What says nothing further, and older words for the same."""


def metered_points(points: Iterable[Point]) -> list[Point]:
    """Those that count tokens; a client exports its other metrics with them."""
    return [point for point in points if point.metric == TOKEN_METRIC]


def metered_records(records: Iterable[Record]) -> list[Record]:
    """Those that report the usage of a call, or a call of which usage is missing."""
    return [
        record
        for record in records
        if record.event_name == INFERENCE_EVENT
        or any(name.startswith(USAGE) for name in record.attributes)
    ]


def named_source(rows: Iterable[Point | Record]) -> str:
    """The first source that a resource or a row names; empty where none does."""
    for row in rows:
        named = _joined(row).get(_SOURCE)
        if isinstance(named, str) and named:
            return named
    return ""


def calls_of_points(
    points: Iterable[Point], sender: Sender
) -> list[ReadEvent | BadRow]:
    """A call for each point: one class, as many tokens as its interval has added up."""
    return [_of_point(index, point, sender) for index, point in enumerate(points)]


def calls_of_records(
    records: Iterable[Record], sender: Sender
) -> list[ReadEvent | BadRow]:
    """A call for each record, with disjoint lines."""
    return [_of_record(index, record, sender) for index, record in enumerate(records)]


def _of_point(index: int, point: Point, sender: Sender) -> ReadEvent | BadRow:
    event_id = f"point-{_identity(point)}"
    try:
        found = _joined(point)
        _refuse_sampled(found)
        if not point.is_delta:
            refuse(RowCode.NOT_DELTA, "/aggregation_temporality")
        kind, name = _class_of(found)
        tokens = _whole(point.total, "/sum")
        if point.start_ns <= 0 or point.start_ns >= point.end_ns:
            refuse(RowCode.BAD_TIME, "/start_time_unix_nano")
        fields = _fields(found, event_id, point.end_ns, sender)
        fields["lines"] = ((kind or name, tokens),)
        fields["unknown_class"] = "" if kind else name
        fields["requests"] = count(point.count, "/count", MAX_COUNT)
        return _event(index, fields, point.sha256)
    except Bad as bad:
        return BadRow(index, event_id, bad.code, bad.pointer, point.sha256)


def _of_record(index: int, record: Record, sender: Sender) -> ReadEvent | BadRow:
    event_id = ""
    try:
        found = _joined(record)
        event_id = _id_of(record, found)
        _refuse_sampled(found)
        fields = _fields(found, event_id, record.time_ns, sender)
        lines, total, basis = _lines_of(found)
        fields |= {"lines": lines, "reported_total": total, "basis": basis}
        return _event(index, fields, record.sha256)
    except Bad as bad:
        return BadRow(index, event_id, bad.code, bad.pointer, record.sha256)


def _id_of(record: Record, found: Attributes) -> str:
    """The span that made the call, else the id of the answer; never made up."""
    if record.trace_id and record.span_id:
        return f"{record.trace_id}-{record.span_id}"
    return text(found, "gen_ai.response.id", "/span_id", limit=200)


def _identity(point: Point) -> str:
    """The same point sent again is the same call; another interval is another."""
    identity = [
        point.metric,
        point.scope,
        {name: str(value) for name, value in point.resource.items()},
        {name: str(value) for name, value in point.attributes.items()},
        point.start_ns,
        point.end_ns,
    ]
    return hashlib.sha256(canonical_json(identity).encode()).hexdigest()[:40]


def _joined(row: Point | Record) -> dict[str, Any]:
    """What the row says; of its process only what names a source or an order."""
    ours = {k: v for k, v in row.resource.items() if k.startswith("drawdown.")}
    return {**ours, **row.attributes}


def _fields(
    found: Attributes, event_id: str, time_ns: int, sender: Sender
) -> dict[str, Any]:
    order_ref = text(found, _ORDER, _at(_ORDER), sender.order_ref, limit=60)
    requested, served = (_model(found, name) for name in ("request", "response"))
    if not (requested or served):
        refuse(RowCode.MISSING, _at("gen_ai.response.model"))
    known = {
        "context_band": sender.context_band,
        "boundary": sender.boundary,
        "key_ref": sender.key_ref,
    }
    names = {
        field: text(found, key, _at(key), known.get(field, ""), limit=limit)
        for field, (key, limit) in _NAMES.items()
    }
    outcome = text(found, _OUTCOME, _at(_OUTCOME), "", limit=20)
    if outcome and outcome not in Outcome.values:
        refuse(RowCode.BAD_OUTCOME, _at(_OUTCOME))
    return {
        "event_id": event_id,
        "source": text(found, _SOURCE, _at(_SOURCE), sender.source, limit=120),
        "occurred_at": _instant(time_ns),
        "operation_id": event_id,
        "attempt": 1,
        "order_ref": order_ref,
        "model_requested": requested,
        "model_served": served,
        "tier": _tier(found),
        "basis": Basis.MEASURED.value,
        "lines": (),
        "unknown_class": "",
        "reported_total": None,
        "channel": sender.channel,
        "outcome": outcome,
        **names,
    }


def _model(found: Attributes, side: str) -> str:
    key = f"gen_ai.{side}.model"
    return text(found, key, _at(key), "", limit=120)


def _event(index: int, fields: Mapping[str, Any], original: str) -> ReadEvent:
    canonical = canonical_json(
        {
            **{
                name: value for name, value in fields.items() if value not in ("", None)
            },
            "adapter": ADAPTER,
            "adapter_version": VERSION,
        }
    )
    return ReadEvent(
        index=index,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        canonical=canonical,
        adapter=ADAPTER,
        adapter_version=VERSION,
        original_sha256=original,
        **fields,
    )


def _class_of(found: Attributes) -> tuple[str, str]:
    """The class of a point, or nothing and the name under which it is held."""
    said = []
    for name in ("type", "cache", "modality", "phase"):
        key = f"gen_ai.token.{name}"
        value = text(found, key, _at(key), None if name == "type" else "", limit=30)
        said.append(_SAME.get(value, value))
    operation = found.get("gen_ai.operation.name")
    if said == ["input", "", "", ""] and operation in _OPERATIONS_OF_EMBEDDING:
        return "EMBED", ""
    kind, cache, modality, phase = said
    code = _CLASSES.get((kind, cache, modality, phase), "")
    return code, ".".join(filter(None, said))[:30]


def _lines_of(
    found: Attributes,
) -> tuple[tuple[tuple[str, int], ...], int | None, str]:
    """Disjoint lines, the source's own total, and the basis of the counts."""
    whole_input, whole_output = _total_of(found, "input"), _total_of(found, "output")
    if not any(name.startswith(USAGE) for name in found):
        return (), None, Basis.ABSENT.value
    lines: dict[str, int] = {}
    if found.get("gen_ai.operation.name") in _OPERATIONS_OF_EMBEDDING:
        lines["EMBED"] = whole_input or 0
    else:
        lines |= _split(found, whole_input, _INPUT_SUBSETS, "IN_UNCACHED", "input")
    lines |= _split(found, whole_output, _OUTPUT_SUBSETS, "OUT_TEXT", "output")
    total = _reported_total(found)
    if total is not None and total != (whole_input or 0) + (whole_output or 0):
        refuse(RowCode.CHECKSUM_FAILED, _at(f"{USAGE}total_tokens"))
    return tuple(sorted(lines.items())), total, Basis.MEASURED.value


def _split(
    found: Attributes,
    whole: int | None,
    subsets: Mapping[str, str],
    rest: str,
    side: str,
) -> dict[str, int]:
    parts: dict[str, int] = {}
    for code, name in subsets.items():
        key = USAGE + name
        if found.get(key) is not None:
            parts[code] = count(found[key], _at(key))
    if whole is None:
        if parts:
            refuse(RowCode.MISSING, _at(f"{USAGE}{side}_tokens"))
        return {}
    cached = any(parts.get(code) for code in _CACHE)
    if cached and any(parts.get(f"IN_{kind.upper()}") for kind in _MODALITIES):
        # Nothing says how much of the cached input was of that modality.
        refuse(RowCode.BASIS_UNKNOWN, _at(f"{USAGE}{side}_tokens"))
    left = whole - sum(parts.values())
    if left < 0:
        refuse(RowCode.SUBSET_EXCEEDS_TOTAL, _at(f"{USAGE}{side}_tokens"))
    return {**parts, rest: left}


def _total_of(found: Attributes, side: str) -> int | None:
    """The whole of a side. Of the old names nobody knows whether a cache is in them."""
    key, old = f"{USAGE}{side}_tokens", f"{USAGE}{_LEGACY[side]}"
    if found.get(key) is not None:
        return count(found[key], _at(key))
    if found.get(old) is None:
        return None
    if any(f"{USAGE}{_INPUT_SUBSETS[code]}" in found for code in _CACHE):
        refuse(RowCode.BASIS_UNKNOWN, _at(old))
    return count(found[old], _at(old))


def _reported_total(found: Attributes) -> int | None:
    key = f"{USAGE}total_tokens"
    return None if found.get(key) is None else count(found[key], _at(key))


def _whole(value: float | None, pointer: str) -> int:
    """A count that a metric may carry as a double, if it is whole and exact."""
    if value is None:
        refuse(RowCode.MISSING, pointer)
    whole = isinstance(value, float) and value.is_integer() and abs(value) <= MAX_COUNT
    return count(int(value) if whole else value, pointer)


def _tier(found: Attributes) -> str:
    for key in _TIER_KEYS:
        stated = text(found, key, _at(key), "", limit=20)
        if stated:
            return _TIERS.get(stated.lower(), stated.upper())
    return Tier.STANDARD.value


def _refuse_sampled(found: Attributes) -> None:
    """A sample is no meter: what was left out would never be billed."""
    for key in ("SampleRate", "sampling.ratio", "sampling.probability"):
        if found.get(key) not in (None, 1, 1.0):
            refuse(RowCode.SAMPLED, _at(key))
    if found.get("sampling.threshold") not in (None, "", "0", 0):
        refuse(RowCode.SAMPLED, _at("sampling.threshold"))


def _instant(time_ns: int) -> datetime:
    """The instant in UTC; nanoseconds are cut off, not rounded."""
    seconds, rest = divmod(time_ns, 1_000_000_000)
    try:
        found = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest // 1000)
    except (ValueError, OverflowError, OSError):
        refuse(RowCode.BAD_TIME, "/time_unix_nano")
    if found < EARLIEST:
        refuse(RowCode.BAD_TIME, "/time_unix_nano")
    return found


def _at(key: str) -> str:
    return f"/attributes/{key}"
