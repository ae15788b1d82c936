"""Release the claims under an order: the vendor asks for nothing more."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.closeout import events, permissions, queries
from contracting.closeout.models import ClaimsRelease
from contracting.closeout.operations.complete_order import _lock_order
from contracting.closeout.refusals import (
    AlreadyClosedOut,
    NotReleasable,
    ReleaseOutdated,
    StatementMissing,
)
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.ledger.queries import lock_funds
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.states import TaskOrderState


@transaction.atomic
def release_claims(
    *, order_id: int, given_up: Dollars, statement: str, by: Actor, at: datetime
) -> ClaimsRelease:
    """The vendor gives up what was used and funded and is not accepted, if anything.

    Nothing moves on the ledger before close-out: until then the amount is still the
    accrual. FAR 4.804-5 (R-CLO-04).

    :param given_up: exact dollars that the signer was shown
    :raises NotAllowed: if ``by`` does not sign for the vendor
    :raises AlreadyClosedOut: if the order is closed out
    :raises NotReleasable: before the order is complete, or while an invoice, a
        discrepancy or usage in suspense is open: it may still be accepted and paid
    :raises ReleaseOutdated: if another amount is open than was shown
    :raises StatementMissing: without a statement
    """
    order = _lock_order(order_id)
    require(permissions.can_release_claims(by, order))
    if order.state == TaskOrderState.CLOSED:
        message = f"Order {order.piid} is closed out already."
        raise AlreadyClosedOut(message)
    _refuse_if_open(queries.blockers_of_release(order))
    lock_funds(holders=[line.holder for line in order.current_lines()])
    open_now = queries.unclaimed_of(order)
    _guard(given_up, open_now.dollars, statement)
    release = ClaimsRelease.objects.create(
        contract=order.contract,
        order=order,
        dollars=open_now.dollars.amount,
        tokens=open_now.tokens.count,
        statement=statement.strip(),
        signed_by_id=by.own_membership_id,
        signed_at=at,
    )
    post_notice(
        recipients=[_officers(order.contract)],
        subject=order.subject,
        title=f"{order.contract.vendor.name} released its claims: {order.piid}",
        body=f"Given up: {open_now.dollars}, {open_now.tokens}.",
        url_path=f"/orders/{order.public_id}/close_out_order",
        by=by,
        at=at,
    )
    record_event(
        events.CLAIMS_RELEASED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "piid": order.piid,
            "dollars": open_now.dollars,
            "tokens": open_now.tokens,
            "statement": release.statement,
        },
    )
    return release


def _refuse_if_open(blockers: list[queries.Blocker]) -> None:
    if blockers:
        message = " ".join(blocker.what for blocker in blockers)
        raise NotReleasable(message, blockers=[blocker.what for blocker in blockers])


def _guard(shown: Dollars, given_up: Dollars, statement: str) -> None:
    if shown != given_up:
        message = (
            f"You were shown {shown}; {given_up} is given up now. Read the page again."
        )
        raise ReleaseOutdated(message, shown=shown, given_up=given_up)
    if not statement.strip():
        message = "Say why nothing more is claimed."
        raise StatementMissing(message, pointer="/statement")


def _officers(contract: Contract) -> Recipient:
    return Recipient(organization_id=contract.agency_id, role=Role.CONTRACTING_OFFICER)
