"""Consume: write down what was used, for the roller to draw on the funds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from contracting.core.subjects import Subject
from contracting.ledger.models import UsageDelta
from contracting.ledger.models.deltas import DELTA_COLUMNS
from contracting.ledger.states import Delta


@transaction.atomic(savepoint=False)
def consume(*, deltas: Iterable[Delta], because: Subject, at: datetime) -> None:
    """Add deltas; nothing is locked, and no balance moves before they are folded.

    They belong to the transaction that stores the usage: both are there, or neither.
    What a delta names is checked by its caller; one that cannot be folded is parked.

    :param because: what brought the usage, such as a batch
    """
    UsageDelta.objects.add_all(
        DELTA_COLUMNS, (_row(delta, because, at) for delta in deltas)
    )


def _row(delta: Delta, because: Subject, at: datetime) -> tuple[object, ...]:
    first, last = delta.first, delta.last
    columns = {
        "holder_kind": delta.holder.kind,
        "holder_id": delta.holder.id,
        "key": delta.key,
        "usd_per_million_tokens": delta.unit_price.usd_per_million_tokens,
        "acu_per_million_tokens": delta.acu_per_million_tokens,
        "rate_row_id": delta.rate_row_id,
        "hour": delta.hour,
        "day": delta.day,
        "is_correction": delta.is_correction,
        "events": delta.events,
        "tokens": delta.tokens,
        "dollars": delta.dollars.amount,
        "first_at": first.at,
        "first_source": first.source,
        "first_event": first.event_id,
        "last_at": last.at,
        "last_source": last.source,
        "last_event": last.event_id,
        "because_kind": because.kind,
        "because_id": because.id,
        "stream": because.stream,
        "at": at,
    }
    return tuple(columns[name] for name in DELTA_COLUMNS)
