"""What a webhook is told of, and the states of it and of its messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import TextChoices

from contracting.core.states import moves


class MessageKind(TextChoices):
    """The types of messages; the value is what a receiver reads in ``type``."""

    DENY_LIST_CHANGED = "deny_list.changed", "the deny list of gateways has changed"
    NOTICE_POSTED = "notice.posted", "a notice was posted to our inbox"
    TEST = "test", "a test"


CHOSEN_KINDS: Final = (MessageKind.DENY_LIST_CHANGED, MessageKind.NOTICE_POSTED)
AGENCY_ONLY_KINDS: Final = frozenset({MessageKind.DENY_LIST_CHANGED})


class WebhookState(TextChoices):
    """Whether messages go out."""

    ACTIVE = "ACTIVE", "active"
    DISABLED = "DISABLED", "disabled"


WEBHOOK_MOVES = moves(
    {
        WebhookState.ACTIVE: (WebhookState.DISABLED,),
        WebhookState.DISABLED: (WebhookState.ACTIVE,),
    }
)


class MessageState(TextChoices):
    """Where a message stands."""

    PENDING = "PENDING", "waiting"
    DELIVERED = "DELIVERED", "delivered"
    GIVEN_UP = "GIVEN_UP", "given up"


MESSAGE_MOVES = moves(
    {
        MessageState.PENDING: (MessageState.DELIVERED, MessageState.GIVEN_UP),
        MessageState.DELIVERED: (MessageState.PENDING,),
        MessageState.GIVEN_UP: (MessageState.PENDING,),
    }
)

WAITS: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Before the second try, the third and so on; after the last, a message is given up."""

DISABLED_AFTER: Final = timedelta(days=5)
"""So long may every try of a webhook fail before it is disabled."""

BOTH_SECRETS_FOR: Final = timedelta(hours=24)
"""So long a message bears the signature of the former secret too."""

REPLAYED_WITHIN: Final = timedelta(days=30)
"""Older messages are kept and not sent again."""

MOST_REPLAYED: Final = 10_000
