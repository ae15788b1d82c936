"""The lines of an invoice as plain texts, as a file or a form writes them."""

from __future__ import annotations

from contracting.billing.calculations import (
    AnyLine,
    Stated,
    StatedCharge,
    StatedCredit,
)


def plain_lines(stated: Stated) -> list[dict[str, str]]:
    """The lines as plain texts, in the columns that ``read_lines`` reads."""
    return [_plain(line) for line in stated.lines]


def _plain(line: AnyLine) -> dict[str, str]:
    if isinstance(line, StatedCredit):
        return {
            "credit": line.credit,
            "clin": line.clin,
            "acrn": line.acrn,
            "amount": f"-{line.amount.plain()}",
            "description": line.description or "credit",
        }
    shared = {
        "clin": line.clin,
        "acrn": line.acrn,
        "period_start": line.period_start.isoformat(),
        "period_end": line.period_end.isoformat(),
        "amount": line.amount.plain(),
        "description": line.description,
    }
    if isinstance(line, StatedCharge):
        return {
            **shared,
            "units": format(line.units, "f"),
            "unit_price": format(line.unit_price.usd_per_unit, "f"),
            "kind": str(line.kind),
        }
    return {
        **shared,
        "model": line.model,
        "token_class": line.token_class_code,
        "tier": line.tier,
        "tokens": str(line.tokens),
        "unit_price": format(line.unit_price.usd_per_million_tokens, "f"),
    }
