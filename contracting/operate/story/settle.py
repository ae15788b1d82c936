"""From the vendor's report to close-out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from contracting.billing.calculations import COLUMNS, read_lines
from contracting.billing.models import CreditDue, Invoice, UsageReport
from contracting.billing.operations.receive_invoice import receive_invoice
from contracting.billing.operations.receive_report import receive_usage_report
from contracting.billing.operations.record_credit import record_credit
from contracting.billing.states import CreditKind
from contracting.closeout.models import CompletionStatement
from contracting.closeout.operations.close_out_contract import close_out_contract
from contracting.closeout.operations.close_out_order import close_out_order
from contracting.closeout.operations.complete_order import complete_order
from contracting.contracts.models import Contract
from contracting.core.quantities import Dollars, total_dollars
from contracting.disputes.models import CaseDecision, DisputeCase
from contracting.disputes.operations.answer import answer_dispute
from contracting.disputes.operations.decide import decide_dispute
from contracting.disputes.operations.open import open_dispute
from contracting.disputes.states import Stance
from contracting.operate.story import procure, times, truth
from contracting.operate.story.cast import Cast
from contracting.operate.story.times import Calendar
from contracting.operate.story.truth import Truth
from contracting.orders.models import TaskOrder
from contracting.payments.models import Payment, PaymentCertification
from contracting.payments.operations.certify import certify_payment
from contracting.payments.operations.record import record_payment
from contracting.reconciliation.matching.waterfall import Waterfall
from contracting.reconciliation.models import Acceptance, Finding
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.queries import latest_run
from contracting.reconciliation.states import FindingCode, ResolutionCode

CODES: Final = {
    FindingCode.DUPLICATE: ResolutionCode.ACCEPT_A,
    FindingCode.RETRY: ResolutionCode.ACCEPT_A,
    FindingCode.CACHE: ResolutionCode.ACCEPT_A,
    FindingCode.RATE: ResolutionCode.CREDIT,
}
QUESTION: Final = (
    "The gateway counts less than is invoiced: calls listed twice, retried attempts, "
    "cached input at the uncached price, and a price that is not the contract's. "
    "Please explain."
)
ANSWER: Final = (
    "Each attempt reached the model, so that each was billed. On the cached input and "
    "the price we agree."
)
DECISION: Final = (
    "The gateway saw each of the listed calls once, and the first attempts failed on "
    "the vendor's side; only the second is payable. Cached input is paid at its own "
    "price, and the contract's price applies: the difference is not paid."
)


CREDIT: Final = Dollars("0.25")
OUTAGE: Final = (
    "The service did not answer for half an hour on the day of the pilot; the vendor "
    "agreed to give a quarter of a dollar for it."
)


def report(
    cast: Cast, told: Truth, order: TaskOrder, *, late: bool, at: datetime
) -> UsageReport:
    """The vendor's system reports; its last ten minutes come after the due day."""
    rows = truth.report_rows(told, late=late, model=procure.MODEL)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    split = told.part_bounds(truth.LATE_PART)[0]
    return receive_usage_report(
        order_id=order.pk,
        label=f"NL-{told.start:%Y%m%d}-{'B' if late else 'A'}",
        period_start=split if late else told.start,
        period_end=told.end if late else split,
        content=text.getvalue().encode(),
        stated_total=sum(row["tokens"] for row in rows),
        by=cast.vendor_system,
        at=at,
    )


def invoice(cast: Cast, calendar: Calendar, told: Truth, order: TaskOrder) -> Invoice:
    """The vendor's system invoices what it has reported, with two faults of its own."""
    contract = order.contract
    rows = [
        {
            "clin": "0001",
            "model": procure.MODEL,
            "token_class": line["token_class"],
            "period_start": line["period_start"].isoformat(),
            "period_end": line["period_end"].isoformat(),
            "tokens": str(line["tokens"]),
            "unit_price": str(line["unit_price"]),
            "amount": str(line["amount"]),
        }
        for line in truth.invoice_lines(told)
    ]
    lines = read_lines(rows)
    return receive_invoice(
        order_id=order.pk,
        number=f"NL-{calendar.day(times.INVOICE):%y%m}-001",
        invoiced_on=calendar.day(times.INVOICE),
        period_start=told.start,
        period_end=told.end,
        header={
            "vendor_name": contract.vendor.name,
            "vendor_address": contract.vendor.address,
            "contract_number": contract.piid or "",
            "order_number": order.piid or "",
            "payment_terms": f"Net {contract.payment_days} days",
            "remit_to": contract.vendor.remit_to,
            "defect_contact": "Ria Patel, ria.patel@example.test",
            "tin": f"on file, ends {contract.vendor.tin_last4}",
        },
        lines=lines,
        total=total_dollars(line.amount for line in lines),
        content=json.dumps(rows).encode(),
        by=cast.vendor_system,
        at=calendar.at(times.INVOICE, 12),
    )


def accept(cast: Cast, calendar: Calendar, received: Invoice) -> Acceptance:
    """The representative accepts what agrees."""
    return accept_usage(
        invoice_id=received.pk, by=cast["cor"], at=calendar.at(times.ACCEPTANCE, 10)
    )


def dispute(cast: Cast, calendar: Calendar, received: Invoice) -> DisputeCase:
    """The representative puts the rest to the vendor, who contests a part of it."""
    case = open_dispute(
        order_id=received.order_id,
        findings=[each.public_id for each in _open(received.order)],
        question=QUESTION,
        by=cast["cor"],
        at=calendar.at(times.ACCEPTANCE, 11),
    )
    answer_dispute(
        case_id=case.pk,
        stance=Stance.CONTEST,
        text=ANSWER,
        by=cast["northlight_member"],
        at=calendar.at(times.ANSWER, 9),
    )
    return case


def decide(cast: Cast, calendar: Calendar, case: DisputeCase) -> CaseDecision:
    """The contracting officer settles each difference, in a letter with reasons."""
    return decide_dispute(
        case_id=case.pk,
        codes={
            each.public_id: CODES[FindingCode(each.code)] for each in _open(case.order)
        },
        text=DECISION,
        by=cast["contracting_officer"],
        at=calendar.at(times.RESOLUTION, 10),
    )


def credit(cast: Cast, calendar: Calendar, order: TaskOrder) -> CreditDue:
    """Half an hour without an answer: the vendor owes it back on the next payment."""
    return record_credit(
        order_line_id=order.current_lines()[0].pk,
        dollars=CREDIT,
        kind=CreditKind.SLA,
        reason=OUTAGE,
        by=cast["cor"],
        at=calendar.at(times.RESOLUTION, 14),
    )


def unexplained(received: Invoice) -> Dollars:
    """What no step of the invoice's last comparison accounts for."""
    run = latest_run(received)
    if run is None:
        message = "the invoice was not compared"
        raise RuntimeError(message)
    return Waterfall.read(run.waterfall).unexplained


def _open(order: TaskOrder) -> Sequence[Finding]:
    return list(
        Finding.objects.filter(order=order, resolution__isnull=True).order_by("pk")
    )


def certify(cast: Cast, calendar: Calendar, received: Invoice) -> PaymentCertification:
    """Another person certifies what was accepted."""
    return certify_payment(
        invoice_id=received.pk,
        by=cast["payment_certifier"],
        at=calendar.at(times.CERTIFICATION, 10),
    )


def pay(cast: Cast, calendar: Calendar, certification: PaymentCertification) -> Payment:
    """The payment is recorded on the day on which it is due."""
    offset = (certification.due_on - calendar.anchor).days
    return record_payment(
        certification_id=certification.pk,
        paid_on=certification.due_on,
        reference="TRACE-0000451",
        by=cast["payment_certifier"],
        at=calendar.at(offset, 16),
    )


def close(
    cast: Cast, calendar: Calendar, order: TaskOrder, contract: Contract
) -> list[CompletionStatement]:
    """The period has ended: order and contract are closed out."""
    complete_order(
        order_id=order.pk, by=cast["cor"], at=calendar.at(times.CLOSE_OUT, 9)
    )
    return [
        close_out_order(
            order_id=order.pk,
            remarks="Every call is accounted for.",
            by=cast["contracting_officer"],
            at=calendar.at(times.CLOSE_OUT, 15),
        ),
        close_out_contract(
            contract_id=contract.pk,
            remarks="The pilot has ended.",
            by=cast["contracting_officer"],
            at=calendar.at(times.CLOSE_OUT, 17),
        ),
    ]


def found(order: TaskOrder) -> list[dict[str, Any]]:
    """Every discrepancy found, in the form in which planted ones are written."""
    rows = Finding.objects.filter(order=order).select_related(
        "order_line__contract_line"
    )
    return [
        {
            "code": row.code,
            "order": order.piid,
            "line": row.order_line.contract_line.clin if row.order_line else "",
            "class": "+".join(sorted(row.token_classes)),
            "tokens": row.tokens,
            "amount_usd": Dollars(Decimal(row.amount_dollars)).plain(),
        }
        for row in rows.order_by("pk")
    ]
