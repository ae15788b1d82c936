"""Reads of payments."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from contracting.billing.models import Invoice
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.payments.calculations import due_on
from contracting.payments.models import PaymentCertification
from contracting.reconciliation.models import Acceptance


def certifications_visible_to(actor: Actor) -> QuerySet[PaymentCertification]:
    """The agency's own; to the vendor, those of its invoices."""
    rows = PaymentCertification.objects.select_related(
        "invoice__order__contract", "invoice__vendor", "payment"
    )
    if actor.is_agency and (actor.role or actor.is_key):
        return rows.filter(invoice__order__contract__agency_id=actor.organization_id)
    if actor.is_vendor:
        return rows.filter(invoice__vendor_id=actor.organization_id)
    return rows.none()


def get_certification_for(actor: Actor, public_id: str) -> PaymentCertification:
    """One certified payment.

    :raises NotVisible: if it is not there for this actor
    """
    found = certifications_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such payment."
        raise NotVisible(message)
    return found


def payment_due_on(invoice: Invoice) -> date | None:
    """When the accepted part of an invoice is due, or ``None`` before acceptance."""
    first = Acceptance.objects.filter(invoice=invoice).order_by("pk").first()
    if first is None:
        return None
    contract = invoice.order.contract
    return due_on(
        received=accounting_day(invoice.received_at, contract.time_zone),
        accepted=accounting_day(first.accepted_at, contract.time_zone),
        payment_days=contract.payment_days,
    )
