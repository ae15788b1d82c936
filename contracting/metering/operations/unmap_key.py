"""Let a key of the gateway belong to no order any more."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.metering import events, permissions
from contracting.metering.models import KeyMapping
from contracting.metering.refusals import NoSuchKey


@transaction.atomic
def unmap_key(
    *, mapping_id: int, last_day: date, reason: str, by: Actor, at: datetime
) -> KeyMapping:
    """End a mapping with a day; calls of the key after it are held (R-MET-08).

    :param last_day: the last day on which it holds, in the contract's time zone
    :returns: the row that stands in its place
    :raises NotAllowed: unless ``by`` is representative, contracting officer or
        administrator of the agency
    :raises NoSuchKey: if it does not hold then, has given way already, or no reason is
        given
    """
    mapping = KeyMapping.objects.locked().get(pk=mapping_id)
    require(permissions.can_map_key(by, mapping.agency_id))
    zone = mapping.order.contract.time_zone
    end = day_bounds(last_day, zone).end
    starts, ends = mapping.in_force.lower, mapping.in_force.upper
    if mapping.superseded_at or end <= starts or (ends is not None and end >= ends):
        message = "The mapping does not hold beyond that day."
        raise NoSuchKey(message, pointer="/last_day")
    if not reason.strip():
        message = "Say why the key no longer belongs to the order."
        raise NoSuchKey(message, pointer="/reason")
    mapping.superseded_at = at
    mapping.save(update_fields=["superseded_at"])
    shorter = KeyMapping(
        agency_id=mapping.agency_id,
        source_id=mapping.source_id,
        key_ref=mapping.key_ref,
        order_id=mapping.order_id,
        order_line_id=mapping.order_line_id,
        project=mapping.project,
        in_force=DateTimeTZRange(starts, end, "[)"),
        stated_at=at,
        stated_by=by.name,
        says_so=reason.strip()[:200],
    )
    shorter.save()
    stream = f"organization:{mapping.agency_id}"
    record_event(
        events.KEY_UNMAPPED,
        subject=Subject("metering.key", shorter.pk, stream),
        by=by,
        at=at,
        data={
            "key_ref": mapping.key_ref,
            "order": mapping.order.piid,
            "last_day": last_day,
            "reason": shorter.says_so,
        },
    )
    return shorter
