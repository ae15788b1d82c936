"""How the pages show what a rating stands on, with a link to each place."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from contracting.evaluations.discussions.places import Place, cited, paragraphs
from contracting.submissions.models import OpenedOffer


def linked(text: str, offer: OpenedOffer) -> list[tuple[str, str]]:
    """The text in pieces, each with the address that it leads to, or with none."""
    return [(words, _address(place, offer)) for words, place in cited(text)]


def numbered(offer: OpenedOffer) -> dict[str, Any]:
    """The paragraphs of the offer, and of its final revision if there is one."""
    revised = getattr(offer.submission, "revised_offer", None)
    return {
        "paragraphs": paragraphs(offer.technical),
        "revised_paragraphs": paragraphs(revised.technical) if revised else [],
    }


def _address(place: Place | None, offer: OpenedOffer) -> str:
    if place is None:
        return ""
    of = offer.submission.public_id
    if not place.file:
        return f"{reverse('evaluations:offer', args=[of])}#{place.anchor}"
    name = "revised_file" if place.is_of_revision else "offer_file"
    return reverse(f"evaluations:{name}", args=[of, place.file - 1])
