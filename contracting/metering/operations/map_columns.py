"""Say which column of a source's files is what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.adapters.mapped_csv import BadMapping, mapping_of
from contracting.metering.models import ColumnMapping, UsageSource
from contracting.metering.queries.uploads import mapping_in_force
from contracting.metering.refusals import MappingIncomplete


@transaction.atomic
def map_columns(
    *, source_id: int, declared: dict[str, Any], by: Actor, at: datetime
) -> ColumnMapping:
    """Add the next version of the mapping; files are read by the last one.

    What was read by an earlier version stays as it was, and names that version.

    :param declared: as the adapter of CSV files reads it
    :raises NotAllowed: if ``by`` may not import usage for the agency
    :raises MappingIncomplete: saying what is missing, or contradicts itself
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_map_columns(by, source.agency_id))
    declared = plain(declared)
    try:
        mapping_of(declared)
    except BadMapping as error:
        raise MappingIncomplete(str(error)) from error
    last = mapping_in_force(source.pk)
    if last is not None and last.declared == declared:
        message = "This is the mapping in force already; nothing was changed."
        raise MappingIncomplete(message)
    mapping = ColumnMapping(
        source=source,
        version=last.version + 1 if last else 1,
        declared=declared,
        made_at=at,
        made_by=by.name,
    )
    mapping.save()
    record_event(
        events.COLUMNS_MAPPED,
        subject=source.subject,
        by=by,
        at=at,
        data={
            "source": source.code,
            "mapping": mapping.public_id,
            "version": mapping.version,
            "sha256": content_sha256(declared),
        },
    )
    return mapping
