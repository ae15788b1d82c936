"""Remind an agency of usage that has been held for days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from accounts.models import Organization
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.metering import events, permissions, queries
from contracting.metering.models import SuspenseReminder, UsageSource
from contracting.notices.operations.post_notice import Recipient, post_notice

REMIND_AFTER = timedelta(days=3)
"""How long usage is held before its agency is told (R-MET-08)."""


@transaction.atomic
def remind_suspense(*, by: Actor, at: datetime) -> int:
    """Tell each agency, once for each call, of what is held for three days (R-MET-08).

    May run at any time and twice: a run that was missed is made up for by the next, and
    only a call that has come of age since the last one is news.

    :returns: how many agencies were told
    :raises NotAllowed: if ``by`` is not the system
    """
    known = UsageSource.objects.order_by().values_list("agency", flat=True).distinct()
    concerned = [agency_id for agency_id in known if _news(agency_id, at)]
    agencies = Organization.objects.filter(pk__in=concerned).order_by("pk")
    held = list(agencies.select_for_update(no_key=True))
    require(permissions.can_remind_suspense(by))
    return sum(_remind(agency.pk, by, at) for agency in held)


def _news(agency_id: int, at: datetime) -> bool:
    """Whether a call has come of age since the agency was told last."""
    told = SuspenseReminder.objects.filter(agency_id=agency_id)
    last = told.aggregate(last=Max("received_until"))["last"]
    aged = queries.held_events(agency_id).filter(received_at__lte=at - REMIND_AFTER)
    return (aged if last is None else aged.filter(received_at__gt=last)).exists()


def _remind(agency_id: int, by: Actor, at: datetime) -> bool:
    if not _news(agency_id, at):
        return False  # another run has told it meanwhile
    until = at - REMIND_AFTER
    count = queries.held_events(agency_id).filter(received_at__lte=until).count()
    SuspenseReminder.objects.create(
        agency_id=agency_id, received_until=until, events=count, reminded_at=at
    )
    subject = Subject("metering.suspense", agency_id, f"organization:{agency_id}")
    calls = "1 call is" if count == 1 else f"{count:,} calls are"
    post_notice(
        recipients=[
            Recipient(agency_id, role=Role.COR),
            Recipient(agency_id, role=Role.CONTRACTING_OFFICER),
        ],
        subject=subject,
        title=f"{calls} held in suspense for three days or longer",
        body=(
            "Assign them to the order that they belong to, or dispose of them with a "
            "code. Until then nobody is charged for them, and an order that they name "
            "cannot be completed."
        ),
        url_path="/usage/suspense",
        by=by,
        at=at,
    )
    record_event(
        events.SUSPENSE_REMINDED,
        subject=subject,
        by=by,
        at=at,
        data={"held": count, "received_until": until},
    )
    return True
