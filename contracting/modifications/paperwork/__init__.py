"""What goes onto the printed modification of a contract."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from accounts.models import Membership
from accounts.models import Organization as Organization
from contracting.contracts.calculations import price_said as price_said
from contracting.contracts.models import Contract
from contracting.contracts.queries.letters import letterhead
from contracting.contracts.queries.stated import annexes_of as annexes_of
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day as accounting_day
from contracting.core.quantities import TOKENS_PER_MTOK as TOKENS_PER_MTOK
from contracting.documents.calculations import day_words, printed
from contracting.documents.paperwork.addresses import office_in_lines, vendor_in_lines
from contracting.documents.paperwork.drafts import draft_of
from contracting.documents.queries import documents_of as documents_of
from contracting.documents.rendering import Sheet
from contracting.modifications import calculations
from contracting.modifications.calculations import words as words
from contracting.modifications.models import (
    ContractModification,
    ModelRetirement,
    Novation,
)
from contracting.modifications.queries import Conformed as Conformed
from contracting.modifications.queries.novations import assumption_of, novation_of
from contracting.orders.models import TaskOrder
from contracting.orders.paperwork.modifications import (
    BLOCK_13,
    BLOCK_13E,
    day_of,
    officer_blocks,
)
from contracting.orders.states import ModificationAuthority
from contracting.reference.queries import token_classes
from contracting.reference.states import Boundary

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
        "facts": _facts(modification),
        "changes": [
            {
                "term": in_words(row["term"]),
                "before": in_words(row["old"]),
                "after": in_words(row["new"]),
            }
            for row in modification.changes
        ],
    }


def modification_draft(
    modification: ContractModification, *, by: Actor, at: datetime
) -> Sheet:
    """The modification as the press takes it before the contract reads by it."""
    changes = calculations.changes_of(modification)
    modification.changes = [change.plain() for change in changes]
    return draft_of(
        "modification",
        title=f"Modification of contract {modification.contract.piid}",
        version=modification.version,
        content_sha256=modification.content_sha256,
        context=modification_sheet(modification, signer=by),
        author=modification.contract.agency.name,
        at=at,
        unfilled=("2", "15A", "15C", "16A", "16C"),
    )


def _ceilings(modification: ContractModification) -> tuple[int, Decimal]:
    """Tokens and dollars of the contract with it, whether it is signed or a draft."""
    contract = modification.contract
    if modification.issued_at is not None:
        return contract.ceiling_tokens, contract.ceiling_dollars
    after = calculations.content_after(modification)
    return int(after["ceiling_tokens"]), Decimal(after["ceiling_dollars"])


def _facts(modification: ContractModification) -> list[list[Any]]:
    contract = modification.contract
    tokens, value = _ceilings(modification)
    totals: list[list[Any]] = [
        ["Token ceiling, new total", tokens, "tokens"],
        ["Dollar ceiling, new total", value, "dollars"],
    ]
    if modification.issued_at is None:
        return totals
    return [
        *totals,
        ["Version of the contract from now on", contract.version],
        ["Hash of that version", contract.content_sha256],
    ]


_CODED: Final = re.compile(r"\b(?:[A-Z]+(?:_[A-Z0-9]+)+|\d{4}-\d{2}-\d{2}(?!T))\b")


def in_words(said: str | None) -> str:
    """A term as people read it: classes and boundaries by name, days in words.

    The record of the change keeps its codes; a code that is not known stays as it is.
    """
    labels = {each.code: each.label for each in token_classes()}
    labels |= {str(each): str(each.label) for each in Boundary}
    return _CODED.sub(
        lambda found: labels.get(found[0]) or printed(found[0]), said or ""
    )


def _blocks(modification: ContractModification, signer: Actor) -> dict[str, Any]:
    contract = modification.contract
    agency, vendor = contract.agency, contract.vendor
    blocks: dict[str, Any] = {
        "2": modification.number,
        "3": modification.effective_on,
        "4": contract.solicitation.requisition.number,
        "6": office_in_lines(agency),
        "7": modification.administering_office,
        "8": vendor_in_lines(vendor),
        "10A": {"text": contract.piid, "checked": ["Modification"]},
        "10B": day_of(contract.awarded_at, contract.time_zone),
        "12": "No funds are added or taken.",
        f"13{modification.authority}": {
            "text": modification.citation,
            "checked": [BLOCK_13[ModificationAuthority(modification.authority)]],
        },
        "13E": BLOCK_13E[modification.is_bilateral],
        "14": _block_14(modification),
        **officer_blocks(signer, modification.issued_at, contract.time_zone),
    }
    assumed = assumption_of(modification)
    signer_of_vendor = modification.vendor_signed_by
    signed_at = modification.vendor_signed_at
    who = [signer_of_vendor] if signer_of_vendor else []
    if assumed is not None:
        who, signed_at = [*who, assumed.signed_by], assumed.signed_at
    if who:
        blocks |= {
            "15A": "\n".join(map(_signer_words, who if assumed else ()))
            or f"{who[0].user.name}, {who[0].role_label}",
            "15B": {
                "signed_by": " and ".join(each.user.name for each in who),
                "title": who[-1].role_label,
                "signed_at": signed_at,
            },
            "15C": day_of(signed_at, contract.time_zone),
        }
    return blocks


def _signer_words(signer: Membership) -> str:
    """One of the two vendors of a novation, by its signer."""
    return f"{signer.user.name}, {signer.role_label}, {signer.organization.name}"


def _block_14(modification: ContractModification) -> str:
    """The words, what changes, the consideration, and the total after it.

    A longer list stands whole on the continuation; the face keeps its figures.
    """
    contract, rows = modification.contract, modification.changes
    told = [modification.description, ""]
    told += [
        f"{in_words(row['term'])}: from {_said(row['old'], contract)} to "
        f"{_said(row['new'], contract)}."
        for row in rows[:_CHANGES_ON_THE_FACE]
    ]
    if len(rows) > _CHANGES_ON_THE_FACE:
        told.append("Every term that changes stands on the continuation.")
    novation = novation_of(modification)
    if novation is not None:
        told += ["", *_novation_words(novation)]
    if modification.consideration:
        told += ["", f"Consideration: {modification.consideration}"]
    if modification.credit_memo:
        told += ["", f"By credit: {modification.credit_memo}"]
    moved = calculations.ceiling_moved(modification)
    tokens, value = _ceilings(modification)
    told += [
        "",
        f"The contract's ceiling {moved} and is now ${value:,.2f} for "
        f"{tokens:,} tokens. All other terms stay as they are.",
    ]
    return "\n".join(told)


def _novation_words(novation: Novation) -> list[str]:
    """On what the Government recognizes the successor (FAR 42.1204)."""
    return [
        f"The assets went over on {day_words(novation.transferred_on)} by "
        f"{novation.instrument}, SHA-256 {novation.instrument_sha256}.",
        f"Agreement of the three parties: {novation.agreement}, SHA-256 "
        f"{novation.agreement_sha256}.",
        f"Guarantee of {novation.transferor.name}: {novation.guarantee}",
        "Payments made to it before this day discharge the Government as far as they "
        "go (FAR 42.1204(i)).",
    ]


def _said(value: str, contract: Contract) -> str:
    """One side of a change as it is printed: days and instants in words."""
    return in_words(printed(value, zone=contract.time_zone)) or "none"


def retirement_sheet(
    retirement: ModelRetirement, orders: Sequence[TaskOrder], *, signer: Actor
) -> dict[str, Any]:
    """The vendor's notice of the retirement of a model, with what it meets (R-MOD-11).

    :param orders: those that run longer than the model
    """
    contract, at = retirement.contract, retirement.retirement_recorded_at
    numbers = ", ".join(order.piid or order.name for order in orders)
    facts: list[dict[str, Any]] = [
        {"label": "Model", "value": str(retirement.model), "span": 8},
        {"label": "Its last day", "value": retirement.retires_on},
        {
            "label": "In its place, on the contract",
            "value": str(retirement.substitute or "none is named"),
            "span": 8,
        },
        {"label": "Notice given on", "value": retirement.noticed_on},
        {"label": "Days of notice", "value": retirement.days},
        {"label": "The contract says", "value": retirement.required_days},
        {
            "label": "Notice",
            "value": "shorter than that" if retirement.is_short else "in time",
        },
        {"label": "Orders that run longer", "value": numbers or "none", "span": 12},
        {
            "label": "Recorded by",
            "value": f"{signer.name}, {signer.role_label}",
            "span": 12,
        },
    ]
    sections = [{"heading": "Words of the notice", "text": retirement.words}]
    if retirement.short_notice_accepted:
        heading = "Why the contracting officer accepts the shorter notice"
        sections.append({"heading": heading, "text": retirement.short_notice_accepted})
    return {
        **letterhead(
            contract,
            subject=f"Retirement of {retirement.model} on {retirement.retires_on}",
            at=at,
            from_vendor=True,
        ),
        "heading": "Notice of Model Retirement",
        "facts": facts,
        "sections": sections,
    }
