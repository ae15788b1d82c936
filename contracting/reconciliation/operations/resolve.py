"""Settle a discrepancy with a code and a reason."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import Invoice
from contracting.billing.operations.record_credit import record_credit
from contracting.billing.queries import locked_invoice, locked_order
from contracting.billing.queries.credits import room_for_credits
from contracting.billing.states import CreditKind, InvoiceState
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import Stale
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import CENT, Dollars, total_dollars
from contracting.ledger.calculations import spread
from contracting.ledger.queries import balances_of
from contracting.metering.models import UsageSource
from contracting.metering.operations.move import move_usage
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.states import SIGNED
from contracting.reconciliation import events, permissions, queries
from contracting.reconciliation.matching import effects
from contracting.reconciliation.matching.freed import FREES
from contracting.reconciliation.matching.moved import calls_to_move
from contracting.reconciliation.matching.tolerance import size
from contracting.reconciliation.models import Finding, Resolution
from contracting.reconciliation.operations.accept import free_finding
from contracting.reconciliation.queries import inbox
from contracting.reconciliation.refusals import (
    AlreadyResolved,
    ResolutionMissing,
    WriteOffExceeded,
)
from contracting.reconciliation.states import FindingCode, ResolutionCode


@transaction.atomic
def resolve_finding(
    *,
    finding_id: int,
    code: str,
    reason: str,
    reassigned_to: int | None = None,
    acrn: str = "",
    seen_sha256: str | None = None,
    by: Actor,
    at: datetime,
) -> Resolution:
    """Close a discrepancy (R-REC-04); nothing already recorded is changed.

    ``accept-A`` settles it by our own count, ``accept-B`` by the vendor's report and
    ``accept-C`` by the invoice. What that makes payable is accepted on the invoice that
    asks for it; beyond our meter's count from its own account, and only on funds that
    are there. ``credit`` of what was accepted too much is owed by the vendor.
    ``write-off`` moves nothing and counts against the cap of the contract.
    ``reassign`` moves what our meter counts here, and the vendor does not, to the line
    to which it belongs, by reversal and replacement.

    :param reassigned_to: the order line it belongs to; only with ``reassign``
    :param acrn: to which a credit comes back; else to each that has paid for it, the
        last in the order of payment first
    :param seen_sha256: what each resolution would have done when it was read, by
        :func:`.queries.inbox.seen_of`; every page sends it
    :raises NotAllowed: if ``by`` is no COR (up to tier 2) or contracting officer, or
        only the officer says so (R-REC-02)
    :raises ResolutionMissing: for a code that is unknown or says nothing of such a
        difference, without a reason, for rebill while an accepted invoice stands for
        the usage (R-INV-03), or for a reassignment without another line of the vendor
    :raises WriteOffExceeded: for more than the contract lets be written off (R-REC-02)
    :raises AlreadyResolved: if it is resolved already
    :raises Refusal: what moving the usage refuses, such as a line without a price
    :raises Stale: if a resolution would do something else now than was read
    """
    finding, invoices = _lock(finding_id, reassigned_to)
    on = accounting_day(at, finding.order.contract.time_zone)
    require(permissions.can_resolve_finding(by, finding, on, code))
    _guard(finding, code, reason, reassigned_to)
    _guard_seen(finding, seen_sha256, at)
    freed = _free(finding, invoices, code, by, at)
    _credit(finding, code, reason, acrn, by, at)
    moved = _move(finding, reassigned_to, reason, by, at)
    resolution = Resolution.objects.create(
        finding=finding,
        code=code,
        reason=reason.strip(),
        payable_change_dollars=freed.amount,
        capped_dollars=_capped(finding, code).amount,
        moved_tokens=moved,
        reassigned_to_id=reassigned_to,
        resolved_by_name=by.name,
        resolved_by_id=by.membership_id,
        resolved_at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=finding.order.contract.vendor_id)],
        subject=finding.subject,
        title=f"Discrepancy resolved: {finding.get_code_display()}",
        body=f"{resolution.get_code_display().capitalize()}. {reason.strip()}",
        url_path=finding.path,
        by=by,
        at=at,
    )
    record_event(
        events.FINDING_RESOLVED,
        subject=finding.subject,
        by=by,
        at=at,
        data={
            "code": finding.code,
            "resolution": code,
            "reason": reason.strip(),
            "payable_change": freed,
            "moved_tokens": moved,
        },
    )
    return resolution


def _guard(finding: Finding, code: str, reason: str, reassigned_to: int | None) -> None:
    if hasattr(finding, "resolution"):
        message = "This discrepancy is resolved already."
        raise AlreadyResolved(message)
    if code not in effects.BY_PEOPLE or not reason.strip():
        message = "A discrepancy closes with one of the resolution codes and a reason."
        raise ResolutionMissing(message, code_given=code)
    wrong = effects.does_not_fit(finding, code)
    if wrong:
        message = f"“{code}” does not fit. {wrong}"
        raise ResolutionMissing(message, code_given=code)
    _guard_rebill(finding, code)
    _guard_place(finding, code, reassigned_to)


def _guard_seen(finding: Finding, seen: str | None, at: datetime) -> None:
    if seen is None:
        return
    current = inbox.seen_of(inbox.effects_of(finding, at))
    if seen != current:
        message = (
            "What a resolution would do has changed since you read it. Load the page "
            "again and look at it once more; nothing was resolved."
        )
        raise Stale(message, seen=seen, current=current)


def _guard_place(finding: Finding, code: str, reassigned_to: int | None) -> None:
    """Usage goes to another line of the same vendor's signed orders, or to none."""
    if reassigned_to is None and code != ResolutionCode.REASSIGN:
        return
    contract = finding.order.contract
    others = OrderLine.objects.filter(
        order__contract__agency=contract.agency_id,
        order__contract__vendor=contract.vendor_id,
        order__state__in=SIGNED,
    ).exclude(pk=finding.order_line_id or 0)
    is_one = others.filter(pk=reassigned_to or 0).exists()
    if code == ResolutionCode.REASSIGN and is_one:
        return
    message = (
        "Name the other line of a signed order of this vendor to which it belongs; "
        "only “reassign” names one."
    )
    raise ResolutionMissing(message, code_given=code)


def _capped(finding: Finding, code: str) -> Dollars:
    """:raises WriteOffExceeded: if the contract lets less be written off"""
    if code != ResolutionCode.WRITE_OFF:
        return Dollars()
    amount, left = (
        size(Dollars(finding.amount_dollars)),
        effects.write_off_left(finding),
    )
    if left is None or amount > left:
        message = (
            "The contract states no cap of write-offs, so nothing is written off."
            if left is None
            else f"{amount} is to be written off; {left} of the cap is left."
        )
        raise WriteOffExceeded(message, asked=amount, left=left)
    return amount


def _credit(
    finding: Finding, code: str, reason: str, acrn: str, by: Actor, at: datetime
) -> None:
    """What was accepted too much comes back to the funds that have paid for it."""
    dollars, line = effects.credit_of(finding, code), finding.order_line
    if not dollars or line is None:
        return
    by_acrn = _shares(line, dollars)
    is_price = finding.code == FindingCode.RATE
    for name, part in ({acrn: dollars} if acrn else by_acrn).items():
        if part:
            record_credit(
                order_line_id=line.pk,
                dollars=part,
                kind=CreditKind.RATCHET if is_price else CreditKind.OVERPAYMENT,
                reason=reason,
                acrn=name,
                because=finding.subject,
                by=by,
                at=at,
            )


def _shares(line: OrderLine, dollars: Dollars) -> dict[str, Dollars]:
    """The credit by ACRN: of each what it has accepted and is not credited yet.

    What no ACRN has room for is left with the last in the order of payment, where the
    credit is refused.
    """
    room = room_for_credits(line)
    rows = list(reversed(balances_of(line.holder)))
    most = [min(Dollars(row.accepted_dollars), _cut(room[row.acrn])) for row in rows]
    parts = spread(dollars, most)
    by_acrn = {row.acrn: part for row, part in zip(rows, parts, strict=True)}
    by_acrn[rows[0].acrn] += dollars - total_dollars(parts)
    return by_acrn


def _cut(amount: Dollars) -> Dollars:
    """The whole cents of an amount that is not below zero."""
    cents = amount.to_cents()
    return cents if cents <= amount else cents - Dollars(CENT)


def _move(
    finding: Finding, to_line_id: int | None, reason: str, by: Actor, at: datetime
) -> int:
    """What our meter counts here and the vendor does not, moved; in tokens."""
    calls = calls_to_move(finding) if to_line_id is not None else {}
    if to_line_id is None or not calls:
        return 0
    return move_usage(
        order_id=finding.order_id,
        calls=calls,
        to_line_id=to_line_id,
        reason=reason.strip(),
        because=finding.subject,
        by=by,
        at=at,
    ).tokens


def _lock(finding_id: int, to_line_id: int | None) -> tuple[Finding, list[Invoice]]:
    """Findings are only ever added, so that the lock is on what they belong to.

    :returns: the discrepancy, and the invoices that were accepted with it
    """
    finding = Finding.objects.select_related("order__contract").get(pk=finding_id)
    if to_line_id is not None:
        _lock_places(finding, to_line_id)
    locked_order(finding.order_id)
    ids = queries.invoices_of_finding(finding, DECIDED).values_list("pk", flat=True)
    return finding, [locked_invoice(pk) for pk in ids]


def _lock_places(finding: Finding, to_line_id: int) -> None:
    """The sources of the agency, and both contracts and orders, by their keys."""
    agency_id = finding.order.contract.agency_id
    other = OrderLine.objects.filter(pk=to_line_id).values_list("order", flat=True)
    orders = TaskOrder.objects.filter(pk__in={finding.order_id, *other})
    list(UsageSource.objects.locked().filter(agency=agency_id))
    contracts = set(orders.values_list("contract", flat=True))
    list(Contract.objects.locked().filter(pk__in=contracts))
    list(
        TaskOrder.objects.locked().filter(
            pk__in=set(orders.values_list("pk", flat=True))
        )
    )


DECIDED = (InvoiceState.ACCEPTED, InvoiceState.CERTIFIED, InvoiceState.PAID)


def _guard_rebill(finding: Finding, code: str) -> None:
    """Nothing is invoiced anew while an accepted invoice stands for it (R-INV-03)."""
    if code != ResolutionCode.REBILL:
        return
    standing = queries.invoices_of_finding(finding, DECIDED).first()
    if standing is not None:
        message = (
            f"Invoice {standing.number} stands for this usage and is "
            f"{standing.get_state_display()}, so that the vendor cannot invoice it "
            "anew. Resolve with “accept-A” or “credit”; “rebill” is for an invoice "
            "that can still be returned or withdrawn."
        )
        raise ResolutionMissing(message, invoice=standing.number)


def _free(
    finding: Finding, invoices: Iterable[Invoice], code: str, by: Actor, at: datetime
) -> Dollars:
    """What a difference kept out is accepted, on the first invoice that asks for it."""
    if code not in FREES:
        return Dollars()
    for invoice in invoices:
        acceptance = free_finding(finding, invoice, code, by, at)
        if acceptance is not None:
            if invoice.state != InvoiceState.ACCEPTED:
                invoice.move_to(InvoiceState.ACCEPTED)
            return Dollars(acceptance.accepted_dollars)
    return Dollars()
