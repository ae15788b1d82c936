"""Close out an order: give back what is left, and say what became of everything."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, paperwork, permissions, queries
from contracting.closeout.models import CompletionStatement
from contracting.closeout.refusals import (
    CloseOutBlocked,
    CloseOutIncomplete,
    NotPhysicallyComplete,
)
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.documents.operations.request import request_document
from contracting.ledger.models import Balance
from contracting.ledger.operations.deobligate import deobligate_funds
from contracting.ledger.operations.reserve import reserve_ordered
from contracting.ledger.states import Obligation
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState

_REFUSALS = {
    "R-CLO-01": NotPhysicallyComplete,
    "R-CLO-03": CloseOutBlocked,
    "R-CLO-04": CloseOutIncomplete,
}


@transaction.atomic
def close_out_order(
    *, order_id: int, remarks: str = "", by: Actor, at: datetime
) -> CompletionStatement:
    """Deobligate what was not used and sign the completion statement (FAR 4.804-5).

    What the order had reserved of the contract's ceilings and did not use becomes free.

    :raises NotAllowed: if ``by`` holds no warrant of the agency
    :raises NotPhysicallyComplete: unless the order is complete (R-CLO-01)
    :raises CloseOutBlocked: while a discrepancy or an invoice is open (R-CLO-03)
    :raises CloseOutIncomplete: while usage is not invoiced and accepted (R-CLO-04)
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().get(pk=order_id)
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_close_out_order(by, order, on))
    _guard(order)
    returned = _give_back(order, by, at)
    figures = _figures(order, returned)
    order.move_to(TaskOrderState.CLOSED)
    statement = CompletionStatement.objects.create(
        contract=contract,
        order=order,
        figures=plain(figures),
        residual_tokens=figures["residual_tokens"],
        deobligated_dollars=figures["deobligated"].amount,
        remarks=remarks.strip(),
        signed_by_id=by.membership_id,
        signed_at=at,
    )
    request_document(
        kind="completion_statement",
        subject=order.subject,
        title=f"Completion statement of order {order.piid}",
        number=order.piid or "",
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.completion(
            contract,
            number=order.piid or "",
            title=order.title,
            balances=_rows(order, returned),
            figures=figures,
            signer=by,
            at=at,
        ),
        content_sha256=content_sha256(figures),
        version=order.version,
        by=by,
        at=at,
    )
    record_event(
        events.ORDER_CLOSED_OUT, subject=order.subject, by=by, at=at, data=figures
    )
    return statement


def _guard(order: TaskOrder) -> None:
    if order.state != TaskOrderState.COMPLETED:
        message = "Complete the order first: its period must have ended."
        raise NotPhysicallyComplete(message, state=order.state)
    blockers = queries.blockers_of_order(order)
    if blockers:
        first = blockers[0]
        message = " ".join(blocker.what for blocker in blockers)
        raise _REFUSALS[first.rule](message, blockers=[b.what for b in blockers])


def _give_back(order: TaskOrder, by: Actor, at: datetime) -> dict[int, Dollars]:
    """Deobligate what is bound and was not used, by balance row."""
    rows = [row for row in queries.balances_of_order(order) if row.funds_left]
    if rows:
        deobligate_funds(
            obligations=[
                Obligation(
                    holder=row.holder,
                    acrn=row.acrn,
                    line_of_accounting_id=row.line_of_accounting_id,
                    dollars=row.funds_left,
                )
                for row in rows
            ],
            because=order.subject,
            by=by,
            at=at,
        )
    left = queries.balances_of_order(order)
    unused_tokens = Tokens()
    unused_dollars = Dollars()
    seen: set[int] = set()
    for row in left:
        unused_dollars += Dollars(row.ceiling_dollars) - Dollars(row.paid_dollars)
        if row.line_id not in seen:
            seen.add(row.line_id)
            unused_tokens += Tokens(row.ceiling_tokens - row.line.consumed_tokens)
    reserve_ordered(
        contract_id=order.contract_id,
        dollars=-unused_dollars,
        tokens=-unused_tokens,
        because=order.subject,
        by=by,
        at=at,
    )
    return {row.pk: row.funds_left for row in rows}


def _rows(
    order: TaskOrder, returned: dict[int, Dollars]
) -> list[tuple[str, Balance, Dollars]]:
    clins = {
        line.pk: line.contract_line.clin
        for line in order.lines.select_related("contract_line")
    }
    return [
        (clins[row.holder_id], row, returned.get(row.pk, Dollars()))
        for row in queries.balances_of_order(order)
    ]


def _figures(order: TaskOrder, returned: dict[int, Dollars]) -> dict[str, Any]:
    rows = queries.balances_of_order(order)
    lines = {row.line_id: row.line for row in rows}.values()
    return {
        "ordered": total_dollars(Dollars(row.ceiling_dollars) for row in rows),
        "used": total_dollars(Dollars(row.consumed_dollars) for row in rows),
        "accepted": total_dollars(Dollars(row.accepted_dollars) for row in rows),
        "paid": total_dollars(Dollars(row.paid_dollars) for row in rows),
        "rounding": total_dollars(Dollars(row.rounding_dollars) for row in rows),
        "deobligated": total_dollars(returned.values()),
        "ordered_tokens": sum(line.ceiling_tokens for line in lines),
        "used_tokens": sum(line.consumed_tokens for line in lines),
        "residual_tokens": sum(
            line.ceiling_tokens - line.consumed_tokens for line in lines
        ),
    }
