"""What is left out of a public copy, and what is left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracting.determinations.models import Determination

LEAST_LETTERS: Final = 2
"""A shorter passage is in every other word."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """A passage that a public copy leaves out, and the exemption that lets it."""

    passage: str
    basis: str

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds the passage however its words are spaced, broken and capitalised.

        A figure is found as a whole: what is left of one would tell of it.
        """
        words = r"\s+".join(re.escape(word) for word in self.passage.split())
        if self.passage.strip()[:1].isdigit():
            words = r"(?:\d[.,]?)*" + words
        if self.passage.strip()[-1:].isdigit():
            words += r"(?:[.,]?\d)*"
        return re.compile(words, re.IGNORECASE)

    @property
    def is_long_enough(self) -> bool:
        letters = [each for each in self.passage if each.isalnum()]
        return len(letters) >= LEAST_LETTERS


def found_in(value: Any, withheld: Withheld) -> bool:
    """Whether a passage stands anywhere in plain values."""
    return any(withheld.pattern.search(text) for text in _texts(value))


def redacted(value: Any, withheld: Sequence[Withheld]) -> Any:
    """The same plain values without the passages, each place naming its exemption.

    Passages that overlap go out together, so that no end of one is left.
    """
    if isinstance(value, str):
        return _without(value, withheld)
    if isinstance(value, Mapping):
        return {key: redacted(each, withheld) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [redacted(each, withheld) for each in value]
    return value


def _without(text: str, withheld: Sequence[Withheld]) -> str:
    made, at = [], 0
    for start, end, bases in _spans(text, withheld):
        made += [text[at:start], f"[redacted: {', '.join(bases)}]"]
        at = end
    return "".join([*made, text[at:]])


def _spans(
    text: str, withheld: Sequence[Withheld]
) -> Iterator[tuple[int, int, list[str]]]:
    """Where passages stand, those that overlap or touch as one, in order."""
    places = sorted(
        (found.start(), found.end(), each.basis)
        for each in withheld
        for found in _everywhere(each.pattern, text)
    )
    merged: list[tuple[int, int, list[str]]] = []
    for start, end, basis in places:
        if merged and start <= merged[-1][1]:
            first, last, bases = merged[-1]
            bases = bases if basis in bases else [*bases, basis]
            merged[-1] = (first, max(last, end), bases)
        else:
            merged.append((start, end, [basis]))
    yield from merged


def _everywhere(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Every place, those within or across another one included."""
    at = 0
    while (found := pattern.search(text, at)) is not None:
        yield found
        at = found.start() + 1


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each)


def for_everybody(determination: Determination) -> dict[str, Any]:
    """Authority, reason and parts as the public reads them.

    What was withheld when it was posted is not in them.
    """
    posting = getattr(determination, "posting", None)
    withheld = [Withheld(*each) for each in posting.withheld] if posting else []
    found: dict[str, Any] = redacted(
        {
            "authority": determination.authority,
            "text": determination.text,
            "parts": [list(each) for each in determination.said],
        },
        withheld,
    )
    return found
