"""Read days of an order that have changed: one step of a night with much usage."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.reconciliation import permissions
from contracting.reconciliation.matching import kept


@transaction.atomic
def read_changed_days(*, order_id: int, by: Actor, at: datetime) -> int:
    """Read the next days that have changed, and keep what was read.

    What is read is kept with this transaction: a comparison that ends in the middle
    goes on with the days that are left.

    :returns: how many days are left to be read
    :raises NotAllowed: if ``by`` is neither the job nor COR nor CO of the agency
    """
    order = locked_order(order_id)
    require(permissions.can_reconcile_order(by, order))
    _, left = kept.read_next(order, at=at)
    return left
