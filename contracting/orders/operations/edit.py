"""The program or a contract specialist changes an order that is not signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from contracting.approvals.operations.void import void_route
from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, PricePerUnit, Tokens, UnitPrice
from contracting.orders import calculations, events, permissions
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.operations.cancel import _release_commitment
from contracting.orders.operations.draft import (
    _checked_terms,
    _require_end,
    _write_lines,
)
from contracting.orders.refusals import NothingChanged
from contracting.orders.states import FundsDraft, LineDraft, TaskOrderState

_REPRICES = frozenset({"boundary", "period_start", "period_end"})


@transaction.atomic
def edit_task_order(
    *,
    order_id: int,
    terms: Mapping[str, Any] | None = None,
    lines: Sequence[LineDraft] | None = None,
    by: Actor,
    at: datetime,
    seen_version: int,
) -> TaskOrder:
    """Write terms or lines; what is left out stays as it is.

    Any change of content makes a new version. A review under way or complete is void
    from that instant, visibly, certified funds are released, and the order is a draft
    again (R-ROL-08).

    :param terms: values by the names of ``calculations.TERMS``
    :raises NotAllowed: if ``by`` is not of the program, or the order is signed
    :raises Stale: if the order has changed since it was read
    :raises NothingChanged: if what was sent is what stands
    :raises OutOfScope: and the others of :func:`draft_task_order`, as there
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().get(pk=order_id)
    require(permissions.can_edit_task_order(by, order))
    order.require_version(seen_version)
    before = calculations.content(order)
    tidy = _checked_terms(
        {
            "period_start": order.period_start,
            "period_end": order.period_end,
            **(terms or {}),
        }
    )
    _require_end(contract, tidy["period_end"])
    rows = _as_drafts(order) if lines is None else lines
    for name, value in tidy.items():
        setattr(order, name, value)
    order.save(update_fields=list(tidy))
    if lines is not None or _REPRICES & set(terms or {}):
        _write_lines(order, rows, accounting_day(at, contract.time_zone))
    after = calculations.content(order)
    changes = calculations.differences(before, after)
    if not changes:
        message = "Nothing was changed: what you sent is what already stands."
        raise NothingChanged(message)
    order.version += 1
    order.content_sha256 = content_sha256(after)
    order.editor_user_ids = sorted({*order.editor_user_ids, by.user_id})
    order.save(update_fields=["version", "content_sha256", "editor_user_ids"])
    released = _release_commitment(order, by, at)
    voided = _void_review(order, by, at)
    record_event(
        events.TASK_ORDER_EDITED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "version": order.version,
            "content_sha256": order.content_sha256,
            "changes": [change.plain() for change in changes],
            "review_voided": voided,
            "commitment_released": released,
        },
    )
    return order


def _void_review(order: TaskOrder, by: Actor, at: datetime) -> bool:
    """Void the route of the version before, and make the order a draft again."""
    if order.state == TaskOrderState.DRAFT:
        return False
    void_route(
        subject=order.subject,
        reason=f"The order was edited; version {order.version} is in force.",
        by=by,
        at=at,
    )
    order.move_to(TaskOrderState.DRAFT)
    return True


def _as_drafts(order: TaskOrder) -> list[LineDraft]:
    """The lines as they stand, as somebody would write them."""
    return [
        LineDraft(
            clin=line.clin,
            description=line.description,
            ceiling_tokens=Tokens(line.ceiling_tokens),
            ceiling_dollars=Dollars(line.ceiling_dollars),
            prices=_agreed_prices(line),
            units=line.units,
            price_per_unit=_agreed_per_unit(line),
            ceiling_acu=None
            if line.ceiling_micro_acu is None
            else Decimal(line.ceiling_micro_acu).scaleb(-6),
            funds=[
                FundsDraft(
                    acrn=part.acrn,
                    line_of_accounting_id=part.line_of_accounting_id,
                    dollars=Dollars(part.dollars),
                    ceiling_dollars=Dollars(part.ceiling_dollars),
                )
                for part in line.current_funding()
            ],
        )
        for line in order.current_lines()
    ]


def _agreed_prices(line: OrderLine) -> dict[str, UnitPrice]:
    """Only what was agreed below the contract's price; the rest follows it."""
    return {
        rate.rate_row.slin: UnitPrice(rate.usd_per_million_tokens)
        for rate in line.current_rates()
        if rate.usd_per_million_tokens < rate.rate_row.usd_per_million_tokens
    }


def _agreed_per_unit(line: OrderLine) -> PricePerUnit | None:
    """A price per unit that was agreed below the contract's; else none."""
    agreed = [
        rate.usd_per_unit
        for rate in line.current_unit_rates()
        if rate.usd_per_unit < rate.unit_rate.usd_per_unit
    ]
    return PricePerUnit(min(agreed)) if agreed else None
