"""Credits that are due, and usage beyond what is funded or allowed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contracting.core.quantities import Dollars
from contracting.reconciliation.matching.naming import AGGREGATE
from contracting.reconciliation.matching.rows import order_of, row_of
from contracting.reconciliation.states import (
    Difference,
    FindingCode,
    Limit,
    Match,
)


def differing_credits(match: Match) -> Iterator[Difference]:
    """Credits that the invoice does not take off, or in another amount than is due."""
    for each in match.credits:
        gap = each.due - each.stated
        if gap:
            code = (
                FindingCode.SLA_CREDIT
                if each.is_for_service
                else FindingCode.CREDIT_MISSING
            )
            yield Difference(
                code=code,
                order_line_id=each.order_line_id,
                token_classes=(),
                tokens=0,
                amount=gap,
                level=AGGREGATE,
                evidence={
                    "credit": each.credit,
                    "due_usd": each.due,
                    "stated_usd": each.stated,
                    "keys": [[each.credit]],
                },
                invoice_id=match.invoice_id,
            )


def listed_usage(match: Match) -> Iterator[Difference]:
    """Usage beyond the ceiling of a line, and beyond its funds up to the ceiling.

    All views may agree on it; nothing of it is named twice.
    """
    beyond = {each.order_line_id: _beyond(each) for each in match.limits}
    for order_line_id, (tokens, dollars) in beyond.items():
        if tokens or dollars:
            yield _listed(FindingCode.OVER_CEILING, order_line_id, tokens, dollars)
    for order_line_id, tokens, dollars in match.unfunded:
        over_tokens, over = beyond.get(order_line_id, (0, Dollars()))
        tokens = max(tokens - over_tokens, 0)
        left = max(dollars - over, Dollars())
        if tokens or left:
            yield _listed(FindingCode.UNFUNDED, order_line_id, tokens, left)


def _beyond(limit: Limit) -> tuple[int, Dollars]:
    tokens, dollars = 0, Dollars()
    if limit.ceiling_tokens is not None:
        tokens = max(limit.used_tokens - limit.ceiling_tokens, 0)
    if limit.ceiling is not None:
        dollars = max(limit.used - limit.ceiling, Dollars())
    return tokens, dollars


def _listed(
    code: FindingCode, order_line_id: int, tokens: int, dollars: Dollars
) -> Difference:
    return Difference(
        code=code,
        order_line_id=order_line_id,
        token_classes=(),
        tokens=tokens,
        amount=dollars,
        level=AGGREGATE,
        evidence={"keys": []},
    )


def inputs_of_more(match: Match) -> dict[str, Any]:
    """What these and the sums of a report depend on; nothing where there is none."""
    free = [
        [*row_of(row), row.price, row.event_id]
        for row in sorted(match.uncharged, key=order_of)
    ]
    told = (*match.reported, *match.beside_reported)
    sums = sorted({row.bucket for row in told if row.bucket})
    said = {
        "uncharged": free,
        "bucketed": [list(span) for span in match.bucketed],
        "sums": [list(slot) for slot in sums],
        "beside": [
            [*row_of(row), row.price]
            for rows in (match.beside_metered, match.beside_reported)
            for row in sorted(rows, key=order_of)
        ],
        "limits": [
            [each.order_line_id, each.used_tokens, each.used]
            + [each.ceiling_tokens, each.ceiling]
            for each in match.limits
        ],
        "credits": [
            [each.credit, each.order_line_id, each.due, each.stated]
            for each in match.credits
        ],
        "performance": list(match.performance or ()),
        "metered_elsewhere": sorted(map(list, match.metered_elsewhere)),
        "reported_elsewhere": sorted(map(list, match.reported_elsewhere)),
        "agreed": sorted(
            [*key, day, rows] for (key, day), rows in match.agreed.items()
        ),
        "amounts": [
            [line.invoice_line_id, line.amount]
            for line in sorted(match.invoiced, key=lambda each: each.invoice_line_id)
            if line.amount is not None
        ],
    }
    return {name: value for name, value in said.items() if value}
