"""How long the money takes: from use to report, match, acceptance, certificate, pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from django.db.models import Min, Prefetch, QuerySet

from contracting.billing.models import Invoice, UsageReport
from contracting.billing.states import InvoiceState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day, day_bounds
from contracting.core.plots.latency import STEPS, MonthOfMoney
from contracting.orders.models import TaskOrder
from contracting.orders.queries import visible_to
from contracting.payments.models import PaymentCertification
from contracting.periods.calculations import month_of
from contracting.reconciliation.models import Acceptance, ReconciliationRun

MOST_MONTHS: Final = 18
_DAY: Final = timedelta(days=1)
_MICROSECOND: Final = timedelta(microseconds=1)
GONE: Final = (InvoiceState.RETURNED, InvoiceState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one invoice: when each step was reached; later ones may be open."""

    invoice: Invoice
    used_until: datetime
    reached: tuple[datetime | None, ...]
    dollars: Decimal

    @property
    def is_paid(self) -> bool:
        return self.reached[-1] is not None

    @property
    def days(self) -> tuple[Decimal, ...]:
        """Days of each step; one that was reached before the step ahead took none.

        So they add up to the days from use to payment exactly.
        """
        found, last = [], self.used_until
        for instant in self.reached:
            now = max(last, instant or last)
            found.append(Decimal((now - last) // _MICROSECOND) / (_DAY // _MICROSECOND))
            last = now
        return tuple(found)


_STANDING = (
    PaymentCertification.objects.filter(payment_return__isnull=True)
    .select_related("payment", "payment_return")
    .order_by("pk")
)
"""Vouchers that finance has not given back, the first of an invoice first."""


def ways_of(orders: QuerySet[TaskOrder]) -> Iterator[Way]:
    """The way of each invoice of these orders that was not returned or withdrawn."""
    invoices = (
        Invoice.objects.filter(order__in=orders.order_by().values("pk"))
        .exclude(state__in=GONE)
        .select_related("order__contract")
        .order_by("period_end", "pk")
    )
    rows = list(
        invoices.prefetch_related(
            Prefetch("order__usage_reports", UsageReport.objects.order_by("pk")),
            Prefetch("certifications", _STANDING, to_attr="vouchers"),
        )
    )
    ids = [each.pk for each in rows]
    matched = _first(ReconciliationRun.objects.filter(invoice__in=ids), "ran_at")
    accepted = _first(Acceptance.objects.filter(invoice__in=ids), "accepted_at")
    for invoice in rows:
        vouchers: list[Any] = invoice.vouchers
        certificate = next(iter(vouchers), None)
        payments = [each.payment for each in vouchers if each.is_paid]
        yield Way(
            invoice=invoice,
            used_until=invoice.period_end,
            reached=(
                _reported(invoice),
                matched.get(invoice.pk),
                accepted.get(invoice.pk),
                certificate.certified_at if certificate else None,
                _paid_at(invoice, payments[0].paid_on) if payments else None,
            ),
            dollars=sum((each.dollars for each in payments), Decimal(0)),
        )


def _first(rows: QuerySet[Any], at: str) -> dict[int, datetime]:
    return dict(rows.order_by().values_list("invoice").annotate(first=Min(at)))


def _reported(invoice: Invoice) -> datetime | None:
    """When the last of the first reports on its period came; none where none did."""
    came = [
        report.received_at
        for report in invoice.order.usage_reports.all()
        if report.supersedes_id is None
        and report.period_start < invoice.period_end
        and report.period_end > invoice.period_start
    ]
    return max(came, default=None)


def _paid_at(invoice: Invoice, paid_on: date) -> datetime:
    """The begin of the day of payment, in the contract's zone."""
    return day_bounds(paid_on, invoice.order.contract.time_zone).start


def months_of_money(ways: Iterable[Way]) -> list[MonthOfMoney]:
    """By month of use, the average days of each step, weighted by the dollars paid."""
    by_month: dict[date, list[Way]] = defaultdict(list)
    for way in ways:
        zone = way.invoice.order.contract.time_zone
        day = accounting_day(way.used_until - _MICROSECOND, zone)
        by_month[month_of(day)].append(way)
    months = sorted(by_month)[-MOST_MONTHS:]
    return [_month(month, by_month[month]) for month in months]


def _month(month: date, ways: list[Way]) -> MonthOfMoney:
    paid = [each for each in ways if each.is_paid]
    whole = sum((each.dollars for each in paid), Decimal(0))
    weights = [each.dollars if whole else Decimal(1) for each in paid]
    weight = sum(weights, Decimal(0)) or Decimal(1)
    days = tuple(
        (
            sum(
                (each.days[step] * w for each, w in zip(paid, weights, strict=True)),
                Decimal(0),
            )
            / weight
        ).quantize(Decimal("0.1"), ROUND_HALF_UP)
        for step in range(len(STEPS))
    )
    return MonthOfMoney(
        month=month,
        invoices=len(paid),
        dollars=whole,
        days=days,
        under_way=len(ways) - len(paid),
    )


def orders_of(
    actor: Actor, *, order: TaskOrder | None = None, contract_id: int | None = None
) -> QuerySet[TaskOrder]:
    """The orders that are meant: one, those of a contract, or all one may see."""
    rows = visible_to(actor)
    if order is not None:
        return rows.filter(pk=order.pk)
    return rows if contract_id is None else rows.filter(contract=contract_id)
