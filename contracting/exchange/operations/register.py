"""Register a webhook; the secret of its messages is shown once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction

from accounts.models import Organization
from accounts.states import OrganizationKind
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.exchange import events, permissions
from contracting.exchange.models import Webhook
from contracting.exchange.outgoing.address import place_of
from contracting.exchange.outgoing.signature import new_secrets
from contracting.exchange.refusals import WebhookExists, WebhookIncomplete
from contracting.exchange.states import AGENCY_ONLY_KINDS, CHOSEN_KINDS


@dataclass(frozen=True, slots=True)
class WithSecret:
    """A webhook and, this once, its secret and the public key beside it."""

    webhook: Webhook
    secret: str = field(repr=False)
    public_key: str


@transaction.atomic
def register_webhook(
    *,
    organization_id: int,
    label: str,
    url: str,
    kinds: Iterable[str],
    by: Actor,
    at: datetime,
) -> WithSecret:
    """Send what happens from ``at`` on to an address of the organization.

    :param kinds: from :data:`contracting.exchange.states.CHOSEN_KINDS`
    :raises NotAllowed: if ``by`` is no administrator of the organization
    :raises WebhookIncomplete: without a name, for no kind or an unknown one, and for
        the deny list of a vendor, which has none
    :raises WrongAddress: if nothing may be sent there
    :raises WebhookExists: if the organization has one at this address
    """
    organization: Organization = Organization.objects.locked().get(pk=organization_id)
    require(permissions.can_register_webhook(by, organization_id))
    told, named = sorted(set(kinds)), label.strip()
    _guard(organization, named, told)
    place_of(url, reachable=settings.WEBHOOK_NETWORKS)
    if organization.webhooks.filter(url=url).exists():
        message = "A webhook at this address is registered already."
        raise WebhookExists(message, pointer="/url")
    made = new_secrets()
    webhook = Webhook.objects.create(
        organization=organization,
        label=named,
        url=url,
        kinds=told,
        secrets_sealed=made.sealed(),
        registered_at=at,
        gathered_at=at,
        created_by_id=by.own_user_id,
    )
    record_event(
        events.WEBHOOK_REGISTERED,
        subject=webhook.subject,
        by=by,
        at=at,
        data={"label": named, "url": url, "kinds": told},
    )
    return WithSecret(webhook, made.text, made.public_text)


def _guard(organization: Organization, label: str, kinds: list[str]) -> None:
    if not 0 < len(label) <= 120:
        message = "Name the machine that is told, in at most 120 letters."
        raise WebhookIncomplete(message, pointer="/label")
    if not kinds or not set(kinds) <= set(CHOSEN_KINDS):
        message = "Say what it is told of."
        raise WebhookIncomplete(message, pointer="/kinds")
    is_vendor = organization.kind == OrganizationKind.VENDOR
    if is_vendor and AGENCY_ONLY_KINDS & set(kinds):
        message = "A deny list is an agency's; a vendor has none."
        raise WebhookIncomplete(message, pointer="/kinds")
