"""State machines as tables that can be read aloud."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from contracting.core.errors import IllegalMove

Moves: TypeAlias = Mapping[str, frozenset[str]]


def moves(table: Mapping[str, tuple[str, ...]]) -> Moves:
    """Freeze a table ``{from state: (to state, …)}``."""
    return {str(source): frozenset(map(str, to)) for source, to in table.items()}


def check_move(table: Moves, *, source: str, target: str, noun: str) -> None:
    """Insist that a thing in state ``source`` may move to ``target``.

    :raises IllegalMove: if the table has no such move
    """
    if str(target) in table.get(str(source), frozenset()):
        return
    words = str(source).replace("_", " ").lower()
    goal = str(target).replace("_", " ").lower()
    message = f"This {noun} is {words} and cannot become {goal}."
    raise IllegalMove(message, source=str(source), target=str(target))
