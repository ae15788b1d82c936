"""What must always hold of reference data."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.core.invariants import Invariant
from contracting.core.periods import federal_holidays
from contracting.reference.models import Holiday


def _holidays_that_move_nothing() -> Iterator[str]:
    """The rows are what people read; due dates move by the calendar of the release."""
    listed: dict[int, dict[object, str]] = {}
    for holiday in Holiday.objects.all():
        listed.setdefault(holiday.day.year, {})[holiday.day] = holiday.name
    for year, days in sorted(listed.items()):
        observed = federal_holidays(year)
        for day in sorted(observed.keys() ^ days.keys(), key=str):
            where = "only listed" if day in days else "not listed"
            yield f"{day}: {where}"


INVARIANTS = [
    Invariant(
        code="REF-1",
        sentence="The holidays that are listed are the days that move due dates.",
        check=_holidays_that_move_nothing,
    ),
]
