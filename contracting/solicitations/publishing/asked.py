"""Questions that ask the same, told by their words and answered once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from contracting.solicitations.models import Question

_Answered = TypeVar("_Answered")
_SHOWN: Final = 300
_ALIKE: Final = 0.4


def questions_beside(question: Question) -> list[tuple[int, str]]:
    """The other questions that wait for their answer, those most like it first."""
    others = question.solicitation.questions.exclude(pk=question.pk)
    waiting = others.exclude(answers__releases__isnull=False).order_by("pk")
    ranked = sorted(
        ((likeness(question.text, each.text), each) for each in waiting),
        key=lambda pair: -pair[0],
    )
    return [(each.pk, _label(each, alike)) for alike, each in ranked]


def _label(question: Question, alike: float) -> str:
    text = " ".join(question.text.split())
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …"
    return f"{shown} (much the same)" if alike >= _ALIKE else shown


def likeness(one: str, other: str) -> float:
    """How much of the words of two questions are the same, from 0 to 1."""
    words, others = (
        {each for each in re.findall(r"\w+", text.lower()) if len(each) > 2}
        for text in (one, other)
    )
    together = words | others
    return len(words & others) / len(together) if together else 0.0


def together(
    answered: Iterable[_Answered], said: Callable[[_Answered], object]
) -> list[list[_Answered]]:
    """Questions that have one answer side by side, in the order of the first.

    :param said: what makes two answers one
    """
    found: dict[object, list[_Answered]] = {}
    for each in answered:
        found.setdefault(said(each), []).append(each)
    return list(found.values())
