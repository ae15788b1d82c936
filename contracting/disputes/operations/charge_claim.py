"""Make payable what a final decision allows."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.charges.operations.charge_allowed import charge_allowed
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.disputes import events, permissions
from contracting.disputes.models import ClaimCharge
from contracting.disputes.operations.state_date import _lock_claim
from contracting.disputes.queries.payable import places_of
from contracting.disputes.refusals import ClaimNotPayable
from contracting.ledger.queries import lock_funds
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import OrderLine, TaskOrder


@transaction.atomic
def charge_claim(
    *, claim_id: int, order_line_id: int, acrn: str, by: Actor, at: datetime
) -> ClaimCharge:
    """Charge the allowed amount on a line and ACRN of an order of the contract.

    The vendor invoices it as a line of the kind CLAIM; a voucher pays it with interest
    from the receipt of the claim to the payment (41 U.S.C. 7109, FAR 33.208, R-PAY-07).

    :param acrn: whose funds pay it, wholly: they have that much obligated and unused
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises ClaimNotPayable: if nothing is allowed, it is charged already, or that line
        and ACRN is not there or has less free (R-PAY-07, 31 U.S.C. 1341)
    """
    claim = _lock_claim(claim_id)
    require(permissions.can_charge_claim(by, claim))
    decision = getattr(claim, "decision", None)
    allowed = Dollars(decision.allowed_dollars if decision else 0)
    if not allowed:
        message = "Nothing of this claim is allowed, so nothing of it is payable."
        raise ClaimNotPayable(message)
    if hasattr(claim, "charge"):
        message = "What is allowed on this claim is charged already."
        raise ClaimNotPayable(message)
    line = OrderLine.objects.filter(
        pk=order_line_id, order__contract=claim.contract
    ).first()
    if line is not None:
        TaskOrder.objects.locked().get(pk=line.order_id)
        lock_funds(holders=[line.holder])
    place = next(
        (
            each
            for each in places_of(claim)
            if (each.line.pk, each.acrn) == (order_line_id, acrn)
        ),
        None,
    )
    if line is None or place is None:
        message = "Choose a line and ACRN of a signed order that is not closed out."
        raise ClaimNotPayable(message, pointer="/place")
    if place.free < allowed:
        message = (
            f"{allowed} is allowed; ACRN {acrn} of line {place.line.clin} has "
            f"{place.free} obligated and unused. Obligate {allowed - place.free} more "
            "by a modification first. Nothing was recorded."
        )
        raise ClaimNotPayable(
            message, left=place.free, short_by=allowed - place.free, pointer="/place"
        )
    charge = charge_allowed(
        line=place.line,
        acrn=acrn,
        dollars=allowed,
        because=claim.subject,
        by=by,
        at=at,
    )
    made = ClaimCharge.objects.create(
        claim=claim, charge=charge, charged_by_id=by.own_membership_id, charged_at=at
    )
    post_notice(
        recipients=[Recipient(organization_id=claim.contract.vendor_id)],
        subject=claim.subject,
        title=f"Invoice ${allowed.amount:,.2f} that is allowed on your claim"[:200],
        body=(
            f"On order {place.line.order.piid}, line {place.line.clin}, as a line of "
            "the kind CLAIM. Interest is added when it is paid."
        ),
        url_path=claim.path,
        by=by,
        at=at,
    )
    record_event(
        events.CLAIM_CHARGED,
        subject=claim.subject,
        by=by,
        at=at,
        data={
            "rule": "R-PAY-07",
            "order": place.line.order.piid,
            "clin": place.line.clin,
            "acrn": acrn,
            "dollars": allowed,
        },
    )
    return made
