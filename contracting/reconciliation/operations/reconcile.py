"""Compare meter, report and invoice, and file every difference under its code."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Membership
from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.billing.models import Invoice
from contracting.contracts.models import Contract
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256, plain
from contracting.core.periods import accounting_day, add_business_days
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.orders.models import TaskOrder
from contracting.reconciliation import calculations, events, permissions, queries
from contracting.reconciliation.calculations import Difference, Match
from contracting.reconciliation.models import (
    Cell,
    Finding,
    ReconciliationRun,
    Resolution,
)
from contracting.reconciliation.refusals import NothingToReconcile
from contracting.reconciliation.states import FindingCode, ResolutionCode

DAYS_TO_ANSWER = 5


@transaction.atomic
def reconcile_order(
    *, order_id: int, invoice_id: int | None = None, by: Actor, at: datetime
) -> ReconciliationRun:
    """Compare the whole order, or the period of one invoice, and keep what was found.

    The same inputs give the same result hash (R-REC-05). A difference that was found
    before is the same finding; one that is new gets its code, owner, due date and
    evidence (R-REC-04). Tolerance never hides a difference.

    :raises NotAllowed: if ``by`` is neither the job nor COR nor CO of the agency
    :raises NothingToReconcile: if neither side has any usage
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().select_related("contract").get(pk=order_id)
    require(permissions.can_reconcile_order(by, order))
    invoice = None
    if invoice_id is not None:
        invoice = Invoice.objects.locked().get(pk=invoice_id, order=order)
    start, end = _span(order, invoice)
    match = queries.match_of(order, start, end, invoice=invoice, at=at)
    differences = calculations.compare(match)
    run = _keep_run(order, invoice, (start, end), match, differences, by, at)
    for difference in differences:
        _file(run, order, invoice, difference, by, at)
    _close_what_arrived(order, differences, run, by, at)
    record_event(
        events.ORDER_RECONCILED,
        subject=run.subject,
        by=by,
        at=at,
        data={
            "run": run.public_id,
            "invoice": invoice.number if invoice else None,
            "inputs_sha256": run.inputs_sha256,
            "result_sha256": run.result_sha256,
            "differences": len(differences),
        },
    )
    return run


def _span(order: TaskOrder, invoice: Invoice | None) -> tuple[datetime, datetime]:
    if invoice is not None:
        return invoice.period_start, invoice.period_end
    span = queries.usage_span(order)
    if span is None:
        message = "Neither our meter nor the vendor has any usage of this order yet."
        raise NothingToReconcile(message)
    return span[0], span[1] + timedelta(microseconds=1)


def result_sha256(match: Match, differences: list[Difference]) -> str:
    """SHA-256 of what was found; ids, times of the run and people are left out."""
    return content_sha256({
        "differences": [
            {
                "code": each.code,
                "line": each.order_line_id,
                "classes": list(each.token_classes),
                "tokens": each.tokens,
                "amount": each.amount,
                "evidence": dict(each.evidence),
            }
            for each in differences
        ],
        "cells": [
            [
                cell.order_line_id,
                cell.model_id,
                cell.token_class,
                cell.tier,
                cell.start,
                cell.end,
                cell.a_tokens,
                cell.b_tokens,
                cell.c_tokens,
                cell.a_dollars,
                cell.c_dollars,
            ]
            for cell in calculations.cells(match)
        ],
    })


def _keep_run(
    order: TaskOrder,
    invoice: Invoice | None,
    span: tuple[datetime, datetime],
    match: Match,
    differences: list[Difference],
    by: Actor,
    at: datetime,
) -> ReconciliationRun:
    made = calculations.cells(match)
    priced = [cell for cell in made if cell.c_dollars is not None]
    run = ReconciliationRun.objects.create(
        order=order,
        invoice=invoice,
        period_start=span[0],
        period_end=span[1],
        inputs_sha256=queries.inputs_sha256(match),
        result_sha256=result_sha256(match, differences),
        a_tokens=sum(row.tokens for row in match.metered),
        b_tokens=sum(row.tokens for row in match.reported),
        c_tokens=sum(line.tokens for line in match.invoiced),
        a_dollars=total_dollars(cell.a_dollars for cell in made).amount,
        c_dollars=sum(
            (cell.c_dollars for cell in priced if cell.c_dollars), Dollars()
        ).amount,
        lines_covered=len(match.invoiced),
        ran_at=at,
        ran_by=by.name,
    )
    Cell.objects.bulk_create(
        Cell(
            run=run,
            order_line_id=cell.order_line_id,
            model_id=cell.model_id,
            token_class_code=cell.token_class,
            tier=cell.tier,
            period_start=cell.start,
            period_end=cell.end,
            a_tokens=cell.a_tokens,
            b_tokens=cell.b_tokens,
            c_tokens=cell.c_tokens,
            a_dollars=cell.a_dollars.amount,
            c_dollars=cell.c_dollars.amount if cell.c_dollars else None,
            rate_usd=cell.rate.usd_per_million_tokens if cell.rate else None,
            invoiced_usd=(
                cell.invoiced_price.usd_per_million_tokens
                if cell.invoiced_price
                else None
            ),
            agrees=cell.agrees,
        )
        for cell in made
    )
    return run


def _file(
    run: ReconciliationRun,
    order: TaskOrder,
    invoice: Invoice | None,
    difference: Difference,
    by: Actor,
    at: datetime,
) -> None:
    known = Finding.objects.filter(
        order=order, fingerprint=difference.fingerprint
    ).first()
    if known is None:
        today = accounting_day(at, order.contract.time_zone)
        aggregate = difference.level == calculations.AGGREGATE
        known = Finding.objects.create(
            order=order,
            run=run,
            invoice=invoice if aggregate else None,
            fingerprint=difference.fingerprint,
            code=difference.code,
            order_line_id=difference.order_line_id,
            token_classes=list(difference.token_classes),
            tokens=difference.tokens,
            amount_dollars=difference.amount.amount,
            level=difference.level,
            tolerance_tier=_tier(order, difference, run),
            owner=_owner(order, at),
            due_on=add_business_days(today, DAYS_TO_ANSWER),
            evidence=plain(dict(difference.evidence)),
            found_at=at,
        )
    if difference.arrived and not hasattr(known, "resolution"):
        _arrived(known, run, by, at)


def _close_what_arrived(
    order: TaskOrder,
    differences: list[Difference],
    run: ReconciliationRun,
    by: Actor,
    at: datetime,
) -> None:
    """A report that was overdue and has come: its finding closes and stays listed."""
    still = {each.fingerprint for each in differences}
    overdue = Finding.objects.filter(
        order=order, code=FindingCode.LATE_REPORT, resolution__isnull=True
    )
    if run.invoice_id is not None:
        return
    for finding in overdue.exclude(fingerprint__in=still):
        _arrived(finding, run, by, at)


def _arrived(
    finding: Finding, run: ReconciliationRun, by: Actor, at: datetime
) -> None:
    Resolution.objects.create(
        finding=finding,
        code=ResolutionCode.ARRIVED,
        reason="The rows were reported after the due day.",
        resolved_by_name=by.name,
        resolved_by_id=by.membership_id,
        resolved_at=at,
    )
    record_event(
        events.FINDING_RESOLVED,
        subject=finding.subject,
        by=by,
        at=at,
        data={"code": finding.code, "resolution": ResolutionCode.ARRIVED},
    )


def _tier(order: TaskOrder, difference: Difference, run: ReconciliationRun) -> int:
    """1 within the contract's tolerance, 2 up to 2 % and $2,500, 3 above."""
    contract = order.contract
    size = abs(difference.amount.amount)
    if (
        abs(difference.tokens) <= contract.tolerance_tokens
        and size <= contract.tolerance_dollars
    ):
        return 1
    base = max(run.a_tokens, run.b_tokens, 1)
    return 2 if abs(difference.tokens) * 50 <= base and size <= 2500 else 3


def _owner(order: TaskOrder, at: datetime) -> Membership | None:
    on = accounting_day(at, order.contract.time_zone)
    designated = representatives(order.contract, on).order_by("pk").first()
    if designated is not None:
        return designated.membership
    return (
        Membership.objects.filter(
            organization_id=order.contract.agency_id,
            role=Role.CONTRACTING_OFFICER,
            is_active=True,
        )
        .order_by("pk")
        .first()
    )
