"""Close usage that is accepted: what it cost is changed no more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.metering import events
from contracting.metering.models import ClosedUsage


@dataclass(frozen=True, slots=True)
class Kind:
    """Usage of a line, model, class and tier in ``[start, end)``."""

    order_line_id: int
    model_id: int
    token_class_code: str
    tier: str
    start: datetime
    end: datetime


@transaction.atomic
def close_usage(
    *, kinds: Iterable[Kind], because: Subject, by: Actor, at: datetime
) -> list[ClosedUsage]:
    """Let what is rated by now of these kinds and periods keep its ratings.

    A price that changes for them afterwards is an adjustment in the open period, and
    so is usage that comes for them late (R-MET-05).

    :param because: the acceptance that rests on them
    """
    made = [
        ClosedUsage(
            order_line_id=each.order_line_id,
            model_id=each.model_id,
            token_class_code=each.token_class_code,
            tier=each.tier,
            period=DateTimeTZRange(each.start, each.end, "[)"),
            closed_at=at,
            because_kind=because.kind,
            because_id=because.id,
        )
        for each in kinds
    ]
    ClosedUsage.objects.bulk_create(made)
    if made:
        record_event(
            events.USAGE_CLOSED,
            subject=because,
            by=by,
            at=at,
            data={"lines": len(made)},
        )
    return made
