"""What stands above and below every letter under a contract, as plain values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day


def letterhead(
    contract: Contract,
    *,
    subject: str,
    at: datetime,
    order: str = "",
    from_vendor: bool = False,
) -> dict[str, Any]:
    """Who writes to whom under a contract, when and about what, for any letter.

    :param order: the number of the order that it is about
    :param from_vendor: the vendor writes to the agency
    """
    agency, vendor = contract.agency, contract.vendor
    parties = [
        f"{agency.name}\n{agency.address}".strip(),
        f"{vendor.name}\n{vendor.address}".strip(),
    ]
    sender, addressee = reversed(parties) if from_vendor else parties
    about = [f"Contract {contract.piid}, {contract.title}"]
    return {
        "author": contract.agency.name,
        "created_at": at,
        "time_zone": contract.time_zone,
        "letterhead": {
            "dated": accounting_day(at, contract.time_zone),
            "sender": sender,
            "addressee": addressee,
            "reference": "\n".join([*about, *([f"Order {order}"] if order else [])]),
            "subject": subject,
        },
    }


def signature(
    by: Actor, at: datetime, title: str = "Contracting officer"
) -> dict[str, Any]:
    """A signature block of a letter, signed."""
    return {"capacity": title, "signed_by": by.name, "title": title, "signed_at": at}
