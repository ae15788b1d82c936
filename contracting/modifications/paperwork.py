"""What goes onto the printed modification of a contract."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.modifications import calculations
from contracting.modifications.models import ContractModification
from contracting.orders.states import ModificationAuthority

_BLOCK_13 = {
    ModificationAuthority.ADMINISTRATIVE: "Administrative change",
    ModificationAuthority.SUPPLEMENTAL_AGREEMENT: "Supplemental agreement",
    ModificationAuthority.OTHER: "Other",
}
_BLOCK_13E = {
    False: "Is not required to sign",
    True: "Is required to sign this document and return copies to the issuing office",
}
_CHANGES_ON_THE_FACE = 6


def summary(modification: ContractModification) -> dict[str, Any]:
    """The figures of a signed modification for the audit trail."""
    contract = modification.contract
    return {
        "number": modification.number,
        "contract": contract.piid,
        "kind": modification.kind,
        "authority": modification.authority,
        "citation": modification.citation,
        "effective_on": modification.effective_on,
        "is_within_scope": modification.is_within_scope,
        "credit_memo": modification.credit_memo,
        "changes": modification.changes,
        "content_sha256": modification.content_sha256,
        "contract_version": contract.version,
        "contract_sha256": contract.content_sha256,
    }


def modification_sheet(
    modification: ContractModification, *, signer: Actor
) -> dict[str, Any]:
    """The SF 30 with before and after of every term that changed (FAR 43.301)."""
    contract = modification.contract
    name = f"Modification {modification.number} of contract {contract.piid}"
    return {
        "author": contract.agency.name,
        "created_at": modification.issued_at,
        "subject": name,
        "time_zone": contract.time_zone,
        "blocks": _blocks(modification, signer),
        "facts": [
            ["Token ceiling, new total", contract.ceiling_tokens, "tokens"],
            ["Dollar ceiling, new total", contract.ceiling_dollars, "dollars"],
            ["Version of the contract from now on", contract.version],
            ["Hash of that version", contract.content_sha256],
        ],
        "changes": [
            {"term": row["term"], "before": row["old"], "after": row["new"]}
            for row in modification.changes
        ],
    }


def _blocks(modification: ContractModification, signer: Actor) -> dict[str, Any]:
    contract = modification.contract
    agency, vendor = contract.agency, contract.vendor
    blocks: dict[str, Any] = {
        "1": contract.piid,
        "2": modification.number,
        "3": modification.effective_on,
        "4": contract.solicitation.requisition.number,
        "6": f"{agency.name}\n{agency.address}\n{agency.aac}",
        "7": modification.administering_office,
        "8": f"{vendor.name}\n{vendor.address}\nUEI {vendor.uei} CAGE {vendor.cage}",
        "10A": {"text": contract.piid, "checked": ["Modification"]},
        "10B": _day(contract.awarded_at, contract.time_zone),
        "12": "No funds are added or taken.",
        f"13{modification.authority}": {
            "text": modification.citation,
            "checked": [_BLOCK_13[ModificationAuthority(modification.authority)]],
        },
        "13E": _BLOCK_13E[modification.is_bilateral],
        "14": _block_14(modification),
        "16A": f"{signer.name}, contracting officer",
        "16B": {
            "signed_by": signer.name,
            "title": "Contracting officer",
            "signed_at": modification.issued_at,
        },
        "16C": _day(modification.issued_at, contract.time_zone),
    }
    vendor_signer = modification.vendor_signed_by
    if vendor_signer is not None:
        blocks |= {
            "15A": f"{vendor_signer.user.name}, {vendor_signer.role_label}",
            "15B": {
                "signed_by": vendor_signer.user.name,
                "title": vendor_signer.role_label,
                "signed_at": modification.vendor_signed_at,
            },
            "15C": _day(modification.vendor_signed_at, contract.time_zone),
        }
    return blocks


def _day(signed_at: datetime | None, zone: str) -> date | None:
    return accounting_day(signed_at, zone) if signed_at else None


def _block_14(modification: ContractModification) -> str:
    """The words, what changes, the consideration, and the total after it.

    A longer list stands whole on the continuation; the face keeps its figures.
    """
    contract, rows = modification.contract, modification.changes
    told = [modification.description, ""]
    told += [
        f"{row['term']}: from {row['old'] or 'none'} to {row['new'] or 'none'}."
        for row in rows[:_CHANGES_ON_THE_FACE]
    ]
    if len(rows) > _CHANGES_ON_THE_FACE:
        told.append("Every term that changes stands on the continuation.")
    if modification.consideration:
        told += ["", f"Consideration: {modification.consideration}"]
    if modification.credit_memo:
        told += ["", f"By credit: {modification.credit_memo}"]
    moved = calculations.ceiling_moved(modification)
    told += [
        "",
        f"The contract's ceiling {moved} and is now ${contract.ceiling_dollars:,} for "
        f"{contract.ceiling_tokens:,} tokens. All other terms stay as they are.",
    ]
    return "\n".join(told)
