"""What came late for closed periods, and how it is invoiced in the open one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import Q, QuerySet, Sum

from contracting.billing.calculations import PriceInForce
from contracting.billing.models import InvoiceLine
from contracting.billing.queries import prices_of
from contracting.billing.states import ACCEPTED, InvoiceState, LineKind
from contracting.core.quantities import Tokens, UnitPrice
from contracting.metering.queries.late import LateUsage, late_usage
from contracting.orders.models import OrderLine, TaskOrder
from contracting.periods.states import Late
from contracting.reconciliation.matching.late import accepted_late
from contracting.reconciliation.matching.volume import Volume
from contracting.reconciliation.states import Key
from contracting.reference.models import AiModel


def late_of(order: TaskOrder) -> list[Late]:
    """What came late on an order, the earliest period first.

    What an acceptance had closed is invoiced as an adjustment of the accepted line.
    What only a closed month lacks is on no invoice: an ordinary line asks for it.
    """
    found = late_usage(order, paid_by="reconciliation.acceptance")
    clins = dict(
        OrderLine.objects.filter(order=order).values_list("pk", "contract_line__clin")
    )
    names = dict(AiModel.objects.values_list("pk", "snapshot"))
    prices, volume = prices_of(order), Volume(order)
    lines = order.lines.select_related("contract_line")
    by_volume = {line.pk for line in lines if line.contract_line.is_by_volume}
    told = []
    for each in found:
        late = _late(each, clins[each.order_line_id], names[each.model_id], prices)
        if each.order_line_id in by_volume:
            late = _at_its_steps(late, each, volume)
        told.append(late)
    return told


def _at_its_steps(late: Late, each: LateUsage, volume: Volume) -> Late:
    """On a line priced by volume, what is left costs what the steps say that it met."""
    key: Key = (each.order_line_id, each.model_id, each.tier, each.token_class_code)
    span = (each.start, each.end)
    tokens, exact = volume.left(key, span)
    dollars = exact if tokens == each.tokens else late.dollars
    return replace(late, price=volume.price_left(key, span), dollars=dollars)


def _late(
    each: LateUsage,
    clin: str,
    model: str,
    prices: dict[tuple[str, str, str, str], list[PriceInForce]],
) -> Late:
    line = _adjusted(each)
    key: Key = (each.order_line_id, each.model_id, each.tier, each.token_class_code)
    span = (each.start, each.end)
    paid = accepted_late(key, span) if line else 0
    asked = _asked(each) if line else 0
    in_force = prices.get((clin, model, each.token_class_code, each.tier), [])
    return Late(
        clin=clin,
        model=model,
        token_class_code=each.token_class_code,
        tier=each.tier,
        start=each.start,
        end=each.end,
        first_at=each.first_at,
        tokens=each.tokens,
        dollars=each.dollars,
        invoice=line.invoice.number if line else "",
        asked=asked,
        left=each.tokens - each.taken_up - paid - asked,
        price=price_at(in_force, each.start),
    )


def price_at(prices: Sequence[PriceInForce], instant: datetime) -> UnitPrice | None:
    """The price in force at an instant; none where there is no single one."""
    found = {
        each.price
        for each in prices
        if each.start <= instant and (each.end is None or instant < each.end)
    }
    return found.pop() if len(found) == 1 else None


def _same(each: LateUsage) -> QuerySet[InvoiceLine]:
    return InvoiceLine.objects.filter(
        order_line=each.order_line_id,
        model=each.model_id,
        token_class__code=each.token_class_code,
        tier=each.tier,
        voided_at__isnull=True,
    )


def _adjusted(each: LateUsage) -> InvoiceLine | None:
    lines = _same(each).filter(
        kind=LineKind.USAGE,
        period__contains=(each.start, each.end),
        invoice__state__in=ACCEPTED,
    )
    return lines.select_related("invoice").first()


def _asked(each: LateUsage) -> int:
    """Tokens on adjustments that are not decided yet."""
    rows = _same(each).filter(
        Q(period__overlap=(each.start, each.end)),
        kind=LineKind.ADJUSTMENT,
        invoice__state=InvoiceState.RECEIVED,
    )
    return int(rows.aggregate(sum=Sum("tokens"))["sum"] or 0)


INVOICE_COLUMNS = (
    *("kind", "clin", "model", "token_class", "tier", "period_start", "period_end"),
    *("tokens", "unit_price", "amount", "description"),
)
"""Of a file that can be sent as the lines of an invoice."""


def invoice_rows(found: Sequence[Late]) -> list[tuple[str, ...]]:
    """Adjustment lines for what is left, as an invoice file has them."""
    return [
        (
            str(LineKind.ADJUSTMENT),
            each.clin,
            each.model,
            each.token_class_code,
            each.tier,
            each.start.isoformat(),
            each.end.isoformat(),
            str(each.left),
            format(each.price.usd_per_million_tokens, "f"),
            str(each.price.of(Tokens(each.left)).to_cents().amount),
            f"Came late; adjusts invoice {each.invoice}",
        )
        for each in found
        if each.is_adjustment and each.left > 0 and each.price is not None
    ]
