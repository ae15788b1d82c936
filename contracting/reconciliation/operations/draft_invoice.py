"""Fill in an invoice with what meter and report agree on."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.models import InvoiceDraft, InvoiceLine
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.reconciliation import events, permissions
from contracting.reconciliation.matching import inputs
from contracting.reconciliation.matching.agreed import AgreedLine, agreed_lines
from contracting.reconciliation.refusals import NothingAgreed
from contracting.reconciliation.states import Key, Span
from contracting.reference.models import AiModel, TokenClass


@transaction.atomic
def draft_invoice(
    *,
    order_id: int,
    period_start: datetime,
    period_end: datetime,
    by: Actor,
    at: datetime,
) -> InvoiceDraft:
    """Keep the lines that the vendor may invoice as they stand; nothing is asked yet.

    Of each call and class it is the smaller of both counts, at the price in force, in
    cents half-up; what is on a live invoice is left out.

    :raises NotAllowed: if ``by`` is not of the contract's vendor
    :raises NothingAgreed: if there is nothing to invoice in the period
    """
    order = locked_order(order_id)
    require(permissions.can_draft_invoice(by, order))
    period = (
        max(period_start, order.period.start),
        min(period_end, order.period.end, at),
    )
    lines = _agreed(order, period, at) if period[0] < period[1] else []
    if not lines:
        message = (
            "Meter and report agree on nothing here that is not invoiced already. "
            "Report the usage of the period first."
        )
        raise NothingAgreed(message)
    draft = InvoiceDraft.objects.create(
        order=order,
        period_start=period[0],
        period_end=period[1],
        lines=_plain(order, lines),
        made_by=by.name,
        made_at=at,
    )
    record_event(
        events.INVOICE_DRAFTED,
        subject=draft.subject,
        by=by,
        at=at,
        data={
            "lines": len(lines),
            "tokens": sum(line.tokens.count for line in lines),
        },
    )
    return draft


def _agreed(order: TaskOrder, period: Span, at: datetime) -> list[AgreedLine]:
    match = inputs.match_of(order, period, invoice=None, at=at)
    lines, _left_out = agreed_lines(
        match.metered,
        match.reported,
        period=period,
        prices={
            key: [(rate.start, rate.end, rate.price) for rate in rates]
            for key, rates in match.rates.items()
        },
        billed=_billed(order),
    )
    return lines


def _billed(order: TaskOrder) -> dict[Key, list[Span]]:
    found: dict[Key, list[Span]] = defaultdict(list)
    live = InvoiceLine.objects.filter(invoice__order=order, voided_at__isnull=True)
    for line in live.select_related("token_class"):
        key = (line.order_line_id, line.model_id, line.tier, line.token_class.code)
        found[key].append((line.period.lower, line.period.upper))
    return found


def _plain(order: TaskOrder, lines: list[AgreedLine]) -> list[dict[str, str]]:
    """The lines in the columns of an invoice file, as texts."""
    clins = {line.pk: line.clin for line in order.lines.select_related("contract_line")}
    models = dict(AiModel.objects.values_list("pk", "snapshot"))
    labels = dict(TokenClass.objects.values_list("code", "label"))
    found = []
    for line in lines:
        order_line, model, tier, code = line.key
        amount = line.price.of(line.tokens).to_cents()
        found.append(
            {
                "clin": clins[order_line],
                "model": models[model],
                "token_class": code,
                "tier": tier,
                "period_start": line.start.astimezone(UTC).isoformat(),
                "period_end": line.end.astimezone(UTC).isoformat(),
                "tokens": str(line.tokens.count),
                "unit_price": format(line.price.usd_per_million_tokens, "f"),
                "amount": amount.plain(),
                "description": labels.get(code, code),
            }
        )
    return found
