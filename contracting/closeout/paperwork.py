"""The completion statement as plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars
from contracting.ledger.models import Balance


def completion(
    contract: Contract,
    *,
    number: str,
    title: str,
    balances: list[tuple[str, Balance, Dollars]],
    figures: dict[str, Any],
    signer: Actor,
    at: datetime,
) -> dict[str, Any]:
    """What was ordered, used, paid and given back, signed by the contracting officer.

    :param balances: line label, balance row, and what was deobligated from it
    """
    return {
        "author": contract.agency.name,
        "created_at": at,
        "time_zone": contract.time_zone,
        "facts": [
            {"label": "Contract", "value": contract.piid},
            {"label": "Closed", "value": f"{number} {title}"},
            {"label": "Vendor", "value": contract.vendor.name},
            *[
                {
                    "label": name.replace("_", " ").capitalize(),
                    "value": value,
                    "shape": "tokens" if name.endswith("tokens") else "dollars",
                }
                for name, value in figures.items()
            ],
        ],
        "balances": [
            {
                "item": label,
                "acrn": row.acrn,
                "obligated": row.obligated_dollars,
                "consumed": row.consumed_dollars,
                "paid": row.paid_dollars,
                "deobligated": returned,
                "residual_tokens": row.ceiling_tokens - row.line.consumed_tokens,
            }
            for label, row, returned in balances
        ],
        "signatures": [
            {
                "capacity": "Contracting officer",
                "signed_by": signer.name,
                "title": "Contracting officer",
                "signed_at": at,
            }
        ],
    }
