"""Claim an idempotency key, so that one request has one effect."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any, Final

from django.db import connection, transaction

from accounts.models import IdempotencyKey
from accounts.refusals import KeyReused, StillRunning
from contracting.core.actors import Actor
from contracting.core.doors import IdempotencyStore, StoredReply

_LOOKS_AGAIN: Final = 0.1
"""Seconds."""

CLAIM = """
INSERT INTO accounts_idempotencykey
  (principal, scope, key, fingerprint, claimed_at, location)
VALUES (%s, %s, %s, %s, %s, '')
ON CONFLICT (principal, scope, key) DO NOTHING
"""


@transaction.atomic
def claim_key(
    *,
    by: Actor,
    scope: str,
    key: str,
    fingerprint: str,
    at: datetime,
    patience: float = 0,
) -> StoredReply | None:
    """Claim ``key`` for this request, in the transaction of its effect.

    The row is the first lock of all. A refused request rolls it back with everything
    else, so that the same key may be tried again.

    :param patience: seconds for which the first request is waited for
    :returns: the reply of the first request with this key, or ``None`` to go on
    :raises KeyReused: if the first request was another one (422)
    :raises StillRunning: if the first request has not ended by then (409)
    """
    principal = _principal(by)
    with connection.cursor() as cursor:
        _wait_for_turn(cursor, "\n".join((principal, scope, key)), patience)
        cursor.execute(CLAIM, [principal, scope, key, fingerprint, at])
        if cursor.rowcount:
            return None
    found = IdempotencyKey.objects.select_for_update().get(
        principal=principal, scope=scope, key=key
    )
    if found.fingerprint != fingerprint:
        message = "This idempotency key was used for another request."
        raise KeyReused(message)
    if found.status is None:
        raise _still_running()
    return StoredReply(found.status, found.body, found.location)


def _wait_for_turn(cursor: Any, what: str, patience: float) -> None:
    until = time.monotonic() + patience
    while True:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [what]
        )
        if cursor.fetchone()[0]:
            return
        if time.monotonic() >= until:
            raise _still_running()
        time.sleep(_LOOKS_AGAIN)


class Store:
    """The table of idempotency keys, as the doors see it."""

    claim = staticmethod(claim_key)

    def complete(
        self, *, by: Actor, scope: str, key: str, status: int, body: Any, location: str
    ) -> None:
        """Keep the reply beside the claimed key, in the same transaction."""
        IdempotencyKey.objects.filter(
            principal=_principal(by), scope=scope, key=key
        ).update(status=status, body=body, location=location)


STORE: Final[IdempotencyStore] = Store()


def _principal(by: Actor) -> str:
    if by.is_key:
        return f"key:{by.key_id}"
    if by.is_pseudonym:
        return f"{by.kind.lower()}:{by.name}"
    if by.user_id is not None:
        return f"user:{by.user_id}:{by.membership_id or ''}"
    return by.kind.lower()


def _still_running() -> StillRunning:
    return StillRunning(
        "The first request with this idempotency key is still being answered."
    )
