"""Set up an agency or a vendor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import Organization
from accounts.refusals import OrganizationExists
from accounts.states import OrganizationKind
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.identifiers import (
    BadIdentifier,
    check_aac,
    check_cage,
    check_uei,
)
from contracting.core.periods import zone_of
from contracting.core.permissions import require

GRAMMARS: Final[dict[str, Callable[[str], str]]] = {
    "aac": check_aac,
    "uei": check_uei,
    "cage": check_cage,
    "time_zone": lambda text: zone_of(text).key,
}


@transaction.atomic
def create_organization(
    *, kind: str, name: str, by: Actor, at: datetime, **particulars: Any
) -> Organization:
    """Create a tenant: an agency (with its activity address code) or a vendor.

    :param particulars: further columns, such as ``aac``, ``uei``, ``address``
    :raises NotAllowed: if ``by`` is not the operator of the installation
    :raises BadIdentifier: if the code, the UEI or the CAGE code breaks its grammar
    :raises BadPeriod: if there is no such time zone
    :raises OrganizationExists: if an organization has this name
    """
    require(permissions.can_create_organization(by))
    particulars = _checked(kind, particulars)
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


def _checked(kind: str, particulars: dict[str, Any]) -> dict[str, Any]:
    """The particulars in their normal form."""
    given = {
        name: check(str(particulars[name]))
        for name, check in GRAMMARS.items()
        if particulars.get(name)
    }
    if kind == OrganizationKind.AGENCY and not given.get("aac"):
        message = "An agency has an activity address code: its PIIDs begin with it."
        raise BadIdentifier(message)
    return {**particulars, **given}
