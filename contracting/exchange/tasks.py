"""Celery tasks of webhooks."""

from __future__ import annotations

from celery import shared_task

from contracting.core import clock
from contracting.exchange.operations.deliver import deliver_webhook as deliver
from contracting.exchange.operations.gather import gather_messages
from contracting.exchange.queries import webhooks_due


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def tell_webhooks() -> int:
    """Write down what each webhook is told, and ask a worker for each that waits."""
    at = clock.now()
    gather_messages(at=at)
    due = webhooks_due(at)
    for webhook_id in due:
        deliver_webhook.apply_async((webhook_id,), expires=30)
    return len(due)


@shared_task  # type: ignore[untyped-decorator,unused-ignore]
def deliver_webhook(webhook_id: int) -> int:
    """Send one webhook what waits for it; a slow one holds up no other."""
    return deliver(webhook_id=webhook_id, at=clock.now())
