"""Fix the steps of usage that is accepted or closed out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import ContractLine
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.metering import events
from contracting.metering.models import VolumeFreeze


@transaction.atomic
def freeze_volume(
    *, lines: Iterable[ContractLine], because: Subject, by: Actor, at: datetime
) -> list[VolumeFreeze]:
    """Let what is rated by now keep its steps; what comes later stands behind it.

    So late usage is trued up in the open period, and never changes what was accepted.

    :param lines: contract lines; those of one price at every volume are passed over
    :param because: the acceptance or the close-out that rests on the steps
    """
    made = [
        VolumeFreeze(
            contract_line=line,
            frozen_at=at,
            because_kind=because.kind,
            because_id=because.id,
            by_name=by.name,
        )
        for line in sorted(lines, key=lambda line: line.pk)
        if line.is_by_volume
    ]
    VolumeFreeze.objects.bulk_create(made)
    if made:
        record_event(
            events.VOLUME_FROZEN,
            subject=because,
            by=by,
            at=at,
            data={"lines": [each.contract_line.clin for each in made]},
        )
    return made
