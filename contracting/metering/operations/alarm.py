"""Tell an agency that a day of one of its sources does not prove complete."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.db import transaction

from accounts.models import Organization
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.models import SourceAlarm, UsageSource
from contracting.metering.queries.completeness import days_of, open_gaps
from contracting.notices.operations.post_notice import Recipient, post_notice

LOOK_BACK = timedelta(days=45)
"""So far back a late control total, or a late row, is still looked at."""


@transaction.atomic
def alarm_of_sources(*, by: Actor, at: datetime) -> int:
    """Tell each agency once of each difference to a control total, and of each gap.

    May run at any time and twice. A day that is completed later says so on the page of
    the source; another difference on the same day is told again. The days are looked
    at first: whoever sends usage waits for none of it.

    :returns: of how many differences agencies were told
    :raises NotAllowed: if ``by`` is not the system
    """
    sources = [(each, _found(each, at)) for each in UsageSource.objects.order_by("pk")]
    concerned = {source.agency_id for source, found in sources if found}
    agencies = Organization.objects.filter(pk__in=concerned).order_by("pk")
    list(agencies.select_for_update(no_key=True))
    require(permissions.can_alarm_of_sources(by))
    return sum(_alarm(source, found, by, at) for source, found in sources if found)


def _found(source: UsageSource, at: datetime) -> list[tuple[date, str]]:
    """Each difference and each gap, by its day."""
    today = at.astimezone(UTC).date()
    first = today - LOOK_BACK
    found = [
        (each.day, each.difference_words)
        for each in days_of(source, first, today)
        if each.is_different
    ]
    found += [(each.day, each.words) for each in open_gaps(source, first, today)]
    return found


def _alarm(
    source: UsageSource, found: list[tuple[date, str]], by: Actor, at: datetime
) -> int:
    told = set(source.alarms.values_list("day", "what"))
    news = [(day, what[:200]) for day, what in found if (day, what[:200]) not in told]
    for day, what in news:
        SourceAlarm.objects.create(source=source, day=day, what=what, alarmed_at=at)
        post_notice(
            recipients=[
                Recipient(source.agency_id, role=Role.COR),
                Recipient(source.agency_id, role=Role.ADMINISTRATOR),
            ],
            subject=source.subject,
            title=f"{source.label}: {day:%Y-%m-%d} is not complete",
            body=(
                f"{what}. Nothing is lost and nothing was guessed: have the gateway "
                "send the day again; what is stored already is a duplicate."
            ),
            url_path=source.path,
            by=by,
            at=at,
        )
    if news:
        record_event(
            events.SOURCES_ALARMED,
            subject=source.subject,
            by=by,
            at=at,
            data={"differences": [[day, what] for day, what in news]},
        )
    return len(news)
