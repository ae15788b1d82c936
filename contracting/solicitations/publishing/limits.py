"""How large an offer may be: what the solicitation states, within what the site takes.

The same limits are told to vendors, counted at upload, and held against an offer that
is opened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracting.documents.checking import kinds
from contracting.documents.checking.findings import MEGABYTE
from contracting.documents.forms import MAX_BYTES, MAX_FILES
from contracting.solicitations.models import Solicitation
from contracting.solicitations.refusals import TermInvalid

LIMITS: Final = {
    "most_characters": "Characters of the technical proposal, at most",
    "most_files": "Files of an offer, at most",
    "most_megabytes": "Megabytes of all files, at most",
    "most_pages": "Pages of all PDF files, at most",
    "file_kinds": "Kinds of file that are taken",
}
"""The terms that limit an offer, with their names in words."""

MOST_CHARACTERS: Final = 200_000
MOST_MEGABYTES: Final = MAX_BYTES // MEGABYTE
MOST_PAGES: Final = 10_000
MOST: Final = {
    "most_characters": MOST_CHARACTERS,
    "most_files": MAX_FILES,
    "most_megabytes": MOST_MEGABYTES,
    "most_pages": MOST_PAGES,
}
"""What the site takes at most, by the term that may state less."""


@dataclass(frozen=True, slots=True)
class SizedFile:
    """A file of an offer as far as its size is concerned.

    ``pages`` is nothing where they are not counted: in what is no PDF, or in a PDF that
    does not say how many it has.
    """

    name: str
    kind: str
    size_bytes: int
    pages: int | None = None


@dataclass(frozen=True, slots=True)
class OfferLimits:
    """What one offer may hold at most; ``pages`` is nothing where they are not limited.

    ``kinds`` are suffixes such as ``pdf``: those that the solicitation states, or all
    that the check of every upload takes.
    """

    characters: int
    files: int
    bytes: int
    pages: int | None
    kinds: tuple[str, ...]
    states_kinds: bool = False

    @property
    def kinds_in_words(self) -> str:
        """The kinds of file that are taken: ``".pdf, .xlsx"``."""
        return ", ".join(f".{kind}" for kind in self.kinds)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Every ending of a name that stands for one of the kinds."""
        taken = set(self.kinds)
        return tuple(end for end, kind in kinds.SUFFIXES.items() if kind in taken)

    @property
    def sentences(self) -> list[str]:
        """The limits as everybody reads them, part by part."""
        pages = ""
        if self.pages is not None:
            pages = f", {self.pages:,} pages of PDF in all"
        return [
            f"Technical proposal: at most {self.characters:,} characters.",
            f"Files: at most {self.files}, {self.bytes // MEGABYTE} MB in all{pages}.",
            f"Kinds of file: {self.kinds_in_words}.",
        ]

    def over(self, files: Sequence[SizedFile], *, characters: int = 0) -> list[str]:
        """Everything that is over a limit, in words; empty if nothing is."""
        found = []
        if characters > self.characters:
            found.append(
                f"The technical proposal has {characters:,} characters; the "
                f"solicitation takes at most {self.characters:,}."
            )
        if len(files) > self.files:
            found.append(
                f"There are {len(files)} files; the solicitation takes at most "
                f"{self.files}."
            )
        size = sum(file.size_bytes for file in files)
        if size > self.bytes:
            found.append(
                f"The files have {size / MEGABYTE:.1f} MB; the solicitation takes at "
                f"most {self.bytes // MEGABYTE} MB in all."
            )
        found += [
            f"{file.name} is of a kind that the solicitation does not take; it takes "
            f"{self.kinds_in_words}."
            for file in files
            if self.states_kinds and file.kind not in self.kinds
        ]
        return found + self._over_pages(files)

    def _over_pages(self, files: Sequence[SizedFile]) -> list[str]:
        if self.pages is None:
            return []
        found = [
            f"The pages of {file.name} cannot be counted, and the solicitation limits "
            "them. Save it as a PDF again."
            for file in files
            if file.kind == "pdf" and file.pages is None
        ]
        pages = sum(file.pages or 0 for file in files)
        if pages > self.pages:
            found.append(
                f"The PDF files have {pages:,} pages; the solicitation takes at most "
                f"{self.pages:,}."
            )
        return found


def limits_of(solicitation: Solicitation) -> OfferLimits:
    """What an offer on this solicitation may hold; where it is silent, the site's."""
    return limits_from({name: getattr(solicitation, name) for name in LIMITS})


def limits_from(terms: Mapping[str, Any]) -> OfferLimits:
    """The limits that the terms of a package state, within those of the site."""
    stated = terms["file_kinds"]
    return OfferLimits(
        characters=terms["most_characters"] or MOST_CHARACTERS,
        files=terms["most_files"] or MAX_FILES,
        bytes=(terms["most_megabytes"] or MOST_MEGABYTES) * MEGABYTE,
        pages=terms["most_pages"],
        kinds=tuple(k for k in kinds.MEDIA_TYPES if not stated or k in stated),
        states_kinds=bool(stated),
    )


def check_limits(terms: Mapping[str, Any]) -> None:
    """An offer may be limited to less than the site takes, never to nothing.

    :raises TermInvalid: naming the first limit that cannot stand
    """
    for name, most in MOST.items():
        if terms.get(name) is not None and not 1 <= terms[name] <= most:
            message = f"{LIMITS[name]}: from 1 to {most:,}, or empty."
            raise TermInvalid(message, term=name)
    stated = terms.get("file_kinds", ())
    unknown = [kind for kind in stated if kind not in kinds.MEDIA_TYPES]
    if unknown:
        message = f"{', '.join(unknown)} is no kind of file that is taken here."
        raise TermInvalid(message, term="file_kinds")


def kind_of_media_type(media_type: str) -> str:
    """The kind of file that is served with a media type; nothing for another one."""
    found = {served: kind for kind, served in kinds.MEDIA_TYPES.items()}
    return found.get(media_type, "")
