"""Write down for each webhook what it has to be told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import transaction

from contracting.bans.queries import deny_list
from contracting.core.models import new_public_id
from contracting.exchange.calculations import LONGEST_BODY, body_of
from contracting.exchange.models import Webhook, WebhookMessage
from contracting.exchange.states import REPLAYED_WITHIN, MessageKind, WebhookState
from contracting.notices.models import Notice

_OVERLAP: Final = timedelta(hours=1)
"""Longer than any transaction: what commits late is found all the same."""


def gather_messages(*, at: datetime) -> int:
    """Look at inboxes and deny lists, each webhook in a transaction of its own.

    Rows are found again until they are told, so nothing is lost where a worker dies or
    stands still, and a unique key keeps what is told from being told twice.

    :returns: how many messages were written
    """
    active = Webhook.objects.filter(state=WebhookState.ACTIVE).order_by("pk")
    return sum(_gather(key, at) for key in list(active.values_list("pk", flat=True)))


@transaction.atomic
def _gather(webhook_id: int, at: datetime) -> int:
    free: Webhook | None = (
        Webhook.objects.filter(pk=webhook_id, state=WebhookState.ACTIVE)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("organization")
        .first()
    )
    if free is None:
        return 0
    found: list[WebhookMessage] = []
    if MessageKind.NOTICE_POSTED in free.kinds:
        found += _notices(free, at)
    if MessageKind.DENY_LIST_CHANGED in free.kinds:
        found += _deny_list(free, at)
    WebhookMessage.objects.bulk_create(found)
    free.gathered_at = at
    free.save(update_fields=["gathered_at", "told_deny_list"])
    return len(found)


def _notices(webhook: Webhook, at: datetime) -> Iterator[WebhookMessage]:
    """One message for what was posted to one or to many people of the organization.

    It says where to read, never what: a notice may be of source selection.
    """
    since = max(
        webhook.registered_at, webhook.gathered_at - _OVERLAP, at - REPLAYED_WITHIN
    )
    posted = Notice.objects.filter(
        recipient_organization_id=webhook.organization_id, recorded_at__gte=since
    ).order_by("pk")
    by_key = {_key(each): each for each in reversed(posted)}
    known = set(webhook.messages.filter(key__in=by_key).values_list("key", flat=True))
    for key, notice in sorted(by_key.items(), key=lambda pair: pair[1].pk):
        if key not in known:
            data = {
                "about": notice.subject_kind,
                "due_on": notice.due_on.isoformat() if notice.due_on else None,
                "url": f"{settings.SITE_URL}{notice.url_path}",
            }
            yield _message(
                webhook, MessageKind.NOTICE_POSTED, key, notice.created_at, data, at
            )


def _key(notice: Notice) -> str:
    parts: Iterable[Any] = (
        notice.subject_kind,
        notice.subject_id,
        notice.created_at.isoformat(),
        notice.url_path,
        notice.title,
    )
    text = "\n".join(map(str, parts))
    return f"notice:{hashlib.sha256(text.encode()).hexdigest()}"


def _deny_list(webhook: Webhook, at: datetime) -> Iterator[WebhookMessage]:
    """The list as it is now, if it is another than the webhook was last told."""
    listed = deny_list(webhook.organization, at)
    if listed["sha256"] == webhook.told_deny_list:
        return
    webhook.told_deny_list = listed["sha256"]
    where = {"url": f"{settings.SITE_URL}/api/v1/deny_list", "sha256": listed["sha256"]}
    kind, key = MessageKind.DENY_LIST_CHANGED, f"deny_list:{at.isoformat()}"
    whole = _message(webhook, kind, key, at, {**listed, **where}, at)
    if len(whole.body.encode()) > LONGEST_BODY:
        whole = _message(webhook, kind, key, at, where, at)
    yield whole


def _message(
    webhook: Webhook,
    kind: str,
    key: str,
    occurred_at: datetime,
    data: dict[str, Any],
    at: datetime,
) -> WebhookMessage:
    return WebhookMessage(
        public_id=new_public_id(WebhookMessage.PREFIX),
        webhook=webhook,
        kind=kind,
        key=key,
        body=body_of(kind, occurred_at, data),
        occurred_at=occurred_at,
        next_try_at=at,
    )
