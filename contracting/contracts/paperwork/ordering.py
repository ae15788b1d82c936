"""The letter to an ordering officer."""

from __future__ import annotations

from typing import Any, Final

from contracting.contracts.models.ordering import OrderingOfficer


def ordering_letter(letter: OrderingOfficer, *, signer: str) -> dict[str, Any]:
    """The letter by which somebody places orders within limits (FAR 1.603-1).

    :param signer: the contracting officer's name
    """
    contract, total = letter.contract, letter.total_limit
    together = f", and {total} together" if total is not None else ""
    return {
        "author": contract.agency.name,
        "created_at": letter.appointed_at,
        "subject": f"{contract.title}, contract {contract.piid}",
        "time_zone": contract.time_zone,
        "summary": (
            "You are appointed as ordering officer. You bind the Government by orders "
            "of this contract within the limits below, and by nothing else."
        ),
        "facts": [
            ["Ordering officer", letter.membership.user.name],
            ["Office", letter.office],
            ["Contract", contract.piid],
            ["Vendor", contract.vendor.name],
            ["One order, at most", letter.order_limit, "dollars"],
            *([["All orders, at most", total, "dollars"]] if total is not None else []),
            ["First day", letter.valid_from],
            ["Last day", letter.valid_to],
        ],
        "sections": [
            {
                "heading": "You may",
                "text": (
                    f"Sign orders of this contract worth up to {letter.order_limit} "
                    f"each{together}, once they are reviewed and their funds are "
                    "certified."
                ),
            },
            {
                "heading": "You may not",
                "text": (
                    "Sign what you requested or certified, change an order or the "
                    "contract, split an order to stay below a limit, or pass this "
                    "authority on."
                ),
            },
            {"heading": "Your responsibility", "text": _LIABLE_FOR_ORDERS},
        ],
        "signatures": [
            {
                "capacity": "Contracting officer",
                "signed_by": signer,
                "title": "Contracting officer",
                "signed_at": letter.appointed_at,
            },
        ],
    }


_LIABLE_FOR_ORDERS: Final = (
    "What nobody with authority has ordered binds nobody until it is ratified (FAR "
    "1.602-3). The contracting officer may revoke this letter at any time, in writing."
)
