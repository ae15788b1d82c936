"""What goes onto the printed order and onto the printed modification."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Membership
from contracting.contracts.models import Contract, ContractClause
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import TOKENS_PER_MTOK, Dollars, Tokens
from contracting.core.templatetags.drawdown import dollars as money
from contracting.documents.calculations import printed
from contracting.documents.rendering import Sheet, draft_of
from contracting.orders import calculations
from contracting.orders.models import (
    Modification,
    ModificationEffect,
    OrderLine,
    TaskOrder,
)
from contracting.orders.queries import (
    gateway_keys,
    rates_of,
)
from contracting.orders.states import ModificationAuthority, RateOnOrder
from contracting.solicitations.models.tolerances import tolerance_rows

_BLOCK_13 = {
    ModificationAuthority.CHANGE_ORDER: "Change order",
    ModificationAuthority.ADMINISTRATIVE: "Administrative change",
    ModificationAuthority.SUPPLEMENTAL_AGREEMENT: "Supplemental agreement",
    ModificationAuthority.OTHER: "Other",
}


def summary(order: TaskOrder) -> dict[str, Any]:
    """The figures of an order for the audit trail."""
    return {
        "piid": order.piid,
        "contract": order.contract.piid,
        "title": order.title,
        "ceiling_dollars": calculations.value_of(order),
        "ceiling_tokens": calculations.tokens_of(order),
        "obligated": calculations.bound_now(order),
        "version": order.version,
        "content_sha256": order.content_sha256,
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


def order_sheet(order: TaskOrder, *, signer: Actor) -> dict[str, Any]:
    """The OF 347 with its token block (FAR 16.505(a)(7), 53.213(f))."""
    contract = order.contract
    lines, rates = order.current_lines(), rates_of(order)
    return {
        "author": contract.agency.name,
        "created_at": order.issued_at,
        "subject": f"{order.title}, under contract {contract.piid}",
        "time_zone": contract.time_zone,
        "blocks": _order_blocks(order, signer),
        "facts": _order_facts(order),
        "sections": [
            {"heading": "Description", "text": order.description},
            *_volume_sections(order),
        ],
        "lines": [
            {
                "item": line.clin,
                "description": line.description,
                **_quantity(line),
                "amount": f"NTE ${line.ceiling_dollars:,}",
            }
            for line in lines
        ],
        "token_lines": [row for line in lines for row in _token_lines(line, rates)],
        "totals": {
            "token_lines": {
                "item": "Total",
                "tokens": calculations.tokens_of(order),
                "amount": calculations.value_of(order),
            },
            "funding": {"acrn": "Total", "amount": calculations.funded(order)},
        },
        "models": _models(order),
        "funding": _funding(order),
        "gateway_keys": [
            {
                "source": ", ".join(key.sources),
                "key": key.public_id,
                "purpose": key.label,
            }
            for key in gateway_keys(contract.agency_id)
        ],
        "tolerances": tolerance_rows(contract),
        "clauses": [
            {"number": row.clause.number, "title": row.clause.title}
            for row in ContractClause.objects.filter(
                contract=contract, clause__is_provision=False
            )
            .select_related("clause")
            .order_by("clause__number")
        ],
        "notes": [
            "The live limit of a line is the tightest of its token ceiling, its dollar "
            "ceiling and its funds. Use beyond it is at the vendor's own risk.",
            *_minimum(contract),
            *_waits_for_funds(order),
        ],
    }


def _title(order: TaskOrder) -> str:
    """In which capacity it was signed (block 23 of the OF 347)."""
    return "Ordering officer" if order.signed_under_id else "Contracting officer"


def order_draft(order: TaskOrder, *, by: Actor, at: datetime) -> Sheet:
    """The order as the press takes it before anybody has signed it."""
    return draft_of(
        "task_order",
        title=order.title,
        version=order.version,
        content_sha256=order.content_sha256,
        context=order_sheet(order, signer=by),
        author=order.contract.agency.name,
        at=at,
        unfilled=("1", "3", "23"),
    )


def _minimum(contract: Contract) -> list[str]:
    if not contract.minimum_dollars:
        return []
    return [
        "What the contract obligated for its guaranteed minimum is not part of this "
        "order and is settled at close-out."
    ]


def _waits_for_funds(order: TaskOrder) -> list[str]:
    """What an order says that is signed before its funds are there (FAR 32.703-2)."""
    if not order.funds_clause:
        return []
    return [
        f"FAR {order.get_funds_clause_display()} applies: funds are not available yet. "
        "The Government's obligation begins with the contracting officer's written "
        "notice of their availability; nothing used before it is funded.",
    ]


def _order_blocks(order: TaskOrder, signer: Actor) -> dict[str, Any]:
    contract = order.contract
    agency, vendor = contract.agency, contract.vendor
    offeror = contract.offer.opened_offer.version.attribution
    return {
        "1": _signed_on(order),
        "2": contract.piid,
        "3": order.piid,
        "4": contract.solicitation.requisition.number,
        "5": f"{agency.name}\n{agency.address}\nCode {agency.aac}",
        "6a": order.place,
        "7a": offeror.submitted_by.user.name,
        "7b": vendor.name,
        "7c": vendor.address,
        "8b": "Delivery/task",
        "9": _accounting(order),
        "10": f"{order.requester.user.name}, {order.requester.role_label}",
        "13a": order.place,
        "13b": order.place,
        "15": order.period_end,
        "16": f"Net {contract.payment_days} days",
        "17i": calculations.value_of(order),
        "21a": order.payment_office,
        "22": {
            "signed_by": signer.name,
            "title": _title(order),
            "signed_at": order.issued_at,
        },
        "23": f"{signer.name}\n{_title(order)}",
    }


def _signed_on(order: TaskOrder) -> date | None:
    """The day of the signature in the contract's time zone."""
    if order.issued_at is None:
        return None
    return accounting_day(order.issued_at, order.contract.time_zone)


def _accounting(order: TaskOrder) -> str:
    return "\n".join(
        f"{part.acrn} ({line.clin}): {part.line_of_accounting} ${part.dollars:,}"
        for line in order.current_lines()
        for part in line.current_funding()
    )


def _volume_sections(order: TaskOrder) -> list[dict[str, str]]:
    """The tables of steps and multipliers of the lines whose price needs them."""
    made = []
    for line in order.current_lines():
        if not line.contract_line.is_by_volume:
            continue
        said = [
            f"{rate.rate_row.slin} {rate.rate_row.token_class.label}: "
            + "; ".join(rate.rate_row.volume_words)
            + "."
            for rate in line.current_rates()
        ]
        terms = line.contract_line.volume_terms
        said.append(f"Volume is counted over {terms}.")
        heading = f"Line {line.clin}, {line.contract_line.get_structure_display()}"
        made.append({"heading": heading, "text": "\n".join(said)})
    return made


def _order_facts(order: TaskOrder) -> list[list[Any]]:
    contract = order.contract
    on = _signed_on(order)
    cors = representatives(contract, on) if on else []
    return [
        ["First day of performance", order.period_start],
        ["Last day of performance", order.period_end],
        ["Time zone of days and months", contract.time_zone],
        ["Token ceiling", calculations.tokens_of(order), "tokens"],
        ["Dollar ceiling", calculations.value_of(order), "dollars"],
        ["Funded", calculations.bound_now(order), "dollars"],
        ["Notice when used of the funds", contract.notice_percent, "percent"],
        ["Data boundary", order.get_boundary_display()],
        ["Usage report due, days after a period", contract.report_due_days],
        ["NAICS code", contract.naics],
        ["Product service code", contract.psc],
        ["Fair opportunity", order.fair_opportunity],
        [
            "Representative",
            ", ".join(row.membership.user.name for row in cors) or "none designated",
        ],
    ]


def _quantity(line: OrderLine) -> dict[str, Any]:
    """Quantity, unit and price of a line as the schedule prints them."""
    if not line.is_by_unit:
        pool = line.ceiling_micro_acu
        mtok = Decimal(line.ceiling_tokens) / TOKENS_PER_MTOK
        return {
            "quantity": mtok if pool is None else Decimal(pool).scaleb(-6),
            "unit": line.unit,
            "unit_price": "see token schedule",
        }
    prices = [money(rate.usd_per_unit) for rate in line.current_unit_rates()]
    return {
        "quantity": line.units,
        "unit": line.unit,
        "unit_price": ", then ".join(prices),
    }


def _token_lines(line: OrderLine, rates: list[RateOnOrder]) -> list[dict[str, Any]]:
    """One row for each price; the ceilings stand in the first, for all of them."""
    rows: list[dict[str, Any]] = [
        {
            "item": line.clin,
            "base_item": rate.slin,
            "model": rate.snapshot,
            "token_class": rate.token_class_label,
            "unit_price": rate.price,
        }
        for rate in rates
        if rate.order_line_id == line.pk
    ]
    if rows:
        rows[0] |= {"tokens": line.ceiling_tokens, "amount": line.ceiling_dollars}
    return rows


def _models(order: TaskOrder) -> list[dict[str, Any]]:
    found = {
        rate.rate_row.model_id: rate.rate_row.model
        for line in order.current_lines()
        for rate in line.current_rates()
    }
    return [
        {
            "model": model.code,
            "snapshot": model.snapshot,
            "tokenizer": model.tokenizer.code,
            "context_tokens": model.context_tokens,
            "boundary": order.get_boundary_display(),
        }
        for model in sorted(found.values(), key=lambda model: model.snapshot)
    ]


def _funding(order: TaskOrder) -> list[dict[str, Any]]:
    return [
        {
            "acrn": part.acrn,
            "line_of_accounting": str(part.line_of_accounting),
            "item": line.clin,
            "amount": part.dollars,
        }
        for line in order.current_lines()
        for part in line.current_funding()
    ]


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
        "6": f"{agency.name}\n{agency.address}\nCode {agency.aac}",
        "8": f"{vendor.name}\n{vendor.address}\nUEI {vendor.uei} CAGE {vendor.cage}",
        "10A": {
            "text": f"{order.piid}\nunder contract {contract.piid}",
            "checked": ["Modification"],
        },
        "10B": _signed_on(order),
        "12": _net_by_acrn(modification),
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
    if modification.vendor_signed_by is not None:
        blocks |= _vendor_signature(modification, modification.vendor_signed_by)
    return blocks


_CHANGES_ON_THE_FACE = 4

_BLOCK_13E = {
    False: "Is not",
    True: "Is required to sign this document and return ___ copies to the issuing "
    "office.",
}


def _vendor_signature(modification: Modification, signer: Membership) -> dict[str, Any]:
    return {
        "15A": f"{signer.user.name}, {signer.role_label}",
        "15B": {
            "signed_by": signer.user.name,
            "title": signer.role_label,
            "signed_at": modification.vendor_signed_at,
        },
        "15C": _day(
            modification.vendor_signed_at, modification.order.contract.time_zone
        ),
    }


def _day(signed_at: datetime | None, zone: str) -> date | None:
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
