"""Take the next step of a long comparison: some days, or at last the run."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.models import Operation
from contracting.documents.queries import Progress
from contracting.reconciliation import permissions
from contracting.reconciliation.matching import kept
from contracting.reconciliation.models import LongComparison
from contracting.reconciliation.operations.reconcile import reconcile_order


@transaction.atomic
def take_step(*, operation: Operation, by: Actor, at: datetime) -> Progress:
    """Read the next days of a long comparison; after the last one, make the run.

    A step and its account are one transaction: a worker that ends in the middle has
    read its days or not. The run and all its findings are the last step.

    :raises NotAllowed: if whoever asked may no longer compare orders
    """
    asked = LongComparison.objects.get(operation=operation)
    order = locked_order(asked.order_id)
    require(permissions.can_reconcile_order(by, order))
    read, left = kept.read_next(order, at=at, since=asked.asked_at)
    most = operation.total - operation.done
    if read:
        words = f"{left} day{'' if left == 1 else 's'} left" if left else "comparing"
        return Progress(min(read, most), phase=words)
    run = reconcile_order(order_id=order.pk, changed_only=True, by=by, at=at)
    operation.result_path = run.path
    return Progress(most, phase="compared", is_last=True)
