"""Accept the part of an invoice on which meter, report and invoice agree."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import Invoice, InvoiceLine
from contracting.billing.queries import (
    live_charge_lines,
    live_lines,
    locked_invoice,
)
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.errors import IllegalMove, Stale
from contracting.core.identifiers import next_below
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import (
    Dollars,
    Tokens,
    UnitPrice,
    total_dollars,
)
from contracting.documents.operations.request import request_document
from contracting.ledger.operations.accept import accept_usage as accept_on_ledger
from contracting.ledger.states import Beyond
from contracting.metering.operations.close_usage import Kind, close_usage
from contracting.metering.operations.fold import fold_usage
from contracting.metering.operations.freeze import freeze_volume
from contracting.reconciliation import (
    calculations,
    events,
    paperwork,
    permissions,
    queries,
)
from contracting.reconciliation.matching import inputs
from contracting.reconciliation.matching.beyond import (
    Tolerated,
    cell_key,
    cell_key_of,
)
from contracting.reconciliation.matching.freed import FREES, freed_parts
from contracting.reconciliation.matching.rooms import (
    Part,
    PayableCharge,
    Rooms,
)
from contracting.reconciliation.matching.volume import Volume
from contracting.reconciliation.models import (
    Acceptance,
    AcceptedCharge,
    AcceptedLine,
    Cell,
    Finding,
    ReconciliationRun,
)
from contracting.reconciliation.refusals import (
    AlreadyAccepted,
    NothingAgrees,
    NotReconciled,
)
from contracting.reconciliation.states import (
    Match,
)


@transaction.atomic
def accept_usage(
    *, invoice_id: int, seen_sha256: str | None = None, by: Actor, at: datetime
) -> Acceptance:
    """Accept, line by line, the smallest of the three counts at the contract's price.

    What differs stays out until it is resolved (R-REC-03), and so does what was used
    beyond the funds (R-FND-08); the undisputed part goes on to payment. Rounded once,
    half-up to the cent, on the invoice line and class.

    :param seen_sha256: the comparison and what is decided of its differences, as they
        were read, by :func:`.queries.seen_of`; every page sends it
    :raises NotAllowed: if ``by`` is not the designated representative
    :raises Stale: if another comparison was read, or a difference is decided since
    :raises AlreadyAccepted: if it was accepted before
    :raises NotReconciled: unless a comparison of today's inputs covers every line
        (R-REC-01)
    :raises NotRated: if a line priced by volume has usage that is not on its steps yet
    :raises NothingAgrees: if no part of it is payable
    """
    invoice = locked_invoice(invoice_id)
    on = accounting_day(at, invoice.order.contract.time_zone)
    require(permissions.can_accept_usage(by, invoice, on))
    fold_usage(order_id=invoice.order_id, by=by)
    run, match = _guard(invoice, at)
    _guard_seen(invoice, seen_sha256)
    acceptance = _accept_what_agrees(invoice, run, match, by, at)
    invoice.move_to(InvoiceState.ACCEPTED)
    billed = {line.order_line.contract_line for line in live_lines(invoice)}
    freeze_volume(lines=billed, because=acceptance.subject, by=by, at=at)
    close_usage(kinds=_kinds(invoice), because=acceptance.subject, by=by, at=at)
    for finding in _resolved_before(invoice):
        free_finding(finding, invoice, finding.resolution.code, by, at)
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


def _kinds(invoice: Invoice) -> list[Kind]:
    """What an invoice bills, line by line: closed once it is accepted."""
    return [_kind(line, line.token_class.code) for line in live_lines(invoice)]


def _kind(line: InvoiceLine, code: str) -> Kind:
    period = line.period
    return Kind(
        *(line.order_line_id, line.model_id, code, line.tier),
        *(period.lower, period.upper),
    )


def _guard(invoice: Invoice, at: datetime) -> tuple[ReconciliationRun, Match]:
    if invoice.state in _ACCEPTED:
        message = "This invoice is accepted already."
        raise AlreadyAccepted(message)
    if invoice.state != InvoiceState.RECEIVED:
        message = f"This invoice is {invoice.get_state_display()}."
        raise IllegalMove(message, state=invoice.state)
    queries.require_rated(invoice)
    run = queries.latest_run(invoice)
    lines = live_lines(invoice).count() + live_charge_lines(invoice).count()
    if run is None or run.lines_covered != lines:
        message = (
            "This invoice is not compared with meter and report yet. "
            "Reconcile it first."
        )
        raise NotReconciled(message, lines=lines)
    span = (invoice.period_start, invoice.period_end)
    match = inputs.match_of(invoice.order, span, invoice=invoice, at=at)
    if calculations.inputs_sha256(match) != run.inputs_sha256:
        message = (
            "Usage, reports or the contract have changed since the comparison. "
            "Reconcile it again."
        )
        raise NotReconciled(message, run=run.public_id)
    return run, match


def _guard_seen(invoice: Invoice, seen: str | None) -> None:
    current = queries.seen_of(invoice)
    if seen is not None and seen != current:
        message = (
            "The invoice was compared again, or a difference was decided, since you "
            "read this. Load the page again, and accept what it shows then. Nothing "
            "was recorded."
        )
        raise Stale(message, seen=seen, current=current)


_ACCEPTED = frozenset(
    {InvoiceState.ACCEPTED, InvoiceState.CERTIFIED, InvoiceState.PAID}
)


def _accept_what_agrees(
    invoice: Invoice, run: ReconciliationRun, match: Match, by: Actor, at: datetime
) -> Acceptance:
    cells = {cell_key(cell): cell for cell in run.cells.all()}
    lines = list(live_lines(invoice))
    steps = Volume(invoice.order)
    rooms = Rooms()
    tolerated = Tolerated.of(invoice, match)
    parts = rooms.parts(
        _payable(each, cells[cell_key_of(each)], steps, tolerated) for each in lines
    )
    charges = rooms.charges(live_charge_lines(invoice), match.charged)
    if not any(part.payable for part in parts) and not any(
        charge.exact for charge in charges
    ):
        message = (
            "Meter, report and invoice agree on nothing here. Return the invoice, or "
            "resolve what differs."
        )
        raise NothingAgrees(message)
    cents = _cents_of(parts, charges)
    withheld = invoice.asked - cents
    return _keep(invoice, run, parts, withheld, None, by, at, charges)


def _keep(
    invoice: Invoice,
    run: ReconciliationRun,
    parts: Sequence[Part],
    withheld: Dollars,
    finding: Finding | None,
    by: Actor,
    at: datetime,
    charges: Sequence[PayableCharge] = (),
) -> Acceptance:
    earlier = Acceptance.objects.filter(invoice__order=invoice.order_id)
    acceptance = Acceptance.objects.create(
        number=next_below(invoice.order.piid, "ACC", earlier),
        invoice=invoice,
        finding=finding,
        run=run,
        accepted_by_id=by.own_membership_id,
        accepted_at=at,
        exact_dollars=(
            total_dollars(part.exact for part in parts)
            + total_dollars(charge.exact for charge in charges)
        ).amount,
        accepted_dollars=_cents_of(parts, charges).amount,
        withheld_dollars=withheld.amount,
    )
    for part in parts:
        _post(acceptance, part, by, at)
    for charge in charges:
        _post_charge(acceptance, charge, by, at)
    return acceptance


def _cents_of(parts: Sequence[Part], charges: Sequence[PayableCharge]) -> Dollars:
    return total_dollars(part.cents for part in parts) + total_dollars(
        charge.cents for charge in charges
    )


def _payable(
    line: InvoiceLine, cell: Cell, volume: Volume, tolerated: Tolerated
) -> Part:
    """The smallest count at the lower price, or on steps the exact amount.

    Where the contract states a tolerance, our count with it stands for ours.
    """
    price = UnitPrice(line.usd_per_million_tokens)
    tokens = Tokens(0)
    if cell.rate_usd is not None:
        price = min(price, UnitPrice(cell.rate_usd))
        tokens = Tokens(max(min(cell.a_tokens, cell.b_tokens, line.tokens), 0))
    by_volume = line.order_line.contract_line.is_by_volume
    exact = volume.billed_by(line, tokens) if by_volume and cell.counts_agree else None
    if price < UnitPrice(cell.rate_usd or 0):
        exact = None
    beyond = Tokens(0)
    if not by_volume and tokens.count == cell.a_tokens:
        beyond = tolerated.take(line, cell, price)
    return Part(line, line.token_class.code, tokens, price, exact, beyond)


def _post(acceptance: Acceptance, part: Part, by: Actor, at: datetime) -> None:
    AcceptedLine.objects.create(
        acceptance=acceptance,
        invoice_line=part.line,
        token_class_code=part.code,
        payable_tokens=part.payable.count,
        beyond_tokens=part.beyond.count,
        usd_per_million_tokens=part.price.usd_per_million_tokens,
        exact_dollars=part.exact.amount,
        beyond_dollars=part.beyond_dollars.amount,
        payable_dollars=part.cents.amount,
    )
    if not part.payable:
        return
    accept_on_ledger(
        holder=part.line.order_line.holder,
        acrn=part.line.acrn or None,
        exact=part.metered,
        rounded=part.cents,
        tokens=part.tokens,
        beyond=Beyond(part.beyond_dollars, part.beyond),
        because=acceptance.subject,
        by=by,
        at=at,
    )


def _post_charge(
    acceptance: Acceptance, charge: PayableCharge, by: Actor, at: datetime
) -> None:
    AcceptedCharge.objects.create(
        acceptance=acceptance,
        charge_line=charge.line,
        units=charge.units,
        exact_dollars=charge.exact.amount,
        payable_dollars=charge.cents.amount,
    )
    if not charge.exact:
        return
    accept_on_ledger(
        holder=charge.line.order_line.holder,
        acrn=charge.line.acrn or None,
        exact=charge.exact,
        rounded=charge.cents,
        tokens=Tokens(0),
        because=acceptance.subject,
        by=by,
        at=at,
    )


def _resolved_before(invoice: Invoice) -> list[Finding]:
    return list(
        queries.findings_of_invoice(invoice).filter(
            resolution__code__in=FREES, acceptance__isnull=True
        )
    )


def free_finding(
    finding: Finding, invoice: Invoice, code: str, by: Actor, at: datetime
) -> Acceptance | None:
    """Accept what a difference kept out, once it is decided whose count holds."""
    run = queries.latest_run(invoice)
    bounded = [] if run is None else freed_parts(finding, invoice, run, code, at)
    if run is None or not any(part.payable for part in bounded):
        return None
    acceptance = _keep(invoice, run, bounded, Dollars(), finding, by, at)
    others = [p for p in bounded if p.payable and p.code != p.line.token_class.code]
    kinds = [_kind(part.line, part.code) for part in others]
    close_usage(kinds=kinds, because=acceptance.subject, by=by, at=at)
    _print_receiving_report(acceptance, by, at)
    return acceptance


def _print(
    invoice: Invoice,
    run: ReconciliationRun,
    acceptance: Acceptance,
    by: Actor,
    at: datetime,
) -> None:
    _request(
        "reconciliation",
        f"Reconciliation of invoice {invoice.number}",
        paperwork.statement(run, invoice, by, at),
        acceptance,
        by,
        at,
    )
    _print_receiving_report(acceptance, by, at)


def _print_receiving_report(acceptance: Acceptance, by: Actor, at: datetime) -> None:
    """One for each acceptance, so that every payment rests on one."""
    title = f"Receiving report for invoice {acceptance.invoice.number}"
    if acceptance.finding is not None:
        title += ", resolved discrepancy"
    _request(
        "receiving_report",
        title,
        paperwork.receiving_report(acceptance, by),
        acceptance,
        by,
        at,
    )


def _request(
    kind: str,
    title: str,
    context: dict[str, Any],
    acceptance: Acceptance,
    by: Actor,
    at: datetime,
) -> None:
    invoice = acceptance.invoice
    contract = invoice.order.contract
    request_document(
        kind=kind,
        subject=acceptance.subject,
        title=title,
        number=invoice.number,
        agency_id=contract.agency_id,
        vendor_id=invoice.vendor_id,
        context=context,
        content_sha256=acceptance.run.result_sha256,
        version=1,
        by=by,
        at=at,
    )
