"""Every total of a month of an order: what is signed off, and hashed when it closes."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from contracting.billing.models import CreditDue, CreditSettlement
from contracting.billing.states import SettlementKind
from contracting.charges.models import Charge
from contracting.core.canonical import plain
from contracting.core.periods import Period
from contracting.core.quantities import Dollars
from contracting.metering.queries.as_known import known_usage
from contracting.metering.queries.reratings import adjustments_of
from contracting.orders.models import OrderLine, TaskOrder
from contracting.periods.calculations import bounds_of, last_day_of
from contracting.periods.queries import explanations_of
from contracting.reconciliation.models import AcceptedCharge, AcceptedLine, Finding


def content_of(order: TaskOrder, month: date, at: datetime) -> dict[str, Any]:
    """What a month comes to as it is known at an instant, as plain values.

    Tokens and exact dollars by line, class and price row; charges; what is accepted of
    its usage; what was rated anew after that; credits; and the discrepancies that are
    carried on, each with its owner.
    """
    period = bounds_of(month, order.contract.time_zone)
    usage = usage_rows(order, month, at)
    accepted = _accepted(order, period)
    adjusted = _adjusted(order, month, at)
    carried = _carried(order, period)
    credits = _credits(order, period, at)
    charges = _charges(order, period)
    content: dict[str, Any] = plain(
        {
            "order": order.piid,
            "contract": order.contract.piid,
            "month": month,
            "period_start": period.start,
            "period_end": period.end,
            "usage": usage,
            "charges": charges,
            "accepted": accepted,
            "adjusted": adjusted,
            "credits": credits,
            "carried": carried,
            "explained": [
                {"condition": condition, "facts": facts, "reason": reason}
                for (condition, facts), reason in sorted(
                    explanations_of(order, month).items()
                )
            ],
            "sums": {
                "tokens": sum(row["tokens"] for row in usage),
                "dollars": _sum(usage, "dollars"),
                "charged": _sum(charges, "dollars"),
                "accepted_tokens": sum(row["tokens"] for row in accepted),
                "accepted_exact": _sum(accepted, "exact"),
                "accepted_cents": _sum(accepted, "cents"),
                "adjusted": _sum(adjusted, "change"),
                "credits": _sum(credits, "dollars"),
                "carried": _sum(carried, "dollars"),
            },
        }
    )
    return content


def _sum(rows: list[dict[str, Any]], key: str) -> Decimal:
    return sum((row[key] for row in rows), Decimal(0))


def usage_rows(order: TaskOrder, month: date, at: datetime) -> list[dict[str, Any]]:
    """Tokens and exact dollars by line, class and price row, as known at an instant."""
    last = last_day_of(month)
    found: dict[tuple[Any, ...], list[Any]] = defaultdict(lambda: [0, Decimal(0)])
    for row in known_usage(order, at).usage:
        if month <= row.day <= last:
            key = (
                *(row.clin, row.token_class_code, row.model, row.tier, row.slin),
                row.usd_per_million_tokens,
            )
            found[key][0] += row.tokens
            found[key][1] += row.dollars
    names = ("clin", "token_class", "model", "tier", "slin", "usd_per_million_tokens")
    return [
        {
            **dict(zip(names, key, strict=True)),
            "tokens": tokens,
            "dollars": dollars.normalize(),
        }
        for key, (tokens, dollars) in sorted(found.items())
    ]


def _charges(order: TaskOrder, period: Period) -> list[dict[str, Any]]:
    rows = Charge.objects.filter(
        line__order=order,
        reversed_at__isnull=True,
        period__startswith__gte=period.start,
        period__startswith__lt=period.end,
    )
    sums = rows.values("line__contract_line__clin", "source").annotate(
        units_=Sum("units"), sum=Sum("dollars")
    )
    return [
        {
            "clin": row["line__contract_line__clin"],
            "source": row["source"],
            "units": row["units_"],
            "dollars": row["sum"],
        }
        for row in sums.order_by("line__contract_line__clin", "source")
    ]


def accepted_lines(order: TaskOrder, period: Period) -> QuerySet[AcceptedLine]:
    """What is accepted of usage of a period, by when its invoice line begins."""
    return AcceptedLine.objects.filter(
        invoice_line__order_line__order=order,
        invoice_line__period__startswith__gte=period.start,
        invoice_line__period__startswith__lt=period.end,
    )


def _accepted(order: TaskOrder, period: Period) -> list[dict[str, Any]]:
    key = (
        *("invoice_line__order_line__contract_line__clin", "token_class_code"),
        *("usd_per_million_tokens", "invoice_line__kind"),
    )
    sums = (
        accepted_lines(order, period)
        .values(*key)
        .annotate(
            tokens=Sum("payable_tokens"),
            exact=Sum("exact_dollars"),
            cents=Sum("payable_dollars"),
        )
    )
    found = [
        {
            "clin": row[key[0]],
            "token_class": row["token_class_code"],
            "usd_per_million_tokens": row["usd_per_million_tokens"],
            "kind": row["invoice_line__kind"],
            "tokens": row["tokens"],
            "exact": row["exact"],
            "cents": row["cents"],
        }
        for row in sums.order_by(*key)
    ]
    charged = AcceptedCharge.objects.filter(
        charge_line__order_line__order=order,
        charge_line__period__startswith__gte=period.start,
        charge_line__period__startswith__lt=period.end,
    ).values("charge_line__order_line__contract_line__clin", "charge_line__kind")
    for row in charged.annotate(
        exact=Sum("exact_dollars"), cents=Sum("payable_dollars")
    ).order_by("charge_line__order_line__contract_line__clin", "charge_line__kind"):
        found.append(
            {
                "clin": row["charge_line__order_line__contract_line__clin"],
                "token_class": "",
                "usd_per_million_tokens": Decimal(0),
                "kind": row["charge_line__kind"],
                "tokens": 0,
                "exact": row["exact"],
                "cents": row["cents"],
            }
        )
    return found


def _adjusted(order: TaskOrder, month: date, at: datetime) -> list[dict[str, Any]]:
    clins = dict(
        OrderLine.objects.filter(order=order).values_list("pk", "contract_line__clin")
    )
    last = last_day_of(month)
    return [
        {
            "run": each.run,
            "clin": clins[each.order_line_id],
            "token_class": each.token_class_code,
            "tokens": each.tokens,
            "change": each.change.amount,
        }
        for each in adjustments_of(order, at)
        if month <= each.first_day <= last
    ]


def findings_in(order: TaskOrder, period: Period) -> QuerySet[Finding]:
    """The discrepancies of calls, lines and runs of a period, resolved or not.

    One that names no day is of the order as a whole, and of every month of it.
    """
    day = Q(evidence__day__isnull=False)
    span = Q(evidence__period_start__isnull=False)
    run = Q(evidence__first_day__isnull=False)
    first, last = period.start.isoformat(), period.end.isoformat()
    days = [each.isoformat() for each in period.days(order.contract.time_zone)]
    return Finding.objects.filter(
        (day & Q(evidence__day__in=days))
        | (span & Q(evidence__period_start__gte=first, evidence__period_start__lt=last))
        | (run & Q(evidence__first_day__in=days))
        | (~day & ~span & ~run),
        order=order,
    ).order_by("pk")


def _carried(order: TaskOrder, period: Period) -> list[dict[str, Any]]:
    rows = findings_in(order, period).filter(resolution__isnull=True)
    return [
        {
            "finding": row.public_id,
            "code": row.code,
            "tokens": row.tokens,
            "dollars": row.amount_dollars,
            "owner": row.owner.user.name if row.owner else "",
        }
        for row in rows.select_related("owner__user")
    ]


def _credits(order: TaskOrder, period: Period, at: datetime) -> list[dict[str, Any]]:
    """What became due from the vendor in a month, by kind, less what was cancelled.

    A credit is of the month in which it is recorded, whatever month it is for: a closed
    month stays as it is. What was cancelled was never due; what was waived was.
    """
    inside = {"__gte": period.start, "__lt": period.end, "__lte": at}
    due = CreditDue.objects.filter(
        order=order, **{f"credited_at{name}": value for name, value in inside.items()}
    )
    gone = CreditSettlement.objects.filter(
        credit__order=order,
        kind=SettlementKind.CANCEL,
        **{f"settled_at{name}": value for name, value in inside.items()},
    )
    found = [
        {"kind": row["kind"], "credits": row["n"], "dollars": row["s"]}
        for row in due.order_by()
        .values("kind")
        .annotate(n=Count("pk"), s=Sum("dollars"))
        .order_by("kind")
    ]
    cancelled = gone.aggregate(n=Count("pk"), s=Sum("dollars"))
    if cancelled["n"]:
        found.append(
            {
                "kind": SettlementKind.CANCEL.value,
                "credits": cancelled["n"],
                "dollars": -cancelled["s"],
            }
        )
    return found


def dollars_of(text: str) -> Dollars:
    """An amount of a stored content, which keeps decimals as text."""
    return Dollars(Decimal(text))
