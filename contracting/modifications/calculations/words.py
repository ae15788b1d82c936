"""The terms of a contract's content, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from accounts.models import Organization
from contracting.contracts.calculations import price_said
from contracting.core.templatetags.drawdown import dollars as money
from contracting.reference.states import BY_TOKENS, PartMonths, Unit, counted_words
from contracting.solicitations.publishing.options import words_of
from contracting.solicitations.publishing.terms import TOLERANCES

TERMS: Final[Mapping[str, str]] = {
    "title": "Title",
    "contractor_name": "Name of the contractor",
    "ordering_end": "Last day of the ordering period",
    "minimum_dollars": "Guaranteed minimum in dollars",
    "ceiling_dollars": "Contract ceiling in dollars",
    "ceiling_tokens": "Contract ceiling in tokens",
    "notice_percent": "Notice, percent of an order's funds",
    **TOLERANCES,
    "report_due_days": "Usage report due, days after a period",
    "payment_days": "Payment due, days",
}
"""The single terms of a contract that a modification may change, in words."""

CONTRACTOR: Final = "Contractor"
"""The label of who holds the contract, where that changes."""

DOLLARS: Final = frozenset(
    {"minimum_dollars", "ceiling_dollars"}
    | {name for name in TOLERANCES if name.endswith("_dollars")}
)
PERCENTS: Final = frozenset(name for name in TOLERANCES if name.endswith("_percent"))
NOT_STATED: Final = "not stated"
DAYS: Final = frozenset({"ordering_end"})
WORDS: Final = frozenset({"title", "contractor_name"})
COUNTS: Final[Mapping[str, tuple[int, int]]] = {
    "ceiling_tokens": (1, 9_000_000_000_000_000_000),
    "notice_percent": (1, 100),
    "tolerance_tokens": (0, 9_000_000_000_000_000_000),
    "report_due_days": (1, 365),
    "payment_days": (1, 365),
}
"""The least and the most of each term that is a whole number."""


def is_by_unit(line: Mapping[str, Any]) -> bool:
    """Whether a line of the content is bought by the month, hour or piece."""
    return bool(line["unit"]) and line["unit"] not in BY_TOKENS


def in_words(terms: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each term of the content by its name, as a person reads it."""
    for name, label in TERMS.items():
        if name in terms:
            yield label, term_in_words(name, terms[name])
    for line in terms["lines"]:
        where = f"Line {line['clin']}"
        yield f"{where}, description", line["description"]
        yield f"{where}, not to exceed", money(line["ceiling_dollars"])
        if is_by_unit(line):
            yield f"{where}, estimated quantity", units_in_words(line)
        if "counted_over" in line:
            yield f"{where}, volume counted over", volume_in_words(line)
        for rate in [*line["rates"], *line.get("unit_rates", ())]:
            yield f"{where}, {rate_label(rate)}", price_in_words(rate)
    for option in terms.get("options", ()):
        yield f"Option {option['number']}", option_in_words(option)


def contractor_in_words(public_id: str) -> str:
    """Who holds a contract, as its content names it, with its UEI."""
    held = Organization.objects.get(public_id=public_id)
    return f"{held.name}, UEI {held.uei}" if held.uei else held.name


def option_in_words(option: Mapping[str, Any]) -> str:
    """An option, and from when to when it is exercised if it is."""
    words = words_of(option)
    if not option.get("is_exercised"):
        return words
    first, last = option["first_day"], option["last_day"]
    return f"{words}. Exercised{f': {first} to {last}' if last else ''}"


def units_in_words(line: Mapping[str, Any]) -> str:
    """How much of a line is expected, and what a month is worth that is not whole."""
    words = f"{line['estimated_units']} {line['unit']}"
    if line["unit"] == Unit.MONTH:
        words += f"; {PartMonths(line['part_months']).label}"
    return words


def volume_in_words(line: Mapping[str, Any]) -> str:
    """Over what the volume of a line is counted, where its price depends on it."""
    if "counted_over" not in line:
        return ""
    return counted_words(line["counted_over"], line["counted_per"])


def term_in_words(name: str, value: Any) -> str:
    """One term as a person reads it."""
    if value is None:
        return NOT_STATED
    if name in DOLLARS:
        return str(money(value))
    if name in PERCENTS:
        return f"{Decimal(value).normalize():f} percent"
    return f"{int(value):,}" if name in COUNTS else str(value)


def rate_label(rate: Mapping[str, Any]) -> str:
    """What is priced, and from which day on; a price by itself names its line."""
    if "slin" not in rate:
        where = f" of line {rate['clin']}" if "clin" in rate else ""
        return f"one unit{where}, from {rate['from'][:10]}"
    what = f"{rate['slin']} {rate['class']} of {rate['model']}"
    where = f"{rate['tier'].lower()}, {rate['boundary']}"
    return f"{what}, {where}, from {rate['from'][:10]}"


def price_in_words(rate: Mapping[str, Any]) -> str:
    """A price, and the last day of it where there is one."""
    until = f", before {rate['to'][:10]}" if rate["to"] else ""
    said = price_said(rate) if "slin" in rate else f"{money(rate['price'])} per unit"
    return f"{said}{until}"
