"""Reads of the inbox."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from accounts.models import Organization
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.subjects import Subject
from contracting.notices.models import Notice
from contracting.notices.states import EmailState


def inbox_for(actor: Actor) -> QuerySet[Notice]:
    """The actor's notices: unread first, then by what is due soonest, then newest."""
    found: QuerySet[Notice] = Notice.objects.visible_to(actor).order_by(
        F("read_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "-pk"
    )
    return found


def unread_count(actor: Actor) -> int:
    """How many notices the actor has not marked as read."""
    return Notice.objects.visible_to(actor).unread().count()


def get_notice_for(actor: Actor, public_id: str) -> Notice:
    """The notice, for the person it concerns.

    :raises NotVisible: for anybody else
    """
    found = Notice.objects.visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such notice."
        raise NotVisible(message)
    notice: Notice = found
    return notice


def notices_of(subject: Subject) -> QuerySet[Notice]:
    """What was posted about one object, newest first."""
    found: QuerySet[Notice] = Notice.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id
    ).order_by("-pk")
    return found


@dataclass(frozen=True, slots=True)
class Delivery:
    """How the e-mails of notices went out, and those that did not go."""

    queued: int
    sent: int
    failed: int
    none: int
    troubled: list[Notice]
    """Failed, or tried in vain and queued again."""


def delivery_of(subject: Subject, url_path: str) -> Delivery:
    """The delivery of what was posted about one object and leads to one page.

    :param url_path: which keeps notices to one vendor alone apart from those to all
    """
    posted = notices_of(subject).filter(url_path=url_path)
    counts = Counter(posted.values_list("email_state", flat=True))
    troubled = posted.exclude(last_error="").select_related(
        "recipient_user", "recipient_organization"
    )
    return Delivery(
        queued=counts[EmailState.PENDING],
        sent=counts[EmailState.SENT],
        failed=counts[EmailState.FAILED],
        none=counts[EmailState.NONE],
        troubled=list(troubled[:50]),
    )


def overdue_count(actor: Actor, today: date) -> int:
    """How many unread notices were due before ``today``."""
    return Notice.objects.visible_to(actor).unread().filter(due_on__lt=today).count()


def time_zone_of(actor: Actor) -> str:
    """The zone in which the actor's organization counts its days."""
    if actor.organization_id is None:
        return "UTC"
    zone = (
        Organization.objects.filter(pk=actor.organization_id)
        .values_list("time_zone", flat=True)
        .first()
    )
    return zone or "UTC"
