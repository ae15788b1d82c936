"""FOCUS 1.2 to 1.4: charges of a cost and usage dataset, as CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from contracting.metering.adapters.adapter import CSV, Adapter
from contracting.metering.adapters.events import ReadCharge, Sender, Unreadable
from contracting.metering.adapters.fields import (
    CURRENCY,
    Bad,
    amount,
    instant,
    optional_amount,
    refuse,
)
from contracting.metering.adapters.reports import (
    INPUT,
    OUTPUT,
    READ,
    WRITTEN,
    charge_of,
    each_result,
    label,
    numbered,
    rows_of_csv,
    tokens_of_unit,
    whole_tokens,
)
from contracting.metering.adapters.rows import read_object, rows_of
from contracting.metering.states import Grain, ReportKind, RowCode
from contracting.reference.states import Tier

FOCUS: Final = ("focus", "1")

_KEY: Final = (
    "InvoiceIssuerName",
    "BillingAccountId",
    "BillingPeriodStart",
    "ChargePeriodStart",
    "SkuPriceId",
    "SubAccountId",
    "ChargeClass",
)
_DIMENSIONS: Final = (
    *_KEY,
    "InvoiceDetailId",
    "SkuId",
    "SkuMeter",
    "ServiceName",
    "ServiceProviderName",
    "ProviderName",
)
_METERS: Final[Mapping[str, tuple[str, ...]]] = {
    "input tokens": INPUT,
    "cached input tokens": READ,
    "cache read tokens": READ,
    "cache read input tokens": READ,
    "cache write tokens": WRITTEN,
    "cache write input tokens": WRITTEN,
    "output tokens": OUTPUT,
}
_BY_DIRECTION: Final[Mapping[tuple[str, str], tuple[str, ...]]] = {
    ("input", "uncached"): INPUT,
    ("input", "read"): READ,
    ("input", "write"): WRITTEN,
    ("output", ""): OUTPUT,
    ("output", "uncached"): OUTPUT,
    ("output", "other"): OUTPUT,
}
_TIERS: Final = {
    "": Tier.STANDARD.value,
    "standard": Tier.STANDARD.value,
    "default": Tier.STANDARD.value,
    "batch": Tier.BATCH.value,
    "flex": Tier.FLEX.value,
    "priority": Tier.PRIORITY.value,
    "provisioned": Tier.PROVISIONED.value,
}


def read_focus(payload: bytes, sender: Sender) -> list[Any]:
    """The charges of a FOCUS dataset, as CSV with a header, NDJSON or a JSON array.

    :raises Unreadable: if it is none of them
    """
    del sender
    return numbered(each_result(_rows(payload), _charge))


def _rows(payload: bytes) -> Iterator[tuple[Any, str]]:
    if payload.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
        yield from rows_of_csv(payload)
        return
    for number, raw in enumerate(rows_of(payload)):
        try:
            yield read_object(raw), f"/{number}"
        except Bad as bad:
            message = f"Row {number} is no JSON object: {bad.code}."
            raise Unreadable(message) from bad


def _charge(index: int, row: Mapping[str, Any], pointer: str) -> ReadCharge:
    details = _details(row.get("SkuPriceDetails"), pointer)
    category = label(row, "ChargeCategory", pointer)
    unit = label(row, "ConsumedUnit", pointer, "")
    factor = tokens_of_unit(unit, f"{pointer}/ConsumedUnit") if unit else None
    used = optional_amount(row, "ConsumedQuantity", pointer)
    named = {key: label(row, key, pointer, "") for key in _DIMENSIONS}
    currency = label(row, "BillingCurrency", pointer)
    if not CURRENCY.fullmatch(currency):
        refuse(RowCode.BAD_CURRENCY, f"{pointer}/BillingCurrency")
    return charge_of(
        index=index,
        adapter=FOCUS[0],
        adapter_version=FOCUS[1],
        key=tuple(named[key] for key in _KEY),
        provider=_said(details, "ModelDeveloper", pointer),
        channel=named["InvoiceIssuerName"],
        period_start=instant(row.get("ChargePeriodStart"), f"{pointer}/{_START}"),
        period_end=instant(row.get("ChargePeriodEnd"), f"{pointer}/ChargePeriodEnd"),
        model_billed=_said(details, "ModelId", pointer) or named["SkuId"],
        classes=_classes(details, named["SkuMeter"], pointer) if factor else (),
        tier=_tier(_said(details, "ServiceTier", pointer)),
        region_scope=label(row, "RegionId", pointer, ""),
        dimensions=tuple(sorted({**named, "ChargeCategory": category}.items())),
        charge_class=label(row, "ChargeClass", pointer, "") or category,
        quantity=used,
        unit=unit,
        tokens=None
        if used is None or factor is None
        else whole_tokens(used, factor, f"{pointer}/ConsumedQuantity"),
        unit_price=optional_amount(row, "ContractedUnitPrice", pointer),
        amount=amount(row.get("BilledCost"), f"{pointer}/BilledCost"),
        currency=currency,
        invoice_ref=label(row, "InvoiceId", pointer, ""),
    )


_START: Final = "ChargePeriodStart"


def _classes(details: Mapping[str, Any], meter: str, pointer: str) -> tuple[str, ...]:
    """By direction and cache where the row says them, else by the meter's own name.

    What neither says has no class: it asks for a line in the map of names.
    """
    way = _said(details, "TokenDirection", pointer).casefold()
    if way:
        kept = _said(details, "TokenCacheAction", pointer).casefold()
        found = _BY_DIRECTION.get((way, kept))
        if found is None:
            refuse(RowCode.UNKNOWN_METER, f"{pointer}/SkuPriceDetails")
        return found
    return _METERS.get(meter.casefold(), ())


def _details(value: Any, pointer: str) -> Mapping[str, Any]:
    """``SkuPriceDetails``, an object or the text of one."""
    if value in (None, ""):
        return {}
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            value = None
    if not isinstance(value, dict):
        refuse(RowCode.NOT_AN_OBJECT, f"{pointer}/SkuPriceDetails")
    return value


def _said(details: Mapping[str, Any], key: str, pointer: str) -> str:
    """A property under its own name, or under the prefix of one not yet in FOCUS."""
    found = {key: details.get(key, details.get(f"x_{key}"))}
    return label(found, key, f"{pointer}/SkuPriceDetails", "", limit=120)


def _tier(name: str) -> str:
    return _TIERS.get(name.casefold(), name.upper()[:20])


ADAPTERS: Final = (
    Adapter(
        name=FOCUS[0],
        version=FOCUS[1],
        title="FOCUS 1.2 to 1.4 cost and usage rows",
        grain=Grain.INVOICE_LINE,
        kind=ReportKind.INVOICE,
        basis=(
            "ConsumedQuantity in ConsumedUnit of its own row; the class by direction "
            "and cache action, else by the meter's name. BilledCost is the amount."
        ),
        checksum="a quantity of tokens is whole in its own unit",
        kept=(
            *_DIMENSIONS,
            "ChargePeriodEnd",
            "ChargeCategory",
            "ConsumedQuantity",
            "ConsumedUnit",
            "ContractedUnitPrice",
            "BilledCost",
            "BillingCurrency",
            "InvoiceId",
            "RegionId",
            "SkuPriceDetails (ModelId, ModelDeveloper, ServiceTier, Token…)",
        ),
        content=("Tags", "ChargeDescription"),
        traps=(
            "A row has no key of its own: it is composed of its dimensions and its "
            "content, so that a correction is another charge.",
            "PricingQuantity is never used without its unit; an invoice is matched "
            "with BilledCost, an analysis with EffectiveCost.",
            "A meter that nobody has mapped has no class, and its tokens still count.",
        ),
        read=read_focus,
        media=CSV,
    ),
)
