"""The verdict of a permission, and the one way to insist on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from contracting.core.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Allowed:
    """The actor may do it."""

    reason: str = ""
    rule: str = ""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Refused:
    """The actor may not do it; the same reason greys the button and answers the API."""

    reason: str
    rule: str = ""

    def __bool__(self) -> bool:
        return False


Verdict: TypeAlias = Allowed | Refused


def require(verdict: Verdict) -> None:
    """Go on only if the verdict allows it.

    :raises NotAllowed: with the verdict's reason and rule
    """
    if isinstance(verdict, Refused):
        raise NotAllowed(verdict.reason, rule=verdict.rule)
