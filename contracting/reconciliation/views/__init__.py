"""Pages of invoices as compared, of comparisons, and of discrepancies."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet

from contracting.audit.queries import events_of
from contracting.billing import permissions as may_bill
from contracting.billing.models import Invoice, InvoiceLine
from contracting.billing.queries import (
    charge_lines_of,
    get_invoice_for,
    invoices_visible_to,
    lines_of,
)
from contracting.billing.queries.clocks import (
    days_lost,
    payable_from,
    payment_days_of,
    return_by,
    rounding_of,
)
from contracting.billing.queries.credits import credit_lines_of
from contracting.billing.queries.drafts import edits_of
from contracting.billing.states import InvoiceState
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import documents_of
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.orders.queries import visible_to as orders_visible_to
from contracting.orders.states import SIGNED
from contracting.reconciliation import calculations, forms, permissions, queries
from contracting.reconciliation.matching import kept
from contracting.reconciliation.models import (
    Acceptance,
    Cell,
    Finding,
    ReconciliationRun,
)
from contracting.reconciliation.operations.accept import accept_usage
from contracting.reconciliation.operations.dispute import dispute_finding
from contracting.reconciliation.operations.reconcile import reconcile_order
from contracting.reconciliation.operations.reconcile_in_steps import (
    reconcile_in_steps,
)
from contracting.reconciliation.queries.counts import plot_of
from contracting.reconciliation.queries.inbox import alike, is_tolerated
from contracting.reconciliation.states import FindingState, ResolutionCode
from contracting.reconciliation.views.counts import address_of

PER_PAGE = 50
CALLS_SHOWN = 200
GONE = (ResolutionCode.EXPLAINED, ResolutionCode.SUPERSEDED)


class InvoicePage(PageView):
    """What is asked for, what of it agrees, and what is accepted?"""

    template_name = "reconciliation/invoice.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by = self.actor
        invoice = get_invoice_for(by, ids["public_id"])
        contract = invoice.order.contract
        run = queries.latest_run(invoice)
        findings = list(queries.findings_of_invoice(invoice))
        acceptances = list(queries.acceptances_of(invoice))
        accepted = queries.accepted_total(invoice)
        on = accounting_day(clock.now(), contract.time_zone)
        return {
            "invoice": invoice,
            "order": invoice.order,
            "contract": contract,
            "run": run,
            **_lines(invoice, run),
            "findings": findings,
            **_plot(findings),
            "plot": plot_of(run) if run else None,
            "csv_url": f"{run.path}/waterfall.csv" if run else "",
            "acceptances": acceptances,
            "accepted": accepted,
            "withheld": invoice.asked - accepted,
            "credit_lines": credit_lines_of(invoice),
            "unresolved": sum(f.state != FindingState.RESOLVED for f in findings),
            "is_open": invoice.state == InvoiceState.RECEIVED,
            "return_by": return_by(invoice),
            "edits": edits_of(invoice),
            "payable_from": payable_from(invoice),
            "rounding": rounding_of(invoice),
            "payment_days": payment_days_of(invoice),
            "days_lost": days_lost(invoice),
            "corrections": invoice.corrections.order_by("pk"),
            "documents": [
                paper
                for subject in (
                    invoice.subject,
                    *(each.subject for each in acceptances),
                )
                for paper in documents_of(subject).visible_to(by)
            ],
            "may_accept": permissions.can_accept_usage(by, invoice, on),
            "may_reconcile": permissions.can_reconcile_order(by, invoice.order),
            "may_return": may_bill.can_return_invoice(by, invoice, on),
            "may_withdraw": may_bill.can_withdraw_invoice(by, invoice),
            "events": queries.history_of(invoice),
        }


def _lines(invoice: Invoice, run: ReconciliationRun | None) -> dict[str, Any]:
    """Each invoice line with its three counts and what of it is accepted."""
    cells: dict[tuple[object, ...], Cell] = {}
    if run is not None:
        cells = {
            (cell.order_line_id, cell.model_id, cell.token_class_code, cell.tier)
            + (cell.period_start, cell.period_end): cell
            for cell in run.cells.select_related("order_line__contract_line", "model")
        }
    accepted = queries.accepted_by_line(invoice)
    lines = list(lines_of(invoice))
    found = {
        line.pk: cells.get(
            (line.order_line_id, line.model_id, line.token_class.code, line.tier)
            + (line.period.lower, line.period.upper)
        )
        for line in lines
    }
    rows = [
        {
            "line": line,
            "cell": cell,
            "url": address_of(run, cell) if run and cell else "",
            "accepted": accepted.get(line.pk),
        }
        for line in lines
        for cell in [found[line.pk]]
    ]
    paid = queries.accepted_by_charge_line(invoice)
    charges = [
        {"line": line, "accepted": paid.get(line.pk)}
        for line in charge_lines_of(invoice)
    ]
    return {"lines": rows, "only": _only(lines), "charges": charges}


def _only(rows: Iterable[InvoiceLine | Cell]) -> str:
    """Model and tier where all rows share them, to be said once; else nothing."""
    kinds = {f"{row.model.snapshot}, {row.tier.lower()}" for row in rows}
    return kinds.pop() if len(kinds) == 1 else ""


def _plot(findings: list[Finding]) -> dict[str, Any]:
    """The differences that are there; not what later rows explained or replaced.

    What the contract tolerates is a bar of its own.
    """
    bars = calculations.bars(
        (
            "TOLERATED" if is_tolerated(finding) else finding.code,
            Dollars(finding.amount_dollars),
        )
        for finding in findings
        if not hasattr(finding, "resolution") or finding.resolution.code not in GONE
    )
    return {"bars": bars, "plot_height": len(bars) * calculations.BAR_STEP}


class RunPage(PageView):
    """Where do meter, report and invoice differ, and by how much?"""

    template_name = "reconciliation/run.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        run = queries.get_run_for(self.actor, ids["public_id"])
        findings = list(queries.findings_of_run(run))
        cells = run.cells.select_related("order_line__contract_line", "model")
        ordered = list(cells.order_by("period_start", "order_line", "token_class_code"))
        return {
            "run": run,
            "order": run.order,
            "zone": run.order.contract.time_zone,
            "cells": ordered,
            "rows": [(cell, address_of(run, cell)) for cell in ordered],
            "plot": plot_of(run),
            "csv_url": f"{run.path}/waterfall.csv",
            "only": _only(ordered),
            "differing": sum(not cell.agrees for cell in ordered),
            "findings": findings,
            **_plot(findings),
            "difference": Dollars(run.c_dollars) - Dollars(run.a_dollars),
        }


class RunsPage(PageView):
    """When was each order compared last?"""

    template_name = "reconciliation/runs.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        runs = queries.runs_visible_to(self.actor).order_by("-pk")
        orders: QuerySet[TaskOrder] = orders_visible_to(self.actor)
        return {
            "page_obj": Paginator(runs, PER_PAGE).get_page(
                self.request.GET.get("page")
            ),
            "under_way": queries.under_way(self.actor),
            "orders": [
                (order, permissions.can_reconcile_order(self.actor, order))
                for order in orders.filter(state__in=SIGNED).order_by("-pk")[:20]
            ],
        }


class FindingPage(PageView):
    """What differs, by how much, and which calls are behind it?"""

    template_name = "reconciliation/finding.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        finding = queries.get_finding_for(self.actor, ids["public_id"])
        keys = finding.evidence.get("keys", [])
        on = today_of(finding)
        return {
            "finding": finding,
            "order": finding.order,
            "keys": keys[:CALLS_SHOWN],
            "keys_count": len(keys),
            "model": queries.model_of(finding),
            "may_dispute": permissions.can_dispute_finding(self.actor, finding, on),
            "may_resolve": permissions.can_resolve_finding(self.actor, finding, on),
            "alike": alike(finding, queries.findings_visible_to(self.actor)).count(),
            "events": events_of(finding.subject),
        }


class ReconcileOrder(VerbView):
    """Compare now, without waiting for the night."""

    template_name = "reconciliation/reconcile_order.html"
    form_class = forms.ReconcileOrderForm
    submit_label = "Compare now"

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_reconcile_order(self.actor, thing)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"invoice": self.request.GET.get("invoice", "")}

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            "invoices": [
                (invoice.public_id, f"Invoice {invoice.number}")
                for invoice in _open_invoices(self.actor, thing)
            ]
        }

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {"order": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        invoice_id = None
        if data["invoice"]:
            invoice_id = get_invoice_for(by, data["invoice"]).pk
        elif kept.is_long(thing):
            return reconcile_in_steps(order_id=thing.pk, by=by, at=at).path
        run = reconcile_order(order_id=thing.pk, invoice_id=invoice_id, by=by, at=at)
        return run.path


def _open_invoices(actor: Actor, order: TaskOrder) -> QuerySet[Invoice]:
    visible = invoices_visible_to(actor).filter(order=order)
    return visible.filter(state=InvoiceState.RECEIVED).order_by("pk")


class AcceptUsage(VerbView):
    """The representative accepts what agrees."""

    template_name = "reconciliation/accept_usage.html"
    form_class = forms.AcceptUsageForm
    submit_label = "Accept what agrees"
    done_message = "What agrees is accepted and goes on to payment."

    def thing(self, *_: Any, **ids: Any) -> Invoice:
        return get_invoice_for(self.actor, ids["public_id"])

    def verdict(self, thing: Invoice) -> Verdict:
        on = accounting_day(clock.now(), thing.order.contract.time_zone)
        return permissions.can_accept_usage(self.actor, thing, on)

    def initial(self, thing: Invoice) -> dict[str, Any]:
        return {"seen_sha256": queries.seen_of(thing)}

    def extra(self, thing: Invoice) -> dict[str, Any]:
        run = queries.latest_run(thing)
        return {
            "invoice": thing,
            "order": thing.order,
            "run": run,
            **_lines(thing, run),
            "findings": queries.findings_of_invoice(thing),
            "cancel_url": thing.path,
        }

    def perform(
        self, *, thing: Invoice, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        accepted: Acceptance = accept_usage(
            invoice_id=thing.pk, seen_sha256=data["seen_sha256"], by=by, at=at
        )
        return accepted.invoice.path


def today_of(finding: Finding) -> date:
    """The day it is where the contract's days are counted."""
    return accounting_day(clock.now(), finding.order.contract.time_zone)


class FindingVerbView(VerbView):
    """A verb on one discrepancy that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> Finding:
        return queries.get_finding_for(self.actor, ids["public_id"])

    def extra(self, thing: Finding) -> dict[str, Any]:
        return {"finding": thing, "order": thing.order, "cancel_url": thing.path}


class DisputeFinding(FindingVerbView):
    """Ask the vendor to explain."""

    template_name = "reconciliation/dispute_finding.html"
    form_class = forms.DisputeFindingForm
    submit_label = "Dispute it"
    done_message = "The vendor is asked to explain; the rest is paid meanwhile."

    def verdict(self, thing: Finding) -> Verdict:
        return permissions.can_dispute_finding(self.actor, thing, today_of(thing))

    def perform(
        self, *, thing: Finding, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        dispute_finding(finding_id=thing.pk, reason=data["reason"], by=by, at=at)
        return thing.path
