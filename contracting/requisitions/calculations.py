"""The arithmetic of an estimate: its content, its price at public list, its months."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.requisitions.models import EstimateRow, Requisition


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
