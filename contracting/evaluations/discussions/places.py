"""Places in an offer that a rating stands on: ``[¶3]``, ``[file 2, p. 14]``.

Paragraphs are the lines of the text that have words, counted from 1; those of a final
revision are named with it: ``[revision ¶3]``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from contracting.evaluations.refusals import PlaceUnknown
from contracting.submissions.models import OpenedOffer, Submission

_PLACE: Final = re.compile(
    r"\[(?P<revision>revision )?"
    r"(?:¶ ?(?P<paragraph>[1-9][0-9]{0,5})"
    r"|file (?P<file>[1-9][0-9]{0,2})(?:, p\. ?(?P<page>[1-9][0-9]{0,4}))?)\]"
)


@dataclass(frozen=True, slots=True)
class Place:
    """One place; ``file`` is nothing for a paragraph of the text."""

    is_of_revision: bool
    paragraph: int = 0
    file: int = 0
    page: int = 0

    @property
    def anchor(self) -> str:
        """The name of the paragraph on its page."""
        return f"{'r' if self.is_of_revision else 'p'}-{self.paragraph}"


def paragraphs(text: str) -> list[str]:
    """The lines of a text that say anything, in order."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def cited(text: str) -> Iterator[tuple[str, Place | None]]:
    """A text cut where it names a place; what names none goes with nothing."""
    end = 0
    for found in _PLACE.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], None
        yield found[0], _place(found)
        end = found.end()
    if end < len(text):
        yield text[end:], None


def _place(found: re.Match[str]) -> Place:
    return Place(
        is_of_revision=bool(found["revision"]),
        paragraph=int(found["paragraph"] or 0),
        file=int(found["file"] or 0),
        page=int(found["page"] or 0),
    )


def unknown_places(texts: list[str], offer: OpenedOffer) -> list[str]:
    """The places that these texts name and that the offer does not have."""
    return [
        words
        for text in texts
        for words, place in cited(text)
        if place is not None and not _is_there(place, offer)
    ]


def _is_there(place: Place, offer: OpenedOffer) -> bool:
    read: Any = offer
    if place.is_of_revision:
        read = getattr(offer.submission, "revised_offer", None)
        if read is None:
            return False
    if place.file:
        return place.file <= len(read.files)
    return place.paragraph <= len(paragraphs(read.technical))


def require_places(submission: Submission, *texts: str) -> None:
    """Insist that the offer has every place that these texts name.

    :raises PlaceUnknown: naming those that it has not (R-EVL-01)
    """
    unknown = unknown_places(list(texts), submission.opened_offer)
    if unknown:
        message = (
            f"The offer has no {', '.join(unknown)}. A place is named as [¶2], "
            "[revision ¶2] or [file 1, p. 3]."
        )
        raise PlaceUnknown(message, places=unknown)
