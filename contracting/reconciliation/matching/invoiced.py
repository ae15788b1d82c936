"""What one invoice asks for, read from the tables as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from contracting.billing.models import Invoice, InvoiceLine
from contracting.billing.queries import live_charge_lines, live_lines
from contracting.billing.states import ChargeKind
from contracting.charges.queries import charges_within, funded_of
from contracting.core.quantities import (
    Dollars,
    PricePerUnit,
    UnitPrice,
    total_dollars,
)
from contracting.reconciliation.matching.late import key_of
from contracting.reconciliation.matching.rows import rate_at
from contracting.reconciliation.states import Charged, Invoiced, Key, Rates, Span


def billed(invoice: Invoice | None) -> list[tuple[Key, Span]]:
    """The keys and periods that an invoice bills."""
    return [
        (key_of(line), (line.period.lower, line.period.upper))
        for line in (live_lines(invoice) if invoice else ())
    ]


def invoiced_lines(lines: Iterable[InvoiceLine], rates: Rates) -> Iterator[Invoiced]:
    """The lines of tokens, with the price in force; an adjustment is none of them."""
    for line in lines:
        if line.is_adjustment:
            continue
        rate = rate_at(rates, key_of(line), line.period.lower)
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
            amount=_extension(line),
        )


def _extension(line: InvoiceLine) -> Dollars | None:
    """What a line states for its tokens; on steps or in a pool it is no product."""
    if line.order_line.contract_line.is_by_volume:
        return None
    return Dollars(line.amount_dollars)


def charged(invoice: Invoice) -> Iterator[Charged]:
    """The lines of units, with what is posted in their periods."""
    for line in live_charge_lines(invoice):
        posted = charges_within(
            line.order_line,
            line.period.lower,
            line.period.upper,
            decided="" if line.kind == ChargeKind.CHARGE else line.kind,
        )
        charges = list(posted)
        yield Charged(
            charge_line_id=line.pk,
            order_line_id=line.order_line_id,
            kind=line.kind,
            start=line.period.lower,
            end=line.period.upper,
            units=line.units,
            price=PricePerUnit(line.usd_per_unit),
            amount=Dollars(line.amount_dollars),
            posted_units=sum((each.units for each in charges), Decimal(0)),
            posted=total_dollars(Dollars(each.dollars) for each in charges),
            funded=funded_of(charges),
        )


def invoiced_elsewhere(invoice: Invoice) -> tuple[tuple[Key, Span], ...]:
    """The keys and periods of the other live invoices of the order."""
    others = (
        InvoiceLine.objects.filter(
            order_line__order=invoice.order_id,
            adjusts__isnull=True,
            voided_at__isnull=True,
            period__overlap=(invoice.period_start, invoice.period_end),
        )
        .exclude(invoice=invoice)
        .select_related("token_class")
    )
    found = {
        (
            (row.order_line_id, row.model_id, row.tier, row.token_class.code),
            (row.period.lower, row.period.upper),
        )
        for row in others
    }
    return tuple(sorted(found))
