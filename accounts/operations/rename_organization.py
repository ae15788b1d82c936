"""Call an organization what it calls itself now."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Organization
from accounts.refusals import OrganizationExists
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def rename_organization(
    *, organization_id: int, name: str, source: str, by: Actor, at: datetime
) -> Organization:
    """Put a new name in the place of the old; papers that are printed keep theirs.

    :param source: the change-of-name agreement that says so (FAR 42.1205)
    :raises NotAllowed: if ``by`` is neither the operator nor a contracting officer
    :raises OrganizationExists: if another organization has this name
    """
    organization = Organization.objects.locked().get(pk=organization_id)
    require(permissions.can_rename_organization(by))
    others = Organization.objects.exclude(pk=organization_id)
    if others.filter(name=name).exists():
        message = f"An organization is called {name} already."
        raise OrganizationExists(message, name=name)
    before, organization.name = organization.name, name
    organization.save(update_fields=["name"])
    record_event(
        events.ORGANIZATION_RENAMED,
        subject=queries.subject_of(organization, organization.pk),
        by=by,
        at=at,
        data={"before": before, "name": name, "source": source},
    )
    return organization
