"""Keep a question of the usage explorer under a name."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import SavedView
from contracting.metering.refusals import BadView


@transaction.atomic
def save_view(
    *,
    agency_id: int,
    name: str,
    query: str,
    is_shared: bool,
    by: Actor,
    at: datetime,
) -> SavedView:
    """Keep it; one's own view of the same name asks this from now on.

    :param query: the explorer's address behind the question mark
    :param is_shared: whether colleagues of the agency find it too
    :raises NotAllowed: unless ``by`` is a person of the agency
    :raises BadView: without a name, or if the question is too long
    """
    person = Membership.objects.filter(pk=by.own_membership_id or 0)
    list(person.select_for_update(no_key=True))
    require(permissions.can_save_view(by, agency_id))
    if not name.strip():
        message = "Give the view a name."
        raise BadView(message, pointer="/name")
    if len(name.strip()) > 80 or len(query) > 1_000:
        message = "A view has a name of up to 80 characters and a short filter."
        raise BadView(message, pointer="/name")
    own = SavedView.objects.filter(
        owner=by.own_membership_id, name=name.strip(), is_discarded=False
    )
    view = own.first() or SavedView(
        agency_id=agency_id, owner_id=by.own_membership_id, name=name.strip()
    )
    view.query, view.is_shared, view.saved_at = query, is_shared, at
    view.save()
    record_event(
        events.VIEW_SAVED,
        subject=view.subject,
        by=by,
        at=at,
        data={"name": view.name, "query": query, "is_shared": is_shared},
    )
    return view
