"""Write one event in the transaction of what it records."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.db import connection, transaction

from contracting.audit.events import EventType, known_event
from contracting.audit.models import AuditEvent
from contracting.core import origin
from contracting.core.actors import Actor
from contracting.core.canonical import canonical_json
from contracting.core.consulted import Noted, consulted
from contracting.core.subjects import Subject


class UnregisteredEvent(TypeError):
    """The type of event stands in no ``events.py``."""


class NotInTransaction(RuntimeError):
    """An event must be written in the transaction of the change it records."""


def record_event(
    event: EventType,
    *,
    subject: Subject,
    by: Actor,
    at: datetime,
    data: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append the event to its stream's chain; the last step of every verb.

    ``data`` holds old and new values and ids, never objects; the door, the id of the
    request and the address it came from are added (R-AUD-01); of somebody under a
    pseudonym only the door. So are the versions of the thresholds, clauses, policies,
    prices and funds that the verb has read, by which it can be replayed (R-AUD-03). The
    number in the chain and the hash are assigned by the database under the lock of the
    stream's head.

    :raises UnregisteredEvent: if the type was never registered
    :raises NotInTransaction: outside a transaction
    """
    if known_event(event.code) is not event:
        raise UnregisteredEvent(event.code)
    if not connection.in_atomic_block:
        raise NotInTransaction(event.code)
    here = origin.current()
    if by.is_pseudonym:
        here = origin.Origin(door=here.door)
    payload = canonical_json(
        {
            "event": event.code,
            "subject": {"kind": subject.kind, "id": subject.id},
            "by": {
                "kind": by.kind,
                "user": by.user_id,
                "membership": by.membership_id,
                "key": by.key_id,
                "organization": by.organization_id,
                "name": by.name,
                "role": by.role,
            },
            "at": at,
            "from": {"door": here.door, "request": here.request_id, "ip": here.ip},
            "data": data or {},
            **_under(consulted()),
        }
    )
    return AuditEvent.objects.create(
        stream=subject.stream,
        seq=0,
        event=event.code,
        subject_kind=subject.kind,
        subject_id=subject.id,
        actor_kind=by.kind,
        actor_user_id=by.user_id,
        actor_membership_id=by.membership_id,
        actor_key_id=by.key_id,
        actor_organization_id=by.organization_id,
        actor_name=by.name,
        actor_role=by.role_label,
        at=at,
        payload=payload,
        prev=b"",
        hash=b"",
    )


_KEEP = """
INSERT INTO audit_rowversion (sha256, kind, row_id, content)
SELECT one.* FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[])
  AS one (sha256, kind, row_id, content)
WHERE NOT EXISTS (SELECT FROM audit_rowversion kept WHERE kept.sha256 = one.sha256)
"""


def _under(noted: list[Noted]) -> dict[str, Any]:
    """Keep what was decided by, and name it: kind, number and hash of each row.

    A row that was read before and kept by a transaction that ended well is kept.
    """
    if not noted:
        return {}
    new = [each for each in noted if not each.is_kept]
    if new:
        with connection.cursor() as cursor:
            cursor.execute(
                _KEEP,
                [
                    [each.version.sha256 for each in new],
                    [each.version.kind for each in new],
                    [each.version.row_id for each in new],
                    [each.version.content for each in new],
                ],
            )
    lasting = [each for each in new if each.lasts]
    if lasting:
        transaction.on_commit(partial(_are_kept, lasting))
    versions = [each.version for each in noted]
    return {"under": [[each.kind, each.row_id, each.sha256] for each in versions]}


def _are_kept(noted: list[Noted]) -> None:
    for each in noted:
        each.is_kept = True
