"""Detach a closed source: its calls are put away, and are read as before."""

from __future__ import annotations

from datetime import datetime

from django.db import OperationalError, transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import SourceArchive, UsageSource
from contracting.metering.models.archive import detach_partition
from contracting.metering.queries.archives import (
    contents_of,
    open_suspense_of_source,
)
from contracting.metering.refusals import NotDetachable


@transaction.atomic
def detach_source(*, source_id: int, by: Actor, at: datetime) -> SourceArchive:
    """Put the calls of a closed source away: they leave the tables of open ones.

    Nothing is deleted or copied. Their ids stay taken for ever, and drill-down, proofs
    and corrections read them as before; a correction lies with what is open.

    :returns: what was put away, by counts and a checksum
    :raises NotAllowed: unless ``by`` is an administrator of the agency, while the
        source is open, or if it is put away already
    :raises NotDetachable: while one of its calls is in suspense, if it has no partition
        of its own, or if the tables are busy
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_detach_source(by, source))
    held = open_suspense_of_source(source)
    if held:
        message = (
            f"{held:,} calls of this source are in suspense. Assign them or dispose of "
            "them first."
        )
        raise NotDetachable(message, held=held)
    archive = SourceArchive.objects.create(
        source=source,
        **contents_of(source.pk, is_archived=False)._asdict(),
        archived_by=by.name,
        archived_at=at,
    )
    _detach(source)
    record_event(
        events.SOURCE_DETACHED,
        subject=source.subject,
        by=by,
        at=at,
        data={
            "code": source.code,
            "fiscal_year": source.fiscal_year,
            "events": archive.events,
            "lines": archive.lines,
            "tokens": str(archive.tokens),
            "checksum": str(archive.checksum),
        },
    )
    return archive


def _detach(source: UsageSource) -> None:
    try:
        with transaction.atomic():
            detach_partition(source.pk)
    except OperationalError as error:
        message = (
            "Usage is being written just now, so that the tables could not be had for "
            "an instant. Nothing has changed; try it again in a minute."
        )
        raise NotDetachable(message) from error
    left = contents_of(source.pk, is_archived=False)
    if left.events or left.lines:
        message = (
            "This source has no partition of its own: it was registered before there "
            "were any, and its calls stay where they are."
        )
        raise NotDetachable(message, events=left.events)
