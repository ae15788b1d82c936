"""Celery tasks of the desk."""

from __future__ import annotations

from celery import shared_task
from django.db import transaction

from contracting.approvals.operations.escalate import escalate_review
from contracting.approvals.queries.queues import to_escalate
from contracting.approvals.states import Overdue
from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.notices.operations.post_notice import Recipient, post_notice


@shared_task
def escalate_reviews() -> int:
    """Tell whom the policy names of every review that waits too long, or for nobody.

    Each is recorded and told once; nobody decides by it, and the reviewer still may.
    """
    at, told = clock.now(), 0
    for step in to_escalate(at):
        route = step.route
        with transaction.atomic():
            escalation = escalate_review(step_id=step.pk, by=SYSTEM, at=at)
            words = f"The {step.label} has not decided on version {route.version}."
            if escalation.why == Overdue.NOBODY:
                words = (
                    f"Nobody is left who may decide as {step.label} on version "
                    f"{route.version}. Give one more person the role."
                )
            post_notice(
                recipients=[Recipient(route.agency_id, role=escalation.told_role)],
                subject=route.subject,
                title=f"A review waits: {route.title}",
                body=words,
                url_path=route.page,
                by=SYSTEM,
                at=at,
            )
        told += 1
    return told
