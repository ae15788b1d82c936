"""A source says how many calls and tokens it counted on a day, in total."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import ControlTotal, UsageSource
from contracting.metering.refusals import BadControl
from contracting.reference.calculations import token_class_code


@transaction.atomic
def record_control_total(
    *,
    source_id: int,
    day: date,
    calls: int,
    tokens: Mapping[str, int],
    by: Actor,
    at: datetime,
) -> ControlTotal:
    """Keep the control total of a UTC day; the last one that was stated holds.

    It is compared with what is stored, whatever became of the calls: a difference is
    shown on the page of the source and the agency is told of it once.

    :param tokens: by class code or short name; classes without a token may be left out
    :raises NotAllowed: if the key or person may not write for this source
    :raises BadControl: for a day that is not over, a negative or unknown count
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_report_completeness(by, source))
    if day >= at.astimezone(UTC).date():
        message = "The total of a day is stated once the day is over, in UTC."
        raise BadControl(message, pointer="/day")
    counted: dict[str, int] = {}
    for name, count in tokens.items():
        code = token_class_code(name)
        if code is None or code in counted:
            message = f"{name!r} is no token class, or stands for one that is there."
            raise BadControl(message, pointer="/tokens")
        counted[code] = count
    if calls < 0 or any(count < 0 for count in counted.values()):
        message = "Counts are whole numbers, never negative."
        raise BadControl(message, pointer="/calls")
    total = ControlTotal.objects.create(
        source=source,
        day=day,
        calls=calls,
        tokens={code: n for code, n in sorted(counted.items()) if n},
        stated_at=at,
        stated_by=by.name,
    )
    record_event(
        events.CONTROL_TOTAL_RECORDED,
        subject=source.subject,
        by=by,
        at=at,
        data={"day": day, "calls": calls, "tokens": total.tokens},
    )
    return total
