"""Another unit or another rounding: the same on every row, never guessed from one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

from contracting.reconciliation.states import FindingCode, Kind

Pair = tuple[int, int]
"""Our count of a row, and the vendor's."""

FACTORS: Final = (1_000, 1_000_000)
STEPS: Final = tuple(10**power for power in range(1, 7))
LEAST_OF_A_UNIT: Final = 2
LEAST_OF_A_ROUNDING: Final = 4
"""So many rows must show it; fewer could be chance."""

Place = tuple[Kind, date | None]
"""A kind of token, and the day of its rows; none for the lines of an invoice."""


@dataclass(frozen=True, slots=True, order=True)
class Convention:
    """How the vendor counts every row, in words that go into the evidence."""

    code: FindingCode
    size: int
    way: str

    def fits(self, ours: int, theirs: int) -> bool:
        """Whether the vendor's count is ours by this convention."""
        if self.way == "times":
            return theirs == ours * self.size
        if self.way == "per":
            whole, rest = divmod(ours, self.size)
            return theirs in (whole, whole + bool(rest))
        whole, rest = divmod(ours, self.size)
        more = {"up": rest > 0, "down": False, "half up": 2 * rest >= self.size}
        return theirs == (whole + more[self.way]) * self.size

    def __str__(self) -> str:
        if self.code == FindingCode.UNIT:
            return f"every row {self.way} {self.size:,}"
        return f"every row rounded {self.way} to {self.size:,}"


_UNITS: Final = tuple(
    Convention(FindingCode.UNIT, size, way)
    for size, way in product(FACTORS, ("times", "per"))
)
_ROUNDINGS: Final = tuple(
    Convention(FindingCode.ROUNDING, size, way)
    for size, way in product(STEPS, ("half up", "up", "down"))
)


def convention_of(pairs: Sequence[Pair], agreed: int) -> Convention | None:
    """The one convention by which all these rows differ, if there is one.

    :param pairs: the rows that differ
    :param agreed: how many rows beside them do not differ; none may by another unit,
        and no more than a third by a rounding
    """
    seen = sum(theirs > 0 for _, theirs in pairs)
    found: list[Convention] = []
    if not agreed and seen >= LEAST_OF_A_UNIT:
        found += [each for each in _UNITS if _fit(each, pairs)]
    if 2 * agreed <= len(pairs) and seen >= LEAST_OF_A_ROUNDING:
        found += [each for each in _ROUNDINGS if _fit(each, pairs)]
    return found[0] if found else None


def _fit(convention: Convention, pairs: Iterable[Pair]) -> bool:
    return all(convention.fits(ours, theirs) for ours, theirs in pairs)


def conventions(
    pairs: Mapping[Place, Sequence[Pair]], agreed: Mapping[Place, int]
) -> dict[Place, Convention]:
    """By kind and day, how the vendor counts its rows.

    A day with too few rows follows the other days of its kind, if all its rows fit.
    """
    found = {
        place: convention
        for place, rows in pairs.items()
        if (convention := convention_of(rows, agreed.get(place, 0))) is not None
    }
    known: dict[Kind, Counter[Convention]] = defaultdict(Counter)
    for (whole, _), convention in found.items():
        known[whole][convention] += 1
    for place, rows in pairs.items():
        if place in found or len(rows) >= LEAST_OF_A_ROUNDING:
            continue
        for convention in _commonest(known[place[0]]):
            strict = convention.code == FindingCode.UNIT
            if _fit(convention, rows) and not (strict and agreed.get(place, 0)):
                found[place] = convention
                break
    return found


def _commonest(known: Counter[Convention]) -> Collection[Convention]:
    return sorted(known, key=lambda each: (-known[each], each))
