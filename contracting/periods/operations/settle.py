"""Settle what was rated anew after it was accepted: by a credit, or by a charge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import CreditDue
from contracting.billing.queries import locked_order
from contracting.charges.models import Charge
from contracting.charges.operations.charge_adjustment import charge_adjustment
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.orders.models import OrderLine
from contracting.periods import events, permissions
from contracting.periods.refusals import NotAnAdjustment, ReasonMissing
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.resolve import resolve_finding
from contracting.reconciliation.states import ResolutionCode


@dataclass(frozen=True, slots=True)
class Settled:
    """What an adjustment came to: credits of the vendor, or a charge of its line."""

    credits: tuple[CreditDue, ...] = ()
    charge: Charge | None = None


@transaction.atomic
def settle_adjustment(
    *, finding_id: int, reason: str, by: Actor, at: datetime
) -> Settled:
    """Settle one adjustment in the open period, rounded once to the cent (R-MET-05).

    What was accepted for more than it costs now is a credit that is due; what was
    accepted for less is charged on its line, and the vendor invoices it as a line of
    the kind ADJUSTMENT. The discrepancy is resolved with it.

    :raises NotAllowed: unless ``by`` may resolve a discrepancy of its size
    :raises NotAnAdjustment: if the discrepancy is another, or settled already
    :raises ReasonMissing: without a reason
    """
    order_id = Finding.objects.values_list("order_id", flat=True).get(pk=finding_id)
    order = locked_order(order_id)
    finding = Finding.objects.select_related("order__contract").get(pk=finding_id)
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_settle_adjustment(by, finding, on))
    line_id = finding.order_line_id
    is_adjustment = bool(finding.evidence.get("rating_run"))
    if line_id is None or not is_adjustment or hasattr(finding, "resolution"):
        message = (
            "This is no open adjustment: only what was rated anew after it was "
            "accepted is settled by a credit or a charge."
        )
        raise NotAnAdjustment(message)
    if not reason.strip():
        message = "Say why it is settled as it was found."
        raise ReasonMissing(message, pointer="/reason")
    line = OrderLine.objects.select_related("order__contract", "contract_line").get(
        pk=line_id
    )
    cents = Dollars(finding.amount_dollars).to_cents()
    charge = None
    if cents < Dollars():
        charge = charge_adjustment(
            line=line, dollars=-cents, because=finding.subject, by=by, at=at
        )
    is_credit = cents > Dollars()
    resolve_finding(
        finding_id=finding.pk,
        code=ResolutionCode.CREDIT if is_credit else ResolutionCode.ACCEPT_A,
        reason=reason,
        by=by,
        at=at,
    )
    settled = Settled(_credits_of(finding), charge)
    record_event(
        events.ADJUSTMENT_SETTLED,
        subject=finding.subject,
        by=by,
        at=at,
        data={
            "rating_run": finding.evidence["rating_run"],
            "exact": Dollars(finding.amount_dollars),
            "cents": cents,
            "credits": [each.public_id for each in settled.credits],
            "charge": charge.public_id if charge else None,
        },
    )
    return settled


def _credits_of(finding: Finding) -> tuple[CreditDue, ...]:
    """What the resolution has made due, on each ACRN that had paid for it."""
    subject = finding.subject
    rows = CreditDue.objects.filter(because_kind=subject.kind, because_id=subject.id)
    return tuple(rows.order_by("pk"))
