"""Set up an agency or a vendor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Organization
from accounts.refusals import OrganizationExists
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def create_organization(
    *, kind: str, name: str, by: Actor, at: datetime, **particulars: Any
) -> Organization:
    """Create a tenant: an agency (with its activity address code) or a vendor.

    :param particulars: further columns, such as ``aac``, ``uei``, ``address``
    :raises NotAllowed: if ``by`` is not the operator of the installation
    :raises OrganizationExists: if an organization has this name
    """
    require(permissions.can_create_organization(by))
    if Organization.objects.filter(name=name).exists():
        message = f"An organization is called {name} already."
        raise OrganizationExists(message, name=name)
    organization = Organization.objects.create(kind=kind, name=name, **particulars)
    record_event(
        events.ORGANIZATION_CREATED,
        subject=queries.subject_of(organization, organization.pk),
        by=by,
        at=at,
        data={"kind": kind, "name": name, **particulars},
    )
    return organization
