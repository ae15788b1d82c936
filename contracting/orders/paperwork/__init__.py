"""What goes onto the printed order."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Membership as Membership
from contracting.contracts.models import Contract, ContractClause
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import TOKENS_PER_MTOK
from contracting.core.quantities import Dollars as Dollars
from contracting.core.quantities import Tokens as Tokens
from contracting.core.templatetags.drawdown import dollars as money
from contracting.documents.calculations import printed as printed
from contracting.documents.paperwork.addresses import in_boxes, office_in_lines
from contracting.documents.paperwork.drafts import draft_of
from contracting.documents.rendering import Sheet
from contracting.orders import calculations
from contracting.orders.models import (
    Modification as Modification,
)
from contracting.orders.models import (
    ModificationEffect as ModificationEffect,
)
from contracting.orders.models import (
    OrderLine,
    TaskOrder,
)
from contracting.orders.queries import (
    gateway_keys,
    rates_of,
)
from contracting.orders.states import ModificationAuthority as ModificationAuthority
from contracting.orders.states import RateOnOrder
from contracting.solicitations.models.tolerances import tolerance_rows


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
        "1": signed_on(order),
        "2": contract.piid,
        "3": order.piid,
        "4": contract.solicitation.requisition.number,
        "5": office_in_lines(agency),
        "6a": order.place,
        "7a": offeror.submitted_by.user.name,
        "7b": vendor.name,
        **in_boxes(vendor.address, ("7c", "7d", "7e", "7f")),
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


def signed_on(order: TaskOrder) -> date | None:
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
    on = signed_on(order)
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
