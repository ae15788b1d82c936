"""Send to a webhook again, first what waited meanwhile."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.exchange import events, permissions
from contracting.exchange.models import Webhook
from contracting.exchange.states import MessageState, WebhookState


@transaction.atomic
def enable_webhook(*, webhook_id: int, by: Actor, at: datetime) -> Webhook:
    """Try again from the first try on; what happened meanwhile is sent too.

    :raises NotAllowed: if ``by`` does not administer the organization
    :raises IllegalMove: if it is active
    """
    webhook: Webhook = Webhook.objects.locked().get(pk=webhook_id)
    require(permissions.can_enable_webhook(by, webhook))
    webhook.move_to(WebhookState.ACTIVE)
    webhook.disabled_because = ""
    webhook.failing_since = None
    webhook.save(update_fields=["disabled_because", "failing_since"])
    waiting = webhook.messages.filter(state=MessageState.PENDING)
    count = waiting.update(tries=0, next_try_at=at)
    record_event(
        events.WEBHOOK_ENABLED,
        subject=webhook.subject,
        by=by,
        at=at,
        data={"label": webhook.label, "waiting": count},
    )
    return webhook
