"""Let a gateway begin anew, so that its former self gets no more room."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import GatewayEpoch, UsageSource


@transaction.atomic
def fence_gateway(
    *, source_id: int, gateway: str, by: Actor, at: datetime
) -> GatewayEpoch:
    """Open the next epoch of a gateway of a source; the first is 1.

    A gateway does this when it starts. From now on an authorization in an older epoch
    is refused; what the older one has used still counts when it settles, and what it
    has reserved stays reserved until it is settled, released or its lease ends.

    :param gateway: which one of the source's; empty where there is one only
    :raises NotAllowed: if the key may not write for this source
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_authorize_usage(by, source.agency_id, source.code))
    rows = GatewayEpoch.objects.filter(source=source, gateway=gateway)
    newest = rows.aggregate(newest=Max("epoch"))["newest"] or 0
    epoch = GatewayEpoch.objects.create(
        source=source,
        gateway=gateway,
        epoch=newest + 1,
        opened_by=by.name[:160],
        opened_at=at,
    )
    record_event(
        events.GATEWAY_FENCED,
        subject=epoch.subject,
        by=by,
        at=at,
        data={"source": source.code, "gateway": gateway, "epoch": epoch.epoch},
    )
    return epoch
