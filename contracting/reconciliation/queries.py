"""Reads of reconciliation: the three views as values, findings, what is payable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Max, Min, QuerySet, Sum

from contracting.billing.models import Invoice, ReportRow, UsageReport
from contracting.billing.queries import live_lines, report_due_at, report_rows
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, UnitPrice
from contracting.ledger.queries import balances_of
from contracting.ledger.states import Holder
from contracting.metering.models import UsageEvent, UsageRating
from contracting.orders.models import OrderRate, TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reconciliation.calculations import (
    Invoiced,
    Match,
    Metered,
    Reported,
)
from contracting.reconciliation.models import (
    Acceptance,
    AcceptedLine,
    Finding,
    ReconciliationRun,
)
from contracting.reference.queries import resolve_model

RateKey = tuple[int, int, str, str]


def findings_visible_to(actor: Actor) -> QuerySet[Finding]:
    """The agency's own; to the vendor, those of its orders."""
    findings = Finding.objects.select_related(
        "order__contract", "order_line__contract_line", "resolution", "dispute"
    )
    if actor.is_agency and (actor.role or actor.is_key):
        return findings.filter(order__contract__agency_id=actor.organization_id)
    if actor.is_vendor:
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
    if actor.is_vendor:
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
    """Discrepancies that a comparison of this invoice has found or met again."""
    run = latest_run(invoice)
    if run is None:
        return Finding.objects.none()
    return (
        Finding.objects.filter(
            order=invoice.order,
            found_at__lte=run.ran_at,
        )
        .select_related("order_line__contract_line", "resolution", "dispute")
        .order_by("pk")
    )


def latest_run(invoice: Invoice) -> ReconciliationRun | None:
    """The last comparison of this invoice."""
    return ReconciliationRun.objects.filter(invoice=invoice).order_by("-pk").first()


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


def orders_to_reconcile() -> QuerySet[TaskOrder]:
    """Issued orders with usage or a report."""
    reported = UsageReport.objects.values("order")
    used = UsageRating.objects.values("order_line__order")
    return (
        TaskOrder.objects.filter(
            state__in=[TaskOrderState.ISSUED, TaskOrderState.COMPLETED]
        )
        .filter(pk__in=reported)
        .union(
            TaskOrder.objects.filter(
                state__in=[TaskOrderState.ISSUED, TaskOrderState.COMPLETED]
            ).filter(pk__in=used)
        )
        .order_by("id")
    )


def usage_span(order: TaskOrder) -> tuple[datetime, datetime] | None:
    """The first and the last instant of usage on either side."""
    ours = UsageRating.objects.filter(order_line__order=order).aggregate(
        low=Min("occurred_at"), high=Max("occurred_at")
    )
    theirs = ReportRow.objects.filter(report__order=order).aggregate(
        low=Min("occurred_at"), high=Max("occurred_at")
    )
    lows = [each["low"] for each in (ours, theirs) if each["low"] is not None]
    highs = [each["high"] for each in (ours, theirs) if each["high"] is not None]
    return (min(lows), max(highs)) if lows else None


def match_of(
    order: TaskOrder,
    start: datetime,
    end: datetime,
    *,
    invoice: Invoice | None,
    at: datetime,
) -> Match:
    """The three views of ``[start, end)`` as plain values."""
    rates = _rates(order)
    metered = _metered(order, start, end)
    reported = _reported(order, start, end, rates, metered)
    reports = UsageReport.objects.filter(order=order)
    return Match(
        metered=tuple(metered),
        reported=tuple(reported),
        invoiced=tuple(_invoiced(invoice, rates)) if invoice else (),
        covered=tuple(sorted(reports.values_list("period_start", "period_end"))),
        overdue_before=_overdue_before(order, metered, at),
        unfunded=tuple(_unfunded(order)),
        rates=rates,
    )


def inputs_sha256(match: Match) -> str:
    """SHA-256 of everything that a comparison depends on."""
    return content_sha256({
        "a": [
            [
                row.request_id,
                row.attempt,
                row.order_line_id,
                row.model_id,
                row.token_class,
                row.tier,
                row.occurred_at,
                row.tokens,
                row.price,
            ]
            for row in sorted(match.metered, key=_order_of)
        ],
        "b": [
            [
                row.request_id,
                row.attempt,
                row.order_line_id,
                row.model_id,
                row.token_class,
                row.tier,
                row.occurred_at,
                row.tokens,
                row.is_late,
            ]
            for row in sorted(match.reported, key=_order_of)
        ],
        "c": [
            [
                line.invoice_line_id,
                line.order_line_id,
                line.model_id,
                line.token_class,
                line.tier,
                line.start,
                line.end,
                line.tokens,
                line.price,
                line.rate,
            ]
            for line in sorted(match.invoiced, key=lambda each: each.invoice_line_id)
        ],
        "covered": [[start, end] for start, end in match.covered],
        "unfunded": [list(row) for row in match.unfunded],
        "rates": sorted([*key, price] for key, price in match.rates.items()),
    })


def _order_of(row: Metered | Reported) -> tuple[Any, ...]:
    return (row.request_id, row.attempt, row.token_class, row.tokens, row.occurred_at)


def _rates(order: TaskOrder) -> dict[RateKey, UnitPrice]:
    priced = OrderRate.objects.filter(
        line__order=order,
        line__is_removed=False,
        rate_row__superseded_at__isnull=True,
    ).select_related("rate_row__token_class")
    return {
        (
            row.line_id,
            row.rate_row.model_id,
            row.rate_row.tier,
            row.rate_row.token_class.code,
        ): UnitPrice(row.usd_per_million_tokens)
        for row in priced
    }


def _metered(order: TaskOrder, start: datetime, end: datetime) -> list[Metered]:
    ratings = list(
        UsageRating.objects.filter(
            order_line__order=order, occurred_at__gte=start, occurred_at__lt=end
        ).select_related("rate_row")
    )
    ids = {rating.event_id for rating in ratings}
    operations: dict[tuple[int, str], tuple[str, int]] = {}
    for event in UsageEvent.objects.filter(
        agency_id=order.contract.agency_id, event_id__in=ids
    ):
        operations[event.source_id, event.event_id] = (event.operation_id, event.attempt)
    return [
        Metered(
            request_id=operations[rating.source_id, rating.event_id][0],
            attempt=operations[rating.source_id, rating.event_id][1],
            order_line_id=rating.order_line_id,
            model_id=rating.rate_row.model_id,
            token_class=rating.token_class_code,
            tier=rating.rate_row.tier,
            occurred_at=rating.occurred_at,
            day=rating.accounting_day,
            tokens=rating.tokens,
            price=UnitPrice(rating.usd_per_million_tokens),
        )
        for rating in ratings
    ]


def _reported(
    order: TaskOrder,
    start: datetime,
    end: datetime,
    rates: dict[RateKey, UnitPrice],
    metered: Sequence[Metered],
) -> list[Reported]:
    contract = order.contract
    known = {(row.request_id, row.token_class): row for row in metered}
    by_request = {row.request_id: row for row in metered}
    models: dict[str, int | None] = {}
    due: dict[object, datetime] = {}
    found = []
    for row in report_rows(order, start, end):
        day = accounting_day(row.occurred_at, contract.time_zone)
        if row.model_name not in models:
            model = resolve_model(row.model_name, day, contract.agency_id)
            models[row.model_name] = model.pk if model else None
        if day not in due:
            due[day] = report_due_at(order, row.occurred_at)
        line_id, model_id, price = _place(
            row,
            models[row.model_name],
            rates,
            known.get((row.request_id, row.token_class_code)),
            by_request.get(row.request_id),
        )
        found.append(
            Reported(
                request_id=row.request_id,
                attempt=row.attempt,
                order_line_id=line_id,
                model_id=model_id,
                token_class=row.token_class_code,
                tier=row.tier,
                occurred_at=row.occurred_at,
                day=day,
                tokens=row.tokens,
                price=price,
                is_late=row.report.received_at > due[day],
            )
        )
    return found


def _place(
    row: ReportRow,
    model_id: int | None,
    rates: dict[RateKey, UnitPrice],
    same: Metered | None,
    request: Metered | None,
) -> tuple[int, int, UnitPrice]:
    """Order line, model and price of a reported row.

    Our own rating of the same request comes first, then the order's rate of the named
    model; a name that nobody knows is priced at the highest rate of its class.
    """
    if same is not None:
        return same.order_line_id, same.model_id, same.price
    near = request or None
    candidates = [
        (price, key)
        for key, price in rates.items()
        if key[3] == row.token_class_code and (model_id is None or key[1] == model_id)
    ]
    if near is not None:
        own = [(p, k) for p, k in candidates if k[:2] == (near.order_line_id, near.model_id)]
        candidates = own or candidates
    if not candidates:
        highest = max(rates.items(), key=lambda item: item[1])
        return highest[0][0], highest[0][1], highest[1]
    price, key = max(candidates)
    return key[0], key[1], price


def _invoiced(
    invoice: Invoice, rates: dict[RateKey, UnitPrice]
) -> Iterable[Invoiced]:
    for line in live_lines(invoice):
        key = (line.order_line_id, line.model_id, line.tier, line.token_class.code)
        price = UnitPrice(line.usd_per_million_tokens)
        yield Invoiced(
            invoice_line_id=line.pk,
            order_line_id=line.order_line_id,
            model_id=line.model_id,
            token_class=line.token_class.code,
            tier=line.tier,
            start=line.period.lower,
            end=line.period.upper,
            tokens=line.tokens,
            price=price,
            rate=rates.get(key, UnitPrice(Decimal(0))),
        )


def _unfunded(order: TaskOrder) -> Iterable[tuple[int, int, Dollars]]:
    for line in order.lines.filter(is_removed=False).order_by("pk"):
        rows = balances_of(Holder("orders.line", line.pk))
        tokens = sum(row.unfunded_tokens for row in rows)
        dollars = sum((row.unfunded_dollars for row in rows), Decimal(0))
        if tokens or dollars:
            yield line.pk, tokens, Dollars(dollars)


def _overdue_before(
    order: TaskOrder, metered: Sequence[Metered], at: datetime
) -> datetime:
    """Usage before this instant must have been reported by now.

    Due days follow the days of usage, so that the last overdue call bounds them all.
    """
    first_of_day: dict[date, datetime] = {}
    last_of_day: dict[date, datetime] = {}
    for row in metered:
        first_of_day.setdefault(row.day, row.occurred_at)
        last = last_of_day.get(row.day, row.occurred_at)
        last_of_day[row.day] = max(last, row.occurred_at)
    overdue = [
        last_of_day[day]
        for day, instant in first_of_day.items()
        if report_due_at(order, instant) < at
    ]
    if not overdue:
        return datetime.min.replace(tzinfo=UTC)
    return max(overdue) + timedelta(microseconds=1)
