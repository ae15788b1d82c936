"""What is left of a paper for everybody, and the proof that nothing else is.

The copy is laid out as the press lays it out, and read again: what is withheld must
stand nowhere in its words nor in the files that it encloses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from html import unescape
from typing import Any, Final

from contracting.documents import enclosures, rendering
from contracting.documents.models import Document
from contracting.documents.paperwork.redaction import (
    Withheld,
    headings_of,
    left_of,
    redacted,
)
from contracting.evidence.refusals import NotWithheld

_TAG: Final = re.compile(r"<[^>]*>")
_SPACES: Final = re.compile(r"\s+")
_OF_THE_SHAPE: Final = frozenset({"key", "shape", "table", "time_zone", "span"})
_NOTE: Final = (
    "This is a copy for release. It is made of the paper of record, without what is "
    "withheld, and bears the seal of the agency and no signature. The agency keeps the "
    "paper of record."
)
_AROUND: Final = 30


def left_for_release(
    original: Document, withheld: Sequence[Withheld], *, request: str
) -> dict[str, Any]:
    """The context of the copy, in which nothing is left of what is withheld.

    :raises NotWithheld: saying of which passage, and why
    """
    if not request.strip():
        message = "Say what it answers: the number of the request, or why it is made."
        raise NotWithheld(message, pointer="/request")
    context = enclosures.printed_part_of(original.context)
    whole = _sheet_of(original, context)
    _insist_on_sense(withheld, words_of(whole), choices_of(original))
    left = left_of(original.kind, context, withheld)
    left["release"] = request.strip()
    left["notes"] = [*(left.get("notes") or []), _NOTE]
    _insist_on_absence(_sheet_of(original, left, withheld), withheld)
    return left


def choices_of(original: Document) -> list[str]:
    """The headings of the paper below which everything may be withheld."""
    context = enclosures.printed_part_of(original.context)
    return headings_of(original.kind, context)


def preview_of(
    original: Document, withheld: Sequence[Withheld], *, request: str
) -> list[str]:
    """Each place that is cut, with the words around it, as the copy has them.

    :raises NotWithheld: as for the copy itself
    """
    left = left_for_release(original, withheld, request=request)
    words = words_of(_sheet_of(original, left, withheld))
    return [
        f"… {words[max(0, found.start() - _AROUND) : found.end() + _AROUND]} …"
        for found in re.finditer(r"\[redacted: [^\]]*\]", words)
    ]


def words_of(sheet: rendering.Sheet) -> str:
    """Every word of the paper as it is laid out, with single spaces."""
    return _SPACES.sub(" ", unescape(_TAG.sub(" ", rendering.html_of(sheet))))


def _sheet_of(
    original: Document, context: Mapping[str, Any], withheld: Sequence[Withheld] = ()
) -> rendering.Sheet:
    passages = [each for each in withheld if not each.is_heading]
    return rendering.Sheet(
        kind=original.kind,
        title=redacted(original.title, passages),
        number=original.number,
        version=original.version,
        content_sha256="",
        context=context,
        author=original.agency.name,
        created_at=original.requested_at,
    )


def _insist_on_sense(
    withheld: Sequence[Withheld], words: str, headings: Sequence[str]
) -> None:
    for each in withheld:
        if not each.is_long_enough or not each.basis.strip():
            message = (
                "Each part that is withheld has two letters or more, and names its "
                f"exemption, such as (b)(4): {each.passage}"
            )
            raise NotWithheld(message, pointer="/withheld")
        if each.is_heading:
            known = each.heads(*headings)
        else:
            known = each.pattern.search(words) is not None
        if not known:
            what = "heading" if each.is_heading else "passage"
            message = f"This {what} is not in the paper: {each.passage}"
            raise NotWithheld(message, pointer="/withheld")


def _insist_on_absence(copy: rendering.Sheet, withheld: Sequence[Withheld]) -> None:
    words, own = words_of(copy), words_of(replace(copy, context={}))
    # The number and the title are of the copy; only what its form prints is its own.
    own = own.replace(copy.number, "").replace(copy.title, "")
    texts = [words, *_leaves(copy.context)]
    texts += [
        each.content.decode()
        for each in copy.enclosures
        if not each.name.endswith(".json")
    ]
    for each in withheld:
        if each.is_heading or each.pattern.search(own):
            continue
        for text in texts:
            found = each.pattern.search(text)
            if found:
                around = text[max(0, found.start() - _AROUND) : found.end() + _AROUND]
                message = (
                    f"It would still stand in the copy: … {around.strip()} … It goes "
                    "over the edge of a field there, or is part of the paper's own "
                    "number. Withhold each of its parts by itself."
                )
                raise NotWithheld(message, pointer="/withheld")


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key not in _OF_THE_SHAPE:
                yield from _leaves(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _leaves(each)
    elif value is not None and not isinstance(value, bool):
        yield str(value)
