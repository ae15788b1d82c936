"""The invariants of reference data hold, and say so when they do not."""

from datetime import date

from contracting.reference.invariants import INVARIANTS
from contracting.reference.models import Holiday


def found():
    return [text for each in INVARIANTS for text in each.exceptions()]


def test_the_seeded_holidays_are_those_that_move_due_dates(db):
    assert found() == []


def test_a_day_that_moves_nothing_is_found(db):
    Holiday.objects.create(day=date(2026, 7, 6), name="A day that nobody observes")
    Holiday.objects.get(day=date(2026, 12, 25)).delete()

    assert found() == ["2026-07-06: only listed", "2026-12-25: not listed"]
