"""What goes onto the printed modification of a contract."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.models import Membership, Organization
from contracting.contracts.calculations import price_said
from contracting.contracts.models import Contract
from contracting.contracts.queries.letters import letterhead
from contracting.contracts.queries.stated import annexes_of
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import TOKENS_PER_MTOK
from contracting.documents.calculations import day_words, printed
from contracting.documents.queries import documents_of
from contracting.documents.rendering import Sheet, draft_of
from contracting.modifications import calculations
from contracting.modifications.calculations import words
from contracting.modifications.models import (
    ContractModification,
    ModelRetirement,
    Novation,
)
from contracting.modifications.queries import Conformed
from contracting.modifications.queries.novations import assumption_of, novation_of
from contracting.orders.models import TaskOrder
from contracting.orders.states import ModificationAuthority
from contracting.reference.queries import token_classes
from contracting.reference.states import Boundary

_BLOCK_13 = {
    ModificationAuthority.ADMINISTRATIVE: "Administrative change",
    ModificationAuthority.SUPPLEMENTAL_AGREEMENT: "Supplemental agreement",
    ModificationAuthority.OTHER: "Other",
}
_BLOCK_13E = {
    False: "Is not",
    True: "Is required to sign this document and return ___ copies to the issuing "
    "office.",
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
        "6": f"{agency.name}\n{agency.address}\nCode {agency.aac}",
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
            "15C": _day(signed_at, contract.time_zone),
        }
    return blocks


def _signer_words(signer: Membership) -> str:
    """One of the two vendors of a novation, by its signer."""
    return f"{signer.user.name}, {signer.role_label}, {signer.organization.name}"


def _day(signed_at: datetime | None, zone: str) -> date | None:
    return accounting_day(signed_at, zone) if signed_at else None


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


def conformed_sheet(found: Conformed, *, at: datetime) -> dict[str, Any]:
    """The contract as one text on a day, each term with what made it read so.

    The blocks are those of the award, which is what was signed; what modifications have
    changed of them stands as it reads now.

    :param at: as known when
    """
    contract, content = found.contract, found.content
    made_by = _made_by(found)
    return {
        "time_zone": contract.time_zone,
        "as_of": found.on,
        "subject": f"Contract {contract.piid} as of {day_words(found.on)}",
        "blocks": _conformed_blocks(contract, content),
        "lines": [_conformed_line(line) for line in content["lines"]],
        "facts": [
            {"label": "As of", "value": found.on},
            {"label": "As known", "value": at, "span": 8},
            {"label": "Vendor", "value": _holder(content).name, "span": 8},
            {"label": "Version", "value": str(found.version)},
            {
                "label": "Made so by",
                "value": ", ".join(each.number for each in found.modifications)
                or "the award alone",
                "span": 12,
            },
        ],
        "tables": [
            _terms(found, made_by),
            *_rates(found, made_by),
            *(_modified(found) if found.modifications else []),
            _clauses(contract, content),
            *annexes_of(contract, found.on),
        ],
        "notes": [
            "This is a conformed copy for reading. What was signed is the award and "
            "each modification named in it; where they differ, those count."
        ],
    }


def _made_by(found: Conformed) -> dict[str, str]:
    """By each term that a modification has changed, the last one that did."""
    made: dict[str, str] = {}
    if not found.modifications:
        return made
    text: Mapping[str, Any] = found.modifications[0].base_content
    for each in found.modifications:
        after = calculations.applied(text, each)
        for change in calculations.differences(text, after):
            made[change.term] = (
                f"{each.number}, effective {day_words(each.effective_on)}"
            )
        text = after
    return made


def _conformed_blocks(contract: Contract, content: Mapping[str, Any]) -> dict[str, Any]:
    """The face of the award; funds as they stand, and who administers by now."""
    award = documents_of(contract.subject).filter(kind="contract").first()
    vendor, agency = _holder(content), contract.agency
    found: dict[str, Any] = dict(award.context.get("blocks", {})) if award else {}
    bare = {
        "2": contract.piid,
        "9": f"{agency.name}\n{agency.address}\nCode {agency.aac}",
        "17a": f"{vendor.name}\n{vendor.address}\nUEI {vendor.uei} CAGE {vendor.cage}",
    }
    funds = [part for line in content["lines"] for part in line["funding"]]
    total = sum((Decimal(part["dollars"]) for part in funds), Decimal(0))
    is_handed_over = award is not None and award.vendor_id != vendor.pk
    holder = {"17a": bare["17a"]} if is_handed_over else {}
    return {**bare, **found, **holder, "26": total}


def _holder(content: Mapping[str, Any]) -> Organization:
    """Who holds the contract by this text; a novation changes that."""
    return Organization.objects.get(public_id=content["vendor"])


def _conformed_line(line: Mapping[str, Any]) -> dict[str, Any]:
    """A line as the schedule prints it; its prices stand among the terms."""
    if words.is_by_unit(line):
        quantity, unit = line["estimated_units"], line["unit"]
    else:
        tokens = Decimal(line.get("estimated_tokens") or 0)
        quantity, unit = tokens / TOKENS_PER_MTOK, line["unit"]
    return {
        "item": line["clin"],
        "description": line["description"],
        "quantity": quantity,
        "unit": unit,
        "unit_price": "see terms",
        "amount": f"NTE ${Decimal(line['ceiling_dollars']):,}",
    }


def _terms(found: Conformed, made_by: Mapping[str, str]) -> dict[str, Any]:
    return {
        "caption": f"Terms as of {day_words(found.on)}, each with what made it read so",
        "columns": [
            {"key": "term", "label": "Term"},
            {"key": "reads", "label": "Reads"},
            {"key": "by", "label": "By"},
        ],
        "rows": [
            {"term": term, "reads": reads, "by": made_by.get(term, _AWARD)}
            for term, reads in found.words()
            if term not in _priced(found.content)
        ],
    }


_AWARD: Final = "the award"


def _priced(content: Mapping[str, Any]) -> set[str]:
    """The terms that are prices of tokens, which stand in a table of their own."""
    return {
        f"Line {line['clin']}, {words.rate_label(rate)}"
        for line in content["lines"]
        for rate in line["rates"]
    }


def _rates(found: Conformed, made_by: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rate card with the days of each price, and what made it so."""
    zone = found.contract.time_zone
    labels = {each.code: each.label for each in token_classes()}
    rows = [
        {
            "item": rate["slin"],
            "model": rate["model"],
            "class": labels.get(rate["class"], rate["class"]),
            "tier": rate["tier"].lower(),
            "boundary": Boundary(rate["boundary"]).label,
            "price": price_said(rate),
            "first": accounting_day(datetime.fromisoformat(rate["from"]), zone),
            "last": _last_day(rate["to"], zone),
            "by": made_by.get(f"Line {line['clin']}, {words.rate_label(rate)}", _AWARD),
        }
        for line in found.content["lines"]
        for rate in line["rates"]
    ]
    columns = {
        "item": "Item",
        "model": "Model",
        "class": "Token class",
        "tier": "Tier",
        "boundary": "Boundary",
        "price": "Price",
        "first": "From",
        "last": "Until",
        "by": "By",
    }
    caption = f"Rate card as of {day_words(found.on)}"
    heads = [{"key": key, "label": label} for key, label in columns.items()]
    return [{"caption": caption, "columns": heads, "rows": rows}] if rows else []


def _last_day(end: str | None, zone: str) -> date | str:
    if end is None:
        return "open"
    instant = datetime.fromisoformat(end) - timedelta(microseconds=1)
    return accounting_day(instant, zone)


def _modified(found: Conformed) -> list[dict[str, Any]]:
    """The modifications in it, in their own words, in the order of the signatures."""
    return [
        {
            "caption": "Modifications in this text",
            "columns": [
                {"key": "number", "label": "Number"},
                {"key": "effective", "label": "Effective"},
                {"key": "signed", "label": "Signed"},
                {"key": "by", "label": "By"},
                {"key": "says", "label": "What it says"},
            ],
            "rows": [
                {
                    "number": each.number,
                    "effective": each.effective_on,
                    "signed": calculations.signed_on(each),
                    "by": each.signed_by.user.name if each.signed_by else "",
                    "says": each.description,
                }
                for each in found.modifications
            ],
        }
    ]


def _clauses(contract: Contract, content: Mapping[str, Any]) -> dict[str, Any]:
    titles = dict(contract.clauses.values_list("clause__number", "clause__title"))
    return {
        "caption": "Clauses and provisions",
        "columns": [
            {"key": "number", "label": "Number"},
            {"key": "title", "label": "Title"},
        ],
        "rows": [
            {"number": number, "title": titles.get(number, "")}
            for number in content["clauses"]
        ],
    }


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
