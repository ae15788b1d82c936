"""Say whose a key of the gateway is, from a day until another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.metering import events, permissions
from contracting.metering.models import KeyMapping, UsageSource
from contracting.metering.refusals import NoSuchKey
from contracting.orders.models import OrderLine, TaskOrder


@dataclass(frozen=True, slots=True)
class MappedTo:
    """Whose a key is: an order, if it counts on one line of it that, and a project."""

    order_id: int
    order_line_id: int | None = None
    project: str = ""


@transaction.atomic
def map_key(
    *,
    agency_id: int,
    key_ref: str,
    to: MappedTo,
    source_id: int | None = None,
    first_day: date,
    last_day: date | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> KeyMapping:
    """Let the calls of a key count on an order, from a day until another (R-MET-08).

    What the key belonged to in these days gives way; before and after it stays. Calls
    that are attributed already stay where they are.

    :param key_ref: the key as the gateway names it in its events, never the secret
    :param source_id: the gateway, if another one may name another key so
    :param first_day: in the contract's time zone; ``last_day`` is included
    :raises NotAllowed: unless ``by`` is representative, contracting officer or
        administrator of the agency
    :raises NoSuchKey: for a name that no event can have, an order or source that is not
        the agency's, days that end before they begin, or without a reason
    """
    order = (
        TaskOrder.objects.locked()
        .select_related("contract")
        .filter(pk=to.order_id, contract__agency_id=agency_id)
        .first()
    )
    require(permissions.can_map_key(by, agency_id))
    if order is None or not order.is_issued:
        message = "The agency has no such signed order."
        raise NoSuchKey(message, pointer="/order")
    key_ref = key_ref.strip()
    _guard(agency_id, key_ref, to, source_id, reason)
    if last_day is not None and last_day < first_day:
        message = "A mapping ends after it begins."
        raise NoSuchKey(message, pointer="/last_day")
    zone = order.contract.time_zone
    mapping = KeyMapping(
        agency_id=agency_id,
        source_id=source_id,
        key_ref=key_ref,
        order=order,
        order_line_id=to.order_line_id,
        project=to.project.strip()[:120],
        in_force=DateTimeTZRange(
            day_bounds(first_day, zone).start,
            None if last_day is None else day_bounds(last_day, zone).end,
            "[)",
        ),
        stated_at=at,
        stated_by=by.name,
        says_so=reason.strip()[:200],
    )
    same = KeyMapping.objects.filter(
        agency_id=agency_id, source_id=source_id, key_ref=key_ref
    )
    mapping.save(among=same)
    record_event(
        events.KEY_MAPPED,
        subject=Subject("metering.key", mapping.pk, f"organization:{agency_id}"),
        by=by,
        at=at,
        data={
            "key_ref": key_ref,
            "order": order.piid,
            "project": mapping.project,
            "first_day": first_day,
            "last_day": last_day,
            "reason": mapping.says_so,
        },
    )
    return mapping


def _guard(
    agency_id: int, key_ref: str, to: MappedTo, source_id: int | None, reason: str
) -> None:
    printable = key_ref.isascii() and key_ref.isprintable() and " " not in key_ref
    if not 1 <= len(key_ref) <= 120 or not printable:
        message = "A key is named by up to 120 printable characters without a space."
        raise NoSuchKey(message, pointer="/key_ref")
    lines = OrderLine.objects.filter(order_id=to.order_id, is_removed=False)
    if to.order_line_id not in {None, *lines.values_list("pk", flat=True)}:
        message = "The order has no such line."
        raise NoSuchKey(message, pointer="/order_line")
    sources = UsageSource.objects.filter(agency_id=agency_id)
    if source_id not in {None, *sources.values_list("pk", flat=True)}:
        message = "The agency has no such source."
        raise NoSuchKey(message, pointer="/source")
    if not reason.strip():
        message = "Say why the key belongs to this order."
        raise NoSuchKey(message, pointer="/reason")
