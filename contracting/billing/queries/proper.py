"""What makes an invoice improper, as far as it takes reading to know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Max, QuerySet, Sum, Value

from contracting.billing import calculations
from contracting.billing.calculations import (
    Stated,
    StatedLine,
    charged,
    in_cents,
    stated_twice,
)
from contracting.billing.calculations.arithmetic import wrong_arithmetic
from contracting.billing.calculations.credits import wrong_credits
from contracting.billing.calculations.elements import improper
from contracting.billing.models import (
    ChargeLine,
    Invoice,
    InvoiceAllowance,
    InvoiceLine,
)
from contracting.billing.models.numbers import NumberKey
from contracting.billing.queries import prices_of
from contracting.billing.queries.credits import known_credits
from contracting.billing.queries.register import forfeited
from contracting.billing.refusals import (
    AmountExceedsObligation,
    DuplicateInvoice,
    ImproperInvoice,
    NothingToAdjust,
    UsageForfeited,
)
from contracting.billing.states import ACCEPTED, ChargeKind, InvoiceState, LineKind
from contracting.core.errors import Refusal
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.queries import balances_of
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.models import AiModel, TokenClass

GONE = (InvoiceState.RETURNED, InvoiceState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Places:
    """What the words of an invoice line may name."""

    lines: Mapping[str, OrderLine]
    models: Mapping[str, AiModel]
    classes: Mapping[str, TokenClass]


def places_of(order: TaskOrder) -> Places:
    """The lines of an order, and every model and token class."""
    lines = order.lines.filter(is_removed=False).select_related("contract_line")
    return Places(
        lines={line.clin: line for line in lines},
        models={model.snapshot: model for model in AiModel.objects.all()},
        classes={row.code: row for row in TokenClass.objects.all()},
    )


def defects_of(
    order: TaskOrder, stated: Stated, places: Places, at: datetime
) -> list[Refusal]:
    """Everything that makes an invoice improper, each as its own refusal.

    :param at: when it was received
    """
    return [
        *improper(
            stated,
            lines=places.lines,
            models=places.models,
            numbers={
                "contract_number": order.contract.piid or "",
                "order_number": order.piid or "",
            },
        ),
        *wrong_arithmetic(
            stated,
            {
                clin
                for clin, line in places.lines.items()
                if line.contract_line.is_by_volume
            },
        ),
        *calculations.outside(
            stated, order.period, zone=order.contract.time_zone, at=at
        ),
        *of_another_structure(stated, places.lines),
        *calculations.of_two_prices(stated, prices_of(order)),
        *invoiced_before(order, stated, places.lines),
        *not_to_adjust(stated, places.lines),
        *reported_too_late(order, stated, at),
        *beyond_the_obligation(stated, places.lines),
        *wrong_credits(
            stated.credited,
            known_credits(order, (line.credit for _, line in stated.credited)),
        ),
    ]


def reported_too_late(
    order: TaskOrder, stated: Stated, at: datetime
) -> Iterator[UsageForfeited]:
    """Lines of usage that a clause forfeits, because its report came too late."""
    spans = [
        (position, line.period_start, line.period_end)
        for position, line in stated.numbered
    ]
    for position, terms, last in forfeited(order, spans, at):
        message = (
            f"Line {position}: its usage was not reported by {last:%Y-%m-%d}, within "
            f"{terms.forfeits_after_days} days. It is forfeited by {terms.clause}."
        )
        yield UsageForfeited(message, line=position)


def same_number(order: TaskOrder, stated: Stated) -> QuerySet[Invoice]:
    """The vendor's standing invoices of this number and year, however it is written."""
    return Invoice.objects.filter(
        vendor_id=order.contract.vendor_id,
        number_key=NumberKey(Value(stated.number)),
        invoiced_on__year=stated.invoiced_on.year,
        defects=[],
    ).exclude(state__in=GONE)


def allowance_for(order: TaskOrder, number: str) -> InvoiceAllowance | None:
    """The contracting officer's unused leave to use this number once more."""
    unused = InvoiceAllowance.objects.filter(order=order, invoice__isnull=True)
    return (
        unused.alias(key=NumberKey("number"))
        .filter(key=NumberKey(Value(number)))
        .order_by("pk")
        .first()
    )


def invoiced_before(
    order: TaskOrder, stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[DuplicateInvoice]:
    """A number that was used, and lines whose period is invoiced already (R-INV-03)."""
    same = same_number(order, stated).first()
    if same is not None and allowance_for(order, stated.number) is None:
        written = "" if same.number == stated.number else f" as {same.number}"
        message = (
            f"Invoice {stated.number} was received{written} already in "
            f"{stated.invoiced_on.year}. Give this one a number of its own."
        )
        yield DuplicateInvoice(message, number=stated.number)
    twice = stated_twice(stated)
    for position, line in stated.numbered:
        order_line = lines.get(line.clin)
        if order_line is None or line.period_end <= line.period_start:
            continue
        before = _same_kind(order_line, line).filter(
            kind=line.kind,
            period__overlap=DateTimeTZRange(line.period_start, line.period_end, "[)"),
        )
        if line.is_adjustment:
            before = before.filter(invoice__state=InvoiceState.RECEIVED)
        if position in twice or before.exists():
            message = f"Line {position}: this line and period is invoiced already."
            yield DuplicateInvoice(message, line=position)
    yield from _charged_before(stated, lines)


def _same_kind(order_line: OrderLine, line: StatedLine) -> QuerySet[InvoiceLine]:
    """Live invoice lines of the same order line, model, class and tier."""
    return InvoiceLine.objects.filter(
        order_line=order_line,
        model__snapshot=line.model,
        token_class__code=line.token_class_code,
        tier=line.tier,
        voided_at__isnull=True,
    )


def adjusted_line(order_line: OrderLine, line: StatedLine) -> InvoiceLine | None:
    """The accepted line in whose period an adjustment lies; at most one can be it."""
    period = DateTimeTZRange(line.period_start, line.period_end, "[)")
    return (
        _same_kind(order_line, line)
        .filter(
            kind=LineKind.USAGE,
            period__contains=period,
            invoice__state__in=ACCEPTED,
        )
        .first()
    )


def next_turn(line: InvoiceLine) -> int:
    """The number of the next adjustment of a line; its order is locked."""
    live = line.adjustments.filter(voided_at__isnull=True)
    return int(live.aggregate(last=Max("turn"))["last"] or 0) + 1


def not_to_adjust(
    stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[NothingToAdjust]:
    """Adjustments of what is not accepted yet (R-MET-05).

    On a line that is priced by volume an adjustment is of the whole accepted period: a
    part of what came late has no price of its own.
    """
    for position, line in stated.numbered:
        order_line = lines.get(line.clin)
        if order_line is None or not line.is_adjustment:
            continue
        if line.period_end <= line.period_start:
            continue
        adjusted = adjusted_line(order_line, line)
        if adjusted is None:
            message = (
                f"Line {position}: no line of this kind and period is accepted, so "
                "that there is nothing to adjust. State it as usage."
            )
            yield NothingToAdjust(message, line=position)
        elif order_line.contract_line.is_by_volume and (
            (adjusted.period.lower, adjusted.period.upper)
            != (line.period_start, line.period_end)
        ):
            message = (
                f"Line {position}: line {line.clin} is priced by volume, where late "
                "usage has the average price of all that is left of its period. State "
                f"the whole period of the accepted line, from "
                f"{adjusted.period.lower.isoformat()} to "
                f"{adjusted.period.upper.isoformat()}."
            )
            yield NothingToAdjust(message, line=position)


def _charged_before(
    stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[DuplicateInvoice]:
    twice = charged.stated_twice(stated.charged)
    for position, line in stated.charged:
        order_line = lines.get(line.clin)
        if order_line is None or line.period_end <= line.period_start:
            continue
        before = ChargeLine.objects.filter(
            order_line=order_line,
            kind=line.kind,
            period__overlap=DateTimeTZRange(line.period_start, line.period_end, "[)"),
            voided_at__isnull=True,
        )
        if position in twice or before.exists():
            message = f"Line {position}: this line and period is invoiced already."
            yield DuplicateInvoice(message, line=position)


def of_another_structure(
    stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[Refusal]:
    """Tokens on a line that is bought by the unit, and units on one of tokens."""
    by_unit = {clin for clin, line in lines.items() if line.is_by_unit}
    for position, line in stated.numbered:
        if line.clin in by_unit:
            message = (
                f"Line {position}: line {line.clin} is bought by the unit. State units "
                "and their price, no tokens."
            )
            yield ImproperInvoice(message, line=position)
    for position, charge in stated.charged:
        is_wrong = charge.clin in lines and charge.clin not in by_unit
        if is_wrong and charge.kind == ChargeKind.CHARGE:
            message = (
                f"Line {position}: line {charge.clin} is of tokens. State its model, "
                "class and tokens."
            )
            yield ImproperInvoice(message, line=position)


def beyond_the_obligation(
    stated: Stated, lines: Mapping[str, OrderLine]
) -> Iterator[Refusal]:
    """Lines and ACRNs on which more is asked for than is unliquidated (R-INV-05)."""
    asked: dict[tuple[str, str], list[Dollars]] = defaultdict(list)
    for _position, line in stated.asking:
        asked[line.clin, ""].append(line.amount)
        if line.acrn:
            asked[line.clin, line.acrn].append(line.amount)
    for (clin, acrn), amounts in sorted(asked.items()):
        if clin not in lines:
            continue
        rows = [
            row
            for row in balances_of(lines[clin].holder)
            if not acrn or row.acrn == acrn
        ]
        where = f"Line {clin}, ACRN {acrn}" if acrn else f"Line {clin}"
        if acrn and not rows:
            yield ImproperInvoice(f"{where}: the line has no such ACRN.", clin=clin)
            continue
        left = total_dollars(
            Dollars(row.obligated_dollars) - Dollars(row.accepted_dollars)
            for row in rows
        ) - _waiting(lines[clin], acrn)
        total = total_dollars(amounts)
        if total > left:
            message = (
                f"{where}: {in_cents(total)} is invoiced; {in_cents(left)} is "
                "obligated and neither accepted nor on another invoice."
            )
            yield AmountExceedsObligation(message, clin=clin, short_by=total - left)


def _waiting(line: OrderLine, acrn: str) -> Dollars:
    """What other invoices ask for on this line and that is not decided yet."""
    rows = InvoiceLine.objects.filter(
        order_line=line, voided_at__isnull=True, invoice__state=InvoiceState.RECEIVED
    )
    charges = ChargeLine.objects.filter(
        order_line=line, voided_at__isnull=True, invoice__state=InvoiceState.RECEIVED
    )
    if acrn:
        rows, charges = rows.filter(acrn=acrn), charges.filter(acrn=acrn)
    return total_dollars(
        Dollars(found.aggregate(sum=Sum("amount_dollars"))["sum"] or Decimal(0))
        for found in (rows, charges)
    )
