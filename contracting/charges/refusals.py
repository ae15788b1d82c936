"""What charges refuse, and why."""

from __future__ import annotations

from contracting.core.errors import Invalid, Refusal


class NotOfThisStructure(Invalid):
    """The line is due by the calendar, by receipts or by the meter, not by this."""

    code = "not_of_this_structure"


class DayOutside(Invalid):
    """The day lies outside the period of performance, or is not over yet."""

    code = "day_outside"
    rule = "R-INV-06"


class NoPriceOnTheDay(Invalid):
    """No price per unit is in force on the day."""

    code = "no_price_on_the_day"
    rule = "R-INV-04"


class QuantityInvalid(Invalid):
    """A quantity is not above zero, or not whole where only whole pieces are bought."""

    code = "quantity_invalid"


class WordsMissing(Invalid):
    """What was received, its evidence or the reason is missing."""

    code = "words_missing"


class PeriodAccepted(Refusal):
    """The day is accepted on an invoice: nothing is changed beneath it."""

    code = "period_accepted"
    rule = "R-MET-05"


class AlreadyReversed(Refusal):
    """The receipt was taken back already."""

    code = "already_reversed"
