"""Webhooks, what they are told, and every try to tell them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from accounts.models import Organization, User
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.exchange.states import (
    MESSAGE_MOVES,
    WEBHOOK_MOVES,
    MessageKind,
    MessageState,
    WebhookState,
)


class Webhook(Addressed, Stateful, Timestamped):
    """An address of an organization's own that is told what happens."""

    PREFIX = "whk"
    MOVES = WEBHOOK_MOVES
    NOUN = "webhook"

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="webhooks"
    )
    label = models.CharField(max_length=120)
    url = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=30), help_text="Told of these.")
    state = models.CharField(
        max_length=10, choices=WebhookState.choices, default=WebhookState.ACTIVE
    )
    disabled_because = models.CharField(max_length=300, blank=True)
    secrets_sealed = models.BinaryField(help_text="Encrypted under the site's key.")
    former_sealed = models.BinaryField(null=True, blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    told_deny_list = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the list that it was told."
    )
    registered_at = models.DateTimeField()
    gathered_at = models.DateTimeField(
        help_text="Up to here notices were looked at for it."
    )
    failing_since = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="webhooks_created"
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_webhook_is_reached_over_https",
                condition=Q(url__startswith="https://"),
            ),
            models.CheckConstraint(
                name="a_webhook_has_a_known_state",
                condition=Q(state__in=WebhookState.values),
            ),
            models.CheckConstraint(
                name="a_disabled_webhook_says_why",
                condition=Q(state=WebhookState.ACTIVE) | ~Q(disabled_because=""),
            ),
            models.UniqueConstraint(
                name="an_organization_names_an_address_once",
                fields=["organization", "url"],
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/webhooks/{self.public_id}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "exchange.webhook", self.pk, f"organization:{self.organization_id}"
        )

    @property
    def is_active(self) -> bool:
        return self.state == WebhookState.ACTIVE


class WebhookMessage(Addressed, Stateful, Timestamped):
    """One message to one webhook; its bytes and its id are the same at each try."""

    PREFIX = "msg"
    MOVES = MESSAGE_MOVES
    NOUN = "message"

    webhook = models.ForeignKey(
        Webhook, on_delete=models.PROTECT, related_name="messages"
    )
    kind = models.CharField(max_length=30, choices=MessageKind.choices)
    key = models.CharField(max_length=80, help_text="What it tells of, once.")
    body = models.TextField(help_text="JSON, byte by byte as it is sent.")
    occurred_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=MessageState.choices, default=MessageState.PENDING
    )
    tries = models.PositiveSmallIntegerField(
        default=0, help_text="Since it was last put into the queue."
    )
    next_try_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_webhook_is_told_of_a_thing_once", fields=["webhook", "key"]
            ),
            models.CheckConstraint(
                name="a_message_has_a_known_state",
                condition=Q(state__in=MessageState.values),
            ),
            models.CheckConstraint(
                name="a_waiting_message_has_a_next_try",
                condition=~Q(state=MessageState.PENDING) | Q(next_try_at__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="messages_that_wait",
                fields=["next_try_at"],
                condition=Q(state=MessageState.PENDING),
            ),
            models.Index(name="messages_by_time", fields=["webhook", "-occurred_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class WebhookTry(AppendOnly):
    """One try to deliver a message, and what came of it."""

    message = models.ForeignKey(
        WebhookMessage, on_delete=models.PROTECT, related_name="attempts"
    )
    tried_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Of the answer; empty if there was none."
    )
    problem = models.CharField(max_length=300, blank=True)
    milliseconds = models.PositiveIntegerField()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="tries_by_time", fields=["message", "-tried_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.message} {self.status or self.problem}"

    @property
    def succeeded(self) -> bool:
        return self.status is not None and 200 <= self.status < 300
