"""Who may settle a difference: within tolerance, the representative, or the officer.

Pure. Amounts and counts are compared exactly and rounded nowhere: 100.002 does not pass
a limit of 100 (R-REC-02). A tolerance never hides a difference, and never covers what
has a known cause: only counts of which nobody can say why they differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Final

from contracting.core.quantities import Dollars, total_dollars
from contracting.reconciliation.states import LISTED, Difference, FindingCode

TOLERABLE: Final = frozenset(
    {FindingCode.QTY, FindingCode.MISSING_A, FindingCode.MISSING_B}
)
"""Report against meter, the cause unknown. What is billed twice is never tolerated."""

WITHIN, BY_COR, BY_CO = 1, 2, 3
"""The tiers: accepted by the contract's own terms, settled by the COR, by the CO."""

LineDay = tuple[int | None, date]
LineMonth = tuple[int | None, date]
"""An order line and the first day of a month."""


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What a contract tolerates on a day; ``None`` is not stated, percents are 0–100.

    ``write_off_cap`` is what may be written off on an order in all.
    """

    day_tokens: int = 0
    day_dollars: Dollars = Dollars()
    day_percent: Decimal | None = None
    month_percent: Decimal | None = None
    month_dollars: Dollars | None = None
    de_minimis: Dollars | None = None
    cap_percent: Decimal | None = None
    cor_percent: Decimal = Decimal(0)
    cor_dollars: Dollars = Dollars()
    write_off_cap: Dollars | None = None

    @property
    def pays_beyond_the_meter(self) -> bool:
        """Only what states its share, its money and its cap is paid (R-REC-03)."""
        stated = self.day_percent is not None and self.cap_percent is not None
        return stated and bool(self.day_percent) and bool(self.day_dollars)


def size(amount: Dollars) -> Dollars:
    """An amount without its sign."""
    return max(amount, -amount)


def cap_of(tolerance: Tolerance, order_value: Dollars) -> Dollars | None:
    """The most that is tolerated on an order over its life, exact; none if unstated."""
    if tolerance.cap_percent is None:
        return None
    return Dollars(order_value.amount * tolerance.cap_percent / 100)


def is_share(tokens: int, used: int, percent: Decimal) -> bool:
    """Whether so many tokens are at most that percent of what is used; exact."""
    return Fraction(tokens) * 100 <= Fraction(percent) * max(used, 1)


@dataclass(frozen=True, slots=True)
class Sum:
    """Differences added up without signs: nothing is netted."""

    tokens: int = 0
    dollars: Dollars = Dollars()

    def plus(self, tokens: int, amount: Dollars) -> Sum:
        return Sum(self.tokens + abs(tokens), self.dollars + size(amount))


@dataclass(frozen=True, slots=True)
class Books:
    """What was settled on the order before, by what a limit is measured against.

    ``tolerated`` over its life; ``earlier`` by line and month, of differences that are
    not among those judged now; ``by_cor`` in dollars by month.
    """

    order_value: Dollars
    tolerated: Dollars = Dollars()
    earlier: Mapping[LineMonth, Sum] = field(default_factory=dict)
    by_cor: Mapping[date, Dollars] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Judged:
    """The tier of a difference, and the limit that decided it, in words."""

    tier: int
    why: str

    @property
    def limit(self) -> dict[str, str]:
        """What the evidence says of the limit that it passes, if it passes one."""
        return {"limit": self.why} if self.why and self.tier != WITHIN else {}


@dataclass(frozen=True)
class Counts:
    """Tokens of meter and report by line and day, and of the larger side in all."""

    ours: Mapping[LineDay, int]
    theirs: Mapping[LineDay, int]
    in_all: int = 1

    def used(self, key: LineDay) -> int:
        """The larger of the two: what a share is a share of."""
        return max(self.ours.get(key, 0), self.theirs.get(key, 0), 1)

    @cached_property
    def _months(self) -> tuple[Mapping[LineMonth, int], Mapping[LineMonth, int]]:
        return _by_month(self.ours), _by_month(self.theirs)

    def used_in(self, line: int | None, month: date) -> int:
        """The same of a month."""
        ours, theirs = self._months
        return max(ours.get((line, month), 0), theirs.get((line, month), 0), 1)


def _by_month(view: Mapping[LineDay, int]) -> Mapping[LineMonth, int]:
    found: dict[LineMonth, int] = defaultdict(int)
    for (line, day), tokens in view.items():
        found[line, day.replace(day=1)] += tokens
    return found


class Judge:
    """Judges differences one after the other; each counts for those after it."""

    def __init__(
        self,
        differences: Sequence[Difference],
        counts: Counts,
        books: Books,
        terms_on: Callable[[date], Tolerance],
    ) -> None:
        self._counts = counts
        self._books = books
        self._terms_on = terms_on
        self._tolerated = books.tolerated
        self._by_cor = defaultdict(Dollars, books.by_cor)
        self._days: dict[LineDay, Sum] = defaultdict(Sum)
        self._months: dict[LineMonth, Sum] = defaultdict(Sum, books.earlier)
        for each in differences:
            day = day_of(each)
            if day is not None and each.code not in LISTED:
                line = each.order_line_id
                of_day, of_month = (line, day), (line, day.replace(day=1))
                self._days[of_day] = self._days[of_day].plus(each.tokens, each.amount)
                self._months[of_month] = self._months[of_month].plus(
                    each.tokens, each.amount
                )

    def of(self, difference: Difference, today: date) -> Judged:
        """The tier of one difference that is new, by the terms of its day.

        :param today: by whose terms a difference is judged that is of no single day
        """
        day = day_of(difference)
        terms = self._terms_on(day or today)
        why = ""
        if day is not None and difference.code in TOLERABLE:
            why = self._over(difference, day, terms)
            if not why:
                self._tolerated += size(difference.amount)
                return Judged(WITHIN, within_words(terms))
        return self._settled_by(difference, day or today, terms, why)

    def _over(self, difference: Difference, day: date, terms: Tolerance) -> str:
        """The limit of tolerance that it passes, in words; nothing where none is."""
        line, month = difference.order_line_id, day.replace(day=1)
        of_day, of_month = self._days[line, day], self._months[line, month]
        used = self._counts.used((line, day))
        is_small = terms.de_minimis is not None and of_day.dollars <= terms.de_minimis
        if not is_small:
            if of_day.dollars > terms.day_dollars:
                return f"{of_day.dollars} on {day} is above {terms.day_dollars} a day"
            percent = terms.day_percent or Decimal(0)
            if of_day.tokens > terms.day_tokens and not is_share(
                of_day.tokens, used, percent
            ):
                return f"{of_day.tokens:,} of {used:,} tokens on {day} are too many"
        if terms.month_dollars is not None and of_month.dollars > terms.month_dollars:
            return (
                f"{of_month.dollars} in {month:%B %Y} is above "
                f"{terms.month_dollars} a month"
            )
        in_month = self._counts.used_in(line, month)
        if terms.month_percent is not None and not is_share(
            of_month.tokens, in_month, terms.month_percent
        ):
            return f"{of_month.tokens:,} tokens in {month:%B %Y} are too many"
        cap = cap_of(terms, self._books.order_value)
        after = self._tolerated + size(difference.amount)
        if cap is not None and after > cap:
            return f"{after} tolerated in all is above the cap of {cap}"
        return ""

    def _settled_by(
        self, difference: Difference, day: date, terms: Tolerance, why: str
    ) -> Judged:
        used = self._counts.in_all
        month = day.replace(day=1)
        tokens, amount = abs(difference.tokens), size(difference.amount)
        after = self._by_cor[month] + amount
        if not is_share(tokens, used, terms.cor_percent):
            return Judged(BY_CO, _join(why, f"{tokens:,} of {used:,} tokens"))
        if after > terms.cor_dollars:
            words = f"{after} in {month:%B %Y} is above {terms.cor_dollars}"
            return Judged(BY_CO, _join(why, words))
        self._by_cor[month] = after
        return Judged(BY_COR, why)


def within_words(terms: Tolerance) -> str:
    """The rule that accepts by itself, with its figures."""
    shares = [f"{terms.day_dollars}"]
    if terms.day_percent is not None:
        shares.append(f"{terms.day_percent.normalize():f} percent")
    if terms.day_tokens:
        shares.append(f"{terms.day_tokens:,} tokens")
    if terms.de_minimis is not None:
        shares.append(f"or {terms.de_minimis} in all")
    return f"R-REC-02: within {', '.join(shares)} per line and day."


def _join(first: str, second: str) -> str:
    return f"{first}; {second}" if first else second


def day_of(difference: Difference) -> date | None:
    """The accounting day of single calls; none for what is of a longer period."""
    given = difference.evidence.get("day")
    return date.fromisoformat(given) if given else None


def payable_beyond(
    *, ours: int, theirs: int, invoiced: int, tolerated: int, percent: Decimal
) -> int:
    """The tokens beyond our meter's count that are payable (R-REC-03).

    The smallest of report, invoice and ``ours`` with its tolerance, less ours; never
    more than what was tolerated of it.
    """
    allowed = int(Fraction(ours) * Fraction(percent) / 100)
    return max(min(theirs - ours, invoiced - ours, allowed, tolerated), 0)


def total_of(amounts: Iterable[Decimal]) -> Dollars:
    """The sum of amounts without signs."""
    return total_dollars(size(Dollars(each)) for each in amounts)
