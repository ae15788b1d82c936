"""Send the e-mail of notices that are in the inbox already."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q

from contracting.notices.models import Notice
from contracting.notices.states import EmailState

MAX_ATTEMPTS = 5
FIRST_WAIT = timedelta(minutes=1)

_log = logging.getLogger(__name__)


def sweep_notices(*, at: datetime, limit: int = 100) -> int:
    """Send what is due at ``at``, oldest first, each notice in its own transaction.

    What fails is tried again after a longer wait each time, and is marked as failed in
    the end; the inbox shows the notice all the while.

    :returns: how many e-mails were sent
    """
    due = Q(next_attempt_at__isnull=True) | Q(next_attempt_at__lte=at)
    waiting = Notice.objects.to_be_sent().filter(due).order_by("pk")
    return sum(
        _send(notice_id, at)
        for notice_id in list(waiting.values_list("pk", flat=True)[:limit])
    )


@transaction.atomic
def _send(notice_id: int, at: datetime) -> bool:
    notice: Notice | None = (
        Notice.objects.to_be_sent()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("recipient_user")
        .filter(pk=notice_id)
        .first()
    )
    if notice is None or notice.recipient_user is None:
        return False
    notice.attempts += 1
    try:
        _email(notice, notice.recipient_user.email).send()
    except (SMTPException, OSError, ValueError) as error:
        _log.warning("Notice %s was not e-mailed: %s", notice.public_id, error)
        _try_again(notice, error, at)
        return False
    notice.email_state = EmailState.SENT
    notice.last_error = ""
    notice.save(update_fields=["email_state", "attempts", "last_error"])
    return True


def _email(notice: Notice, address: str) -> EmailMessage:
    due = f"\n\nDue on {notice.due_on:%d %B %Y}." if notice.due_on else ""
    where = f"{settings.SITE_URL}{notice.url_path}"
    return EmailMessage(
        subject=notice.title,
        body=f"{notice.body}{due}\n\nSign in to read and act: {where}\n",
        to=[address],
        headers={"Message-ID": f"<{notice.public_id}@drawdown.invalid>"},
    )


def _try_again(notice: Notice, error: Exception, at: datetime) -> None:
    notice.last_error = f"{type(error).__name__}: {error}"[:500]
    notice.next_attempt_at = at + FIRST_WAIT * 3 ** (notice.attempts - 1)
    if notice.attempts >= MAX_ATTEMPTS:
        notice.email_state = EmailState.FAILED
    notice.save(
        update_fields=["email_state", "attempts", "last_error", "next_attempt_at"]
    )
