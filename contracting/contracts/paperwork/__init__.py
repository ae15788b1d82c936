"""What goes onto the printed contract, and into the notices of its award."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.contracts.acceptance.models import AwardOffer
from contracting.contracts.acceptance.offers import offer_of
from contracting.contracts.calculations import funded
from contracting.contracts.models import (
    Contract,
    ContractFunding,
    ContractLine,
    CorDesignation,
    RateRow,
)
from contracting.contracts.queries import unenforceable_terms
from contracting.contracts.queries.stated import annexes_of, options_of
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day, zone_of
from contracting.core.quantities import TOKENS_PER_MTOK
from contracting.core.templatetags.drawdown import dollars
from contracting.documents.calculations import day_words
from contracting.documents.paperwork.addresses import (
    in_lines,
    office_in_lines,
    vendor_in_lines,
)
from contracting.documents.paperwork.drafts import draft_of
from contracting.documents.rendering import Sheet
from contracting.reference.queries import list_price
from contracting.reference.states import BY_VOLUME, PriceStructure
from contracting.solicitations.models.tolerances import tolerance_rows
from contracting.solicitations.paperwork import competition_box, released_on


def summary(contract: Contract) -> dict[str, Any]:
    """The figures of an award for the audit trail."""
    return {
        "piid": contract.piid,
        "vendor": contract.vendor.name,
        "ceiling_dollars": contract.ceiling_dollars,
        "ceiling_tokens": contract.ceiling_tokens,
        "minimum_dollars": contract.minimum_dollars,
        "obligated": funded(contract),
        "version": contract.version,
        "content_sha256": contract.content_sha256,
    }


def quantity_of(line: ContractLine) -> dict[str, Any]:
    """Quantity, unit and price of a line as the schedule prints them."""
    if not line.is_by_unit:
        return {
            "quantity": Decimal(line.estimated_tokens) / TOKENS_PER_MTOK,
            "unit": line.unit,
            "unit_price": "see rate card",
        }
    rows = line.current_unit_rates()
    return {
        "quantity": line.estimated_units,
        "unit": line.unit,
        "unit_price": ", then ".join(dollars(row.usd_per_unit) for row in rows),
    }


def contract_sheet(contract: Contract, *, signer: Actor) -> dict[str, Any]:
    """The SF 1449 as award, with schedule, rate card, ceilings, funds and clauses."""
    rows = RateRow.objects.filter(
        line__contract=contract, superseded_at__isnull=True
    ).select_related("line", "model__tokenizer", "token_class")
    rates = [_rate(contract, row) for row in rows.order_by("slin")]
    return {
        "author": contract.agency.name,
        "created_at": contract.awarded_at,
        "time_zone": contract.time_zone,
        "blocks": _blocks(contract, signer),
        "lines": [
            {
                "item": line.clin,
                "description": line.description,
                **quantity_of(line),
                "amount": f"NTE ${line.ceiling_dollars:,}"
                if contract.takes_orders
                else line.ceiling_dollars,
            }
            for line in contract.lines.order_by("clin")
        ],
        "rates": rates,
        "ceilings": [
            {
                "item": contract.piid,
                "description": "the whole contract",
                "ceiling_tokens": contract.ceiling_tokens,
                "ceiling_dollars": contract.ceiling_dollars,
                "minimum_dollars": contract.minimum_dollars,
                "funded_dollars": funded(contract),
            }
        ],
        "funding": [
            {
                "acrn": part.acrn,
                "line_of_accounting": str(part.line_of_accounting),
                "item": part.line.clin,
                "amount": part.dollars,
            }
            for part in _funding(contract)
        ],
        "tolerances": tolerance_rows(contract),
        "clauses": [
            {"number": row.clause.number, "title": row.clause.title}
            for row in contract.clauses.select_related("clause").order_by(
                "clause__number"
            )
        ],
        "notes": _kind_notes(contract),
        **_annexes(contract),
        **_with_structures(contract, _vendor_terms(contract)),
    }


def _with_structures(contract: Contract, sheet: dict[str, Any]) -> dict[str, Any]:
    """The tables of steps and multipliers before the other sections, if there are."""
    made = []
    lines = contract.lines.filter(structure__in=sorted(BY_VOLUME))
    for line in lines.select_related("volume_terms").order_by("clin"):
        rows = line.rate_rows.filter(superseded_at__isnull=True)
        said = [
            f"{row.slin} {row.token_class.label}: {'; '.join(price_words(row))}."
            for row in rows.select_related("token_class").order_by("slin", "in_force")
        ]
        said.append(f"Volume is counted over {line.volume_terms}.")
        heading = f"Line {line.clin}, {line.get_structure_display()}"
        made.append({"heading": heading, "text": "\n".join(said)})
    if not made:
        return sheet
    return {**sheet, "sections": [*made, *sheet.get("sections", ())]}


def price_words(row: RateRow) -> list[str]:
    """The price of a class and its steps; or what it burns, at the unit's price.

    Where prices rise with the volume the first of them is a step as well.
    """
    volume = row.volume_words
    if row.line.structure == PriceStructure.POOL:
        return volume
    if row.steps.filter(from_tokens=0).exists():
        return [f"{volume[0]} per million tokens", *volume[1:]]
    return [f"{dollars(row.usd_per_million_tokens)} per million tokens", *volume]


def _kind_notes(contract: Contract) -> list[str]:
    """What a reader of another kind than an indefinite quantity must know of it."""
    if not contract.takes_orders:
        return [
            "This is a definitive contract: no orders are placed under it. Usage is "
            "reported and invoiced under its own number and draws on its lines, each "
            "up to its quantity, its price and the funds that are obligated on it."
        ]
    if contract.is_agreement:
        limit = contract.largest_order_dollars or Decimal(0)
        return [
            "This is a blanket purchase agreement (FAR 13.303). It obligates no funds "
            "and guarantees no purchase: the Government is obligated only by the calls "
            f"that a contracting officer signs under it, each of ${limit:,.2f} at most."
        ]
    return []


def _annexes(contract: Contract) -> dict[str, Any]:
    """The options, and what later stages keep of its terms, as tables of their own."""
    zone, signed_at = contract.time_zone, contract.awarded_at
    on = accounting_day(signed_at, zone) if signed_at else contract.ordering_start
    rows = [
        {"option": str(option.number), "terms": words}
        for option, words in options_of(contract)
    ]
    columns = [
        {"key": "option", "label": "Option"},
        {"key": "terms", "label": "What it adds, when and at which prices"},
    ]
    options = {"caption": "Options", "columns": columns, "rows": rows}
    found = [*([options] if rows else []), *annexes_of(contract, on)]
    return {"tables": found} if found else {}


def offered_sheet(
    contract: Contract, offer: AwardOffer, *, signer: Actor
) -> dict[str, Any]:
    """The award as the Government offers it: not numbered, in force once accepted."""
    sheet = contract_sheet(contract, signer=signer)
    zone = contract.time_zone
    until = f"{offer.accept_by.astimezone(zone_of(zone)):%d %b %Y, %H:%M %Z}"
    sheet["created_at"] = offer.offered_at
    sheet["blocks"] |= {
        "2": OFFERED,
        "28": "Required to sign",
        "31a": {**sheet["blocks"]["31a"], "signed_at": offer.offered_at},
        "31c": accounting_day(offer.offered_at, zone),
    }
    sheet["notes"] = [
        *sheet["notes"],
        "This is the Government's offer. It is no contract and binds nobody until the "
        f"vendor's signer has accepted it, at the latest {until} (FAR 13.004(b)).",
    ]
    return sheet


def preview(contract: Contract, *, by: Actor, at: datetime) -> Sheet:
    """The award as the press takes it before anybody has signed it."""
    return draft_of(
        "contract",
        title=contract.title,
        version=contract.version,
        content_sha256=contract.content_sha256,
        context=contract_sheet(contract, signer=by),
        author=contract.agency.name,
        at=at,
        unfilled=("2", "3", "31b", "31c"),
    )


OFFERED = "OFFERED, NOT IN FORCE"


def _vendor_terms(contract: Contract) -> dict[str, Any]:
    """What of the vendor's terms is part of the contract, and what binds nobody."""
    zone, signed_at = contract.time_zone, contract.awarded_at
    on = accounting_day(signed_at, zone) if signed_at else contract.ordering_start
    reviewed = list(contract.vendor_terms.order_by("pk"))
    struck = [
        {
            "term": kind.words,
            "passage": "\n".join(
                each.passage for each in reviewed if each.struck_as_id == kind.pk
            )
            or "any such term, wherever it stands",
            "citation": kind.citation,
        }
        for kind in unenforceable_terms(on)
    ]
    taken = [
        {"passage": each.passage} for each in reviewed if each.struck_as_id is None
    ]
    return {"struck_terms": struck, **({"vendor_terms": taken} if taken else {})}


def _blocks(contract: Contract, signer: Actor) -> dict[str, Any]:
    solicitation = contract.solicitation
    agency, vendor = contract.agency, contract.vendor
    selected = contract.offer
    revised = getattr(selected, "revised_offer", None)
    offered = revised.revision if revised else selected.version_of_record
    words = selected.offer_words.capitalize()
    awarded_on = (
        accounting_day(contract.awarded_at, contract.time_zone)
        if contract.awarded_at
        else None
    )
    return {
        "1": solicitation.requisition.number,
        "2": contract.piid,
        "3": awarded_on,
        "5": solicitation.piid,
        "6": released_on(solicitation),
        "7a": solicitation.contact_name,
        "8": solicitation.deadline,
        "9": office_in_lines(agency),
        "10": competition_box(solicitation),
        "10-naics": contract.naics,
        "10-size": solicitation.size_standard,
        "12": f"Net {contract.payment_days} days",
        "14": "Request for quote (RFQ)"
        if solicitation.asks_quotations
        else "Request for proposal (RFP)",
        "15": f"See {contract.order_noun}s"
        if contract.takes_orders
        else "Agency AI gateway",
        "16": in_lines(agency.name, agency.address),
        "17a": vendor_in_lines(vendor),
        "18a": f"{agency.name}, payment office",
        "25": "\n".join(
            f"{part.acrn}: {part.line_of_accounting.treasury_account_symbol}"
            for part in _funding(contract)
        ),
        "26": funded(contract),
        "27b": "Are",
        "29": {
            "text": f"{words} dated {offered.received_at:%d %b %Y}" if offered else "",
            "checked": ["Award of contract"],
        },
        "31a": {
            "signed_by": signer.name,
            "title": "Contracting officer",
            "signed_at": contract.awarded_at,
        },
        "31b": signer.name,
        "31c": awarded_on,
        **_accepted(contract),
    }


def _accepted(contract: Contract) -> dict[str, Any]:
    """Both signatures of an award that its vendor has accepted (FAR 13.004(b))."""
    offer = offer_of(contract.pk)
    if offer is None or not hasattr(offer, "answer"):
        return {}
    zone, answer = contract.time_zone, offer.answer
    vendor, officer = answer.answered_by, offer.signed_by
    return {
        "28": "Required to sign",
        "30a": {
            "signed_by": vendor.user.name,
            "title": vendor.role_label,
            "signed_at": answer.answered_at,
        },
        "30b": f"{vendor.user.name}, {vendor.role_label}",
        "30c": accounting_day(answer.answered_at, zone),
        "31a": {
            "signed_by": officer.user.name,
            "title": "Contracting officer",
            "signed_at": offer.offered_at,
        },
        "31c": accounting_day(offer.offered_at, zone),
    }


def _rate(contract: Contract, row: RateRow) -> dict[str, Any]:
    zone, signed_at = contract.time_zone, contract.awarded_at
    on = accounting_day(signed_at, zone) if signed_at else contract.ordering_start
    public = list_price(row.model, row.token_class, on, tier=row.tier)
    first, end = row.in_force.lower, row.in_force.upper
    return {
        "item": row.slin,
        "model": row.model.snapshot,
        "token_class": row.token_class.label,
        "tier": row.tier.lower(),
        "unit_price": row.usd_per_million_tokens,
        "list_price": public.usd_per_million_tokens if public else None,
        "valid_from": accounting_day(first, zone).isoformat(),
        "valid_to": (
            accounting_day(end - timedelta(microseconds=1), zone).isoformat()
            if end
            else "open"
        ),
    }


def _funding(contract: Contract) -> list[ContractFunding]:
    return list(
        ContractFunding.objects.filter(line__contract=contract)
        .select_related("line", "line_of_accounting")
        .order_by("line__clin", "acrn")
    )


MAY_DO = (
    "watch the burn of funds and tokens and tell the contracting officer of it;",
    "accept usage that agrees with meter and report, and dispute what does not;",
    "assign, correct and dispose of metered usage, with a reason;",
    "return an invoice that is not proper, and say when performance has ended.",
)
MAY_NOT_DO = (
    "change price, quantity, schedule, place or terms, or promise to;",
    "place, change or extend an order, or direct work beyond it;",
    "certify a payment for usage that you have accepted.",
)


def designation_letter(letter: CorDesignation, *, signer: str) -> dict[str, Any]:
    """The contracting officer's letter to the representative (FAR 1.602-2(d)).

    :param signer: the officer's name
    """
    contract = letter.contract
    accepted = getattr(letter, "acceptance", None)
    return {
        "author": contract.agency.name,
        "created_at": accepted.accepted_at if accepted else letter.designated_at,
        "subject": f"{contract.title}, contract {contract.piid}",
        "time_zone": contract.time_zone,
        "summary": (
            "You are designated as representative of the contracting officer. It binds "
            "once you have accepted it, and cannot be passed on."
        ),
        "facts": [
            ["Representative", letter.membership.user.name],
            ["Contract", contract.piid],
            ["Vendor", contract.vendor.name],
            ["First day", letter.valid_from],
            ["Last day", letter.valid_to],
            ["Certification", letter.get_level_display()],
            ["Certified until", letter.certified_until],
        ],
        "sections": [
            {"heading": "You may", "text": "\n".join(MAY_DO)},
            {"heading": "You may not", "text": "\n".join(MAY_NOT_DO)},
            {"heading": "Period", "text": _period_words(letter)},
            {"heading": "Your responsibility", "text": _LIABLE},
        ],
        "signatures": [
            {
                "capacity": "Contracting officer",
                "signed_by": signer,
                "title": "Contracting officer",
                "signed_at": letter.designated_at,
            },
            {
                "capacity": "Accepted by the representative",
                "signed_by": accepted.accepted_by.user.name if accepted else "",
                "title": accepted.accepted_by.role_label if accepted else "",
                "signed_at": accepted.accepted_at if accepted else None,
                "waits_for": "" if accepted else letter.membership.user.name,
            },
        ],
    }


_LIABLE = (
    "This authority is yours alone: you may not redelegate it. You may be personally "
    "liable for unauthorised acts (FAR 1.602-2(d)(7)). You keep a file of what you do "
    "under it (FAR 1.604); what you record here is part of it."
)


def _period_words(letter: CorDesignation) -> str:
    """From when to when it binds, and what ends it earlier."""
    return (
        f"From {day_words(letter.valid_from)} to {day_words(letter.valid_to)}, as long "
        "as the certification lasts. It ends earlier when another letter takes its "
        "place, or when the contracting officer ends it in writing."
    )
