"""A call as its provider answered it, and what the gateway wrote beside the answer.

A row is the answer itself, or ``{"call": …, "response": …}``; of a streamed call, the
stream's own parts in ``"events"`` in place of the answer. Of an answer only the listed
fields are read. ``call`` is ours: a field that is not on its list refuses the row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from contracting.core.canonical import canonical_json
from contracting.metering.adapters.classes import ABSENT, Usage
from contracting.metering.adapters.events import (
    MAX_COUNT,
    BadRow,
    ReadEvent,
    Sender,
)
from contracting.metering.adapters.fields import (
    TEXT,
    Bad,
    attempt_of,
    count,
    instant,
    known,
    refuse,
    text,
)
from contracting.metering.adapters.rows import read_object, rows_of, sha256_of
from contracting.metering.states import Outcome, Provenance, ReportKind, RowCode
from contracting.reference.states import Tier

CALL: Final = frozenset(
    {
        "id",
        "time",
        "order_id",
        "operation_id",
        "attempt",
        "model_requested",
        "context_band",
        "boundary",
        "key_ref",
        "project",
        "outcome",
        "latency_ms",
        "meter_seq",
        "processing",
        "channel",
    }
)
_ROW: Final = frozenset({"call", "response", "events"})
_BATCH: Final = "batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was read of a provider's answer."""

    usage: Usage
    model: str
    response_id: str = ""
    at: datetime | None = None
    tier: str = Tier.STANDARD.value
    service_tier: str = ""
    provider: str = ""
    channel: str = ""
    region_scope: str = ""
    outcome: str = ""
    requests: int | None = None
    cost: Decimal | None = None
    currency: str = ""
    kind: ReportKind = ReportKind.PROVIDER_API
    provenance: Provenance = Provenance.REPORTED


ReadAnswer = Callable[[Mapping[str, Any], str], Answer]
"""From the answer and where it stands in the row."""

Join = Callable[[Sequence[Any], str], Answer]
"""From the parts of a stream and where they stand in the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is known of a call beside the answer to it."""

    event_id: str
    at: datetime
    order_ref: str
    operation_id: str
    attempt: int = 1
    model_requested: str = ""
    context_band: str = "ALL"
    boundary: str = ""
    key_ref: str = ""
    project: str = ""
    outcome: str = ""
    latency_ms: int | None = None
    meter_seq: int | None = None
    processing: str = ""
    channel: str = ""


def read_answers(
    payload: bytes,
    sender: Sender,
    *,
    adapter: tuple[str, str],
    answer_of: ReadAnswer,
    join: Join | None = None,
) -> list[ReadEvent | BadRow]:
    """Every row of NDJSON or of a JSON array of answers, read or refused.

    :param adapter: its name and version
    :raises Unreadable: if it is neither, is empty, or is larger than the limits
    """

    def read(row: Mapping[str, Any]) -> tuple[Call, Answer]:
        given, answer = _parts(row, answer_of, join)
        return call_of(given, answer, sender), answer

    return read_each(payload, sender, adapter=adapter, read=read)


def read_each(
    payload: bytes,
    sender: Sender,
    *,
    adapter: tuple[str, str],
    read: Callable[[Mapping[str, Any]], tuple[Call, Answer]],
) -> list[ReadEvent | BadRow]:
    """Every row of NDJSON or of a JSON array, by what ``read`` finds in it."""

    def one(index: int, raw: str) -> ReadEvent | BadRow:
        event_id = ""
        try:
            row = read_object(raw)
            event_id = _named(row)
            call, answer = read(row)
            return event_of(index, call, answer, sender, adapter, sha256_of(raw))
        except Bad as bad:
            return BadRow(index, event_id, bad.code, bad.pointer[:120], sha256_of(raw))

    return [one(index, raw) for index, raw in enumerate(rows_of(payload))]


def _named(row: dict[str, Any]) -> str:
    """The id of a row, as far as it has one, for the answer to a refused one."""
    call, response = row.get("call"), row.get("response")
    for place in (call, response, row):
        if not isinstance(place, dict):
            continue
        for key in _IDS:
            name = place.get(key)
            if isinstance(name, str) and TEXT.fullmatch(name):
                return name
    return ""


_IDS: Final = ("id", "request_id", "requestId", "responseId")


def _parts(
    row: Mapping[str, Any], answer_of: ReadAnswer, join: Join | None
) -> tuple[Mapping[str, Any], Answer]:
    if "call" not in row:
        return {}, answer_of(row, "")
    known(row, _ROW, "")
    given, response, parts = row["call"], row.get("response"), row.get("events")
    if not isinstance(given, dict):
        refuse(RowCode.NOT_AN_OBJECT, "/call")
    known(given, CALL, "/call")
    if parts is not None and join is not None and response is None:
        if not isinstance(parts, list):
            refuse(RowCode.NOT_AN_OBJECT, "/events")
        return given, join(parts, "/events")
    if response is None and parts is None:
        return given, Answer(usage=ABSENT, model="")
    if not isinstance(response, dict) or parts is not None:
        refuse(RowCode.NOT_AN_OBJECT, "/response")
    return given, answer_of(response, "/response")


def call_of(given: Mapping[str, Any], answer: Answer, sender: Sender) -> Call:
    """What the gateway says of a call, else the answer, else the sender's own row.

    :raises Bad: if nobody names it, or says when it was complete
    """
    event_id = text(given, "id", "/call/id", answer.response_id or None)
    stamp = given.get("time")
    at = answer.at if stamp is None else instant(stamp, "/call/time")
    if at is None:
        refuse(RowCode.MISSING, "/call/time")
    found = {
        key: text(given, key, f"/call/{key}", default, limit=limit)
        for key, default, limit in (
            ("operation_id", event_id, 200),
            ("model_requested", "", 120),
            ("context_band", sender.context_band, 20),
            ("boundary", sender.boundary, 20),
            ("key_ref", sender.key_ref, 120),
            ("project", "", 120),
            ("processing", "", 20),
            ("channel", sender.channel, 60),
        )
    }
    return Call(
        event_id=event_id,
        at=at,
        order_ref=text(given, "order_id", "/call/order_id", sender.order_ref, limit=60),
        attempt=attempt_of(given, "/call/attempt"),
        outcome=outcome_of(given, "/call/outcome"),
        latency_ms=_number(given, "latency_ms"),
        meter_seq=_number(given, "meter_seq"),
        **found,
    )


def _number(given: Mapping[str, Any], key: str) -> int | None:
    value = given.get(key)
    return None if value is None else count(value, f"/call/{key}", most=MAX_COUNT)


def outcome_of(given: Mapping[str, Any], pointer: str) -> str:
    """How a call ended, if it is said.

    :raises Bad: if it is none of the closed list
    """
    outcome = text(given, "outcome", pointer, "", limit=20)
    if outcome and outcome not in Outcome.values:
        refuse(RowCode.BAD_OUTCOME, pointer)
    return outcome


def event_of(
    index: int,
    call: Call,
    answer: Answer,
    sender: Sender,
    adapter: tuple[str, str],
    original_sha256: str,
) -> ReadEvent:
    """The event of a call; its hash is that of what is kept of it.

    :raises Bad: if the gateway and the answer contradict each other
    """
    usage = answer.usage
    fields: dict[str, Any] = {
        "event_id": call.event_id,
        "source": sender.source,
        "occurred_at": call.at,
        "operation_id": call.operation_id,
        "attempt": call.attempt,
        "order_ref": call.order_ref,
        "model_served": answer.model,
        "model_requested": call.model_requested,
        "tier": _tier(call, answer),
        "context_band": call.context_band,
        "boundary": call.boundary,
        "basis": usage.basis,
        "lines": usage.lines,
        "unknown_class": usage.unknown_class,
        "reported_total": usage.total,
        "source_kind": answer.kind.value,
        "provenance": answer.provenance.value,
        "adapter": adapter[0],
    }
    said = {
        "provider": answer.provider,
        "channel": call.channel or answer.channel,
        "service_tier": answer.service_tier,
        "processing": call.processing,
        "region_scope": answer.region_scope,
        "meter_seq": call.meter_seq,
        "key_ref": call.key_ref,
        "project": call.project,
        "outcome": call.outcome or answer.outcome,
        "latency_ms": call.latency_ms,
        "requests": answer.requests,
        "other_units": usage.other_units,
        "reported_cost": answer.cost,
        "reported_currency": answer.currency,
        "response_id": answer.response_id,
    }
    fields |= {key: value for key, value in said.items() if value not in ("", None, ())}
    canonical = canonical_json(fields)
    return ReadEvent(
        index=index,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
        canonical=canonical,
        adapter_version=adapter[1],
        original_sha256=original_sha256,
        **fields,
    )


def _tier(call: Call, answer: Answer) -> str:
    """Of a batch, which an answer often does not say, the tier of batches."""
    if call.processing != _BATCH or answer.tier == Tier.BATCH:
        return answer.tier
    if answer.tier != Tier.STANDARD:
        refuse(RowCode.TIER_CONTRADICTED, "/call/processing")
    return Tier.BATCH.value


def tier_named(name: Any, names: Mapping[str, str], pointer: str) -> tuple[str, str]:
    """Our tier and the provider's own name of it.

    A name that nobody has mapped becomes a tier of that name, for which no price is
    agreed: the call is held, and never charged as a standard one.

    :raises Bad: if it is no name at all
    """
    said = text({"tier": name}, "tier", pointer, "", limit=60)
    if not said:
        return Tier.STANDARD.value, ""
    return names.get(said.casefold(), said.upper()[:20]), said


def with_usage(answer: Answer, usage: Usage) -> Answer:
    """The same answer with other counts."""
    return replace(answer, usage=usage)
