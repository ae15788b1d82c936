"""Whether the people who are asked suffice, when nobody decides twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence


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
