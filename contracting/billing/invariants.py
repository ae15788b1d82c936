"""What must always hold of usage reports and invoices."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Count, F, Max, Min, Q, Sum

from contracting.billing.calculations.arithmetic import within_an_average
from contracting.billing.calculations.charged import is_extension
from contracting.billing.models import (
    ChargeLine,
    CreditDue,
    CreditLine,
    Invoice,
    InvoiceLine,
    UsageReport,
)
from contracting.billing.states import InvoiceState
from contracting.core.invariants import Invariant
from contracting.core.quantities import Dollars, PricePerUnit, Tokens, UnitPrice

GONE = (InvoiceState.RETURNED, InvoiceState.WITHDRAWN)


def _invoices_that_do_not_tie() -> Iterator[str]:
    kept_whole = Invoice.objects.filter(defects=[])
    for invoice in kept_whole.order_by("pk").iterator():
        asked = [
            rows.aggregate(sum=Sum("amount_dollars"))["sum"] or Decimal(0)
            for rows in (invoice.lines, invoice.charge_lines)
        ]
        taken = invoice.credit_lines.aggregate(sum=Sum("amount_dollars"))["sum"] or 0
        summed = sum(asked) - taken
        if (summed, taken) != (invoice.total_dollars, invoice.credited_dollars):
            yield f"invoice {invoice.public_id}: its lines sum to {summed}"
    for charge in ChargeLine.objects.order_by("pk").iterator():
        per_unit = PricePerUnit(charge.usd_per_unit)
        if not is_extension(Dollars(charge.amount_dollars), charge.units, per_unit):
            yield f"charge line {charge.public_id} is not its units at their price"
    lines = InvoiceLine.objects.select_related("order_line__contract_line")
    for line in lines.order_by("pk").iterator():
        price, tokens = UnitPrice(line.usd_per_million_tokens), Tokens(line.tokens)
        right, amount = price.of(tokens).to_cents(), Dollars(line.amount_dollars)
        is_average = line.order_line.contract_line.is_by_volume
        if amount != right and not (
            is_average and within_an_average(amount, price, tokens)
        ):
            yield f"invoice line {line.public_id}: {right} is right"


def _lines_that_stand_in_the_way() -> Iterator[str]:
    gone = Q(invoice__state__in=GONE)
    wrong = (gone & Q(voided_at__isnull=True)) | (~gone & Q(voided_at__isnull=False))
    for line in InvoiceLine.objects.filter(wrong).order_by("pk"):
        yield f"invoice line {line.public_id}"
    for charge in ChargeLine.objects.filter(wrong).order_by("pk"):
        yield f"charge line {charge.public_id}"
    for credit in CreditLine.objects.filter(wrong).order_by("pk"):
        yield f"credit line {credit.public_id}"


def _credits_beside_what_was_taken() -> Iterator[str]:
    """What is kept of each credit is the sum of its live lines and settlements."""
    for credit in CreditDue.objects.order_by("pk").iterator():
        live = credit.lines.filter(voided_at__isnull=True)
        taken = live.aggregate(sum=Sum("amount_dollars"))["sum"] or Decimal(0)
        settled = credit.settlements.aggregate(sum=Sum("dollars"))["sum"] or Decimal(0)
        again = credit.reopenings.aggregate(
            of_lines=Sum("dollars", filter=Q(settlement__isnull=True)),
            of_settlements=Sum("dollars", filter=Q(settlement__isnull=False)),
        )
        taken -= again["of_lines"] or 0
        settled -= again["of_settlements"] or 0
        if (taken, settled) != (credit.taken_dollars, credit.settled_dollars):
            yield f"credit {credit.public_id}: {taken} is taken, {settled} settled"
        if taken + settled > credit.dollars:
            yield f"credit {credit.public_id}: more is taken than is due"
        if live.exclude(invoice__order=credit.order_id).exists():
            yield f"credit {credit.public_id}: an invoice of another order takes it"


def _reports_that_are_not_whole() -> Iterator[str]:
    reports = UsageReport.objects.annotate(
        found=Count("rows"),
        first=Min("rows__occurred_at"),
        last=Max("rows__occurred_at"),
    )
    inside = Q(first__gte=F("period_start"), last__lt=F("period_end"))
    whole = Q(found=F("rows_received")) & (Q(found=0) | inside)
    broken = reports.exclude(whole)
    for report in broken.order_by("pk"):
        yield f"usage report {report.public_id}: {report.found} rows are stored"


INVARIANTS = [
    Invariant(
        code="BIL-1",
        sentence="Every invoice line is its tokens at its price, and the lines of an "
        "invoice sum to its total.",
        check=_invoices_that_do_not_tie,
    ),
    Invariant(
        code="BIL-2",
        sentence="The lines of an invoice are void exactly when it is returned or "
        "withdrawn.",
        check=_lines_that_stand_in_the_way,
    ),
    Invariant(
        code="BIL-3",
        sentence="A usage report has every row that came with it, within its period.",
        check=_reports_that_are_not_whole,
    ),
    Invariant(
        code="BIL-4",
        sentence="No more of a credit is taken off invoices, set off, paid back or "
        "given up than is due, and what is kept of it is the sum of those, less what "
        "was opened again.",
        check=_credits_beside_what_was_taken,
    ),
]
