"""Chains of events as lines that anybody can check without this site."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

from contracting.audit.models import AuditEvent
from contracting.audit.queries import events_of_stream
from contracting.core.actors import Actor
from contracting.evidence.states import Level

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def chain_lines(stream: str, level: str, actor: Actor) -> tuple[bytes, int]:
    """Every link of a stream as JSON lines, and how many there are.

    A link that may be read has everything that its hash was made of. Of another one
    there is its place, its hash and that before it: the chain is whole, and what is
    withheld can be shown later to be what was hashed.
    """
    may_read = _reader(level, actor)
    lines = [
        json.dumps(_whole(event) if may_read(event) else _withheld(event))
        for event in events_of_stream(stream).iterator(chunk_size=2000)
    ]
    return "".join(f"{line}\n" for line in lines).encode(), len(lines)


def _reader(level: str, actor: Actor) -> Callable[[AuditEvent], bool]:
    """The agency reads all; a vendor what its own people did; the public the links."""
    if level == Level.FULL:
        return lambda _: True
    if level == Level.OWN:
        return lambda event: event.actor_organization_id == actor.organization_id
    return lambda _: False


def _withheld(event: AuditEvent) -> dict[str, object]:
    return {
        "stream": event.stream,
        "seq": event.seq,
        "prev": bytes(event.prev).hex(),
        "hash": bytes(event.hash).hex(),
        "withheld": True,
    }


def _whole(event: AuditEvent) -> dict[str, object]:
    return {
        "stream": event.stream,
        "seq": event.seq,
        "event": event.event,
        "subject_kind": event.subject_kind,
        "subject_id": event.subject_id,
        "actor_kind": event.actor_kind,
        "actor_user_id": event.actor_user_id,
        "actor_membership_id": event.actor_membership_id,
        "actor_key_id": event.actor_key_id,
        "actor_organization_id": event.actor_organization_id,
        "actor_name": event.actor_name,
        "actor_role": event.actor_role,
        "at_microseconds": _microseconds(event.at),
        "scheme": event.scheme,
        "recorded_at_microseconds": _microseconds(event.recorded_at),
        "payload": event.payload,
        "prev": bytes(event.prev).hex(),
        "hash": bytes(event.hash).hex(),
    }


def _microseconds(instant: datetime) -> int:
    passed = instant - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
