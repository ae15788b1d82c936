"""What two wordings differ in, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

SAME: Final = "SAME"
DELETED: Final = "DELETED"
INSERTED: Final = "INSERTED"

MOST: Final = 4_000_000
"""Words of one text times words of the other, up to which they are compared."""

_PIECES: Final = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of words that stayed, went or came."""

    kind: str
    text: str


def redline(old: str, new: str) -> list[Part]:
    """The parts in reading order, what went before what came.

    Without what was inserted the parts are ``old``, without what was deleted ``new``.
    Texts too long to compare are shown as one that went and one that came.
    """
    before, after = _PIECES.findall(old), _PIECES.findall(new)
    if len(before) * len(after) > MOST:
        return _parts([(DELETED, before), (INSERTED, after)])
    found: list[tuple[str, list[str]]] = []
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            found.append((SAME, before[i:j]))
        else:
            found += [(DELETED, before[i:j]), (INSERTED, after[k:m])]
    return _parts(found)


def _parts(found: list[tuple[str, list[str]]]) -> list[Part]:
    return [Part(kind, "".join(pieces)) for kind, pieces in found if pieces]
