"""Reads of webhooks: who sees them, what waits, and how well they take messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.exchange.models import Webhook, WebhookMessage, WebhookTry
from contracting.exchange.states import MessageState, WebhookState

RATED_OVER: Final = timedelta(days=7)
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """How well a webhook took its messages of late."""

    webhook: Webhook
    waiting: int
    given_up: int
    tries: int
    failed: int
    last_taken_at: datetime | None

    @property
    def failure_rate(self) -> int | None:
        """Tries that failed, in whole percent rounded up; ``None`` without a try."""
        return -(-100 * self.failed // self.tries) if self.tries else None


def webhooks_visible_to(actor: Actor) -> QuerySet[Webhook]:
    """Those of the actor's organization, for its administrators and auditors."""
    if not actor.has_role(Role.ADMINISTRATOR, Role.VENDOR_ADMINISTRATOR, Role.AUDITOR):
        return Webhook.objects.none()
    found = Webhook.objects.filter(organization_id=actor.organization_id or 0)
    return found.select_related("organization", "created_by").order_by("label", "pk")


def get_webhook_for(actor: Actor, public_id: str) -> Webhook:
    """One webhook.

    :raises NotVisible: to whoever neither administers nor audits its organization
    """
    found = webhooks_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such webhook."
        raise NotVisible(message)
    return found


def standings(webhooks: QuerySet[Webhook], at: datetime) -> list[Standing]:
    """How each took its messages in the seven days before ``at``; three questions."""
    rows = list(webhooks)
    keys = [row.pk for row in rows]
    messages: dict[int, dict[str, Any]] = {
        row["webhook"]: dict(row)
        for row in WebhookMessage.objects.filter(webhook__in=keys)
        .values("webhook")
        .annotate(
            waiting=Count("pk", filter=Q(state=MessageState.PENDING)),
            given_up=Count("pk", filter=Q(state=MessageState.GIVEN_UP)),
        )
    }
    taken = Q(status__gte=200, status__lt=300)
    late = Q(tried_at__gt=at - RATED_OVER)
    tries: dict[int, dict[str, Any]] = {
        row["message__webhook"]: dict(row)
        for row in WebhookTry.objects.filter(message__webhook__in=keys)
        .values("message__webhook")
        .annotate(
            tries=Count("pk", filter=late),
            taken=Count("pk", filter=late & taken),
            last_taken_at=Max("tried_at", filter=taken),
        )
    }
    return [
        _standing(row, messages.get(row.pk, {}), tries.get(row.pk, {})) for row in rows
    ]


def _standing(
    webhook: Webhook, messages: dict[str, Any], tries: dict[str, Any]
) -> Standing:
    made: int = tries.get("tries", 0)
    return Standing(
        webhook=webhook,
        waiting=messages.get("waiting", 0),
        given_up=messages.get("given_up", 0),
        tries=made,
        failed=made - tries.get("taken", 0),
        last_taken_at=tries.get("last_taken_at"),
    )


def log_of(webhook: Webhook) -> list[WebhookMessage]:
    """The last hundred messages with every try, newest first."""
    tries = WebhookTry.objects.order_by("-tried_at", "-pk")
    rows = webhook.messages.order_by("-occurred_at", "-pk")
    return list(rows.prefetch_related(Prefetch("attempts", queryset=tries))[:SHOWN])


def messages_due(at: datetime) -> QuerySet[WebhookMessage]:
    """What waits for a try at ``at`` and is in nobody's hands, the oldest first."""
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=at)
    return WebhookMessage.objects.filter(
        free,
        state=MessageState.PENDING,
        next_try_at__lte=at,
        webhook__state=WebhookState.ACTIVE,
    ).order_by("occurred_at", "pk")


def webhooks_due(at: datetime) -> list[int]:
    """The keys of those that have something to be told at ``at``."""
    due = messages_due(at).filter(webhook=OuterRef("pk"))
    found = Webhook.objects.filter(Exists(due)).order_by("pk")
    return list(found.values_list("pk", flat=True))
