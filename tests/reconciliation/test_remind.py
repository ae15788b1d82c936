"""Owners of overdue discrepancies are reminded, once a day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.reconciliation import tasks
from contracting.reconciliation.models import Reminder
from contracting.reconciliation.operations.remind import remind_overdue_findings
from contracting.reconciliation.operations.resolve_alike import resolve_alike_findings
from tests.builders_billing import ACCEPTED_AT
from tests.cast import actor, nothing_happens

LATE_AT = ACCEPTED_AT + timedelta(days=30)


def test_an_owner_is_reminded_once_a_day_of_what_is_overdue(strangers):
    owner = strangers[0].owner
    before = Notice.objects.count()

    assert remind_overdue_findings(by=SYSTEM, at=ACCEPTED_AT) == 0
    assert remind_overdue_findings(by=SYSTEM, at=LATE_AT) == 1
    assert remind_overdue_findings(by=SYSTEM, at=LATE_AT + timedelta(hours=1)) == 0
    assert tasks.remind_overdue((LATE_AT + timedelta(days=1)).isoformat()) == 1

    told = Notice.objects.order_by("pk")[before:]
    assert [each.recipient_user_id for each in told] == [owner.user_id] * 2
    assert told[0].title.startswith("3 discrepancies are overdue on")
    assert [each.findings for each in Reminder.objects.order_by("pk")] == [3, 3]
    # And of what is settled nobody is reminded
    resolve_alike_findings(
        order_id=strangers[0].order_id,
        finding_ids=[each.pk for each in strangers],
        code="accept-A",
        reason="Seen by nobody here.",
        by=actor("cor"),
        at=ACCEPTED_AT,
    )
    assert remind_overdue_findings(by=SYSTEM, at=LATE_AT + timedelta(days=2)) == 0


def test_nobody_reminds_by_hand(strangers):
    with nothing_happens(), pytest.raises(NotAllowed):
        remind_overdue_findings(by=actor("contracting_officer"), at=LATE_AT)
