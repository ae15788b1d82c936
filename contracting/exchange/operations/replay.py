"""Send messages of a webhook again, with the ids that they had."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.exchange import events, permissions
from contracting.exchange.models import Webhook
from contracting.exchange.refusals import TooManyMessages, WebhookDisabled
from contracting.exchange.states import MOST_REPLAYED, REPLAYED_WITHIN, MessageState


@transaction.atomic
def replay_webhook(
    *, webhook_id: int, since: datetime, until: datetime, by: Actor, at: datetime
) -> int:
    """Put every message that occurred in a range into the queue once more.

    A receiver knows a message that it had by its id, which stays the same.

    :param since: the first instant of the range
    :param until: the last one, which belongs to it
    :returns: how many messages wait for a try now
    :raises NotAllowed: if ``by`` does not administer the organization
    :raises WebhookDisabled: if nothing is sent to it
    :raises TooManyMessages: for more than ten thousand, for what is older than thirty
        days, or for a range without a message
    """
    webhook: Webhook = Webhook.objects.locked().get(pk=webhook_id)
    require(permissions.can_replay_webhook(by, webhook))
    if not webhook.is_active:
        message = "This webhook is disabled. Enable it, and then send again."
        raise WebhookDisabled(message)
    if since < at - REPLAYED_WITHIN:
        message = f"Messages of the last {REPLAYED_WITHIN.days} days are sent again."
        raise TooManyMessages(message, pointer="/since")
    found = webhook.messages.filter(occurred_at__gte=since, occurred_at__lte=until)
    keys = list(found.order_by("pk").values_list("pk", flat=True)[: MOST_REPLAYED + 1])
    if not 0 < len(keys) <= MOST_REPLAYED:
        message = (
            f"Name a range with 1 to {MOST_REPLAYED:,} messages; nothing was sent."
        )
        raise TooManyMessages(message, pointer="/since")
    webhook.messages.filter(pk__in=keys).update(
        state=MessageState.PENDING, tries=0, next_try_at=at
    )
    record_event(
        events.WEBHOOK_REPLAYED,
        subject=webhook.subject,
        by=by,
        at=at,
        data={
            "label": webhook.label,
            "since": since,
            "until": until,
            "messages": len(keys),
        },
    )
    return len(keys)
