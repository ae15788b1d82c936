"""Who may do what to a notice."""

from __future__ import annotations

from contracting.core.actors import Actor
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.notices.models import Notice


def can_mark_notice_read(by: Actor, notice: Notice) -> Verdict:
    """The person whom it concerns; for an unclaimed one, who holds the role."""
    if not Notice.objects.visible_to(by).filter(pk=notice.pk).exists():
        return Refused(
            "Only the person to whom a notice is addressed marks it as read."
        )
    return Allowed()
