"""Receive a batch of usage: store it once, attribute, rate, draw it on the funds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.models import Blob
from contracting.documents.operations.store import store_blob
from contracting.metering import events, permissions, queries
from contracting.metering.adapters import cloudevents
from contracting.metering.adapters.cloudevents import BadRow, ReadEvent
from contracting.metering.calculations import Attributed, Held, Measured
from contracting.metering.models import (
    UsageBatch,
    UsageEvent,
    UsageLine,
    UsageRefusal,
    UsageSource,
)
from contracting.metering.operations.assign import (
    draw_on_funds,
    lock_orders,
    store_attributions,
    store_holds,
)
from contracting.metering.queries.lookup import Lookup
from contracting.metering.refusals import SourceClosed, UnreadableBatch
from contracting.metering.states import RowCode, RowVerdict

CLOCK_SKEW = timedelta(minutes=5)
LATE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one received row is answered."""

    index: int
    id: str
    status: str
    code: str = ""
    pointer: str = ""

    def as_row(self) -> dict[str, Any]:
        """Plain values, without what is empty."""
        row: dict[str, Any] = {
            "index": self.index,
            "id": self.id,
            "status": self.status,
        }
        if self.code:
            row |= {"code": self.code, "pointer": self.pointer}
        return row


@dataclass(frozen=True, slots=True)
class Receipt:
    """The batch as stored, and one verdict per received row, in their order."""

    batch: UsageBatch
    verdicts: list[Verdict]


Reader = Callable[[bytes], list[ReadEvent | BadRow]]
"""An adapter: the bytes of a delivery as checked rows, in their order."""


@transaction.atomic
def ingest_usage(
    *,
    source_id: int,
    payload: bytes,
    read: Reader = cloudevents.read_batch,
    by: Actor,
    at: datetime,
) -> Receipt:
    """Receive a batch of usage; exactly once on (agency, source, event id).

    Each row is answered accepted, held, duplicate, conflict or rejected. A repeat of a
    row is a duplicate for ever, the same id with other content a conflict that never
    replaces the first. An unknown order, model, class or price holds the row in
    suspense. Usage beyond the funds is recorded in full as unfunded (R-FND-08). Counts
    and names are stored, never the content of a call (R-AI-04).

    :param read: the adapter of the format; without one the batch is of CloudEvents
    :raises NotAllowed: if the key or person may not write for this source
    :raises SourceClosed: if the source no longer reports
    :raises UnreadableBatch: if it is not of the format, is empty or too large
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_ingest_usage(by, source.agency_id, source.code))
    if source.closed_at is not None:
        message = "This source is closed; its usage goes to its successor."
        raise SourceClosed(message)
    rows = _read(payload, read)
    stored, verdicts = _judge(source, rows, at)
    orders = Lookup(source.agency_id)
    lock_orders(source.agency_id, queries.orders_named_by(source.agency_id, stored))
    decided = _decide(stored, source.pk, orders)
    for row, outcome in decided:
        if isinstance(outcome, Held):
            verdicts[row.index] = Verdict(
                row.index, row.event_id, RowVerdict.HELD, outcome.reason
            )
    ordered = [verdicts[index] for index in range(len(rows))]
    batch = _store(source, rows, decided, ordered, by, at)
    attributed = [
        (row.event_id, row.occurred_at, source, outcome)
        for row, outcome in decided
        if isinstance(outcome, Attributed)
    ]
    store_attributions(source.agency_id, attributed, at)
    draw_on_funds(attributed, because=batch.subject, by=by, at=at)
    record_event(
        events.USAGE_INGESTED,
        subject=batch.subject,
        by=by,
        at=at,
        data={
            "source": source.code,
            "batch": batch.public_id,
            "payload_sha256": batch.payload.sha256,
            **_counts(ordered),
        },
    )
    return Receipt(batch, ordered)


def _read(payload: bytes, read: Reader) -> list[ReadEvent | BadRow]:
    try:
        return read(payload)
    except cloudevents.Unreadable as error:
        raise UnreadableBatch(str(error)) from error


def _judge(
    source: UsageSource, rows: list[ReadEvent | BadRow], at: datetime
) -> tuple[list[ReadEvent], dict[int, Verdict]]:
    """Which rows are new, and the verdict of every row as far as it is known."""
    ids = [row.event_id for row in rows if isinstance(row, ReadEvent)]
    known = dict(
        UsageEvent.objects.filter(
            agency_id=source.agency_id, source_id=source.pk, event_id__in=ids
        ).values_list("event_id", "payload_sha256")
    )
    stored: list[ReadEvent] = []
    verdicts: dict[int, Verdict] = {}
    for row in rows:
        status, code, pointer = _verdict(source, row, known, at)
        verdicts[row.index] = Verdict(row.index, row.event_id, status, code, pointer)
        if status == RowVerdict.ACCEPTED and isinstance(row, ReadEvent):
            known[row.event_id] = row.sha256
            stored.append(row)
    return stored, verdicts


def _verdict(
    source: UsageSource, row: ReadEvent | BadRow, known: dict[str, str], at: datetime
) -> tuple[str, str, str]:
    if isinstance(row, BadRow):
        return RowVerdict.REJECTED, row.code, row.pointer
    if row.source != source.code:
        return RowVerdict.REJECTED, RowCode.OTHER_SOURCE, "/source"
    if row.occurred_at > at + CLOCK_SKEW:
        return RowVerdict.REJECTED, RowCode.CLOCK_AHEAD, "/time"
    before = known.get(row.event_id)
    if before is None:
        return RowVerdict.ACCEPTED, "", ""
    if before == row.sha256:
        return RowVerdict.DUPLICATE, "", ""
    return RowVerdict.CONFLICT, RowCode.OTHER_CONTENT, ""


def _decide(
    rows: Sequence[ReadEvent], source_id: int, lookup: Lookup
) -> list[tuple[ReadEvent, Attributed | Held]]:
    """Whose usage each row is, or why it is held."""
    decided: list[tuple[ReadEvent, Attributed | Held]] = []
    calls = []
    for row in rows:
        event = _measured(row, source_id)
        outcome = lookup.decide(event)
        decided.append((row, outcome))
        if isinstance(outcome, Attributed):
            calls.append((event, outcome))
    held = lookup.too_fast(calls)
    return [(row, held.get(row.event_id, outcome)) for row, outcome in decided]


def _measured(row: ReadEvent, source_id: int) -> Measured:
    return Measured(
        event_id=row.event_id,
        occurred_at=row.occurred_at,
        order_ref=row.order_ref,
        model_served=row.model_served,
        tier=row.tier,
        context_band=row.context_band,
        boundary=row.boundary,
        basis=row.basis,
        lines=row.lines,
        unknown_class=row.unknown_class,
        source_id=source_id,
        key_ref=row.key_ref,
        model_requested=row.model_requested,
        model_billed=row.model_billed,
        provenance=row.provenance,
        outcome=row.outcome,
        requests=row.requests or 1,
        latency_ms=row.latency_ms,
    )


def _store(
    source: UsageSource,
    rows: list[ReadEvent | BadRow],
    decided: list[tuple[ReadEvent, Attributed | Held]],
    verdicts: list[Verdict],
    by: Actor,
    at: datetime,
) -> UsageBatch:
    batch = UsageBatch.objects.create(
        agency_id=source.agency_id,
        source=source,
        payload=_canonical_payload(rows),
        verdicts=store_blob(
            content=json.dumps([v.as_row() for v in verdicts]).encode(),
            media_type="application/json",
        ),
        received_at=at,
        received_by=by.name,
        **_counts(verdicts),
    )
    _store_events(batch, [row for row, _ in decided])
    held = [
        (source.pk, row.event_id, why) for row, why in decided if isinstance(why, Held)
    ]
    store_holds(source.agency_id, held, at)
    refused = [(row, verdicts[row.index]) for row in rows]
    UsageRefusal.objects.add_all(
        (
            "batch_id",
            "row_index",
            "event_id",
            "verdict",
            "code",
            "pointer",
            "payload_sha256",
        ),
        (
            (
                batch.pk,
                row.index,
                row.event_id,
                str(verdict.status),
                str(verdict.code),
                verdict.pointer[:120],
                row.sha256,
            )
            for row, verdict in refused
            if verdict.status in _REFUSED
        ),
    )
    return batch


_REFUSED = frozenset({RowVerdict.CONFLICT, RowVerdict.REJECTED})


def _store_events(batch: UsageBatch, rows: Sequence[ReadEvent]) -> None:
    key, at = (batch.agency_id, batch.source_id), batch.received_at
    UsageEvent.objects.add_all(
        (
            "agency_id",
            "source_id",
            "batch_id",
            "received_at",
            "payload_sha256",
            "is_late",
            "corrects",
            "correction_reason",
            *_TAKEN_OVER,
        ),
        (
            (
                *key,
                batch.pk,
                at,
                row.sha256,
                at - row.occurred_at > LATE_AFTER,
                "",
                "",
                *_taken_over(row),
            )
            for row in rows
        ),
    )
    UsageLine.objects.add_all(
        ("agency_id", "source_id", "event_id", "token_class_code", "tokens"),
        (
            (*key, row.event_id, code, tokens)
            for row in rows
            for code, tokens in row.lines
        ),
    )


_TAKEN_OVER = (
    "event_id",
    "occurred_at",
    "operation_id",
    "attempt",
    "order_ref",
    "model_requested",
    "model_served",
    "tier",
    "context_band",
    "boundary",
    "basis",
    "reported_total",
    "provenance",
    "outcome",
    "key_ref",
    "model_billed",
    "requests",
    "latency_ms",
    "meter_seq",
)
"""What an event has as its row had it."""

_taken_over = attrgetter(*_TAKEN_OVER)


def _canonical_payload(rows: Iterable[ReadEvent | BadRow]) -> Blob:
    """The checked fields of every readable row; a refused row leaves only its hash."""
    kept = [
        row.canonical
        if isinstance(row, ReadEvent)
        else json.dumps({"refused": row.code, "sha256": row.sha256})
        for row in rows
    ]
    return store_blob(
        content=("\n".join(kept) + "\n").encode(), media_type="application/x-ndjson"
    )


def _counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    counted = Counter(verdict.status for verdict in verdicts)
    found = {str(kind): counted.get(kind, 0) for kind in RowVerdict.values}
    return {"received": sum(found.values()), **found}
