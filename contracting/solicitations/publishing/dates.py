"""What is told of the days that a package names, and stops nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracting.core.periods import days_earlier, rest_day_words
from contracting.solicitations.publishing.facts import Facts
from contracting.solicitations.states import SolicitationKind


@dataclass(frozen=True, slots=True)
class DayWeighed:
    """One day with what is in order about it, or what is told instead."""

    code: str
    done: str
    warning: str
    rule: str


def days_weighed(facts: Facts) -> Iterator[DayWeighed]:
    """Whether people are at work on the last day, and whether vendors can ask.

    Nothing is told without a day of release.
    """
    day, terms = facts.day, facts.terms
    if day is None or day.deadline_on is None:
        return
    is_quoted = terms["kind"] == SolicitationKind.RFQ
    offers = "Quotations" if is_quoted else "Offers"
    yield DayWeighed(
        "deadline_day",
        f"{offers} are due on a working day.",
        deadline_warning(offers, day.deadline_on),
        "R-SOL-04",
    )
    days = terms["questions_close_days"]
    if days is None or not facts.zone_exists:
        return
    until = days_earlier(terms["deadline"], terms["time_zone"], days)
    yield DayWeighed(
        "questions",
        f"Questions close {days} day{'s' if days > 1 else ''} before the deadline.",
        "Questions have closed by now: no vendor can ask." if until <= day.at else "",
        "R-SOL-02",
    )


def deadline_warning(offers: str, due: date) -> str:
    """What is told of a deadline on which federal offices rest; else nothing."""
    why = rest_day_words(due)
    if not why:
        return ""
    return (
        f"{offers} are due on {due.day} {due:%b %Y}, {why}: hardly anybody is at work, "
        "to hand in or to help. A working day is kinder to both sides."
    )
