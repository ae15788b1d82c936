"""What is accepted of an order's invoices, as rows of FOCUS 1.2.

FinOps Open Cost and Usage Specification, version 1.2: every mandatory column, and of
the conditional ones those that apply to usage by contract price. Columns that it does
not know begin with ``x_``, as its rules of extension ask.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from contracting.billing.models import CreditLine
from contracting.billing.states import ACCEPTED
from contracting.core.periods import accounting_day, days_bounds, months_after
from contracting.core.plots.tables import Value, rows_as_csv
from contracting.core.quantities import Dollars
from contracting.orders.models import TaskOrder
from contracting.reconciliation.models import AcceptedCharge, AcceptedLine
from contracting.reference.models import TokenClass
from contracting.reference.states import CacheAction, Direction

MANDATORY: Final = (
    *("BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency"),
    *("BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass"),
    *("ChargeDescription", "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost"),
    *("EffectiveCost", "InvoiceIssuerName", "ListCost", "PricingQuantity"),
    *("PricingUnit", "ProviderName", "PublisherName", "ServiceCategory"),
    "ServiceName",
)
"""Columns that every dataset of FOCUS 1.2 has."""

APPLICABLE: Final = (
    *("BillingAccountType", "ChargeFrequency", "ConsumedQuantity", "ConsumedUnit"),
    *("ContractedUnitPrice", "InvoiceId", "PricingCategory", "ServiceSubcategory"),
    *("SkuId", "SkuMeter", "SkuPriceDetails", "SkuPriceId", "SubAccountId"),
    *("SubAccountName", "SubAccountType", "Tags"),
)
"""Recommended and conditional ones, where usage has a contract price and an order."""

OURS: Final = ("x_Acrn", "x_BeyondMeterTokens", "x_Clin", "x_TokenClass")
COLUMNS: Final = (*sorted((*MANDATORY, *APPLICABLE)), *OURS)

_MILLION: Final = 1_000_000
_INPUT_METERS: Final = {
    CacheAction.READ: ("Read", "Cached Input Tokens"),
    CacheAction.WRITE: ("Write", "Cache Write Tokens"),
}

Row = dict[str, Value]


def focus_rows(order: TaskOrder, month: date) -> Iterator[Row]:
    """The charges of the invoices whose period begins in a month, in their order.

    ``BilledCost`` is what is payable, in cents; ``ContractedCost`` the exact product of
    price and quantity. What is withheld is in no row.

    :param month: its first day, in the contract's time zone
    """
    last = months_after(month, 1)
    span = days_bounds(month, last, order.contract.time_zone)
    until = days_bounds(last, last, order.contract.time_zone).start
    of_order: dict[str, Any] = {
        "invoice__order": order,
        "invoice__period_start__gte": span.start,
        "invoice__period_start__lt": until,
    }
    accepted = {f"acceptance__{name}": each for name, each in of_order.items()}
    yield from _usage(order, accepted)
    yield from _charges(order, accepted)
    yield from _credits(order, of_order)


def _usage(order: TaskOrder, accepted: dict[str, Any]) -> Iterator[Row]:
    rows = AcceptedLine.objects.filter(payable_tokens__gt=0, **accepted).select_related(
        "acceptance__invoice",
        "invoice_line__model",
        "invoice_line__order_line__contract_line",
    )
    classes = {each.code: each for each in TokenClass.objects.all()}
    for row in rows.order_by("acceptance__invoice_id", "acceptance_id", "pk"):
        line, token_class = row.invoice_line, classes[row.token_class_code]
        sku = f"{line.model.snapshot}/{token_class.code}/{line.tier}"
        yield _row(
            order,
            row.acceptance.invoice,
            line.period,
            ChargeCategory="Usage",
            ChargeFrequency="Usage-Based",
            ChargeClass="Correction" if line.adjusts_id else "",
            ChargeDescription=f"{line.model.snapshot}, {token_class.label.lower()}",
            BilledCost=row.payable_dollars,
            EffectiveCost=row.payable_dollars,
            ListCost=row.payable_dollars,
            ContractedCost=_plain(row.exact_dollars),
            ContractedUnitPrice=_plain(row.usd_per_million_tokens),
            PricingQuantity=_plain(Decimal(row.payable_tokens) / _MILLION),
            PricingUnit=f"{_MILLION} Tokens",
            PricingCategory="Standard",
            ConsumedQuantity=row.payable_tokens,
            ConsumedUnit="Tokens",
            SkuId=sku,
            SkuPriceId=f"{order.contract.piid}/{line.order_line.clin}/{sku}",
            **_meter(line.model, token_class, line.tier),
            **_ours(line, row.beyond_tokens, token_class.code),
        )


def _meter(model: Any, token_class: TokenClass, tier: str) -> Row:
    """The meter by its direction and cache, under the names that are read here too."""
    if token_class.direction == Direction.INPUT:
        kept, meter = _INPUT_METERS.get(
            CacheAction(token_class.cache_action), ("Uncached", "Input Tokens")
        )
    else:
        kept, meter = "Other", "Output Tokens"
    details = {
        "x_ModelDeveloper": model.provider,
        "x_ModelId": model.snapshot,
        "x_ServiceTier": tier.lower(),
        "x_TokenCacheAction": kept,
        "x_TokenDirection": token_class.direction.capitalize(),
    }
    return {"SkuMeter": meter, "SkuPriceDetails": json.dumps(details, sort_keys=True)}


def _charges(order: TaskOrder, accepted: dict[str, Any]) -> Iterator[Row]:
    rows = AcceptedCharge.objects.filter(**accepted).select_related(
        "acceptance__invoice", "charge_line__order_line__contract_line"
    )
    for row in rows.order_by("acceptance__invoice_id", "acceptance_id", "pk"):
        line = row.charge_line
        sku = f"{line.order_line.clin}/{line.unit}"
        yield _row(
            order,
            row.acceptance.invoice,
            line.period,
            ChargeCategory="Purchase",
            ChargeFrequency="One-Time",
            ChargeDescription=line.description,
            BilledCost=row.payable_dollars,
            EffectiveCost=row.payable_dollars,
            ListCost=row.payable_dollars,
            ContractedCost=_plain(row.exact_dollars),
            ContractedUnitPrice=_plain(line.usd_per_unit),
            PricingQuantity=_plain(row.units),
            PricingUnit=line.unit.capitalize(),
            PricingCategory="Standard",
            SkuId=sku,
            SkuPriceId=f"{order.contract.piid}/{sku}",
            **_ours(line, 0, ""),
        )


def _credits(order: TaskOrder, of_order: dict[str, Any]) -> Iterator[Row]:
    """What the vendor takes off: of an earlier period, so that it is a correction."""
    rows = CreditLine.objects.filter(
        voided_at__isnull=True, invoice__state__in=ACCEPTED, **of_order
    ).select_related("invoice", "credit__order_line__contract_line")
    for row in rows.order_by("invoice_id", "position"):
        cost = -row.amount_dollars
        yield _row(
            order,
            row.invoice,
            None,
            ChargeCategory="Credit",
            ChargeClass="Correction",
            ChargeFrequency="One-Time",
            ChargeDescription=row.description,
            BilledCost=cost,
            EffectiveCost=cost,
            ListCost=cost,
            ContractedCost=cost,
            x_Clin=row.credit.order_line.clin,
            x_Acrn=row.credit.acrn,
        )


def _ours(line: Any, beyond: int, token_class: str) -> Row:
    return {
        "x_Acrn": line.acrn,
        "x_BeyondMeterTokens": beyond,
        "x_Clin": line.order_line.clin,
        "x_TokenClass": token_class,
    }


def _row(order: TaskOrder, invoice: Any, period: Any, **more: Value) -> Row:
    contract = order.contract
    start = period.lower if period else invoice.period_start
    end = period.upper if period else invoice.period_end
    tags = {"contract": contract.piid, "order": order.piid}
    common: Row = {
        "BillingAccountId": contract.piid or "",
        "BillingAccountName": contract.title,
        "BillingAccountType": "Contract",
        "BillingCurrency": "USD",
        "BillingPeriodStart": instant(invoice.period_start),
        "BillingPeriodEnd": instant(invoice.period_end),
        "ChargePeriodStart": instant(start),
        "ChargePeriodEnd": instant(end),
        "InvoiceId": invoice.number,
        "InvoiceIssuerName": contract.vendor.name,
        "ProviderName": contract.vendor.name,
        "PublisherName": contract.vendor.name,
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": contract.title,
        "ServiceSubcategory": "Generative AI",
        "SubAccountId": order.piid or "",
        "SubAccountName": order.title,
        "SubAccountType": "Task order",
        "Tags": json.dumps(tags, sort_keys=True),
    }
    return dict.fromkeys(COLUMNS, "") | common | more


def as_csv(rows: Iterable[Row]) -> str:
    """The rows as CSV (RFC 4180) with a header, in UTF-8."""
    return "".join(
        rows_as_csv(COLUMNS, [[row[name] for name in COLUMNS] for row in rows])
    )


def name_of(order: TaskOrder, month: date) -> str:
    """How the file of a month is called."""
    return f"focus-{order.public_id}-{month:%Y-%m}.csv"


def months_accepted(order: TaskOrder) -> list[date]:
    """The months in which accepted invoices begin, the latest first."""
    starts = order.invoices.filter(acceptances__isnull=False).values_list(
        "period_start", flat=True
    )
    zone = order.contract.time_zone
    return sorted(
        {accounting_day(start, zone).replace(day=1) for start in starts}, reverse=True
    )


def instant(moment: datetime) -> str:
    """As FOCUS writes an instant: UTC to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def billed_total(rows: Sequence[Row]) -> Dollars:
    """What the rows bill, less what they take off."""
    return Dollars(sum((Decimal(str(row["BilledCost"])) for row in rows), Decimal(0)))


def _plain(number: Decimal) -> Decimal:
    """Without the zeros at its end, and without an exponent."""
    return Decimal(f"{number.normalize():f}")
