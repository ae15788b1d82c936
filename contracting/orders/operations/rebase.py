"""Put a draft modification of an order onto the order as it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders import events, permissions
from contracting.orders.calculations import modification_content
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.operations.certify_modification import _release
from contracting.orders.operations.draft_modification import (
    _ask_vendor,
    require_to_stand,
)
from contracting.orders.queries import certification_of_modification
from contracting.orders.refusals import NothingChanged


@transaction.atomic
def rebase_modification(
    *,
    modification_id: int,
    dropped_terms: Sequence[str] = (),
    by: Actor,
    at: datetime,
    seen_version: int,
) -> Modification:
    """Keep what the draft says and compare it with the order that is in force now.

    What it adds or takes is added to or taken from what stands now. A certification and
    the vendor's signature were on the old words: the funds are released, and both are
    asked again.

    :param dropped_terms: terms of the draft that give way to what is in force
    :raises NotAllowed: if ``by`` is of neither the program nor the contracting office
    :raises Stale: if the draft has changed since it was read
    :raises NothingChanged: if the order stands as it did
    :raises Refusal: whatever drafting it today refuses
    """
    order_id = Modification.objects.values_list("order_id", flat=True).get(
        pk=modification_id
    )
    order = TaskOrder.objects.locked().get(pk=order_id)
    modification = Modification.objects.locked().get(pk=modification_id)
    modification.order = order
    require(permissions.can_rebase_modification(by, modification))
    modification.require_version(seen_version)
    if modification.base_version == order.version:
        message = "The order stands as it did when this was drafted."
        raise NothingChanged(message)
    before = modification.base_version
    modification.terms = {
        name: value
        for name, value in modification.terms.items()
        if name not in dropped_terms
    }
    changes = require_to_stand(
        modification, accounting_day(at, order.contract.time_zone)
    )
    certified = certification_of_modification(modification)
    if certified is not None:
        _release(modification, by, at)
    modification.base_version = order.version
    modification.version += 1
    modification.vendor_signed_by = None
    modification.vendor_signed_at = None
    modification.content_sha256 = content_sha256(modification_content(modification))
    modification.save()
    if modification.is_bilateral and not modification.funds_added:
        _ask_vendor(modification, by, at)
    record_event(
        events.MODIFICATION_REBASED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            "order": order.piid,
            "from_version": before,
            "base_version": order.version,
            "dropped_terms": sorted(dropped_terms),
            "commitment_released": certified.dollars if certified else 0,
            "content_sha256": modification.content_sha256,
            "changes": [change.plain() for change in changes],
        },
    )
    return modification
