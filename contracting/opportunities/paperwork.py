"""Open solicitations for calendars: RFC 5545, one event for each deadline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from contracting.solicitations.models import Solicitation
from contracting.solicitations.queries import amendments_of
from contracting.solicitations.states import SolicitationState

OCTETS: Final = 75
"""A line of a calendar is folded after so many bytes."""

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def calendar(solicitations: Iterable[Solicitation], *, site: str) -> str:
    """A calendar file with the deadline of each solicitation.

    An amendment raises the sequence of its event, so that a calendar that knows it
    moves it; one that is cancelled stays, as cancelled.

    :param site: where the pages are, such as ``https://example.gov``
    """
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Drawdown//Opportunities//EN",
        "METHOD:PUBLISH",
    ]
    for solicitation in solicitations:
        if solicitation.deadline is not None:
            lines += _event(solicitation, solicitation.deadline, site)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def changed_at(solicitation: Solicitation) -> datetime:
    """When what everybody reads of it changed last: its release or an amendment."""
    last = amendments_of(solicitation).last()
    changed = solicitation.released_at if last is None else last.issued_at
    return changed or solicitation.recorded_at


def _event(solicitation: Solicitation, deadline: datetime, site: str) -> list[str]:
    gone = solicitation.state == SolicitationState.CANCELLED
    title = f"Offers due: {solicitation.piid} {solicitation.title}"
    words = f"{solicitation.agency.name} asks for offers until this instant, included."
    if gone:
        words = f"Cancelled: {solicitation.cancel_reason}"
    return [
        "BEGIN:VEVENT",
        f"UID:{solicitation.public_id}@drawdown.invalid",
        f"DTSTAMP:{_utc(changed_at(solicitation))}",
        f"DTSTART:{_utc(deadline)}",
        f"DTEND:{_utc(deadline)}",
        f"SEQUENCE:{amendments_of(solicitation).count() + gone}",
        f"STATUS:{'CANCELLED' if gone else 'CONFIRMED'}",
        f"SUMMARY:{_text(title)}",
        f"DESCRIPTION:{_text(words)}",
        f"URL:{site}{solicitation.public_path}",
        "END:VEVENT",
    ]


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(words: str) -> str:
    """Text as a calendar holds it: separators escaped, line breaks as ``\\n``."""
    known = _CONTROL.sub("", words.replace("\r\n", "\n").replace("\r", "\n"))
    for plain, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        known = known.replace(plain, escaped)
    return known


def _folded(line: str) -> Iterator[str]:
    """The line in pieces of at most 75 bytes, each after the first led by a space."""
    piece, size = "", 0
    for character in line:
        width = len(character.encode())
        if size + width > OCTETS:
            yield piece
            piece, size = " ", 1
        piece += character
        size += width
    yield piece
