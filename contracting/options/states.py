"""How an option stands, on what it is found advantageous, and when people are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices


class Standing(TextChoices):
    """Where an option stands on a day; computed, never stored."""

    EARLY = "EARLY", "not yet open"
    NOTICE_DUE = "NOTICE_DUE", "notice of intent is due"
    OPEN = "OPEN", "open to be exercised"
    EXERCISED = "EXERCISED", "exercised"
    LAPSED = "LAPSED", "lapsed"


class Basis(TextChoices):
    """On what the option is found the most advantageous method (FAR 17.207(d))."""

    SOLICITED = "SOLICITED", "17.207(d)(1): a new solicitation got no better price"
    MARKET = "MARKET", "17.207(d)(2): the market check finds the option better"
    SHORT_TIME = (
        "SHORT_TIME",
        "17.207(d)(3): the award is so recent that prices have not changed",
    )


class Rating(TextChoices):
    """How the vendor performs under this contract (FAR 42.1503)."""

    EXCEPTIONAL = "EXCEPTIONAL", "exceptional"
    VERY_GOOD = "VERY_GOOD", "very good"
    SATISFACTORY = "SATISFACTORY", "satisfactory"
    MARGINAL = "MARGINAL", "marginal"
    UNSATISFACTORY = "UNSATISFACTORY", "unsatisfactory"


ACCEPTABLE: Final = (Rating.EXCEPTIONAL, Rating.VERY_GOOD, Rating.SATISFACTORY)
"""The ratings with which an option is exercised (FAR 17.207(c)(7))."""


class SizeChange(TextChoices):
    """What makes a vendor state its size anew within 30 days (FAR 52.219-28(b))."""

    NOVATION = "NOVATION", "novation"
    MERGER = "MERGER", "merger or acquisition"


ALERTS: Final = (
    "OPTION_ALERT_FIRST",
    "OPTION_ALERT_SECOND",
    "OPTION_ALERT_THIRD",
    "OPTION_ALERT_LAST",
)
"""Days before the end at which the officer is told of an option: dated numbers."""

FINDINGS_DAYS: Final = "OPTION_FINDINGS_DAYS"
SIZE_YEARS: Final = "OPTION_SIZE_YEARS"
SIZE_EARLIEST: Final = "OPTION_SIZE_EARLIEST"
SIZE_LATEST: Final = "OPTION_SIZE_LATEST"
SIZE_CLAUSE: Final = "52.219-28"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the contracting officer finds before an option is exercised (17.207(c)).

    ``line_of_accounting_id`` names the funds. The market check is computed, not given.
    """

    line_of_accounting_id: int
    need: str
    basis: str
    advantage: str
    synopsis: str
    past_performance: str
    rating: str
    performance: str


WORDS: Final[Mapping[str, str]] = {
    "need": "Say which existing need the option fulfils (17.207(c)(2)).",
    "advantage": "Say why it is the most advantageous method (17.207(c)(3)).",
    "synopsis": "Say how it was synopsized, or which exception held (17.207(c)(4)).",
    "past_performance": "Say what the vendor's past performance elsewhere showed "
    "(17.207(c)(6)).",
    "performance": "Say how the vendor performs under this contract (17.207(c)(7)).",
}
"""What is asked for each finding that is made in words."""
