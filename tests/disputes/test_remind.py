"""Both sides are reminded once of an answer that is missing."""

from datetime import timedelta

import pytest

from contracting.core import clock
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.disputes.operations.remind import remind_disputes
from contracting.disputes.tasks import remind_disputes as task
from contracting.notices.models import Notice
from tests.builders_disputes import OPENED_AT, decided
from tests.cast import actor, nothing_happens

pytestmark = pytest.mark.django_db

OVERDUE_AT = OPENED_AT + timedelta(days=11)


def test_both_sides_are_reminded_once_of_a_missing_answer(case):
    assert remind_disputes(by=SYSTEM, at=OVERDUE_AT - timedelta(days=1)) == 0
    assert remind_disputes(by=SYSTEM, at=OVERDUE_AT) == 1
    assert remind_disputes(by=SYSTEM, at=OVERDUE_AT + timedelta(days=3)) == 0
    told = Notice.objects.filter(title__startswith="An answer is overdue")
    people = set(told.values_list("recipient_user_id", flat=True))
    assert {
        actor(part).user_id for part in ("vendor_a_signer", "contracting_officer")
    } <= people


def test_nobody_is_reminded_of_what_is_answered_or_decided(case):
    decided(case)
    assert remind_disputes(by=SYSTEM, at=OVERDUE_AT) == 0
    with nothing_happens(), pytest.raises(NotAllowed):
        remind_disputes(by=actor("contracting_officer"), at=OVERDUE_AT)


def test_the_schedule_calls_the_verb(case, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: OVERDUE_AT)

    assert task() == 1
