"""The names of differences between classes of tokens, on counts alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from contracting.reconciliation.states import FindingCode

SHIFTS: Final = (
    FindingCode.CACHE,
    FindingCode.REASONING,
    FindingCode.CLASS_SHIFT,
)
"""The same number of tokens, in other classes of the same direction."""

REQUEST: Final = "REQUEST"
AGGREGATE: Final = "AGGREGATE"


def is_output(token_class: str) -> bool:
    """Whether tokens of a class are generated; all others are read."""
    return token_class.startswith("OUT_")


def coded(gaps: Mapping[str, int]) -> Iterator[tuple[FindingCode, dict[str, int]]]:
    """Name the differences of classes, one direction at a time.

    Tokens only move between classes of one direction: what is too much of the input is
    never explained by what is too little of the output.

    :param gaps: tokens too many (positive) or too few by class
    """
    for direction in (False, True):
        left = {
            code: gap
            for code, gap in sorted(gaps.items())
            if gap and is_output(code) is direction
        }
        for name, pair in _PAIRS:
            moved = {code: left.get(code, 0) for code in pair}
            first, second = moved.values()
            if first and second == -first and (first > 0 or name in _BOTH_WAYS):
                yield name, dict(sorted(moved.items()))
                left = {code: gap for code, gap in left.items() if code not in moved}
        if len(left) > 1 and sum(left.values()) == 0:
            yield FindingCode.CLASS_SHIFT, left
            continue
        for code, gap in left.items():
            yield FindingCode.QTY, {code: gap}


_PAIRS: Final = (
    (FindingCode.CACHE, ("IN_UNCACHED", "IN_CACHE_READ")),
    (FindingCode.REASONING, ("OUT_TEXT", "OUT_REASONING")),
)
_BOTH_WAYS: Final = frozenset({FindingCode.REASONING})
