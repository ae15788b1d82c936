"""Close out an order: give back what is left, and say what became of everything."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, paperwork, permissions, queries
from contracting.closeout.calculations import Clock
from contracting.closeout.models import CompletionStatement
from contracting.closeout.operations.complete_order import _lock_order
from contracting.closeout.queries.seen import seen_of_order
from contracting.closeout.refusals import (
    AlreadyClosedOut,
    CloseOutBlocked,
    CloseOutIncomplete,
    NotPhysicallyComplete,
    ResidualInvalid,
)
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.errors import Stale
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, total_dollars
from contracting.core.subjects import Subject
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind
from contracting.ledger.operations.deobligate import deobligate_funds
from contracting.ledger.operations.give_up import give_up_usage
from contracting.ledger.operations.reserve import reserve_ordered
from contracting.ledger.operations.settle_residual import settle_residual_tokens
from contracting.ledger.queries import LineBalance, lock_funds
from contracting.ledger.states import Leftover, Obligation, Residual
from contracting.metering.operations.fold import fold_usage
from contracting.metering.operations.freeze import freeze_volume
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.calculations import content
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState

_REFUSALS = {
    queries.COMPLETENESS: NotPhysicallyComplete,
    queries.NOTHING_OPEN: CloseOutBlocked,
    queries.FINAL_PAYMENT: CloseOutIncomplete,
}


@transaction.atomic
def close_out_order(
    *,
    order_id: int,
    remarks: str = "",
    rolls_over_to: int | None = None,
    seen_sha256: str | None = None,
    by: Actor,
    at: datetime,
) -> CompletionStatement:
    """Deobligate what was not used and sign the completion statement (FAR 4.804-5).

    Usage that the vendor has given up goes back too; its tokens stay used (R-CLO-04).
    What the order had reserved of the contract's ceilings and did not use becomes free.
    Tokens that were not used expire, roll over to an open order of the contract, or are
    refunded, as its clause says; without one they expire.

    :param rolls_over_to: the order that takes unused tokens, where the clause lets it
    :param seen_sha256: the balances that were read, by ``seen_of_order``;
        every page sends it
    :raises NotAllowed: if ``by`` holds no warrant of the agency
    :raises Stale: if other balances were read than are closed out
    :raises AlreadyClosedOut: if its completion statement is signed already
    :raises NotPhysicallyComplete: unless the order is complete (R-CLO-01)
    :raises CloseOutBlocked: while a discrepancy, an invoice or a modification is open
        (R-CLO-03)
    :raises ResidualInvalid: for an order that cannot take unused tokens
    :raises CloseOutIncomplete: while usage is neither invoiced and accepted nor given
        up by the vendor (R-CLO-04)
    """
    order = _lock_order(order_id)
    contract = order.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_close_out_order(by, order, on))
    if order.state == TaskOrderState.CLOSED:
        message = f"Order {order.piid} is closed out already."
        raise AlreadyClosedOut(message)
    _guard_seen(order, seen_sha256)
    fold_usage(order_id=order.pk, by=by)
    _refuse_if_blocked(queries.blockers_of_order(order))
    taker = _taker(order, rolls_over_to)
    touched = [order, *([taker] if taker else [])]
    lock_funds(
        holders=[line.holder for each in touched for line in each.current_lines()],
        contract_id=contract.pk,
    )
    _take_out_what_is_given_up(order, by, at)
    returned = _deobligate(queries.balances_of_order(order), order.subject, by, at)
    rows = queries.balances_of_order(order)
    figures = _figures(rows, returned)
    _free_ceiling(order, figures, by, at)
    _settle_residual(order, taker, rows, returned, by, at)
    order.move_to(TaskOrderState.CLOSED)
    ordered = [line.contract_line for line in order.current_lines()]
    freeze_volume(lines=ordered, because=order.subject, by=by, at=at)
    statement = CompletionStatement.objects.create(
        contract=contract,
        order=order,
        figures=plain(figures),
        residual_tokens=figures["residual_tokens"].count,
        deobligated_dollars=figures["deobligated"].amount,
        remarks=remarks.strip(),
        signed_by_id=by.own_membership_id,
        signed_at=at,
    )
    request_document(
        kind="completion_statement",
        subject=order.subject,
        title=f"Completion statement of order {order.piid}",
        number=order.name,
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=paperwork.completion(
            statement,
            rows,
            returned,
            figures,
            signer=by,
            residuals=queries.residual_rows(order),
        ),
        content_sha256=content_sha256(figures),
        version=order.version,
        by=by,
        at=at,
    )
    print_checklist(statement, by, at)
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=order.subject,
        title=f"Order {order.piid} is closed out",
        body=f"Paid in all: {figures['paid']}. Nothing is owed.",
        url_path=statement.path,
        by=by,
        at=at,
    )
    record_event(
        events.ORDER_CLOSED_OUT,
        subject=order.subject,
        by=by,
        at=at,
        data={**figures, **_clock_data(queries.clock_of_order(order), on)},
    )
    return statement


def print_checklist(statement: CompletionStatement, by: Actor, at: datetime) -> None:
    """The agency's own check list, for its file; the vendor reads the statement."""
    thing = statement.order or statement.contract
    content = paperwork.close_out_checklist(statement, signer=by)
    request_document(
        kind=DocumentKind.CLOSE_OUT_CHECKLIST,
        subject=thing.subject,
        title=f"Close-out checklist of {statement.closed}",
        number=statement.closed,
        agency_id=statement.contract.agency_id,
        context=content,
        content_sha256=content_sha256(content),
        version=thing.version,
        by=by,
        at=at,
    )


def _guard_seen(order: TaskOrder, seen: str | None) -> None:
    current = seen_of_order(order)
    if seen is not None and seen != current:
        message = (
            f"The balances of order {order.piid} have changed since you read them. "
            "Load the page again, then sign. Nothing was recorded."
        )
        raise Stale(message, seen=seen, current=current)


def _taker(order: TaskOrder, taker_id: int | None) -> TaskOrder | None:
    """The open order that takes what is left, if the clause lets one."""
    if taker_id is None:
        return None
    offered = {each.pk for each in queries.takers_of(order)}
    if taker_id not in offered:
        message = (
            "Unused tokens roll over only where the contract's clause says so, and to "
            "an issued order of the same contract that has the same lines."
        )
        raise ResidualInvalid(message, pointer="/rolls_over_to")
    taker: TaskOrder = TaskOrder.objects.locked().get(pk=taker_id)
    return taker


def _settle_residual(
    order: TaskOrder,
    taker: TaskOrder | None,
    rows: list[LineBalance],
    returned: dict[int, Dollars],
    by: Actor,
    at: datetime,
) -> None:
    """Say in the ledger what became of unused tokens; move those that roll over."""
    terms = queries.residual_terms_of(order.contract)
    disposition = Residual(terms.disposition) if terms else Residual.EXPIRED
    if disposition == Residual.ROLLED_OVER and taker is None:
        disposition = Residual.EXPIRED
    to = {line.clin: line for line in taker.current_lines()} if taker else {}
    leftovers = []
    for line in order.current_lines():
        own = [each.balance for each in rows if each.balance.holder == line.holder]
        left = own[0].line.tokens_left if own else Tokens(0)
        if left <= Tokens(0):
            continue
        back = total_dollars(returned.get(row.pk, Dollars()) for row in own)
        taking = to.get(line.clin)
        leftovers.append(
            Leftover(line.holder, left, back, taking.holder if taking else None)
        )
        if taking is not None:
            taking.ceiling_tokens += left.count
            taking.save(update_fields=["ceiling_tokens"])
    if not leftovers:
        return
    settle_residual_tokens(
        contract_id=order.contract_id,
        disposition=disposition,
        leftovers=leftovers,
        because=order.subject,
        by=by,
        at=at,
    )
    if taker is not None:
        moved = Tokens(sum(each.tokens.count for each in leftovers))
        _take_over(taker, order, moved, by, at)


def _take_over(
    taker: TaskOrder, order: TaskOrder, moved: Tokens, by: Actor, at: datetime
) -> None:
    """The order that takes them has its next version, and counts for more."""
    reserve_ordered(
        contract_id=taker.contract_id,
        dollars=Dollars(),
        tokens=moved,
        because=taker.subject,
        by=by,
        at=at,
    )
    before = taker.content_sha256
    taker.version += 1
    taker.content_sha256 = content_sha256(content(taker))
    taker.save(update_fields=["version", "content_sha256"])
    record_event(
        events.TOKENS_ROLLED_OVER,
        subject=taker.subject,
        by=by,
        at=at,
        data={
            "from": order.piid,
            "tokens": moved,
            "version": taker.version,
            "before_sha256": before,
            "content_sha256": taker.content_sha256,
        },
    )


def _clock_data(clock: Clock, on: date) -> dict[str, Any]:
    """By when it was due, by which number, and whether it is late (R-CLO-02)."""
    return {
        "rule": "R-CLO-02",
        "due_on": clock.due_on,
        "clock": clock.code,
        "is_late": clock.is_late(on),
    }


def _refuse_if_blocked(blockers: list[queries.Blocker]) -> None:
    """Refuse with everything that is open, under the rule of the first."""
    if blockers:
        message = " ".join(blocker.what for blocker in blockers)
        refusal = _REFUSALS[blockers[0].rule]
        raise refusal(message, blockers=[blocker.what for blocker in blockers])


def _take_out_what_is_given_up(order: TaskOrder, by: Actor, at: datetime) -> None:
    """What the vendor's release covers is no longer payable, in dollars alone."""
    rows = [each.balance for each in queries.balances_of_order(order)]
    given_up = {
        (row.holder, row.acrn): row.unaccepted for row in rows if row.unaccepted
    }
    if given_up:
        give_up_usage(given_up=given_up, because=order.subject, by=by, at=at)


def _deobligate(
    rows: list[LineBalance], because: Subject, by: Actor, at: datetime
) -> dict[int, Dollars]:
    """Give back what is bound and was not used; what, by balance row."""
    left = [each.balance for each in rows if each.balance.funds_left]
    if left:
        deobligate_funds(
            obligations=[
                Obligation(
                    holder=row.holder,
                    acrn=row.acrn,
                    line_of_accounting_id=row.line_of_accounting_id,
                    dollars=row.funds_left,
                )
                for row in left
            ],
            because=because,
            by=by,
            at=at,
        )
    return {row.pk: row.funds_left for row in left}


def _figures(rows: list[LineBalance], returned: dict[int, Dollars]) -> dict[str, Any]:
    """What was ordered, used, paid and given back, in dollars and in tokens."""
    balances = [each.balance for each in rows]
    lines = {row.line_id: row.line for row in balances}.values()
    ordered = total_dollars(Dollars(row.ceiling_dollars) for row in balances)
    paid = total_dollars(Dollars(row.paid_dollars) for row in balances)
    ceiling = Tokens(sum(line.ceiling_tokens for line in lines))
    used = Tokens(sum(line.consumed_tokens for line in lines))
    beyond = Tokens(sum(line.tolerated_tokens for line in lines))
    figures: dict[str, Any] = {
        "ordered": ordered,
        "used": total_dollars(Dollars(row.consumed_dollars) for row in balances),
        "unfunded": total_dollars(Dollars(row.unfunded_dollars) for row in balances),
        "accepted": total_dollars(Dollars(row.accepted_dollars) for row in balances),
        "rounding": total_dollars(Dollars(row.rounding_dollars) for row in balances),
        "paid": paid,
        "residual": ordered - paid,
        "deobligated": total_dollars(returned.values()),
        "ordered_tokens": ceiling,
        "used_tokens": used,
        "unfunded_tokens": Tokens(sum(line.unfunded_tokens for line in lines)),
        "accepted_tokens": Tokens(sum(line.accepted_tokens for line in lines)),
        "residual_tokens": ceiling - used - beyond,
    }
    given_up = total_dollars(Dollars(row.given_up_dollars) for row in balances)
    if given_up:
        figures["given_up"] = given_up
        figures["given_up_tokens"] = used + beyond - figures["accepted_tokens"]
    return figures


def _free_ceiling(
    order: TaskOrder, figures: dict[str, Any], by: Actor, at: datetime
) -> None:
    """What was ordered and not used may be ordered again under the contract."""
    reserve_ordered(
        contract_id=order.contract_id,
        dollars=-figures["residual"],
        tokens=-figures["residual_tokens"],
        because=order.subject,
        by=by,
        at=at,
    )
