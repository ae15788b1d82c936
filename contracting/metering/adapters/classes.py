"""Counts that contain each other, subtracted to classes that can be summed.

A part above its whole refuses the row; nothing is clamped, and no second reading tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from contracting.metering.adapters.fields import count, refuse
from contracting.metering.states import Basis, RowCode

INPUT_SPLIT_UNKNOWN: Final = "input_split_unknown"
OUTPUT_SPLIT_UNKNOWN: Final = "output_split_unknown"
"""What a count is called whose classes the source does not tell apart: it is held."""

_DEEPEST: Final = 20


@dataclass(frozen=True, slots=True)
class Usage:
    """The disjoint counts of one call, and the total that its source gave."""

    counts: Mapping[str, int] = field(default_factory=dict)
    total: int | None = None
    basis: str = Basis.MEASURED.value
    unknown_class: str = ""
    other_units: tuple[tuple[str, int], ...] = ()

    @property
    def lines(self) -> tuple[tuple[str, int], ...]:
        """By class code, without what was not used but for the plain classes."""
        kept = {c: n for c, n in self.counts.items() if n or c in _PLAIN}
        return tuple(sorted(kept.items()))


_PLAIN: Final = frozenset({"IN_UNCACHED", "OUT_TEXT", "EMBED"})

ABSENT: Final = Usage(basis=Basis.ABSENT.value)


def block(row: Mapping[str, Any], key: str, pointer: str) -> Mapping[str, Any]:
    """An object inside a row; an empty one where it is not given.

    :raises Bad: if it is no object
    """
    value = row.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        refuse(RowCode.NOT_AN_OBJECT, pointer)
    return value


def counted(row: Mapping[str, Any], key: str, pointer: str) -> int:
    """A count that may be left out or null, which is then zero."""
    value = row.get(key)
    return 0 if value is None else count(value, f"{pointer}/{key}")


def required(row: Mapping[str, Any], key: str, pointer: str) -> int:
    """A count without which the row says nothing."""
    if row.get(key) is None:
        refuse(RowCode.MISSING, f"{pointer}/{key}")
    return count(row[key], f"{pointer}/{key}")


def rest_of(whole: int, parts: Mapping[str, int], pointer: str) -> int:
    """What is left of a whole when its parts are taken out.

    :raises Bad: if the parts are more than the whole
    """
    rest = whole - sum(parts.values())
    if rest < 0:
        refuse(RowCode.SUBSET_EXCEEDS_TOTAL, pointer)
    return rest


def within(part: int, whole: int, pointer: str) -> None:
    """A part that is no class of its own is at most its whole.

    :raises Bad: if it is more
    """
    if part > whole:
        refuse(RowCode.SUBSET_EXCEEDS_TOTAL, pointer)


def agree(one: int, other: int, pointer: str) -> None:
    """Two ways to the same number.

    :raises Bad: if they differ
    """
    if one != other:
        refuse(RowCode.CHECKSUM_FAILED, pointer)


def no_strange_tokens(
    given: Mapping[str, Any], listed: frozenset[str], pointer: str
) -> None:
    """A count of tokens that this version does not know may be part of another one.

    :raises Bad: if an unlisted field whose name speaks of tokens is not zero
    """
    for key, value in given.items():
        if key not in listed and _counts_tokens(key, value, _DEEPEST):
            refuse(RowCode.UNKNOWN_FIELD, pointer)


def _counts_tokens(name: str, value: Any, depth: int) -> bool:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return False
    if depth == 0:
        return True
    if isinstance(value, dict):
        return any(_counts_tokens(name + k, v, depth - 1) for k, v in value.items())
    if isinstance(value, list):
        return any(_counts_tokens(name, each, depth - 1) for each in value)
    return "token" in name.casefold() and value != 0
