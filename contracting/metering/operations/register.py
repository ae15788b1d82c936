"""Register a source that will report usage."""

from __future__ import annotations

import re
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.metering import events, permissions
from contracting.metering.models import UsageSource
from contracting.metering.models.incoming import open_partition
from contracting.metering.refusals import SourceTaken

_CODE = re.compile(r"[\x21-\x7e]{1,120}")


@transaction.atomic
def register_source(
    *, agency_id: int, code: str, label: str, by: Actor, at: datetime
) -> UsageSource:
    """Register a gateway; its code is the ``source`` of its CloudEvents.

    :raises NotAllowed: if ``by`` is no administrator of the agency
    :raises SourceTaken: if the code cannot stand in an event, or is registered already,
        here or by another agency
    """
    require(permissions.can_register_source(by, agency_id))
    code = code.strip()
    if not _CODE.fullmatch(code):
        message = "A source is named by up to 120 printable characters without a space."
        raise SourceTaken(message)
    if UsageSource.objects.filter(code=code).exists():
        message = "Choose another name: a source of this one is registered already."
        raise SourceTaken(message)
    source = UsageSource.objects.create(
        agency_id=agency_id, code=code, label=label.strip()[:120] or code
    )
    open_partition(source.pk)
    record_event(
        events.SOURCE_REGISTERED,
        subject=Subject("metering.source", source.pk, f"organization:{agency_id}"),
        by=by,
        at=at,
        data={"code": code},
    )
    return source
