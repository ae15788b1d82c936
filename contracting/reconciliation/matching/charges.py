"""Invoice and postings, matched by order line and period, where no token counts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from contracting.core.quantities import Dollars
from contracting.reconciliation.states import (
    Adjusted,
    Charged,
    Difference,
    FindingCode,
    Match,
)

AGGREGATE: Final = "AGGREGATE"


def differing_charges(match: Match) -> Iterator[Difference]:
    """Every line on which another amount is invoiced than was posted, to the cent.

    Of a whole order also what was accepted and would be due in another amount now,
    and what a run has rated anew after its acceptance.
    """
    for line in match.charged:
        gap = line.amount - line.posted.to_cents()
        if gap:
            yield _difference(line, gap, match.invoice_id)
    for order_line_id, gap in match.accepted_otherwise:
        yield Difference(
            code=FindingCode.RATE,
            order_line_id=order_line_id,
            token_classes=(),
            tokens=0,
            amount=gap,
            level=AGGREGATE,
            evidence={"keys": [["accepted at another amount than is due now"]]},
        )
    for each in match.adjusted:
        yield _adjustment(each)


def _adjustment(each: Adjusted) -> Difference:
    """A difference of its own for each run, kind and class; nothing is netted."""
    return Difference(
        code=FindingCode.RATE,
        order_line_id=each.order_line_id,
        token_classes=(each.token_class,),
        tokens=each.tokens,
        amount=each.gap,
        level=AGGREGATE,
        evidence={
            "model": each.model_id,
            "tier": each.tier,
            "rating_run": each.run,
            "first_day": each.first_day,
            "last_day": each.last_day,
            "keys": [["rated anew after it was accepted", each.run]],
        },
    )


def _difference(line: Charged, gap: Dollars, invoice_id: int | None) -> Difference:
    if not line.posted:
        code = FindingCode.EXTRA_C
    elif line.units == line.posted_units:
        code = FindingCode.RATE
    else:
        code = FindingCode.QTY
    return Difference(
        code=code,
        order_line_id=line.order_line_id,
        token_classes=(),
        tokens=0,
        amount=gap,
        level=AGGREGATE,
        evidence={
            "period_start": line.start,
            "period_end": line.end,
            "charge_lines": [line.charge_line_id],
            "invoiced_units": line.units,
            "posted_units": line.posted_units,
            "keys": [[line.charge_line_id]],
        },
        invoice_id=invoice_id,
    )


def inputs_of(match: Match) -> dict[str, Any]:
    """What a comparison of charges depends on; nothing where there is none."""
    found: dict[str, Any] = {}
    if match.accepted_otherwise:
        found["accepted_otherwise"] = [list(each) for each in match.accepted_otherwise]
    if match.adjusted:
        found["adjusted"] = [
            [each.run, each.order_line_id, each.model_id, each.token_class, each.tier]
            + [each.first_day, each.last_day, each.tokens, each.gap]
            for each in match.adjusted
        ]
    if not match.charged:
        return found
    return found | {
        "charges": [
            [line.charge_line_id, line.order_line_id, line.kind, line.start, line.end]
            + [line.units, line.price.usd_per_unit, line.amount]
            + [line.posted_units, line.posted, line.funded]
            for line in match.charged
        ]
    }
