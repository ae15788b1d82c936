"""Reads of the audit table, and the check of its chains."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet

from contracting.audit.events import SOURCE_SELECTION_READ
from contracting.audit.models import AuditEvent, AuditHead, RowVersion
from contracting.core.subjects import Subject

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where a chain does not hold."""

    stream: str
    seq: int
    what: str


def events_of(subject: Subject) -> QuerySet[AuditEvent]:
    """What happened to one object, oldest first."""
    return AuditEvent.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id
    ).order_by("stream", "seq")


def milestones(events: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:
    """Without the postings, which stand behind other events on pages of their own."""
    return events.exclude(event__startswith="ledger.")


def events_of_stream(stream: str) -> QuerySet[AuditEvent]:
    """What happened in one stream, oldest first."""
    return AuditEvent.objects.filter(stream=stream).order_by("seq")


def stream_of_reads(stream: str) -> str:
    """The stream of who read what of an object, beside that of what happened to it."""
    return f"reads:{stream}"


def reads_of(stream: str) -> QuerySet[AuditEvent]:
    """Who read source selection information of a stream, newest first."""
    return events_of_stream(stream_of_reads(stream)).order_by("-seq")


def streams_of_organization(organization_id: int) -> list[str]:
    """The organization's own stream, and every stream in which it has acted."""
    acted = AuditEvent.objects.filter(actor_organization_id=organization_id)
    streams = set(acted.values_list("stream", flat=True).distinct())
    return sorted(streams | {f"organization:{organization_id}"})


def recent_events_of(organization_id: int, limit: int = 100) -> list[AuditEvent]:
    """What the organization's own people and machines did last, newest first.

    What others did in the same streams is left out: who has sent a sealed offer is no
    more an auditor's to know than anybody's. Readings stand on a page of their own.
    """
    acted = AuditEvent.objects.filter(actor_organization_id=organization_id)
    acted = acted.exclude(event=SOURCE_SELECTION_READ.code)
    return list(acted.order_by("-pk")[:limit])


def link_hash(event: AuditEvent, prev: bytes) -> bytes:
    """SHA-256 of one link: everything the row says, in a fixed order.

    The same bytes are hashed by the database's trigger when the row is written. Rows
    of scheme 1, from before 0.1.0, were hashed without the instant of recording.
    """
    parts = [
        event.stream,
        str(event.seq),
        event.event,
        event.subject_kind,
        str(event.subject_id),
        event.actor_kind,
        _text(event.actor_user_id),
        _text(event.actor_membership_id),
        _text(event.actor_key_id),
        _text(event.actor_organization_id),
        event.actor_name,
        event.actor_role,
        str(_microseconds(event.at)),
        event.payload,
    ]
    if event.scheme != 1:
        parts += [str(event.scheme), str(_microseconds(event.recorded_at))]
    digest = hashlib.sha256(b"\x00" + bytes(prev))
    for part in parts:
        raw = part.encode()
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.digest()


def verify_chains(streams: Collection[str] | None = None) -> Iterator[Broken]:
    """Walk chains from their first link to their head; yield what does not hold.

    Finds a changed row, a missing row, a reordered row and a tail that differs from the
    head. A log without an outside witness proves only that it agrees with itself.

    :param streams: only these, or every chain there is
    """
    all_heads, rows = AuditHead.objects.all(), AuditEvent.objects.all()
    if streams is not None:
        all_heads = all_heads.filter(stream__in=streams)
        rows = rows.filter(stream__in=streams)
    heads = {head.stream: head for head in all_heads}
    stream, prev, seq = "", GENESIS, 0
    ordered = rows.order_by("stream", "seq")
    for event in ordered.iterator(chunk_size=2000):
        if event.stream != stream:
            if stream:
                yield from _tail(stream, seq, prev, heads.pop(stream, None))
            stream, prev, seq = event.stream, GENESIS, 0
        yield from _link(event, seq, prev)
        prev, seq = bytes(event.hash), event.seq
    if stream:
        yield from _tail(stream, seq, prev, heads.pop(stream, None))
    for name, head in sorted(heads.items()):
        if head.seq:
            yield Broken(name, head.seq, "the whole stream is missing")


def _link(event: AuditEvent, seq: int, prev: bytes) -> Iterator[Broken]:
    if event.seq != seq + 1:
        yield Broken(event.stream, seq + 1, "missing or reordered")
    if bytes(event.prev) != prev:
        yield Broken(event.stream, event.seq, "does not follow the link before it")
    if bytes(event.hash) != link_hash(event, bytes(event.prev)):
        yield Broken(event.stream, event.seq, "tampered")


def _tail(
    stream: str, seq: int, last: bytes, head: AuditHead | None
) -> Iterator[Broken]:
    if head is None:
        yield Broken(stream, seq, "has no head")
    elif head.seq != seq or bytes(head.hash) != last:
        yield Broken(stream, head.seq, "the tail is missing or differs from the head")


def _text(value: int | None) -> str:
    return "" if value is None else str(value)


def _microseconds(instant: datetime) -> int:
    delta = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def events_under(codes: Collection[str]) -> QuerySet[AuditEvent]:
    """The events of these types, oldest first."""
    return AuditEvent.objects.filter(event__in=list(codes)).order_by("pk")


def versions_named(event: AuditEvent) -> list[RowVersion]:
    """The rows that the event names as what it was decided by, as they were then."""
    named = {sha256 for _, _, sha256 in event.read.get("under", [])}
    kept = RowVersion.objects.filter(sha256__in=named).order_by("kind", "row_id", "pk")
    return list({row.sha256: row for row in kept}.values())
