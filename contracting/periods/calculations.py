"""Months as whole days of a contract's zone, and the chain of their closings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Protocol

from contracting.core.canonical import content_sha256
from contracting.core.periods import Period, days_bounds, months_after


def month_of(day: date) -> date:
    """The first day of the month in which a day lies."""
    return day.replace(day=1)


def last_day_of(month: date) -> date:
    """The last day of a month that is named by its first."""
    return months_after(month, 1) - timedelta(days=1)


def bounds_of(month: date, zone: str) -> Period:
    """The instants of an accounting month, half-open."""
    return days_bounds(month, last_day_of(month), zone)


def read_month(text: str) -> date | None:
    """The month that ``2026-04`` names; none where it names none."""
    try:
        return date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        return None


class Linked(Protocol):
    """A link of a chain."""

    number: int
    content: Mapping[str, object]
    content_sha256: str
    previous_sha256: str
    sha256: str

    @property
    def link(self) -> Mapping[str, object]:
        """What its hash is taken of."""


def link_sha256(link: Mapping[str, object]) -> str:
    """The hash of a link: of its figures' hash, and of the link before it."""
    return content_sha256(dict(link))


def breaks(chain: Iterable[Linked]) -> Iterator[str]:
    """What is wrong with the links of one order, in their order; nothing if whole."""
    before = ""
    for number, link in enumerate(chain, start=1):
        if link.number != number:
            yield f"link {number} is missing"
            return
        if link.previous_sha256 != before:
            yield f"link {number} does not follow the one before it"
        if content_sha256(dict(link.content)) != link.content_sha256:
            yield f"the figures of link {number} are not those that were signed off"
        if link_sha256(link.link) != link.sha256:
            yield f"link {number} is not as it was written"
        before = link.sha256
