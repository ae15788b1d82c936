"""P8: how many days the money takes from use to payment, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from contracting.core.plots import svg, words
from contracting.core.plots.scales import Amounts, amounts, width_of
from contracting.core.plots.tables import Column, Key, Plot, Table

WIDE: Final = 720
NARROW: Final = 360
ROW: Final = 40
BAR: Final = 22
LEFT: Final = 74
BOTTOM: Final = 30


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the way: its name, what it waits for, its tone and its marks."""

    label: str
    waits_for: str
    tone: str
    marks: str


STEPS: Final = (
    Step("Report", "the report", "1", ""),
    Step("Match", "the comparison", "2", "rising"),
    Step("Acceptance", "acceptance", "4", "dots"),
    Step("Certification", "certification", "5", "falling"),
    Step("Payment", "the payment", "3", "level"),
)
"""From use to report, from there to the match, and so on, in this order everywhere."""


@dataclass(frozen=True, slots=True)
class MonthOfMoney:
    """The average days of each step, of what was used in a month and is paid.

    :param days: one for each of ``STEPS``, weighted by dollars
    :param under_way: how many invoices of the month are not paid yet
    """

    month: date
    invoices: int
    dollars: Decimal
    days: tuple[Decimal, ...]
    under_way: int = 0

    @property
    def total(self) -> Decimal:
        """From use to payment."""
        return sum(self.days, Decimal(0))

    @property
    def label(self) -> str:
        return f"{self.month:%b %Y}"


def latency(name: str, months: Sequence[MonthOfMoney], zone: str) -> Plot:
    """Draw a bar for each month, its steps one after the other."""
    title = "Days from use to payment, by month of use"
    said = sentence(months)
    drawn = [each for each in months if each.invoices]
    return Plot(
        name=name,
        title=title,
        sentence=said,
        wide=_draw(name, title, said, drawn, WIDE) if drawn else "",
        narrow=_draw(name, title, said, drawn, NARROW) if drawn else "",
        table=_table(months, title),
        legend=_legend() if drawn else (),
        notes=(
            "Averages weighted by the dollars paid; an invoice counts in the month in "
            f"which its usage ends, in the zone {zone}.",
        ),
    )


def sentence(months: Sequence[MonthOfMoney]) -> str:
    """How long payment takes in the last month that is paid, and what it waits for."""
    paid = [each for each in months if each.invoices]
    under_way = sum(each.under_way for each in months)
    still = (
        f" {words.count(under_way, 'invoice')} "
        f"{'is' if under_way == 1 else 'are'} under way."
        if under_way
        else ""
    )
    if not paid:
        return f"Nothing is paid yet.{still}"
    last = max(paid, key=lambda each: each.month)
    longest = max(range(len(STEPS)), key=lambda index: last.days[index])
    total, most = _whole(last.total), _whole(last.days[longest])
    waited = f", {most} of them waiting for {STEPS[longest].waits_for}" if most else ""
    took = words.count(total, "day")
    return f"Payment of {last.month:%B %Y} took {took}{waited}.{still}"


def _whole(days: Decimal) -> int:
    return int(days.quantize(Decimal(1), ROUND_HALF_UP))


def _draw(
    name: str, title: str, said: str, months: Sequence[MonthOfMoney], width: int
) -> str:
    height = ROW * len(months) + BOTTOM
    frame = svg.Frame(width, height, left=LEFT, right=24, top=0, bottom=BOTTOM)
    axis = amounts(
        max(each.total for each in months) or Decimal(1), 4 if frame.is_narrow else 6
    )
    size = "narrow" if frame.is_narrow else "wide"
    fills = {step.label: f"{name}-{size}-{step.label.lower()}" for step in STEPS}
    patterns = "".join(
        svg.pattern(fills[step.label], step.tone, step.marks) for step in STEPS
    )
    parts = [svg.element("defs", patterns), _grid(frame, axis)]
    for index, month in enumerate(months):
        parts.append(_bar(month, frame, axis, float(ROW * index), fills))
    return frame.drawing(name, title, f"{said} The table holds every figure.", parts)


def _x(frame: svg.Frame, axis: Amounts, days: Decimal) -> float:
    return frame.left + float(days / axis.top) * (frame.edge - frame.left)


def _grid(frame: svg.Frame, axis: Amounts) -> str:
    drawn, end = [], -1.0
    for value in axis.values:
        x, label = _x(frame, axis, value), f"{value.normalize():f}"
        drawn.append(svg.line(x, 0, x, frame.floor, "dd-plot__grid"))
        half = width_of(label) / 2
        if x - half > end:
            drawn.append(svg.words(label, x, frame.floor + 18.0, anchor="middle"))
            end = x + half + 6
    return "".join(drawn)


def _bar(
    month: MonthOfMoney,
    frame: svg.Frame,
    axis: Amounts,
    top: float,
    fills: dict[str, str],
) -> str:
    y, x = top + (ROW - BAR) / 2, float(frame.left)
    drawn = [svg.words(month.label, frame.left - 6.0, y + 16, anchor="end")]
    for step, days in zip(STEPS, month.days, strict=True):
        end = x + float(days / axis.top) * (frame.edge - frame.left)
        fill = f"url(#{fills[step.label]})"
        drawn.append(svg.rect(x, y, end - x, BAR, "dd-plot__part", fill=fill))
        x = end
    return "".join(drawn)


def _legend() -> tuple[Key, ...]:
    return tuple(
        Key(
            f"until {step.label.lower()}",
            svg.swatch(
                svg.element(
                    "defs", svg.pattern(f"key-{step.label}", step.tone, step.marks)
                )
                + svg.rect(
                    0, 1, 30, 12, "dd-plot__part", fill=f"url(#key-{step.label})"
                )
            ),
        )
        for step in STEPS
    )


def _table(months: Sequence[MonthOfMoney], title: str) -> Table:
    columns = (
        Column("Month of use"),
        *(Column(f"Days until {step.label.lower()}", "number") for step in STEPS),
        Column("Days in all", "number"),
        Column("Invoices paid", "number"),
        Column("Paid", "dollars"),
        Column("Under way", "number"),
    )
    rows = tuple(
        (
            each.label,
            *(day if each.invoices else None for day in each.days),
            each.total if each.invoices else None,
            each.invoices,
            each.dollars,
            each.under_way,
        )
        for each in months
    )
    return Table(title, columns, rows)
