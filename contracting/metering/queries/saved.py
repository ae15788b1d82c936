"""Views of the usage explorer that people have kept."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.metering.models import SavedView


def views_visible_to(actor: Actor) -> QuerySet[SavedView]:
    """One's own, and those that colleagues of the agency share."""
    if not actor.is_agency or not actor.role or actor.own_membership_id is None:
        return SavedView.objects.none()
    return (
        SavedView.objects.filter(
            Q(owner=actor.own_membership_id) | Q(is_shared=True),
            agency_id=actor.organization_id,
            is_discarded=False,
        )
        .select_related("owner__user")
        .order_by("name", "pk")
    )


def get_view_for(actor: Actor, public_id: str) -> SavedView:
    """One of them.

    :raises NotVisible: if it is not there for this actor
    """
    found = views_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such view."
        raise NotVisible(message)
    return found
