"""Tell people what concerns them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from accounts.models import Membership, User
from contracting.core.actors import Actor
from contracting.core.subjects import Subject
from contracting.notices.models import Notice
from contracting.notices.refusals import NoRecipient
from contracting.notices.states import EmailState


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a notice concerns: a person, a role in an organization, or all of it."""

    organization_id: int | None = None
    role: str = ""
    user_id: int | None = None


@transaction.atomic
def post_notice(
    *,
    recipients: Iterable[Recipient],
    subject: Subject,
    title: str,
    body: str,
    url_path: str,
    due_on: date | None = None,
    by: Actor,
    at: datetime,
) -> list[Notice]:
    """Put one notice into the inbox of every person concerned; e-mail follows.

    A role means those who hold it now. Where nobody does, the notice waits for whoever
    will. A person who is addressed twice gets one notice, and who posts it gets none.

    The event of the verb that posts is the record, so none is written here.

    :param url_path: the page where to act on it, such as ``/orders/ord_7k…``
    :raises NoRecipient: if a recipient names neither a person nor an organization
    """
    notices: dict[tuple[int | None, int | None], Notice] = {}
    for recipient in recipients:
        for person, organization_id in _people(recipient):
            if person is not None and person.pk == by.user_id:
                continue
            key = (person.pk, None) if person else (None, organization_id)
            notices.setdefault(
                key,
                Notice(
                    recipient_user=person,
                    recipient_organization_id=organization_id,
                    role=recipient.role,
                    subject_kind=subject.kind,
                    subject_id=subject.id,
                    stream=subject.stream,
                    title=" ".join(title.split())[:200],
                    body=body,
                    url_path=url_path,
                    due_on=due_on,
                    created_at=at,
                    email_state=_email_state(person),
                ),
            )
    for notice in notices.values():
        notice.save()
    return list(notices.values())


def _people(recipient: Recipient) -> Iterator[tuple[User | None, int | None]]:
    """Each person with the organization they are told in; nobody yet when none."""
    if recipient.user_id is not None:
        yield User.objects.get(pk=recipient.user_id), recipient.organization_id
        return
    if recipient.organization_id is None:
        message = "A notice is addressed to a person or to an organization."
        raise NoRecipient(message)
    held = Membership.objects.filter(
        organization_id=recipient.organization_id, is_active=True, user__is_active=True
    )
    if recipient.role:
        held = held.filter(role=recipient.role)
    members = held.select_related("user").order_by("user_id").distinct("user_id")
    people = [membership.user for membership in members]
    for person in people:
        yield person, recipient.organization_id
    if not people:
        yield None, recipient.organization_id


def _email_state(person: User | None) -> EmailState:
    return EmailState.PENDING if person and person.is_active else EmailState.NONE
