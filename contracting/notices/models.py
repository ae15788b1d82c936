"""Notices: what a person should know, and by when; mirrors of the record, never it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from accounts.models import Organization, User
from contracting.core.actors import Actor
from contracting.core.models import Addressed, LockingQuerySet, Timestamped
from contracting.core.subjects import Subject
from contracting.notices.states import EmailState


class NoticeQuerySet(LockingQuerySet["Notice"]):
    """Notices, filtered by whom they concern."""

    def visible_to(self, actor: Actor) -> Self:
        """The person's own in the organization they act for, and its unclaimed ones."""
        if not actor.is_person:
            return self.none()
        here = Q(recipient_organization_id=actor.organization_id)
        nowhere = Q(recipient_organization__isnull=True)
        mine = Q(recipient_user_id=actor.user_id) & (here | nowhere)
        unclaimed = Q(recipient_user__isnull=True) & here
        return self.filter(mine | unclaimed & (Q(role="") | Q(role=actor.role)))

    def unread(self) -> Self:
        """Not marked as read."""
        return self.filter(read_at__isnull=True)

    def to_be_sent(self) -> Self:
        """Whose e-mail has not gone out yet."""
        return self.filter(email_state=EmailState.PENDING)


class Notice(Addressed, Timestamped):
    """One notice to one person; or to a role that nobody holds yet."""

    PREFIX = "ntc"

    recipient_user = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="notices"
    )
    recipient_organization = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="notices",
    )
    role = models.CharField(
        max_length=30, blank=True, help_text="The role that was addressed, if any."
    )
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    stream = models.CharField(max_length=80, help_text="The subject's audit stream.")
    title = models.CharField(max_length=200)
    body = models.TextField()
    url_path = models.CharField(max_length=300, help_text="Where to act on it.")
    due_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    email_state = models.CharField(
        max_length=10, choices=EmailState.choices, default=EmailState.PENDING
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    next_attempt_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_notice_has_a_recipient",
                condition=Q(recipient_user__isnull=False)
                | Q(recipient_organization__isnull=False),
            ),
            models.CheckConstraint(
                name="a_notice_leads_to_a_page_of_this_site",
                condition=Q(url_path__regex=r"^/([^/\\]|$)"),
            ),
            models.CheckConstraint(
                name="a_notice_has_an_email_state",
                condition=Q(email_state__in=EmailState.values),
            ),
            models.CheckConstraint(
                name="only_a_person_gets_an_email",
                condition=Q(recipient_user__isnull=False)
                | Q(email_state=EmailState.NONE),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="notices_of_a_person", fields=["recipient_user", "-id"]),
            models.Index(
                name="notices_not_sent_yet",
                fields=["id"],
                condition=Q(email_state=EmailState.PENDING),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def as_subject(self) -> Subject:
        """The notice itself, as an event names it."""
        return Subject("notices.notice", self.pk, self.stream)
