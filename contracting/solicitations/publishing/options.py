"""The options of a package: their kinds, what must hold of them, and their words.

An option is stated by the solicitation and priced by a rule over the prices that are
offered, so that vendors price every line once (FAR 17.2).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Any, Final

from contracting.core.canonical import plain
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.core.templatetags.drawdown import dollars as money
from contracting.reference.queries import threshold
from contracting.solicitations.refusals import ExtensionTooLong, TermInvalid
from contracting.solicitations.states import OptionKind

CLAUSES: Final[Mapping[str, str]] = {
    OptionKind.PERIOD: "52.217-9",
    OptionKind.QUANTITY: "52.217-6",
    OptionKind.LINE: "52.217-7",
    OptionKind.EXTENSION: "52.217-8",
}
"""The clause by which each kind of option stands in a contract (FAR 17.208)."""

EVALUATION: Final = "52.217-5"
"""The provision by which options are evaluated with the base (FAR 17.208(c))."""

MOST_OPTIONS: Final = 9
"""The lines of an option begin with its number, of which there is one digit."""

MOST_MONTHS: Final = 120
MOST_DAYS: Final = 730
MOST_TOKENS: Final = 9 * 10**17

EXTENSION_MONTHS: Final = "OPTION_EXTENSION_MONTHS"
"""The number of months that extensions of services may last in all (R-OPT-05)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionDraft:
    """An option as somebody writes it.

    ``opens_days`` and ``closes_days`` before the last day of the ordering period, as it
    then stands, the window opens and closes. ``notice_days`` before that day the intent
    is told in writing (option periods alone). ``price_percent`` is the change against
    the prices of the base lines, 0 for the same prices.
    """

    number: int
    kind: str
    months: int = 0
    notice_days: int = 0
    opens_days: int
    closes_days: int = 0
    dollars: Dollars
    tokens: Tokens
    price_percent: Decimal = Decimal(0)

    @property
    def clause(self) -> str:
        """The clause that gives the option."""
        return CLAUSES[self.kind]

    def plain(self) -> dict[str, Any]:
        """As the package keeps it."""
        made: dict[str, Any] = plain(
            {
                "number": self.number,
                "kind": self.kind,
                "months": self.months,
                "notice_days": self.notice_days,
                "opens_days": self.opens_days,
                "closes_days": self.closes_days,
                "ceiling_dollars": self.dollars,
                "ceiling_tokens": self.tokens,
                "price_percent": self.price_percent,
            }
        )
        return made


def drafts_of(rows: Iterable[Mapping[str, Any]]) -> list[OptionDraft]:
    """The options of a package or contract from their plain form, by number."""
    found = [
        OptionDraft(
            number=row["number"],
            kind=row["kind"],
            months=row["months"],
            notice_days=row["notice_days"],
            opens_days=row["opens_days"],
            closes_days=row["closes_days"],
            dollars=Dollars(Decimal(row["ceiling_dollars"])),
            tokens=Tokens(row["ceiling_tokens"]),
            price_percent=Decimal(row["price_percent"]),
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: each.number)


def checked_options(options: Sequence[OptionDraft]) -> list[dict[str, Any]]:
    """The options as they are stored, by number.

    :raises TermInvalid: naming the first option that cannot stand
    """
    if len({each.number for each in options}) != len(options):
        message = "Each option has its own number."
        raise TermInvalid(message, term="options")
    for option in options:
        gap = next(_gaps(option), "")
        if gap:
            message = f"Option {option.number}: {gap}"
            raise TermInvalid(message, term="options", option=option.number)
    return [each.plain() for each in sorted(options, key=lambda each: each.number)]


def _gaps(option: OptionDraft) -> Iterator[str]:
    if option.kind not in OptionKind.values:
        yield f"{option.kind!r} is no kind of option."
    if not 1 <= option.number <= MOST_OPTIONS:
        yield f"its number is 1 to {MOST_OPTIONS}."
    yield from _gaps_in_time(option)
    yield from _gaps_in_money(option)


def _gaps_in_time(option: OptionDraft) -> Iterator[str]:
    has_months = option.kind in {OptionKind.PERIOD, OptionKind.EXTENSION}
    if has_months and not 1 <= option.months <= MOST_MONTHS:
        yield f"say how many months it adds, 1 to {MOST_MONTHS}."
    if not has_months and option.months:
        yield "more quantity adds no months; leave them empty."
    if not 0 <= option.closes_days <= option.opens_days <= MOST_DAYS:
        yield "its window opens before it closes, both counted back from the last day."
    is_period = option.kind == OptionKind.PERIOD
    if is_period and not option.closes_days <= option.notice_days <= MOST_DAYS:
        yield "the intent is told before the window closes, some days ahead."
    if is_period and not option.notice_days:
        yield "say how many days ahead the intent is told; usual: 60 (52.217-9)."
    if not is_period and option.notice_days:
        yield "only an option period has a notice of intent (52.217-9)."


def _gaps_in_money(option: OptionDraft) -> Iterator[str]:
    if option.dollars <= Dollars() or option.dollars != option.dollars.to_cents():
        yield "it adds dollars to the ceiling, in whole cents."
    if not 1 <= option.tokens.count <= MOST_TOKENS:
        yield "it adds tokens to the ceiling."
    is_priced = option.kind in {OptionKind.PERIOD, OptionKind.LINE}
    if option.price_percent and not is_priced:
        yield "it is bought at the prices of the contract; no change of price applies."
    exact = option.price_percent == round(option.price_percent, 2)
    if not (-100 < option.price_percent <= 100 and exact):
        yield "the change of price lies between -100 and 100 percent, in hundredths."


def require_short_extensions(options: Iterable[OptionDraft], on: date) -> None:
    """Insist that extensions of services stay within their months, all together.

    :param options: every one of a package or contract, exercised or not
    :raises ExtensionTooLong: above the months in force on that day (R-OPT-05)
    """
    months = sum(each.months for each in options if each.kind == OptionKind.EXTENSION)
    if not months:
        return
    most = int(threshold(EXTENSION_MONTHS, on).value)
    if months > most:
        message = (
            f"The extensions of services last {months} months in all; FAR 52.217-8 "
            f"allows {most}."
        )
        raise ExtensionTooLong(message, months=months, most=most)


def clauses_of(options: Sequence[OptionDraft], *, are_evaluated: bool) -> list[str]:
    """The clauses that a package carries for its options, with the provision."""
    found = dict.fromkeys(each.clause for each in options)
    return [*found, *([EVALUATION] if options and are_evaluated else [])]


def dollars_of(rows: Iterable[Mapping[str, Any]]) -> Dollars:
    """What the options add to the ceiling in all."""
    return total_dollars(Dollars(Decimal(row["ceiling_dollars"])) for row in rows)


def priced(price: UnitPrice, percent: Decimal) -> UnitPrice:
    """The price of an option by its rule, in whole millionths, never above it."""
    return UnitPrice(by_rule(price.usd_per_million_tokens, percent))


def by_rule(dollars: Decimal, percent: Decimal) -> Decimal:
    """What any price of the base lines comes to under an option's rule."""
    exact = dollars * (100 + percent) / 100
    return exact.quantize(Decimal("0.000001"), ROUND_DOWN)


def words_of(row: Mapping[str, Any]) -> str:
    """One option as a person reads it: what, how long, how much, when, at what."""
    kind = OptionKind(row["kind"])
    first = f"{kind.label} (FAR {CLAUSES[kind]})"
    adds = f"adds {money(row['ceiling_dollars'])} and {row['ceiling_tokens']:,} tokens"
    if row["months"]:
        adds = f"{row['months']} months more; {adds}"
    opens, closes = row["opens_days"], row["closes_days"]
    window = f"exercised {opens} to {closes} days before the ordering period ends"
    told = f"; intent {row['notice_days']} days before" if row["notice_days"] else ""
    return f"{first}: {adds}; {window}{told}; {price_words(row)}"


def price_words(row: Mapping[str, Any]) -> str:
    """The rule of its prices, in words."""
    percent = Decimal(row["price_percent"])
    if not percent:
        return "at the same prices"
    more = "above" if percent > 0 else "below"
    return f"at prices {abs(percent).normalize():f} percent {more} the base lines"


def stated(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """Each option in words, with its number."""
    return [f"Option {row['number']}, {words_of(row)}." for row in rows]
