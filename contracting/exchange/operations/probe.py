"""Probe a webhook with a message that says nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.exchange import events, permissions
from contracting.exchange.calculations import body_of
from contracting.exchange.models import Webhook, WebhookMessage
from contracting.exchange.refusals import WebhookDisabled
from contracting.exchange.states import MessageKind


@transaction.atomic
def probe_webhook(*, webhook_id: int, by: Actor, at: datetime) -> WebhookMessage:
    """Put a message of the type ``test`` into its queue; it goes out like any other.

    :raises NotAllowed: if ``by`` does not administer the organization
    :raises WebhookDisabled: if nothing is sent to it
    """
    webhook: Webhook = Webhook.objects.locked().get(pk=webhook_id)
    require(permissions.can_probe_webhook(by, webhook))
    if not webhook.is_active:
        message = "This webhook is disabled. Enable it, and then probe it."
        raise WebhookDisabled(message)
    name = new_public_id(WebhookMessage.PREFIX)
    sent = WebhookMessage.objects.create(
        public_id=name,
        webhook=webhook,
        kind=MessageKind.TEST,
        key=f"test:{name}",
        body=body_of(MessageKind.TEST, at, {"webhook": webhook.public_id}),
        occurred_at=at,
        next_try_at=at,
    )
    record_event(
        events.WEBHOOK_PROBED,
        subject=webhook.subject,
        by=by,
        at=at,
        data={"label": webhook.label, "message": name},
    )
    return sent
