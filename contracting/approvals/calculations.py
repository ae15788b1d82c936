"""Whether the people who are asked suffice, and what of a text they comment on."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

_BREAK: Final = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph of what is reviewed: where it stands, and how it reads."""

    place: str
    passage: str

    @property
    def key(self) -> str:
        """Its name in a form; it stays while place and words do."""
        text = f"{self.place}\n{self.passage}"
        return f"on_{sha256(text.encode()).hexdigest()[:16]}"


def paragraphs_of(terms: Iterable[tuple[str, str]]) -> list[Paragraph]:
    """Every term that says something, a long one paragraph by paragraph."""
    found: dict[str, Paragraph] = {}
    for term, words in terms:
        parts = [part.strip() for part in _BREAK.split(words) if part.strip()]
        for number, passage in enumerate(parts, start=1):
            named = term[:200]
            place = f"{named}, paragraph {number}" if len(parts) > 1 else named
            while place in found:
                place = f"{place}, again"[:250]
            found[place] = Paragraph(place, passage)
    return list(found.values())


def unfillable(seats: Sequence[Collection[int]]) -> int | None:
    """The first seat that nobody is left for, or ``None`` if all can be filled.

    :param seats: for each decision that is needed, the persons who may take it; one
        person takes one seat. Persons are moved along (a bipartite matching), so a seat
        is unfillable only if no distribution at all fills it and the seats before it.
    """
    taken: dict[int, int] = {}
    for seat in range(len(seats)):
        if not _fill(seat, seats, taken, set()):
            return seat
    return None


def _fill(
    seat: int,
    seats: Sequence[Collection[int]],
    taken: dict[int, int],
    tried: set[int],
) -> bool:
    for person in sorted(seats[seat]):
        if person in tried:
            continue
        tried.add(person)
        if person not in taken or _fill(taken[person], seats, taken, tried):
            taken[person] = seat
            return True
    return False
