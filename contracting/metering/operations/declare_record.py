"""Say by which source an order is charged."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import day_bounds
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import SourceOfRecord, UsageSource
from contracting.metering.refusals import NoSuchRecord
from contracting.orders.models import TaskOrder


@transaction.atomic
def declare_source_of_record(
    *,
    order_id: int,
    source_id: int,
    key_ref: str = "",
    first_day: date,
    last_day: date | None = None,
    reason: str,
    by: Actor,
    at: datetime,
) -> SourceOfRecord:
    """Make a source the one by which an order, or one key of it, is charged.

    Every other source of the same calls is a witness: stored, rated to be compared,
    never consumed (R-MET-01). What is attributed already stays as it is.

    :param key_ref: one key of the gateway; all of them that have no own row if empty
    :param first_day: in the contract's time zone; ``last_day`` is included
    :raises NotAllowed: unless ``by`` is representative or contracting officer of the
        agency
    :raises NoSuchRecord: if the source is not the agency's or closed, the days end
        before they begin, or no reason is given
    """
    order = TaskOrder.objects.locked().select_related("contract").get(pk=order_id)
    require(permissions.can_declare_source_of_record(by, order))
    agency_id, zone = order.contract.agency_id, order.contract.time_zone
    source = UsageSource.objects.filter(pk=source_id, agency_id=agency_id).first()
    if source is None or source.closed_at is not None:
        message = "The agency has no such open source."
        raise NoSuchRecord(message, pointer="/source")
    if last_day is not None and last_day < first_day:
        message = "A source is of record until a day after it begins to be."
        raise NoSuchRecord(message, pointer="/last_day")
    if not reason.strip():
        message = "Say why this source is the one of record."
        raise NoSuchRecord(message, pointer="/reason")
    record = SourceOfRecord(
        agency_id=agency_id,
        order=order,
        key_ref=key_ref.strip()[:200],
        source=source,
        in_force=DateTimeTZRange(
            day_bounds(first_day, zone).start,
            None if last_day is None else day_bounds(last_day, zone).end,
            "[)",
        ),
        stated_at=at,
        stated_by=by.name,
        says_so=reason.strip()[:200],
    )
    record.save(
        among=SourceOfRecord.objects.filter(order=order, key_ref=record.key_ref)
    )
    record_event(
        events.SOURCE_OF_RECORD_DECLARED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "order": order.piid,
            "source": source.code,
            "key_ref": record.key_ref,
            "first_day": first_day,
            "last_day": last_day,
            "reason": record.says_so,
        },
    )
    return record
