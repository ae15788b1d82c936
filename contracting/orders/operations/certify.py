"""Certify that the funds of an order are there, and commit them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens
from contracting.ledger.operations.commit import commit_funds
from contracting.ledger.operations.open import open_balances
from contracting.ledger.queries import (
    balances_of,
    lock_funds,
    require_bona_fide_year,
)
from contracting.ledger.states import BalanceLine
from contracting.orders import calculations, events, permissions
from contracting.orders.models import FundsCertification, OrderLine, TaskOrder
from contracting.orders.queries import certification_of
from contracting.orders.refusals import AlreadyCertified


@transaction.atomic
def certify_task_order_funds(
    *, order_id: int, by: Actor, at: datetime, seen_version: int
) -> FundsCertification:
    """The funds certifier's word for one exact version; its funds are committed.

    FAR 32.702. The commitment is pending until the order is signed, edited or given up.

    :raises NotAllowed: if ``by`` is no funds certifier, or requested or wrote the order
        (R-ROL-03), or it is not in review or approved
    :raises Stale: if the order has changed since it was read
    :raises AlreadyCertified: if this version is certified
    :raises SeverableServiceTooLong: if annual funds would buy a service of another
        year, or of more than twelve months (R-FND-04)
    :raises FundsExceeded: if a line of accounting has not enough (R-FND-01)
    """
    order = TaskOrder.objects.locked().get(pk=order_id)
    require(permissions.can_certify_task_order_funds(by, order))
    order.require_version(seen_version)
    if certification_of(order) is not None:
        message = f"The funds of version {order.version} are certified already."
        raise AlreadyCertified(message)
    obligations = calculations.obligations_of(order)
    _require_bona_fide_year(order)
    lock_funds(
        holders=[line.holder for line in order.lines.all()],
        lines_of_accounting=[each.line_of_accounting_id for each in obligations],
    )
    for line in order.lines.order_by("pk"):
        _open(order, line, by, at)
    commit_funds(
        obligations=obligations,
        because=order.subject,
        by=by,
        at=at,
    )
    certification = FundsCertification.objects.create(
        order=order,
        version=order.version,
        content_sha256=order.content_sha256,
        dollars=calculations.funded(order).amount,
        certified_by_id=by.own_membership_id,
        certified_at=at,
    )
    record_event(
        events.TASK_ORDER_FUNDS_CERTIFIED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "version": order.version,
            "content_sha256": order.content_sha256,
            "dollars": certification.dollars,
        },
    )
    return certification


def _require_bona_fide_year(order: TaskOrder) -> None:
    """Tokens are a severable service: annual funds buy those of their own year."""
    require_bona_fide_year(
        {each.line_of_accounting_id for each in calculations.obligations_of(order)},
        begins=order.period_start,
        ends=order.period_end,
    )


def _open(order: TaskOrder, line: OrderLine, by: Actor, at: datetime) -> None:
    """State the ceilings of a line; what an earlier version had and dropped is zero."""
    funds = [] if line.is_removed else line.current_funding()
    tokens = Tokens(0 if line.is_removed else line.ceiling_tokens)
    kept = {part.acrn for part in funds}
    rows = [
        BalanceLine(
            acrn=part.acrn,
            sequence=position,
            line_of_accounting_id=part.line_of_accounting_id,
            ceiling_dollars=Dollars(part.ceiling_dollars),
            ceiling_tokens=tokens,
            ceiling_micro_acu=line.ceiling_micro_acu,
        )
        for position, part in enumerate(funds, start=1)
    ]
    dropped = [row for row in balances_of(line.holder) if row.acrn not in kept]
    rows += [
        BalanceLine(
            acrn=row.acrn,
            sequence=position,
            line_of_accounting_id=row.line_of_accounting_id,
            ceiling_dollars=Dollars(0),
            ceiling_tokens=tokens,
            ceiling_micro_acu=line.ceiling_micro_acu,
        )
        for position, row in enumerate(dropped, start=len(rows) + 1)
    ]
    if rows:
        open_balances(
            holder=line.holder,
            contract_id=order.contract_id,
            label=f"Line {line.clin}, {order.title}"[:120],
            lines=rows,
            because=order.subject,
            by=by,
            at=at,
        )
