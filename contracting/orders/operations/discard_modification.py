"""Give up a draft modification; its number was never assigned."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.orders import events, permissions
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.operations.certify_modification import _release
from contracting.orders.queries import certification_of_modification
from contracting.orders.states import ModificationState


@transaction.atomic
def discard_modification(
    *, modification_id: int, by: Actor, at: datetime
) -> Modification:
    """Discard a draft; funds that were certified for it are released.

    :raises NotAllowed: if ``by`` is of neither the program nor the contracting office,
        or it is signed
    """
    order_id = Modification.objects.values_list("order_id", flat=True).get(
        pk=modification_id
    )
    TaskOrder.objects.locked().get(pk=order_id)
    modification = Modification.objects.locked().get(pk=modification_id)
    require(permissions.can_discard_modification(by, modification))
    certified = certification_of_modification(modification)
    modification.move_to(ModificationState.DISCARDED)
    if certified is not None:
        _release(modification, by, at)
    record_event(
        events.MODIFICATION_DISCARDED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            "version": modification.version,
            "commitment_released": certified.dollars if certified else 0,
        },
    )
    return modification
