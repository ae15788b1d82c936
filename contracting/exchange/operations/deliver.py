"""Send a webhook what waits for it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from contracting.core.actors import SYSTEM
from contracting.exchange.calculations import next_try
from contracting.exchange.models import Webhook, WebhookMessage, WebhookTry
from contracting.exchange.operations.disable import disable_webhook
from contracting.exchange.outgoing.post import Reply, post
from contracting.exchange.outgoing.signature import Secrets, headers_of, unsealed
from contracting.exchange.queries import messages_due
from contracting.exchange.states import DISABLED_AFTER, MessageState

Send = Callable[[str, bytes, Mapping[str, str]], Reply]
GONE: Final = 410
_IN_HAND: Final = timedelta(seconds=60)
"""Longer than a try may take: whoever dies meanwhile holds a message no longer."""
_AT_MOST: Final = timedelta(seconds=30)

_log = logging.getLogger(__name__)


def deliver_webhook(
    *,
    webhook_id: int,
    at: datetime,
    send: Send = post,
) -> int:
    """Send what is due, one message after the other, until one is not taken.

    After half a minute the rest is left to the next worker.

    A message is taken in hand in one transaction, sent outside of any, and what came of
    it is written in another: where a worker dies between, it is sent again with the
    same id.

    :param at: when it begins; each try is written down as so much later as it was
    :param send: posts a body with its headers to an address
    :returns: how many were taken
    """
    began, taken, is_taken, now = time.monotonic(), 0, True, at
    while is_taken and now - at < _AT_MOST:
        message = _take_in_hand(webhook_id, now)
        if message is None:
            break
        reply = _sent(message, now, send)
        now = at + timedelta(seconds=time.monotonic() - began)
        _write_down(message, reply, now)
        is_taken = reply.is_taken
        taken += is_taken
    return taken


@transaction.atomic
def _take_in_hand(webhook_id: int, at: datetime) -> WebhookMessage | None:
    message: WebhookMessage | None = (
        messages_due(at)
        .filter(webhook=webhook_id)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("webhook")
        .first()
    )
    if message is not None:
        message.claimed_until = at + _IN_HAND
        message.save(update_fields=["claimed_until"])
    return message


def _sent(message: WebhookMessage, at: datetime, send: Send) -> Reply:
    body = message.body.encode()
    try:
        keys = _keys(message.webhook, at)
    except ValueError as error:
        return Reply(None, str(error)[:300], 0)
    headers = headers_of(message.public_id, body, keys, at)
    return send(message.webhook.url, body, headers)


def _keys(webhook: Webhook, at: datetime) -> list[Secrets]:
    keys = [unsealed(webhook.secrets_sealed)]
    if webhook.former_sealed and webhook.former_until and at < webhook.former_until:
        keys.append(unsealed(webhook.former_sealed))
    return keys


@transaction.atomic
def _write_down(message: WebhookMessage, reply: Reply, at: datetime) -> None:
    webhook: Webhook = Webhook.objects.locked().get(pk=message.webhook_id)
    kept: WebhookMessage = WebhookMessage.objects.locked().get(pk=message.pk)
    WebhookTry.objects.create(
        message=kept,
        tried_at=at,
        status=reply.status,
        problem=reply.problem,
        milliseconds=reply.milliseconds,
    )
    kept.tries += 1
    kept.claimed_until = None
    later = next_try(kept.tries, at, status=reply.status, wait=reply.wait)
    if not reply.is_taken and later is not None:
        kept.next_try_at = later
    kept.save(update_fields=["tries", "claimed_until", "next_try_at"])
    if kept.state == MessageState.PENDING and (reply.is_taken or later is None):
        given_up = MessageState.GIVEN_UP
        kept.move_to(MessageState.DELIVERED if reply.is_taken else given_up)
    failing_since = None if reply.is_taken else webhook.failing_since or at
    if failing_since != webhook.failing_since:
        webhook.failing_since = failing_since
        webhook.save(update_fields=["failing_since"])
    if not reply.is_taken:
        _log.warning("%s was not taken: %s", kept.public_id, reply.problem)
        _disable_if_hopeless(webhook, reply, at)


def _disable_if_hopeless(webhook: Webhook, reply: Reply, at: datetime) -> None:
    if not webhook.is_active:
        return
    reason = ""
    if reply.status == GONE:
        reason = "The receiver answered 410: it wants nothing more."
    elif webhook.failing_since and webhook.failing_since <= at - DISABLED_AFTER:
        reason = (
            f"Every try of the last {DISABLED_AFTER.days} days failed, the last with: "
            f"{reply.problem[:150]}."
        )
    if reason:
        disable_webhook(webhook_id=webhook.pk, reason=reason, by=SYSTEM, at=at)
