"""Ask for work that takes longer than a request."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.core.actors import Actor
from contracting.documents import tasks
from contracting.documents.models import Operation


@transaction.atomic
def start_operation(
    *,
    kind: str,
    title: str,
    organization_id: int,
    scope: str,
    total: int,
    unit: str,
    by: Actor,
    at: datetime,
) -> Operation:
    """Write it down; a worker begins after the commit.

    The row is the outbox: should the message to the worker get lost, the sweep finds
    the row. The event of the verb that asks is the record, so none is written here.

    :param kind: as the app that does its steps has made it known
    :param scope: with which a machine of the organization may look at it
    :param total: how many units there are to do, counted in ``unit``
    """
    operation = Operation(
        kind=kind,
        title=" ".join(title.split())[:200],
        organization_id=organization_id,
        scope=scope,
        by_membership_id=by.membership_id,
        by_key_id=by.key_id,
        by_name=by.name,
        total=total,
        unit=unit,
        queued_at=at,
    )
    operation.save()
    transaction.on_commit(
        lambda: tasks.work_operation.apply_async((operation.pk,), retry=False),
        robust=True,
    )
    return operation
