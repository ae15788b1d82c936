"""What a contracting officer reads before a close-out is signed, as one hash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from contracting.closeout.queries import (
    balances_of_contract,
    balances_of_order,
    minimum_owed,
    paid_on_contract,
)
from contracting.contracts.models import Contract
from contracting.core.canonical import content_sha256
from contracting.ledger.queries import LineBalance
from contracting.orders.models import TaskOrder


def seen_of_order(order: TaskOrder) -> str:
    """SHA-256 of the balances that are read before an order is closed out."""
    return content_sha256(_figures_of(balances_of_order(order)))


def seen_of_contract(contract: Contract) -> str:
    """SHA-256 of what is read before a contract is closed out.

    The funds of the award, what was paid, and what is owed of the guaranteed minimum.
    """
    return content_sha256(
        {
            "contract": contract.public_id,
            "balances": _figures_of(balances_of_contract(contract)),
            "paid": paid_on_contract(contract),
            "owed": minimum_owed(contract),
        }
    )


def _figures_of(lines: Sequence[LineBalance]) -> dict[str, list[Any]]:
    figures = (
        *("obligated_dollars", "consumed_dollars", "accepted_dollars", "paid_dollars"),
        *("unfunded_dollars", "given_up_dollars", "rounding_dollars"),
    )
    tokens = ("ceiling_tokens", "consumed_tokens", "accepted_tokens", "unfunded_tokens")
    return {
        f"{each.balance.line_id} {each.balance.acrn}": [
            *(getattr(each.balance, name) for name in figures),
            *(getattr(each.balance.line, name) for name in tokens),
        ]
        for each in lines
    }
