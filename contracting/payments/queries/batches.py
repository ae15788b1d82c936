"""What is to be handed to the finance system, and what was."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Count, QuerySet

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from contracting.orders.models import OrderLine
from contracting.payments.calculations import earliest_on
from contracting.payments.calculations.batches import FundsLine, Instruction
from contracting.payments.models import PaymentCertification, PaymentExport
from contracting.payments.queries import holder_of, taken_off_by_funds
from contracting.reference.queries import threshold


def waiting_for_export(agency_id: int) -> QuerySet[PaymentCertification]:
    """Certified payments of an agency that are in no batch, unpaid and not returned."""
    return (
        PaymentCertification.objects.filter(
            invoice__order__contract__agency=agency_id,
            exported__isnull=True,
            payment__isnull=True,
            payment_return__isnull=True,
        )
        .select_related("invoice__order__contract", "invoice__vendor", "early_payment")
        .order_by("due_on", "pk")
    )


def instruction_for(voucher: PaymentCertification) -> Instruction:
    """One voucher as the finance system is to pay it."""
    invoice = voucher.invoice
    days = int(threshold("EARLY_PAYMENT", voucher.due_on).value)
    pay_from = earliest_on(voucher.due_on, days=days)
    is_sooner = voucher.discount_until or voucher.accelerated_on
    if is_sooner or hasattr(voucher, "early_payment"):
        pay_from = min(pay_from, voucher.certified_at.date())
    return Instruction(
        voucher_number=voucher.voucher_number,
        invoice_number=invoice.number,
        order=invoice.order.piid or "",
        contract=invoice.order.contract.piid or "",
        vendor=invoice.vendor.name,
        remit_to=str(invoice.header.get("remit_to") or invoice.vendor.remit_to),
        due_on=voucher.due_on,
        pay_from=pay_from,
        pay_until=voucher.discount_until,
        amount=Dollars(voucher.dollars),
        lines=tuple(_lines(voucher)),
    )


def _lines(voucher: PaymentCertification) -> list[FundsLine]:
    taken_off = taken_off_by_funds(voucher)
    gross = {
        (holder_of(int(line_id)), acrn): Dollars(Decimal(amount))
        for line_id, by_acrn in voucher.by_acrn.items()
        for acrn, amount in by_acrn.items()
    }
    keys = sorted({*gross, *taken_off})
    lines = OrderLine.objects.select_related("contract_line").in_bulk(
        [holder.id for holder, _acrn in keys]
    )
    found = []
    for holder, acrn in keys:
        (row,) = (each for each in balances_of(holder) if each.acrn == acrn)
        found.append(
            FundsLine(
                clin=lines[holder.id].clin,
                acrn=acrn,
                line_of_accounting=str(row.line_of_accounting),
                gross=gross.get((holder, acrn), Dollars()),
                taken_off=taken_off.get((holder, acrn), Dollars()),
            )
        )
    return found


def exports_visible_to(actor: Actor) -> QuerySet[PaymentExport]:
    """The batches of the actor's agency, the latest first; a vendor sees none."""
    rows = PaymentExport.objects.select_related("csv", "json").order_by("-number")
    if actor.is_agency and (actor.role or actor.is_key):
        counted = rows.annotate(vouchers=Count("payments"))
        return counted.filter(agency_id=actor.organization_id)
    return rows.none()


def get_export_for(actor: Actor, public_id: str) -> PaymentExport:
    """One batch.

    :raises NotVisible: if it is not there for this actor
    """
    found = exports_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such batch."
        raise NotVisible(message)
    return found
