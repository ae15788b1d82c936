"""Keep a view of the usage explorer no longer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import SavedView


@transaction.atomic
def discard_view(*, view_id: int, by: Actor, at: datetime) -> SavedView:
    """Hide it, from colleagues with whom it was shared as well; twice does nothing.

    :raises NotAllowed: unless it is one's own
    """
    view: SavedView = SavedView.objects.locked().get(pk=view_id)
    require(permissions.can_discard_view(by, view))
    if view.is_discarded:
        return view
    view.is_discarded = True
    view.save(update_fields=["is_discarded"])
    record_event(
        events.VIEW_DISCARDED,
        subject=view.subject,
        by=by,
        at=at,
        data={"name": view.name},
    )
    return view
