"""The arithmetic of an estimate: its content, its price at public list, its months."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final

from contracting.core.periods import is_business_day
from contracting.core.quantities import (
    TOKENS_PER_MTOK,
    Dollars,
    Tokens,
    UnitPrice,
    total_dollars,
)
from contracting.requisitions.models import EstimateRow, Requisition, WorkloadRow
from contracting.requisitions.states import DayCount


@dataclass(frozen=True, slots=True)
class RowDraft:
    """Expected tokens of one class of one model in one month."""

    model_id: int
    token_class_id: int
    month: date
    p10: Tokens
    p50: Tokens
    p90: Tokens


@dataclass(frozen=True, slots=True)
class PricedRow:
    """A row with its public list price and what it comes to, unrounded."""

    model: str
    token_class: str
    month: date
    p10: Tokens
    p50: Tokens
    p90: Tokens
    price: UnitPrice

    @property
    def p10_dollars(self) -> Dollars:
        return self.price.of(self.p10)

    @property
    def p50_dollars(self) -> Dollars:
        return self.price.of(self.p50)

    @property
    def p90_dollars(self) -> Dollars:
        return self.price.of(self.p90)

    def plain(self) -> dict[str, Any]:
        """The row as the independent estimate keeps it: integers and exact text."""
        return {
            "model": self.model,
            "class": self.token_class,
            "month": self.month.isoformat(),
            "p10_tokens": self.p10.count,
            "p50_tokens": self.p50.count,
            "p90_tokens": self.p90.count,
            "usd_per_million_tokens": format(self.price.usd_per_million_tokens, "f"),
            "p10_dollars": self.p10_dollars.plain(),
            "p50_dollars": self.p50_dollars.plain(),
            "p90_dollars": self.p90_dollars.plain(),
        }


@dataclass(frozen=True, slots=True)
class Range:
    """What an estimate comes to at its three points, exact."""

    p10: Dollars
    p50: Dollars
    p90: Dollars


def total_at_list(rows: Sequence[PricedRow]) -> Range:
    """The sum of the rows at each point; the sum of P90s is on the cautious side."""
    return Range(
        p10=total_dollars(row.p10_dollars for row in rows),
        p50=total_dollars(row.p50_dollars for row in rows),
        p90=total_dollars(row.p90_dollars for row in rows),
    )


def content(requisition: Requisition) -> dict[str, Any]:
    """Every term of the requisition, for its hash; neither state nor comments."""
    rows = requisition.estimate_rows.order_by("model_id", "token_class_id", "month")
    workload = requisition.workload_rows.filter(version=requisition.version)
    typed = [asdict(typed_row(row)) for row in workload.order_by("position")]
    return {
        "agency": requisition.agency_id,
        "number": requisition.number,
        "title": requisition.title,
        "need": requisition.need,
        "line_of_accounting": requisition.line_of_accounting_id,
        "planned_dollars": requisition.planned_dollars,
        "rows": [
            {
                "model": row.model_id,
                "token_class": row.token_class_id,
                "month": row.month,
                "p10_tokens": row.p10_tokens,
                "p50_tokens": row.p50_tokens,
                "p90_tokens": row.p90_tokens,
            }
            for row in rows
        ],
        **({"workload": typed} if typed else {}),
    }


def following_month(month: date, count: int = 1) -> date:
    """The first day of the month ``count`` months after ``month``."""
    total = month.year * 12 + month.month - 1 + count
    return date(total // 12, total % 12 + 1, 1)


def months_of(row: RowDraft, months: int) -> list[RowDraft]:
    """The same row for ``months`` months in a row, from its own month on."""
    return [
        RowDraft(
            model_id=row.model_id,
            token_class_id=row.token_class_id,
            month=following_month(row.month, number),
            p10=row.p10,
            p50=row.p50,
            p90=row.p90,
        )
        for number in range(months)
    ]


def fold_months(rows: Iterable[EstimateRow]) -> list[dict[str, Any]]:
    """Equal rows of months that follow each other as one row with a count."""
    folded: list[dict[str, Any]] = []
    for row in sorted(rows, key=_by_class_and_month):
        figures = {
            "model": row.model_id,
            "token_class": row.token_class_id,
            "p10_tokens": row.p10_tokens,
            "p50_tokens": row.p50_tokens,
            "p90_tokens": row.p90_tokens,
        }
        last = folded[-1] if folded else None
        if (
            last is not None
            and all(last[name] == value for name, value in figures.items())
            and following_month(last["month"], last["months"]) == row.month
        ):
            last["months"] += 1
        else:
            folded.append({**figures, "month": row.month, "months": 1})
    return folded


def _by_class_and_month(row: EstimateRow) -> tuple[int, int, date]:
    return row.model_id, row.token_class_id, row.month


# Workloads: calls a day and tokens per call -------------------------------------------

CLASS_OF: Final = {
    "uncached_input_tokens": "IN_UNCACHED",
    "cached_input_tokens": "IN_CACHE_READ",
    "output_tokens": "OUT_TEXT",
    "reasoning_tokens": "OUT_REASONING",
}
"""The token class that each kind of tokens per call is counted in."""

LABELS: Final = {
    "name": "Workload",
    "calls_p10": "Calls a day, P10",
    "calls_p50": "Calls a day, P50",
    "calls_p90": "Calls a day, P90",
    "uncached_input_tokens": "Uncached input tokens per call",
    "cached_input_tokens": "Cached input tokens per call",
    "output_tokens": "Output tokens per call",
    "reasoning_tokens": "Reasoning tokens per call",
    "growth_percent": "Growth a month in percent",
    "first_month": "First month",
    "months": "Months",
    "day_count": "Days counted",
}
"""How a person calls each field of a workload."""


@dataclass(frozen=True, slots=True)
class WorkloadDraft:
    """One workload as a person thinks of it: whole calls a day, whole tokens per call.

    ``growth_percent`` is the growth of the calls from each month to the next.
    """

    name: str
    model_id: int
    calls_p10: int
    calls_p50: int
    calls_p90: int
    uncached_input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    reasoning_tokens: int
    growth_percent: Decimal
    first_month: date
    months: int
    day_count: str

    @property
    def calls(self) -> tuple[int, int, int]:
        return self.calls_p10, self.calls_p50, self.calls_p90

    @property
    def last_month(self) -> date:
        return following_month(self.first_month, self.months - 1)

    def per_call(self) -> dict[str, int]:
        """The tokens of one call by the code of their class; a class of none is out."""
        counts = {code: getattr(self, field) for field, code in CLASS_OF.items()}
        return {code: count for code, count in counts.items() if count}

    def call_days(self) -> list[tuple[date, Fraction]]:
        """Each month, with its days counted times the growth until then, exact."""
        factor = 1 + Fraction(self.growth_percent) / 100
        months = [following_month(self.first_month, n) for n in range(self.months)]
        return [
            (month, days_counted(month, self.day_count) * factor**number)
            for number, month in enumerate(months)
        ]


def typed_row(row: WorkloadRow) -> WorkloadDraft:
    """A stored workload as it was typed."""
    names = [field.name for field in fields(WorkloadDraft)]
    return WorkloadDraft(**{name: getattr(row, name) for name in names})


def days_counted(month: date, day_count: str) -> int:
    """The days of a month, or the federal business days among them.

    :raises BadPeriod: for business days of a year of which no holiday is known
    """
    days = monthrange(month.year, month.month)[1]
    if day_count == DayCount.CALENDAR:
        return days
    return sum(is_business_day(month.replace(day=n)) for n in range(1, days + 1))


def expand(
    workload: Iterable[WorkloadDraft], classes: Mapping[str, int]
) -> list[RowDraft]:
    """The tokens of each model, class and month that the workloads come to.

    Calls a day × days counted × growth × tokens per call, exact; workloads on the same
    model and class add up; only the sum is rounded up, to whole tokens.

    :param classes: the key of each token class by its code
    """
    sums: dict[tuple[int, int, date], list[Fraction]] = {}
    for row in workload:
        for month, days in row.call_days():
            for code, tokens in row.per_call().items():
                key = (row.model_id, classes[code], month)
                points = sums.setdefault(key, [Fraction()] * 3)
                for point, calls in enumerate(row.calls):
                    points[point] += calls * days * tokens
    return [
        RowDraft(*key, *(Tokens(ceil(point)) for point in points))
        for key, points in sorted(sums.items())
    ]


@dataclass(frozen=True, slots=True)
class ClassTotal:
    """What one class of one model comes to over all months, at its list price."""

    model: str
    token_class: str
    price: UnitPrice
    p50: Tokens
    p50_dollars: Dollars


def by_class(rows: Sequence[Mapping[str, Any]]) -> list[ClassTotal]:
    """The rows of an independent estimate by model and class, the dearest first."""
    totals: dict[tuple[str, str], ClassTotal] = {}
    for row in rows:
        key = (row["model"], row["class"])
        price = UnitPrice(row["usd_per_million_tokens"])
        old = totals.setdefault(key, ClassTotal(*key, price, Tokens(), Dollars()))
        totals[key] = replace(
            old,
            p50=old.p50 + Tokens(row["p50_tokens"]),
            p50_dollars=old.p50_dollars + Dollars(row["p50_dollars"]),
        )
    return sorted(totals.values(), key=lambda each: -each.p50_dollars.amount)


# Sensitivity: what the total hangs on -------------------------------------------------

TOKENS_MOVE_PERCENT: Final = 20
PLOT_WIDTH: Final = 720
PLOT_ROW: Final = 54
MOST_BARS: Final = 10


@dataclass(frozen=True, slots=True)
class Swing:
    """How the P50 total moves when one input moves and the others stay at P50."""

    workload: str
    what: str
    moves: str
    low: Dollars
    high: Dollars
    total: Dollars

    @property
    def width(self) -> Dollars:
        return self.high - self.low

    @property
    def low_total(self) -> Dollars:
        return self.total + self.low

    @property
    def high_total(self) -> Dollars:
        return self.total + self.high


def sensitivity(
    workload: Sequence[WorkloadDraft],
    prices: Mapping[tuple[int, str], UnitPrice],
    total: Dollars,
) -> list[Swing]:
    """One swing for each input of each workload, the widest first.

    The changes are exact products before tokens are rounded up, shown in cents.

    :param prices: list price by key of the model and code of the class
    :param total: the P50 total of the estimate
    """
    swings: list[Swing] = []
    for row in workload:
        days = sum((each for _, each in row.call_days()), Fraction())
        per_call = {
            code: days * tokens * _per_token(prices[row.model_id, code])
            for code, tokens in row.per_call().items()
        }
        each_call = sum(per_call.values(), Fraction())
        low, high = row.calls_p10 - row.calls_p50, row.calls_p90 - row.calls_p50
        words = f"{row.calls_p10:,} to {row.calls_p90:,}"
        calls = (_cents(low * each_call), _cents(high * each_call))
        swings.append(Swing(row.name, "calls a day", words, *calls, total))
        for name, code in CLASS_OF.items():
            moved = row.calls_p50 * per_call.get(code, Fraction())
            moved = moved * TOKENS_MOVE_PERCENT / 100
            if moved:
                what = LABELS[name].lower()
                words = f"{getattr(row, name):,} ± {TOKENS_MOVE_PERCENT}%"
                ends = (_cents(-moved), _cents(moved))
                swings.append(Swing(row.name, what, words, *ends, total))
    return sorted(swings, key=lambda swing: -swing.width.amount)


@dataclass(frozen=True, slots=True)
class SwingBar:
    """A swing in the coordinates of the plot; the middle line is the P50 total."""

    swing: Swing
    y: int
    x: int
    width: int
    middle: int


def swing_bars(swings: Sequence[Swing]) -> list[SwingBar]:
    """The widest swings as bars to both sides of one line, to one scale."""
    shown = swings[:MOST_BARS]
    left = max((-each.low.amount for each in shown), default=Decimal(0))
    right = max((each.high.amount for each in shown), default=Decimal(0))
    span = left + right
    if not span:
        return []
    middle = round(PLOT_WIDTH * left / span)
    bars: list[SwingBar] = []
    for number, each in enumerate(shown):
        x = middle + round(PLOT_WIDTH * each.low.amount / span)
        end = middle + round(PLOT_WIDTH * each.high.amount / span)
        bars.append(SwingBar(each, number * PLOT_ROW, x, max(end - x, 2), middle))
    return bars


def _per_token(price: UnitPrice) -> Fraction:
    return Fraction(price.usd_per_million_tokens) / TOKENS_PER_MTOK


def _cents(amount: Fraction) -> Dollars:
    return Dollars(_decimal(amount, 12)).to_cents()


def _decimal(number: Fraction, places: int) -> Decimal:
    """A fraction with so many decimals, half up, for a column or a page to show."""
    return Decimal(floor(number * 10**places + Fraction(1, 2))).scaleb(-places)


# Owned capacity beside the list price -------------------------------------------------

HOURS_A_MONTH: Final = 730
"""8,760 hours of a year in twelve months."""


@dataclass(frozen=True, slots=True)
class OwnedCapacity:
    """GPUs of one's own: what an hour of each costs and what it makes when busy."""

    gpus: int
    gpu_hour: Dollars
    tokens_per_gpu_second: int
    utilization_percent: Decimal


@dataclass(frozen=True, slots=True)
class Ownership:
    """What owned capacity comes to beside an estimate, both prices to 6 decimals."""

    owned_price: UnitPrice
    list_price: UnitPrice
    capacity: Tokens
    break_even: Tokens
    p50: Tokens


def own(owned: OwnedCapacity, rows: Sequence[Mapping[str, Any]]) -> Ownership | None:
    """Owned capacity beside the rows of an independent estimate.

    The break-even is the monthly tokens at which the blended list price comes to what
    the GPUs cost, used or not. It is rounded up, capacity down, to whole tokens.

    :returns: ``None`` if the estimate has no tokens or costs nothing at P50
    """
    tokens = sum(row["p50_tokens"] for row in rows)
    dollars = total_dollars(Dollars(row["p50_dollars"]) for row in rows)
    if not tokens or not dollars:
        return None
    blended = Fraction(dollars.amount) / tokens
    hour = Fraction(owned.gpu_hour.amount)
    busy = Fraction(owned.utilization_percent) / 100
    made = owned.tokens_per_gpu_second * 3600 * busy
    months = len({row["month"] for row in rows})
    return Ownership(
        owned_price=UnitPrice(_decimal(hour / made * TOKENS_PER_MTOK, 6)),
        list_price=UnitPrice(_decimal(blended * TOKENS_PER_MTOK, 6)),
        capacity=Tokens(floor(owned.gpus * HOURS_A_MONTH * made)),
        break_even=Tokens(ceil(owned.gpus * HOURS_A_MONTH * hour / blended)),
        p50=Tokens(ceil(Fraction(tokens, months))),
    )


def ownership_words(*, capacity: int, break_even: int, p50: int) -> str:
    """What the comparison says, in a sentence; monthly tokens, rounded to be read."""
    above, makes, expected = map(round_words, (break_even, capacity, p50))
    if break_even > capacity:
        return (
            f"Owning never breaks even: it would take {above} tokens a month, and "
            f"these GPUs make {makes} at most. Buy by the token."
        )
    first = f"Owning breaks even above {above} tokens a month; the estimate's P50 is"
    if p50 <= break_even:
        return f"{first} {expected}: buy by the token."
    if p50 <= capacity:
        return f"{first} {expected}: owning should cost less."
    return (
        f"{first} {expected}, more than the {makes} that these GPUs make: owning "
        "should cost less for what they make, and the rest is bought by the token."
    )


def round_words(tokens: int) -> str:
    """12,345,678,901 is 12.3 billion; what is below a million keeps every digit."""
    for size, word in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if tokens >= size:
            return f"{_decimal(Fraction(tokens, size), 1):,} {word}"
    return f"{tokens:,}"
