"""Accept the part of an invoice on which meter, report and invoice agree."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import Invoice, InvoiceLine
from contracting.billing.queries import live_lines
from contracting.billing.states import InvoiceState
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.errors import IllegalMove
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, Tokens, UnitPrice, total_dollars
from contracting.documents.operations.request import request_document
from contracting.ledger.operations.accept import accept_usage as accept_on_ledger
from contracting.ledger.states import Holder
from contracting.orders.models import TaskOrder
from contracting.reconciliation import events, paperwork, permissions, queries
from contracting.reconciliation.models import (
    Acceptance,
    AcceptedLine,
    Cell,
    Finding,
    ReconciliationRun,
)
from contracting.reconciliation.refusals import AlreadyAccepted, NotReconciled
from contracting.reconciliation.states import FindingCode, ResolutionCode

FREEING_CODES = (FindingCode.CACHE, FindingCode.CLASS_SHIFT)


@transaction.atomic
def accept_usage(*, invoice_id: int, by: Actor, at: datetime) -> Acceptance:
    """Accept, line by line, the smallest of the three counts at the contract's price.

    What differs stays out until it is resolved (R-REC-03); the undisputed part goes on
    to payment. Rounded once, half-up to the cent, on the invoice line and class.

    :raises NotAllowed: if ``by`` is not the designated representative
    :raises AlreadyAccepted: if it was accepted before
    :raises NotReconciled: unless a comparison of today's inputs covers every line
        (R-REC-01)
    """
    invoice = lock_invoice(invoice_id)
    order = invoice.order
    on = accounting_day(at, order.contract.time_zone)
    require(permissions.can_accept_usage(by, invoice, on))
    run = _guard(invoice, at)
    acceptance = _accept_what_agrees(invoice, run, by, at)
    invoice.move_to(InvoiceState.ACCEPTED)
    for finding in _resolved_before(invoice):
        free_finding(finding, invoice, by, at)
    _print(invoice, run, acceptance, by, at)
    record_event(
        events.USAGE_ACCEPTED,
        subject=acceptance.subject,
        by=by,
        at=at,
        data={
            "invoice": invoice.number,
            "run": run.public_id,
            "result_sha256": run.result_sha256,
            "exact": acceptance.exact_dollars,
            "accepted": acceptance.accepted_dollars,
            "withheld": acceptance.withheld_dollars,
        },
    )
    return acceptance


def lock_invoice(invoice_id: int) -> Invoice:
    """Lock contract, order and invoice, in this order."""
    found = Invoice.objects.values_list("order_id", "order__contract_id").get(
        pk=invoice_id
    )
    Contract.objects.locked().get(pk=found[1])
    TaskOrder.objects.locked().get(pk=found[0])
    return (
        Invoice.objects.locked()
        .select_related("order__contract__agency", "vendor")
        .get(pk=invoice_id)
    )


def _guard(invoice: Invoice, at: datetime) -> ReconciliationRun:
    if invoice.state == InvoiceState.ACCEPTED:
        message = "This invoice is accepted already."
        raise AlreadyAccepted(message)
    if invoice.state != InvoiceState.RECEIVED:
        message = f"This invoice is {invoice.get_state_display()}."
        raise IllegalMove(message, state=invoice.state)
    run = queries.latest_run(invoice)
    lines = live_lines(invoice).count()
    if run is None or run.lines_covered != lines:
        message = (
            "This invoice is not compared with meter and report yet. Reconcile it first."
        )
        raise NotReconciled(message, lines=lines)
    match = queries.match_of(
        invoice.order,
        invoice.period_start,
        invoice.period_end,
        invoice=invoice,
        at=at,
    )
    if queries.inputs_sha256(match) != run.inputs_sha256:
        message = (
            "Usage or reports have changed since the comparison. Reconcile it again."
        )
        raise NotReconciled(message, run=run.public_id)
    return run


def _accept_what_agrees(
    invoice: Invoice, run: ReconciliationRun, by: Actor, at: datetime
) -> Acceptance:
    cells = {
        (cell.order_line_id, cell.model_id, cell.token_class_code, cell.tier)
        + (cell.period_start, cell.period_end): cell
        for cell in run.cells.all()
    }
    payable = [
        _payable(line, cells[_key_of(line)]) for line in live_lines(invoice)
    ]
    exact = total_dollars(part.exact for part in payable)
    cents = total_dollars(part.exact.to_cents() for part in payable)
    acceptance = Acceptance.objects.create(
        invoice=invoice,
        run=run,
        accepted_by_id=by.membership_id,
        accepted_at=at,
        exact_dollars=exact.amount,
        accepted_dollars=cents.amount,
        withheld_dollars=Decimal(invoice.total_dollars) - cents.amount,
    )
    for part in payable:
        _post(acceptance, part, by, at)
    return acceptance


class _Part:
    """What is payable of one class of one invoice line."""

    def __init__(
        self, line: InvoiceLine, code: str, tokens: Tokens, price: UnitPrice
    ) -> None:
        self.line = line
        self.code = code
        self.tokens = tokens
        self.price = price
        self.exact: Dollars = price.of(tokens)


def _key_of(line: InvoiceLine) -> tuple[object, ...]:
    return (
        line.order_line_id,
        line.model_id,
        line.token_class.code,
        line.tier,
        line.period.lower,
        line.period.upper,
    )


def _payable(line: InvoiceLine, cell: Cell) -> _Part:
    tokens = min(cell.a_tokens, cell.b_tokens, line.tokens)
    invoiced = UnitPrice(line.usd_per_million_tokens)
    price = invoiced
    if cell.rate_usd is not None:
        price = min(invoiced, UnitPrice(cell.rate_usd))
    return _Part(line, line.token_class.code, Tokens(max(tokens, 0)), price)


def _post(acceptance: Acceptance, part: _Part, by: Actor, at: datetime) -> None:
    cents = part.exact.to_cents()
    AcceptedLine.objects.create(
        acceptance=acceptance,
        invoice_line=part.line,
        token_class_code=part.code,
        payable_tokens=part.tokens.count,
        usd_per_million_tokens=part.price.usd_per_million_tokens,
        exact_dollars=part.exact.amount,
        payable_dollars=cents.amount,
    )
    if part.tokens.count == 0:
        return
    accept_on_ledger(
        holder=Holder("orders.line", part.line.order_line_id),
        acrn=part.line.acrn or None,
        exact=part.exact,
        rounded=cents,
        tokens=part.tokens,
        because=acceptance.subject,
        by=by,
        at=at,
    )


def _resolved_before(invoice: Invoice) -> list[Finding]:
    return list(
        Finding.objects.filter(
            invoice=invoice,
            code__in=FREEING_CODES,
            resolution__code=ResolutionCode.ACCEPT_A,
            acceptance__isnull=True,
        ).order_by("pk")
    )


def free_finding(
    finding: Finding, invoice: Invoice, by: Actor, at: datetime
) -> Acceptance | None:
    """Accept what our meter counted in the class that the invoice left out.

    Cached input that was billed as uncached was used all the same: once our count is
    accepted, it is paid at its own price, on the line under which it was billed.
    """
    if finding.code not in FREEING_CODES:
        return None
    gaps = {str(code): int(gap) for code, gap in finding.evidence["keys"]}
    lines = {
        line.token_class.code: line
        for line in live_lines(invoice).filter(
            pk__in=finding.evidence["invoice_lines"]
        )
    }
    billed = next(lines[code] for code, gap in sorted(gaps.items()) if gap > 0)
    run = queries.latest_run(invoice)
    if run is None:
        return None
    parts = []
    for code, gap in sorted(gaps.items()):
        cell = run.cells.filter(
            order_line_id=billed.order_line_id,
            model_id=billed.model_id,
            tier=billed.tier,
            token_class_code=code,
            period_start=billed.period.lower,
            period_end=billed.period.upper,
        ).first()
        if gap >= 0 or cell is None or cell.rate_usd is None:
            continue
        left = max(min(cell.a_tokens, cell.b_tokens) - (cell.c_tokens or 0), 0)
        parts.append(_Part(billed, code, Tokens(left), UnitPrice(cell.rate_usd)))
    exact = total_dollars(part.exact for part in parts)
    cents = total_dollars(part.exact.to_cents() for part in parts)
    acceptance = Acceptance.objects.create(
        invoice=invoice,
        finding=finding,
        run=run,
        accepted_by_id=by.membership_id,
        accepted_at=at,
        exact_dollars=exact.amount,
        accepted_dollars=cents.amount,
        withheld_dollars=Decimal(0),
    )
    for part in parts:
        _post(acceptance, part, by, at)
    return acceptance


def _print(
    invoice: Invoice,
    run: ReconciliationRun,
    acceptance: Acceptance,
    by: Actor,
    at: datetime,
) -> None:
    contract = invoice.order.contract
    for kind, title, context in (
        (
            "reconciliation",
            f"Reconciliation of invoice {invoice.number}",
            paperwork.statement(run, invoice, at),
        ),
        (
            "receiving_report",
            f"Receiving report for invoice {invoice.number}",
            paperwork.receiving_report(acceptance, by),
        ),
    ):
        request_document(
            kind=kind,
            subject=acceptance.subject,
            title=title,
            number=invoice.number,
            agency_id=contract.agency_id,
            vendor_id=contract.vendor_id,
            context=context,
            content_sha256=run.result_sha256,
            version=1,
            by=by,
            at=at,
        )
