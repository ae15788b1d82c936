"""Amazon Bedrock: rows of a cost and usage report (CUR 2.0 or its older names)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from contracting.metering.adapters.adapter import CSV, Adapter
from contracting.metering.adapters.events import ReadCharge, Sender
from contracting.metering.adapters.fields import (
    CURRENCY,
    amount,
    instant,
    optional_amount,
    refuse,
)
from contracting.metering.adapters.reports import (
    INPUT,
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
from contracting.metering.states import Grain, ReportKind, RowCode
from contracting.reference.states import Tier

CUR: Final = ("bedrock-cur", "1")

_OUTPUT: Final = ("OUT_REASONING", "OUT_TEXT")
_USAGE_TYPE = re.compile(
    r"(?P<region>[A-Z]{2,5}\d{0,2})-(?P<model>[A-Za-z0-9._-]+?)-"
    r"(?P<what>input|output|cache-read-input|cache-write-input)-token(?:s|-count)"
    r"(?P<tier>-batch|-flex|-priority)?(?P<scope>-cross-region-global)?"
)
_CLASSES: Final = {
    "input": INPUT,
    "output": _OUTPUT,
    "cache-read-input": READ,
    "cache-write-input": WRITTEN,
}
_TIERS: Final = {
    None: Tier.STANDARD.value,
    "-batch": Tier.BATCH.value,
    "-flex": Tier.FLEX.value,
    "-priority": Tier.PRIORITY.value,
}
_USED: Final = frozenset({"Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"})
_COLUMNS: Final = (
    "identity_line_item_id",
    "identity_time_interval",
    "bill_billing_period_start_date",
    "bill_invoice_id",
    "line_item_usage_start_date",
    "line_item_usage_end_date",
    "line_item_usage_account_id",
    "line_item_product_code",
    "line_item_line_item_type",
    "line_item_usage_type",
    "line_item_usage_amount",
    "pricing_unit",
    "line_item_unblended_rate",
    "line_item_unblended_cost",
    "line_item_net_unblended_cost",
    "line_item_currency_code",
)
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def read_cur(payload: bytes, sender: Sender) -> list[Any]:
    """The charges of Bedrock in a report; the rows of other services are left out.

    :raises Unreadable: if it is no CSV file with a header
    """
    del sender
    rows = ((_named(row), place) for row, place in rows_of_csv(payload))
    ours = ((row, place) for row, place in rows if _is_bedrock(row))
    return numbered(each_result(ours, _charge))


def _named(row: Mapping[str, str]) -> dict[str, str]:
    """By the names of CUR 2.0; the older ones are ``lineItem/UsageType``."""
    return {
        _WORD.sub("_", key.replace("/", "_")).casefold(): value
        for key, value in row.items()
    }


def _is_bedrock(row: Mapping[str, str]) -> bool:
    return "bedrock" in row.get("line_item_product_code", "").casefold()


def _charge(index: int, row: Mapping[str, Any], pointer: str) -> ReadCharge:
    kind = label(row, "line_item_line_item_type", pointer)
    usage_type = label(row, "line_item_usage_type", pointer, "")
    unit = label(row, "pricing_unit", pointer, "")
    used = optional_amount(row, "line_item_usage_amount", pointer)
    found = _USAGE_TYPE.fullmatch(usage_type) if kind in _USED else None
    if found is None and kind in _USED and "token" in f"{usage_type}{unit}".casefold():
        refuse(RowCode.UNKNOWN_METER, f"{pointer}/line_item_usage_type")
    factor = tokens_of_unit(unit, f"{pointer}/pricing_unit") if found else None
    if found and factor is None:
        refuse(RowCode.UNKNOWN_UNIT, f"{pointer}/pricing_unit")
    currency = label(row, "line_item_currency_code", pointer)
    if not CURRENCY.fullmatch(currency):
        refuse(RowCode.BAD_CURRENCY, f"{pointer}/line_item_currency_code")
    named = {key: label(row, key, pointer, "") for key in _DIMENSIONS}
    named["net_unblended_cost"] = str(optional_amount(row, _NET, pointer) or "")
    return charge_of(
        index=index,
        adapter=CUR[0],
        adapter_version=CUR[1],
        channel="aws-bedrock",
        period_start=_stamp(row, "line_item_usage_start_date", pointer),
        period_end=_stamp(row, "line_item_usage_end_date", pointer),
        model_billed=found["model"] if found else usage_type,
        classes=_CLASSES[found["what"]] if found else (),
        tier=_TIERS[found["tier"]] if found else Tier.STANDARD.value,
        region_scope=f"{found['region']}{found['scope'] or ''}" if found else "",
        dimensions=tuple(sorted({**named, "usage_type": usage_type}.items())),
        charge_class=kind,
        quantity=used,
        unit=unit,
        tokens=None
        if used is None or factor is None
        else whole_tokens(used, factor, f"{pointer}/line_item_usage_amount"),
        unit_price=optional_amount(row, "line_item_unblended_rate", pointer),
        amount=amount(row.get("line_item_unblended_cost"), f"{pointer}/{_COST}"),
        currency=currency,
        invoice_ref=label(row, "bill_invoice_id", pointer, ""),
    )


_COST: Final = "line_item_unblended_cost"
_NET: Final = "line_item_net_unblended_cost"
_DIMENSIONS: Final = (
    "line_item_usage_account_id",
    "bill_billing_period_start_date",
    "identity_time_interval",
)


def _stamp(row: Mapping[str, Any], key: str, pointer: str) -> Any:
    """Its instants are UTC; an export to a table parts them with a blank."""
    value = row.get(key)
    if isinstance(value, str):
        value = value.replace(" ", "T", 1)
        value = value if value.endswith("Z") else f"{value}Z"
    return instant(value, f"{pointer}/{key}")


ADAPTERS: Final = (
    Adapter(
        name=CUR[0],
        version=CUR[1],
        title="Amazon Bedrock in a cost and usage report",
        grain=Grain.INVOICE_LINE,
        kind=ReportKind.INVOICE,
        basis=(
            "Class, tier and scope stand in line_item_usage_type, by a fixed table; "
            "the amount counts in pricing_unit of its own row."
        ),
        checksum="a quantity of tokens is whole in its own unit",
        kept=_COLUMNS,
        content=(),
        traps=(
            "There is no row per request: hours and days of an account.",
            "The line id is not stable between deliveries: a row is known by its "
            "content, and a delivery replaces the one before.",
            "The name of the model on the bill is not the modelId of a call.",
            "Rows of other services are left out; credits, refunds and taxes are kept "
            "by their type.",
        ),
        read=read_cur,
        media=CSV,
    ),
)
