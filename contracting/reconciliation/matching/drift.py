"""The one-sided drift test: nearly every day differs in the same direction."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from contracting.reconciliation.states import Key

DAYS: Final = 20
"""So many days of use in a row are looked at together."""

MORE_THAN: Final = 16
"""80 % of them: on more days than these the sign must be the same."""


def drifting(
    gaps: Mapping[tuple[Key, date], int], used: Mapping[Key, Collection[date]]
) -> frozenset[tuple[Key, date, bool]]:
    """The keys and days on which a drift shows, and whether it is upwards.

    :param gaps: what differs on a day without another cause, netted by key
    :param used: the days on which there is any usage of a key; a day without a
        difference is a day without a sign
    """
    found = set()
    for key, days in used.items():
        ordered = sorted(days)
        for up in (True, False):
            same = [gaps.get((key, day), 0) * (1 if up else -1) > 0 for day in ordered]
            for start in range(len(ordered) - DAYS + 1):
                if sum(same[start : start + DAYS]) > MORE_THAN:
                    found |= {
                        (key, ordered[place], up)
                        for place in range(start, start + DAYS)
                        if same[place]
                    }
    return frozenset(found)
