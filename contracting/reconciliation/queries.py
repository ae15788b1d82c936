"""Reads of reconciliation: the three views as values, findings, what is payable."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Max, Min, Q, QuerySet, Sum

from contracting.audit.models import AuditEvent
from contracting.audit.queries import events_of_stream, milestones
from contracting.billing.models import Invoice, InvoiceLine, ReportRow, UsageReport
from contracting.billing.queries import (
    live_lines,
    report_due_at,
    report_rows,
    reports_touching,
)
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.periods import (
    Period,
    accounting_day,
    day_bounds,
    days_bounds,
)
from contracting.core.quantities import Dollars, UnitPrice
from contracting.ledger.queries import balances_of
from contracting.metering.models import UsageEvent, UsageRating
from contracting.orders.models import OrderRate, TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reconciliation.calculations import cells, order_of, rate_at
from contracting.reconciliation.models import (
    Acceptance,
    AcceptedLine,
    Finding,
    ReconciliationRun,
)
from contracting.reconciliation.states import (
    Cell,
    Difference,
    FindingState,
    Invoiced,
    Key,
    Kind,
    Match,
    Metered,
    Rate,
    Rates,
    Reported,
    Span,
)
from contracting.reference.models import AiModel
from contracting.reference.queries import resolve_model

MICROSECOND = timedelta(microseconds=1)


def findings_visible_to(actor: Actor) -> QuerySet[Finding]:
    """The agency's own; to the vendor, those of its orders."""
    findings = Finding.objects.select_related(
        "order__contract__agency",
        "order__contract__vendor",
        "order_line__contract_line",
        "invoice",
        "resolution",
        "dispute",
        "owner__user",
    )
    if actor.is_agency and (actor.role or actor.is_key):
        return findings.filter(order__contract__agency_id=actor.organization_id)
    if actor.is_vendor and (actor.role or actor.is_key):
        return findings.filter(order__contract__vendor_id=actor.organization_id)
    return findings.none()


def get_finding_for(actor: Actor, public_id: str) -> Finding:
    """One discrepancy.

    :raises NotVisible: if it is not there for this actor
    """
    finding = findings_visible_to(actor).filter(public_id=public_id).first()
    if finding is None:
        message = "There is no such discrepancy."
        raise NotVisible(message)
    return finding


def runs_visible_to(actor: Actor) -> QuerySet[ReconciliationRun]:
    """The agency's own; to the vendor, those of its orders."""
    runs = ReconciliationRun.objects.select_related("order__contract", "invoice")
    if actor.is_agency and (actor.role or actor.is_key):
        return runs.filter(order__contract__agency_id=actor.organization_id)
    if actor.is_vendor and (actor.role or actor.is_key):
        return runs.filter(order__contract__vendor_id=actor.organization_id)
    return runs.none()


def get_run_for(actor: Actor, public_id: str) -> ReconciliationRun:
    """One comparison.

    :raises NotVisible: if it is not there for this actor
    """
    run = runs_visible_to(actor).filter(public_id=public_id).first()
    if run is None:
        message = "There is no such reconciliation."
        raise NotVisible(message)
    return run


def open_findings(order: TaskOrder) -> QuerySet[Finding]:
    """Discrepancies of an order without a resolution, oldest first."""
    return Finding.objects.filter(order=order, resolution__isnull=True).order_by("pk")


def findings_of_invoice(invoice: Invoice) -> QuerySet[Finding]:
    """Discrepancies of an invoice, and of single calls on the days of its period."""
    days = [each.isoformat() for each in days_of(invoice)]
    return (
        Finding.objects.filter(
            Q(invoice=invoice) | Q(invoice__isnull=True, evidence__day__in=days),
            order=invoice.order_id,
        )
        .select_related("order_line__contract_line", "resolution", "dispute", "owner")
        .order_by("pk")
    )


def findings_of_run(run: ReconciliationRun) -> QuerySet[Finding]:
    """Discrepancies of the same order that this comparison looked at."""
    if run.invoice is not None:
        return findings_of_invoice(run.invoice).filter(found_at__lte=run.ran_at)
    return (
        Finding.objects.filter(order=run.order_id, found_at__lte=run.ran_at)
        .select_related("order_line__contract_line", "resolution", "dispute", "owner")
        .order_by("pk")
    )


def narrowed(
    found: QuerySet[Finding], *, state: str, code: str, order: str
) -> QuerySet[Finding]:
    """The discrepancies of a state, of a kind, of an order's number."""
    by_state = {
        FindingState.OPEN: Q(resolution__isnull=True, dispute__isnull=True),
        FindingState.DISPUTED: Q(resolution__isnull=True, dispute__isnull=False),
        FindingState.RESOLVED: Q(resolution__isnull=False),
    }
    if state:
        found = found.filter(by_state[FindingState(state)])
    if code:
        found = found.filter(code=code)
    return found.filter(order__piid__iexact=order.strip()) if order.strip() else found


def model_of(finding: Finding) -> AiModel | None:
    """The model whose tokens differ, where a discrepancy is of one."""
    return AiModel.objects.filter(pk=finding.evidence.get("model")).first()


def days_of(invoice: Invoice) -> list[date]:
    """The accounting days that an invoice's period touches."""
    period = Period(invoice.period_start, invoice.period_end)
    return period.days(invoice.order.contract.time_zone)


def history_of(invoice: Invoice) -> QuerySet[AuditEvent]:
    """What happened to an invoice, its comparisons and acceptances, oldest first."""
    acceptances = Acceptance.objects.filter(invoice=invoice).values("pk")
    runs = ReconciliationRun.objects.filter(invoice=invoice).values("pk")
    return milestones(events_of_stream(invoice.subject.stream)).filter(
        Q(subject_kind="billing.invoice", subject_id=invoice.pk)
        | Q(subject_kind="reconciliation.acceptance", subject_id__in=acceptances)
        | Q(subject_kind="reconciliation.run", subject_id__in=runs)
    )


def latest_run(invoice: Invoice) -> ReconciliationRun | None:
    """The last comparison of this invoice."""
    return ReconciliationRun.objects.filter(invoice=invoice).order_by("-pk").first()


def acceptances_of(invoice: Invoice) -> QuerySet[Acceptance]:
    """What is accepted on an invoice: first what agrees, then what was freed."""
    rows = Acceptance.objects.filter(invoice=invoice).order_by("pk")
    return rows.select_related("accepted_by__user", "finding", "run")


def accepted_total(invoice: Invoice) -> Dollars:
    """What is accepted on an invoice so far, in cents."""
    found = Acceptance.objects.filter(invoice=invoice).aggregate(
        sum=Sum("accepted_dollars")
    )["sum"]
    return Dollars(found or Decimal(0))


def accepted_by_holder(invoice: Invoice) -> dict[int, Dollars]:
    """Accepted cents by order line."""
    rows = (
        AcceptedLine.objects.filter(acceptance__invoice=invoice)
        .values("invoice_line__order_line")
        .annotate(sum=Sum("payable_dollars"))
    )
    return {row["invoice_line__order_line"]: Dollars(row["sum"]) for row in rows}


def accepted_by_line(invoice: Invoice) -> dict[int, Dollars]:
    """Accepted cents by invoice line."""
    rows = (
        AcceptedLine.objects.filter(acceptance__invoice=invoice)
        .values("invoice_line")
        .annotate(sum=Sum("payable_dollars"))
    )
    return {row["invoice_line"]: Dollars(row["sum"]) for row in rows}


def orders_to_reconcile() -> QuerySet[TaskOrder]:
    """Signed orders with usage or a report that are not closed out."""
    reported = UsageReport.objects.values("order")
    used = UsageRating.objects.values("order_line__order")
    return TaskOrder.objects.filter(
        Q(pk__in=reported) | Q(pk__in=used),
        state__in=[TaskOrderState.ISSUED, TaskOrderState.COMPLETED],
    ).order_by("pk")


def usage_span(order: TaskOrder) -> Span | None:
    """From the first to just after the last instant of usage on either side."""
    ours = UsageRating.objects.filter(order_line__order=order).aggregate(
        low=Min("occurred_at"), high=Max("occurred_at")
    )
    theirs = ReportRow.objects.filter(report__order=order).aggregate(
        low=Min("occurred_at"), high=Max("occurred_at")
    )
    lows = [each["low"] for each in (ours, theirs) if each["low"] is not None]
    highs = [each["high"] for each in (ours, theirs) if each["high"] is not None]
    return (min(lows), max(highs) + MICROSECOND) if lows else None


def match_of(
    order: TaskOrder, span: Span, *, invoice: Invoice | None, at: datetime
) -> Match:
    """The three views of the whole accounting days of ``span``, as plain values.

    Days are whole so that a difference of single calls is the same finding whether the
    order or one invoice is compared.
    """
    zone = order.contract.time_zone
    whole = days_bounds(
        accounting_day(span[0], zone), accounting_day(span[1] - MICROSECOND, zone), zone
    )
    rates = _rates(order)
    metered = _metered(order, whole)
    reports = reports_touching(order, whole)
    covered = sorted(reports.values_list("period_start", "period_end"))
    return Match(
        metered=tuple(metered),
        reported=tuple(_reported(order, whole, rates, metered)),
        invoiced=tuple(_invoiced(invoice, rates)) if invoice else (),
        covered=tuple(covered),
        overdue=_overdue(order, metered, covered, at),
        unfunded=() if invoice else tuple(_unfunded(order)),
        rates=rates,
        invoice_period=span if invoice else None,
        invoiced_elsewhere=tuple(_invoiced_elsewhere(invoice)) if invoice else (),
    )


def cells_of(order: TaskOrder, match: Match) -> list[Cell]:
    """The table behind the findings; days are those of the contract's time zone."""
    zone = order.contract.time_zone
    days = {row.day for row in (*match.metered, *match.reported)}
    bounds = {day: day_bounds(day, zone) for day in days}
    return cells(match, {day: (each.start, each.end) for day, each in bounds.items()})


def result_sha256(made: Iterable[Cell], differences: Iterable[Difference]) -> str:
    """SHA-256 of what was found; ids and times of the run and people are left out."""
    return content_sha256(
        {
            "differences": [
                [each.code, each.order_line_id, each.token_classes, each.tokens]
                + [each.amount, each.level, each.arrived, dict(each.evidence)]
                for each in differences
            ],
            "cells": [
                [each.order_line_id, each.model_id, each.token_class, each.tier]
                + [each.start, each.end, each.a_tokens, each.b_tokens, each.c_tokens]
                + [each.a_dollars, each.c_dollars, each.rate, each.invoiced_price]
                for each in made
            ],
        }
    )


def _rates(order: TaskOrder) -> Rates:
    priced = (
        OrderRate.objects.filter(
            line__order=order,
            line__is_removed=False,
            rate_row__superseded_at__isnull=True,
        )
        .select_related("rate_row__token_class")
        .order_by("rate_row__in_force", "pk")
    )
    found: dict[Key, list[Rate]] = {}
    for each in priced:
        row = each.rate_row
        key = (each.line_id, row.model_id, row.tier, row.token_class.code)
        price = UnitPrice(each.usd_per_million_tokens)
        found.setdefault(key, []).append(
            Rate(row.in_force.lower, row.in_force.upper, price)
        )
    return found


def _metered(order: TaskOrder, days: Period) -> list[Metered]:
    """Rated lines; a correction belongs to the call that it corrects, on its day.

    Events are read by time and by id, never joined: tables without keys between them
    have no plan that stays quick while they grow.
    """
    ratings = UsageRating.objects.filter(order_line__order=order)
    ratings = ratings.select_related("rate_row").order_by("pk")
    inside = {"occurred_at__gte": days.start, "occurred_at__lt": days.end}
    events = UsageEvent.objects.filter(agency_id=order.contract.agency_id)
    called = {
        (event.source_id, event.event_id): event
        for event in events.filter(corrects="", **inside)
    }
    corrections = {
        (event.source_id, event.event_id): called[event.source_id, event.corrects]
        for event in events.exclude(corrects="")
        if (event.source_id, event.corrects) in called
    }
    ids = sorted({event_id for _, event_id in corrections})
    later = ratings.filter(event_id__in=ids) if ids else ()
    zone = order.contract.time_zone
    return [
        Metered(
            request_id=event.operation_id,
            attempt=event.attempt,
            order_line_id=rating.order_line_id,
            model_id=rating.rate_row.model_id,
            token_class=rating.token_class_code,
            tier=rating.rate_row.tier,
            occurred_at=event.occurred_at,
            day=accounting_day(event.occurred_at, zone),
            tokens=rating.tokens,
            price=UnitPrice(rating.usd_per_million_tokens),
        )
        for known, rows in ((called, ratings.filter(**inside)), (corrections, later))
        for rating in rows
        if (event := known.get((rating.source_id, rating.event_id))) is not None
    ]


def _reported(
    order: TaskOrder, days: Period, rates: Rates, metered: Sequence[Metered]
) -> Iterator[Reported]:
    contract = order.contract
    known = {
        (row.request_id, row.token_class): row
        for row in sorted(metered, key=order_of, reverse=True)
    }
    requests = {row.request_id: row for row in known.values()}
    models: dict[tuple[str, date], int | None] = {}
    due: dict[date, datetime] = {}
    for row in report_rows(order, days.start, days.end):
        day = accounting_day(row.occurred_at, contract.time_zone)
        name = (row.model_name, day)
        if name not in models:
            model = resolve_model(row.model_name, day, contract.agency_id)
            models[name] = model.pk if model else None
        if day not in due:
            due[day] = report_due_at(order, row.occurred_at)
        same = known.get((row.request_id, row.token_class_code))
        kind, price = _place(
            row, models[name], rates, same, requests.get(row.request_id)
        )
        yield Reported(
            request_id=row.request_id,
            attempt=row.attempt,
            order_line_id=kind[0],
            model_id=kind[1],
            token_class=row.token_class_code,
            tier=kind[2],
            occurred_at=row.occurred_at,
            day=day,
            tokens=row.tokens,
            price=price,
            is_late=row.report.received_at > due[day],
        )


def _place(
    row: ReportRow,
    model_id: int | None,
    rates: Rates,
    same: Metered | None,
    request: Metered | None,
) -> tuple[Kind, UnitPrice]:
    """Order line, model, tier and price of a reported row.

    Our own rating of the same request comes first, then the order's price of that class
    for the named model; what nobody knows is priced at the highest rate there is.
    """
    if same is not None:
        return same.kind, same.price
    candidates = [
        (price, key[:3])
        for key in sorted(rates)
        if key[3] == row.token_class_code
        and (model_id is None or key[1] == model_id)
        and (price := rate_at(rates, key, row.occurred_at)) is not None
    ]
    if request is not None:
        own = [(price, kind) for price, kind in candidates if kind == request.kind]
        if not own:
            return request.kind, max(candidates)[0] if candidates else _highest(rates)
        candidates = own
    stated = [(price, kind) for price, kind in candidates if kind[2] == row.tier]
    candidates = stated or candidates
    if candidates:
        price, kind = max(candidates)
        return kind, price
    line_id, known_model, tier, _ = min(rates)
    return (line_id, model_id or known_model, tier), _highest(rates)


def _highest(rates: Rates) -> UnitPrice:
    return max(rate.price for row in rates.values() for rate in row)


def _invoiced(invoice: Invoice, rates: Rates) -> Iterator[Invoiced]:
    for line in live_lines(invoice):
        key = (line.order_line_id, line.model_id, line.tier, line.token_class.code)
        rate = rate_at(rates, key, line.period.lower)
        yield Invoiced(
            invoice_line_id=line.pk,
            order_line_id=line.order_line_id,
            model_id=line.model_id,
            token_class=line.token_class.code,
            tier=line.tier,
            start=line.period.lower,
            end=line.period.upper,
            tokens=line.tokens,
            price=UnitPrice(line.usd_per_million_tokens),
            rate=rate or UnitPrice(0),
        )


def _invoiced_elsewhere(invoice: Invoice) -> Iterable[tuple[Kind, Span]]:
    others = (
        InvoiceLine.objects.filter(
            order_line__order=invoice.order_id,
            voided_at__isnull=True,
            period__overlap=(invoice.period_start, invoice.period_end),
        )
        .exclude(invoice=invoice)
        .order_by("pk")
    )
    return {
        ((row.order_line_id, row.model_id, row.tier), _span_of(row)) for row in others
    }


def _span_of(row: InvoiceLine) -> Span:
    return row.period.lower, row.period.upper


def _unfunded(order: TaskOrder) -> Iterator[tuple[int, int, Dollars]]:
    for line in order.lines.order_by("pk"):
        rows = balances_of(line.holder)
        tokens = sum(row.unfunded_tokens for row in rows)
        dollars = sum((row.unfunded_dollars for row in rows), Decimal(0))
        if tokens or dollars:
            yield line.pk, tokens, Dollars(dollars)


def _overdue(
    order: TaskOrder, metered: Sequence[Metered], covered: Sequence[Span], at: datetime
) -> frozenset[date]:
    """The days of use that no report covers although it was due before ``at``."""
    open_days = {
        row.day: row.occurred_at
        for row in metered
        if not any(start <= row.occurred_at < end for start, end in covered)
    }
    return frozenset(
        day for day, instant in open_days.items() if report_due_at(order, instant) < at
    )
