"""What goes onto the printed modification of an order."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Membership
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, Tokens
from contracting.documents.calculations import printed
from contracting.documents.paperwork.addresses import office_in_lines, vendor_in_lines
from contracting.documents.paperwork.drafts import draft_of
from contracting.documents.rendering import Sheet
from contracting.orders import calculations
from contracting.orders.models import (
    Modification,
    ModificationEffect,
)
from contracting.orders.paperwork import signed_on
from contracting.orders.states import ModificationAuthority

BLOCK_13E = {
    False: "Is not",
    True: "Is required to sign this document and return ___ copies to the issuing "
    "office.",
}

BLOCK_13 = {
    ModificationAuthority.CHANGE_ORDER: "Change order",
    ModificationAuthority.ADMINISTRATIVE: "Administrative change",
    ModificationAuthority.SUPPLEMENTAL_AGREEMENT: "Supplemental agreement",
    ModificationAuthority.OTHER: "Other",
}


def modification_summary(modification: Modification) -> dict[str, Any]:
    """The figures of a modification for the audit trail."""
    return {
        "number": modification.number,
        "order": modification.order.piid,
        "authority": modification.authority,
        "citation": modification.citation,
        "changes": modification.changes,
        **_ratifies(modification),
        "version": modification.version,
        "content_sha256": modification.content_sha256,
        "order_version": modification.order.version,
        "order_sha256": modification.order.content_sha256,
    }


def _ratifies(modification: Modification) -> dict[str, Any]:
    """What of the use beyond the funds it makes payable, where it does."""
    ratified = Dollars(modification.ratifies_dollars)
    return {"ratifies": ratified} if ratified else {}


def modification_sheet(modification: Modification, *, signer: Actor) -> dict[str, Any]:
    """The SF 30 with before and after of every term that changed (FAR 43.301)."""
    order = modification.order
    contract = order.contract
    return {
        "author": contract.agency.name,
        "created_at": modification.issued_at,
        "subject": f"Modification {modification.number} of task order {order.piid}",
        "time_zone": contract.time_zone,
        "blocks": _modification_blocks(modification, signer),
        "facts": _new_totals(modification),
        "changes": [
            {"term": row["term"], "before": row["old"], "after": row["new"]}
            for row in modification.changes
        ],
        "funding": [
            _moved(effect, is_done=modification.issued_at is not None)
            for effect in calculations.effects_of(modification)
        ],
    }


def modification_draft(modification: Modification, *, by: Actor, at: datetime) -> Sheet:
    """The modification as the press takes it before the order is changed by it."""
    changes = calculations.changes_of(modification)
    modification.changes = [change.plain() for change in changes]
    return draft_of(
        "modification",
        title=f"Modification of {modification.order.noun} {modification.order.piid}",
        version=modification.version,
        content_sha256=modification.content_sha256,
        context=modification_sheet(modification, signer=by),
        author=modification.order.contract.agency.name,
        at=at,
        unfilled=("2", "15A", "15C", "16A", "16C"),
    )


def _new_totals(modification: Modification) -> list[list[Any]]:
    """What the order comes to with it, whether it is signed or a draft."""
    order, coming = modification.order, _coming(modification)
    tokens = sum(effect.add_ceiling_tokens for effect in coming)
    value = sum((effect.add_ceiling_dollars for effect in coming), Decimal(0))
    funds = sum((effect.add_dollars for effect in coming), Decimal(0))
    return [
        [
            "Token ceiling, new total",
            calculations.tokens_of(order).count + tokens,
            "tokens",
        ],
        [
            "Dollar ceiling, new total",
            calculations.value_of(order).amount + value,
            "dollars",
        ],
        ["Funded, new total", calculations.funded(order).amount + funds, "dollars"],
    ]


def _coming(modification: Modification) -> list[ModificationEffect]:
    """What it does that the order does not show yet."""
    if modification.issued_at is not None:
        return []
    return calculations.effects_of(modification)


def _moved(effect: ModificationEffect, *, is_done: bool) -> dict[str, Any]:
    funds = effect.line.current_funding()
    known = [part.dollars for part in funds if part.acrn == effect.acrn]
    shown = known[0] if known else Decimal(0)
    before = shown - effect.add_dollars if is_done else shown
    return {
        "acrn": effect.acrn,
        "line_of_accounting": str(effect.line_of_accounting),
        "item": effect.line.clin,
        "before": before,
        "change": effect.add_dollars,
        "amount": before + effect.add_dollars,
    }


def _modification_blocks(modification: Modification, signer: Actor) -> dict[str, Any]:
    order = modification.order
    contract = order.contract
    agency, vendor = contract.agency, contract.vendor
    blocks: dict[str, Any] = {
        "2": modification.number,
        "3": modification.effective_on,
        "4": contract.solicitation.requisition.number,
        "6": office_in_lines(agency),
        "8": vendor_in_lines(vendor),
        "10A": {
            "text": f"{order.piid}\nunder contract {contract.piid}",
            "checked": ["Modification"],
        },
        "10B": signed_on(order),
        "12": _net_by_acrn(modification),
        f"13{modification.authority}": {
            "text": modification.citation,
            "checked": [BLOCK_13[ModificationAuthority(modification.authority)]],
        },
        "13E": BLOCK_13E[modification.is_bilateral],
        "14": _block_14(modification),
        **officer_blocks(signer, modification.issued_at, contract.time_zone),
    }
    if modification.vendor_signed_by is not None:
        blocks |= _vendor_signature(modification, modification.vendor_signed_by)
    return blocks


_CHANGES_ON_THE_FACE = 4


def _vendor_signature(modification: Modification, signer: Membership) -> dict[str, Any]:
    return {
        "15A": f"{signer.user.name}, {signer.role_label}",
        "15B": {
            "signed_by": signer.user.name,
            "title": signer.role_label,
            "signed_at": modification.vendor_signed_at,
        },
        "15C": day_of(
            modification.vendor_signed_at, modification.order.contract.time_zone
        ),
    }


def officer_blocks(
    signer: Actor, issued_at: datetime | None, zone: str
) -> dict[str, Any]:
    """Blocks 16A to 16C of an SF 30: who signs for the Government, and when."""
    return {
        "16A": f"{signer.name}, contracting officer",
        "16B": {
            "signed_by": signer.name,
            "title": "Contracting officer",
            "signed_at": issued_at,
        },
        "16C": day_of(issued_at, zone),
    }


def day_of(signed_at: datetime | None, zone: str) -> date | None:
    """The day of a signature where the contract is; nothing while there is none."""
    return accounting_day(signed_at, zone) if signed_at else None


def _net_by_acrn(modification: Modification) -> str:
    sums: dict[str, Decimal] = {}
    for effect in calculations.effects_of(modification):
        sums[effect.acrn] = sums.get(effect.acrn, Decimal(0)) + effect.add_dollars
    return "\n".join(
        f"{acrn}: net {'increase' if net > 0 else 'decrease'} ${abs(net):,}"
        for acrn, net in sums.items()
        if net
    )


def _block_14(modification: Modification) -> str:
    """The words, the changes, and the new total that FAR 43.301 asks for.

    A longer list stands whole on the continuation; the face keeps its totals.
    """
    rows, zone = modification.changes, modification.order.contract.time_zone
    if len(rows) > _CHANGES_ON_THE_FACE:
        rows = [row for row in rows if row["term"].startswith("Total")]
    told = [
        f"{row['term']}: from {printed(row['old'], zone=zone) or 'none'} to "
        f"{printed(row['new'], zone=zone) or 'none'}."
        for row in rows
    ]
    if len(rows) < len(modification.changes):
        told.append("Every term that changes stands on the continuation.")
    changed = "\n".join(told)
    ratified = Dollars(modification.ratifies_dollars)
    if ratified:
        changed += (
            f"\nUse beyond the funds of {ratified}, which was ratified, becomes "
            "payable (FAR 1.602-3)."
        )
    (_, tokens, _), (_, value, _), _ = _new_totals(modification)
    return (
        f"{modification.description}\n\n{changed}\n\n"
        f"The order's total not to exceed is now ${value:,.2f} for {Tokens(tokens)}."
    )
