"""Receive a batch of usage: store it once, attribute, rate, draw it on the funds."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.models import Blob
from contracting.documents.operations.store import store_blob
from contracting.metering import events, permissions
from contracting.metering.adapters import cloudevents
from contracting.metering.adapters.cloudevents import BadRow, ReadEvent
from contracting.metering.calculations import Attributed, Held, Measured, attribute
from contracting.metering.models import (
    UsageBatch,
    UsageEvent,
    UsageLine,
    UsageRefusal,
    UsageSource,
)
from contracting.metering.operations.assign import (
    Lookup,
    draw_on_funds,
    lock_orders,
    store_attributions,
    store_holds,
)
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


@transaction.atomic
def ingest_usage(*, source_id: int, payload: bytes, by: Actor, at: datetime) -> Receipt:
    """Receive a batch of CloudEvents; exactly once on (agency, source, event id).

    Each row is answered accepted, held, duplicate, conflict or rejected. A repeat of a
    row is a duplicate for ever, the same id with other content a conflict that never
    replaces the first. An unknown order, model, class or price holds the row in
    suspense. Usage beyond the funds is recorded in full as unfunded (R-FND-08). Counts
    and names are stored, never the content of a call (R-AI-04).

    :raises NotAllowed: if the key or person may not write for this source
    :raises SourceClosed: if the source no longer reports
    :raises UnreadableBatch: if it is no NDJSON, no JSON array, empty or too large
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_ingest_usage(by, source.agency_id, source.code))
    if source.closed_at is not None:
        message = "This source is closed; its usage goes to its successor."
        raise SourceClosed(message)
    rows = _read(payload)
    stored, verdicts = _judge(source, rows, at)
    orders = Lookup(source.agency_id)
    lock_orders(source.agency_id, {row.order_ref for row in stored})
    decided = [(row, _attribute(row, orders)) for row in stored]
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


def _read(payload: bytes) -> list[ReadEvent | BadRow]:
    try:
        return cloudevents.read_batch(payload)
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


def _attribute(row: ReadEvent, lookup: Lookup) -> Attributed | Held:
    measured = Measured(
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
    )
    return attribute(measured, find_order=lookup.order, find_model=lookup.model)


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
    made = [(_event(source, batch, row, at), outcome) for row, outcome in decided]
    UsageEvent.objects.bulk_create(event for event, _ in made)
    UsageLine.objects.bulk_create(
        UsageLine(
            agency_id=source.agency_id,
            source_id=source.pk,
            event_id=row.event_id,
            token_class_code=code,
            tokens=tokens,
        )
        for row, _ in decided
        for code, tokens in row.lines
    )
    store_holds(((row, why) for row, why in made if isinstance(why, Held)), at)
    refused = {v.index: v for v in verdicts if v.status in _REFUSED}
    UsageRefusal.objects.bulk_create(
        UsageRefusal(
            batch=batch,
            row_index=row.index,
            event_id=row.event_id,
            verdict=refused[row.index].status,
            code=refused[row.index].code,
            pointer=refused[row.index].pointer[:120],
            payload_sha256=row.sha256,
        )
        for row in rows
        if row.index in refused
    )
    return batch


_REFUSED = frozenset({RowVerdict.CONFLICT, RowVerdict.REJECTED})


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


def _event(
    source: UsageSource, batch: UsageBatch, row: ReadEvent, at: datetime
) -> UsageEvent:
    return UsageEvent(
        agency_id=source.agency_id,
        source_id=source.pk,
        event_id=row.event_id,
        batch_id=batch.pk,
        payload_sha256=row.sha256,
        occurred_at=row.occurred_at,
        received_at=at,
        operation_id=row.operation_id,
        attempt=row.attempt,
        order_ref=row.order_ref,
        model_requested=row.model_requested,
        model_served=row.model_served,
        tier=row.tier,
        context_band=row.context_band,
        boundary=row.boundary,
        basis=row.basis,
        reported_total=row.reported_total,
        is_late=at - row.occurred_at > LATE_AFTER,
    )


def _counts(verdicts: Iterable[Verdict]) -> dict[str, int]:
    counted = Counter(verdict.status for verdict in verdicts)
    found = {str(kind): counted.get(kind, 0) for kind in RowVerdict.values}
    return {"received": sum(found.values()), **found}
