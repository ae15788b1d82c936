"""Say from which networks a machine's key may be used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts import events, permissions, queries
from accounts.models import ApiKey
from accounts.operations.issue_api_key import named_networks
from accounts.refusals import KeyEnded
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def restrict_api_key(
    *, api_key_id: int, networks: Iterable[str], by: Actor, at: datetime
) -> ApiKey:
    """Bind a key to these networks in place of those before; its next request obeys.

    :param networks: in CIDR, at most twenty; none frees it for use from anywhere
    :raises NotAllowed: if ``by`` does not administer the organization
    :raises KeyEnded: if it is revoked or has expired
    :raises WrongNetwork: for what is no network, or for every address
    """
    key: ApiKey = ApiKey.objects.locked().get(pk=api_key_id)
    require(permissions.can_restrict_api_key(by, key))
    if not key.is_in_force(at):
        message = "This key no longer works from anywhere."
        raise KeyEnded(message, expires_at=key.expires_at)
    before, key.networks = key.networks, named_networks(networks)
    key.save(update_fields=["networks"])
    record_event(
        events.API_KEY_RESTRICTED,
        subject=queries.subject_of(key, key.organization_id),
        by=by,
        at=at,
        data={"label": key.label, "before": before, "networks": key.networks},
    )
    return key
