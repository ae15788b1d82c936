"""The contracting officer decides what is owed beside the usage."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction

from accounts.queries import actor_of
from contracting.audit.operations.record import record_event
from contracting.charges.operations.charge_settlement import charge_settlement
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import Stale
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.documents.models import Approval
from contracting.documents.operations.record import record_approval
from contracting.documents.operations.request import request_document
from contracting.documents.states import DocumentKind, Party
from contracting.ledger.operations.deobligate import deobligate_funds
from contracting.ledger.queries import LineBalance, lock_funds
from contracting.ledger.states import Holder, Obligation
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders import calculations as orders
from contracting.orders.models import HOLDER_OF_A_LINE, OrderFunding, TaskOrder
from contracting.terminations import (
    calculations,
    events,
    paperwork,
    permissions,
    queries,
)
from contracting.terminations.models import Settlement, Termination
from contracting.terminations.operations.sign import _lock_termination
from contracting.terminations.refusals import SettlementRefused, WordsMissing
from contracting.terminations.states import TerminationState


@transaction.atomic
def decide_settlement(
    *,
    termination_id: int,
    dollars: Dollars,
    text: str,
    seen_sha256: str | None = None,
    by: Actor,
    at: datetime,
) -> Settlement:
    """Settle it: what is granted is charged, the free rest goes back to its funds.

    The vendor invoices what is granted like everything else, and nothing beyond it.
    Usage that was accepted, or used and not accepted yet, is not touched: it is
    invoiced and paid as ever. FAR 49.103, 49.105, 52.212-4(l).

    :param dollars: what is granted beside the usage, in whole cents
    :param seen_sha256: what was read, by :func:`.queries.seen_of`; every page sends it
    :raises NotAllowed: without a warrant for all of it (R-ROL-01, R-ROL-02)
    :raises SettlementRefused: before the last day is over, before the vendor has
        proposed or its time is over, or for more than was asked for or is free
    :raises WordsMissing: without a reason
    :raises Stale: if what is asked for, or owed, has changed since it was read
    """
    termination = _lock_termination(termination_id)
    contract = termination.contract
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_decide_settlement(by, termination, on))
    ended = queries.orders_ended_by(termination)
    lock_funds(
        holders=[line.holder for order in ended for line in order.current_lines()]
    )
    _guard_seen(termination, seen_sha256)
    rows = queries.balances_ended_by(termination)
    before = calculations.owed_of(rows)
    _guard(termination, dollars, text, rows, on, at)
    parts = calculations.given_back(rows, dollars)
    granted = calculations.kept_for(rows, dollars)
    _give_back(termination, parts, by, at)
    _conform(ended, parts)
    _charge(termination, ended, granted, by, at)
    returned = total_dollars(part for _, part in parts)
    settlement = Settlement.objects.create(
        termination=termination,
        dollars=dollars.amount,
        deobligated_dollars=returned.amount,
        text=text.strip(),
        decided_by_id=by.own_membership_id,
        decided_at=at,
    )
    termination.move_to(TerminationState.SETTLED)
    content = paperwork.settlement_sheet(settlement, before, signer=by)
    sha256 = content_sha256(content)
    approvals = _signed(settlement, sha256, by, at, on)
    request_document(
        kind=DocumentKind.SETTLEMENT,
        subject=termination.subject,
        title=f"Settlement of the termination of {termination.about}",
        number=termination.about,
        agency_id=contract.agency_id,
        vendor_id=contract.vendor_id,
        context=content,
        content_sha256=sha256,
        version=1,
        by=by,
        at=at,
        order=_ORDER[settlement.is_agreed],
        approvals=approvals,
    )
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=termination.subject,
        title=f"The termination of {termination.about} is settled at {dollars}",
        body=settlement.text,
        url_path=termination.path,
        by=by,
        at=at,
    )
    record_event(
        events.SETTLEMENT_DECIDED,
        subject=termination.subject,
        by=by,
        at=at,
        data={
            "dollars": dollars,
            "deobligated": returned,
            "text": settlement.text,
        },
    )
    return settlement


def _guard_seen(termination: Termination, seen: str | None) -> None:
    current = queries.seen_of(termination)
    if seen is not None and seen != current:
        message = (
            "What the vendor asks for, or what is owed on these orders, has changed "
            "since you read it. Load the page again and look at it once more; nothing "
            "was decided."
        )
        raise Stale(message, seen=seen, current=current)


_ORDER: Final = {True: "bilateral_modification", False: "unilateral"}
"""A settlement at what the vendor asked for is an agreement (FAR 49.109-1); any other
is the contracting officer's determination (FAR 49.109-7)."""


def _signed(
    settlement: Settlement, sha256: str, by: Actor, at: datetime, on: date
) -> list[Approval]:
    """The record of the officer, behind that of the vendor where both agree.

    What the vendor has signed is its proposal, word for word.
    """
    subject = settlement.termination.subject
    proposal = settlement.proposal
    signed = []
    if proposal is not None and settlement.is_agreed:
        signed.append(
            record_approval(
                action="propose_settlement",
                party=Party.VENDOR,
                subject=subject,
                version=1,
                content_sha256=proposal.content_sha256,
                by=actor_of(proposal.proposed_by),
                at=proposal.proposed_at,
                is_past=True,
            )
        )
    officer = record_approval(
        action="decide_settlement",
        party=Party.OFFICER,
        subject=subject,
        version=1,
        content_sha256=sha256,
        by=by,
        at=at,
        on=on,
    )
    return [*signed, officer]


def _guard(
    termination: Termination,
    dollars: Dollars,
    text: str,
    rows: Sequence[LineBalance],
    on: date,
    at: datetime,
) -> None:
    if not text.strip():
        message = "Say how the amount was found."
        raise WordsMissing(message, pointer="/text")
    if not queries.has_stopped(termination, at):
        message = f"Performance runs until {termination.stop_on}; settle after that."
        raise SettlementRefused(message)
    proposal = termination.standing_proposal
    due = termination.proposal_due
    if proposal is None and due is not None and on <= due:
        message = f"The vendor may propose a settlement until {due}, and has not yet."
        raise SettlementRefused(message, due_on=due)
    most = min(
        Dollars(proposal.dollars if proposal else 0), calculations.owed_of(rows).free
    )
    if not Dollars() <= dollars <= most or dollars != dollars.to_cents():
        message = (
            f"At most {most} can be granted: what the vendor asked for, and what is "
            "obligated and free."
        )
        raise SettlementRefused(message, most=most)


def _give_back(
    termination: Termination,
    parts: Sequence[tuple[LineBalance, Dollars]],
    by: Actor,
    at: datetime,
) -> None:
    if not parts:
        return
    deobligate_funds(
        obligations=[
            Obligation(
                holder=each.balance.holder,
                acrn=each.balance.acrn,
                line_of_accounting_id=each.balance.line_of_accounting_id,
                dollars=part,
            )
            for each, part in parts
        ],
        because=termination.subject,
        by=by,
        at=at,
    )


def _charge(
    termination: Termination,
    ended: Sequence[TaskOrder],
    granted: Sequence[tuple[LineBalance, Dollars]],
    by: Actor,
    at: datetime,
) -> None:
    """What is granted becomes payable on the lines whose funds are kept for it."""
    lines = {line.holder: line for order in ended for line in order.current_lines()}
    charge_settlement(
        parts=[
            (lines[each.balance.holder], each.balance.acrn, part)
            for each, part in granted
        ],
        on=termination.stop_on,
        because=termination.subject,
        by=by,
        at=at,
    )


def _conform(
    ended: Sequence[TaskOrder], parts: Sequence[tuple[LineBalance, Dollars]]
) -> None:
    """The orders read as funded with what stays, in their next version."""
    lines: set[int] = set()
    for each, part in parts:
        holder: Holder = each.balance.holder
        if holder.kind != HOLDER_OF_A_LINE:
            continue
        funds = OrderFunding.objects.get(
            line=holder.id, acrn=each.balance.acrn, is_removed=False
        )
        funds.dollars -= part.amount
        funds.save(update_fields=["dollars"])
        lines.add(holder.id)
    for order in ended:
        if lines.intersection(line.pk for line in order.current_lines()):
            order.version += 1
            order.content_sha256 = content_sha256(orders.content(order))
            order.save(update_fields=["version", "content_sha256"])
