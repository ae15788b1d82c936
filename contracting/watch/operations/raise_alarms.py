"""Look at the figures of an agency's use, and raise what people should look at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.watch import events, permissions
from contracting.watch.models import Alarm
from contracting.watch.queries import findings
from contracting.watch.states import AlarmKind, Told


@transaction.atomic
def raise_alarms(
    *, agency_id: int, sums: Sequence[str] = (), by: Actor, at: datetime
) -> list[Alarm]:
    """Raise each alarm once: of a day, and never while the same one is not closed.

    A runaway day is its own; it is told while the day still runs.

    The figures are read first: whoever sends usage, or settles, waits for none of it.

    :param sums: a sentence for each sum of the agency that is not that of its rows
    :returns: the alarms that are new
    :raises NotAllowed: if ``by`` is not the schedule
    """
    found = findings.findings_of(agency_id, at) + findings.finding_of_sums(sums, at)
    agency = Organization.objects.filter(pk=agency_id)
    list(agency.select_for_update(no_key=True))
    require(permissions.can_raise_alarms(by))
    return [
        _raise(finding, agency_id, by, at)
        for finding in found
        if not _is_known(finding, agency_id)
    ]


def _is_known(finding: findings.Finding, agency_id: int) -> bool:
    if finding.rule is not None:
        own = Alarm.objects.filter(rule=finding.rule, occasion=finding.occasion)
        return own.exists()
    same = Alarm.objects.filter(
        agency_id=agency_id,
        kind=finding.kind,
        order=finding.order,
        source=finding.source,
        model_id=finding.model_id,
    )
    if same.filter(day__gte=finding.day).exists():
        return True
    lasting = finding.kind != AlarmKind.RUNAWAY
    return lasting and same.exclude(state="CLOSED").exists()


def _raise(finding: findings.Finding, agency_id: int, by: Actor, at: datetime) -> Alarm:
    alarm = Alarm(
        agency_id=agency_id,
        kind=finding.kind,
        order=finding.order,
        source=finding.source,
        model_id=finding.model_id,
        rule=finding.rule,
        occasion=finding.occasion,
        day=finding.day,
        words=finding.words[:400],
        figures=finding.figures,
        raised_at=at,
    )
    alarm.save()
    post_notice(
        recipients=_told(finding, agency_id),
        subject=alarm.subject,
        title=f"Alarm: {alarm.get_kind_display()}",
        body=f"{alarm.words} {alarm.limits}",
        url_path=alarm.path,
        by=by,
        at=at,
    )
    record_event(
        events.ALARM_RAISED,
        subject=alarm.subject,
        by=by,
        at=at,
        data={"kind": alarm.kind, "day": alarm.day, "words": alarm.words},
    )
    return alarm


def _told(finding: findings.Finding, agency_id: int) -> list[Recipient]:
    """Those whom an own rule names; else who answers for the order and the contract."""
    told = finding.told or (Told.REQUESTER, Told.COR, Told.CONTRACTING_OFFICER)
    found = [Recipient(agency_id, role=each) for each in told if each != Told.REQUESTER]
    if Told.REQUESTER in told and finding.order is not None:
        owner = finding.order.requester.user_id
        found.insert(0, Recipient(agency_id, user_id=owner))
    return found
