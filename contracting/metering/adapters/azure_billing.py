"""Azure OpenAI: rows of a cost export.

Model, class and zone stand in the meter's name and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from contracting.core.periods import is_plausible
from contracting.metering.adapters.adapter import CSV, Adapter
from contracting.metering.adapters.events import ReadCharge, Sender
from contracting.metering.adapters.fields import (
    CURRENCY,
    amount,
    optional_amount,
    refuse,
)
from contracting.metering.adapters.reports import (
    INPUT,
    OUTPUT,
    READ,
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

EXPORT: Final = ("azure-cost-export", "1")

_DIRECTIONS: Final = {
    "inp": "input",
    "input": "input",
    "in": "input",
    "outp": "output",
    "out": "output",
    "output": "output",
    "opt": "output",
}
_CACHED: Final = frozenset({"cached", "cchd", "cache", "cd"})
_ZONES: Final = {
    "glbl": "global",
    "global": "global",
    "gl": "global",
    "regnl": "region",
    "rgnl": "region",
    "regional": "region",
    "dzone": "data-zone",
    "dzn": "data-zone",
    "datazone": "data-zone",
    "dz": "data-zone",
}
_TIERS: Final = {
    "batch": Tier.BATCH.value,
    "btch": Tier.BATCH.value,
    "priority": Tier.PRIORITY.value,
    "prty": Tier.PRIORITY.value,
    "flex": Tier.FLEX.value,
}
_SPOKEN: Final = frozenset({"aud", "audio"})
_DRAWN: Final = frozenset({"img", "image"})
_NOISE: Final = frozenset({"tokens", "token", "txt"})
_EMBEDDING: Final = "embed"
_RESERVED: Final = frozenset({"ptu", "provisioned", "ptum"})
_WORDS = re.compile(r"[\s_-]+")
_DAY = re.compile(
    r"(?P<a>\d{1,4})[-/](?P<b>\d{1,2})[-/](?P<c>\d{1,4})(?:[T ]0?0:00.*)?"
)
_SERVICES: Final = ("MeterCategory", "MeterSubCategory", "ProductName", "ServiceFamily")
_COLUMNS: Final = (
    "Date",
    "MeterId",
    "MeterName",
    "Quantity",
    "UnitOfMeasure",
    "UnitPrice",
    "EffectivePrice",
    "CostInBillingCurrency",
    "BillingCurrency",
    "ResourceId",
    "ChargeType",
    "PricingModel",
    "InvoiceId",
    "BillingPeriodStartDate",
    *_SERVICES,
)
_DIMENSIONS: Final = (
    "MeterId",
    "MeterName",
    "ResourceId",
    "PricingModel",
    "BillingPeriodStartDate",
)


@dataclass(frozen=True, slots=True)
class Meter:
    """What the name of a meter says."""

    model: str
    classes: tuple[str, ...]
    tier: str
    zone: str


def read_export(payload: bytes, sender: Sender) -> list[Any]:
    """The charges of a cost export; rows of other meters are charges without a class.

    :raises Unreadable: if it is no CSV file with a header
    """
    del sender
    return numbered(each_result(rows_of_csv(payload), _charge))


def _charge(index: int, given: Mapping[str, Any], pointer: str) -> ReadCharge:
    row = {key[:1].upper() + key[1:]: value for key, value in given.items()}
    name = label(row, "MeterName", pointer)
    unit = label(row, "UnitOfMeasure", pointer)
    factor = tokens_of_unit(unit, f"{pointer}/UnitOfMeasure")
    kind = label(row, "ChargeType", pointer, "Usage")
    meter = None
    if factor is not None and kind == "Usage" and _is_of_models(row, name):
        meter = meter_named(name, f"{pointer}/MeterName")
    used = optional_amount(row, "Quantity", pointer)
    currency = label(row, "BillingCurrency", pointer)
    if not CURRENCY.fullmatch(currency):
        refuse(RowCode.BAD_CURRENCY, f"{pointer}/BillingCurrency")
    start = _day(row.get("Date"), f"{pointer}/Date")
    named = {key: label(row, key, pointer, "", limit=400) for key in _DIMENSIONS}
    return charge_of(
        index=index,
        adapter=EXPORT[0],
        adapter_version=EXPORT[1],
        channel="azure",
        period_start=start,
        period_end=start + timedelta(days=1),
        model_billed=meter.model if meter else name,
        classes=meter.classes if meter else (),
        tier=meter.tier if meter else _tier_of_other(name),
        region_scope=meter.zone if meter else "",
        dimensions=tuple(sorted(named.items())),
        charge_class=kind,
        quantity=used,
        unit=unit,
        tokens=None
        if used is None or meter is None or factor is None
        else whole_tokens(used, factor, f"{pointer}/Quantity"),
        unit_price=optional_amount(row, "EffectivePrice", pointer),
        amount=amount(row.get("CostInBillingCurrency"), f"{pointer}/{_COST}"),
        currency=currency,
        invoice_ref=label(row, "InvoiceId", pointer, ""),
    )


def _is_of_models(row: Mapping[str, Any], name: str) -> bool:
    """Whether a row is of tokens; an export also has the meters of other services."""
    said = [str(row[key]).casefold() for key in _SERVICES if row.get(key)]
    if "token" in name.casefold() or not said:
        return True
    return any(word in service for service in said for word in ("openai", "foundry"))


_COST: Final = "CostInBillingCurrency"


def meter_named(name: str, pointer: str) -> Meter:
    """Model, class, tier and zone from a meter's name, whose spelling is not one.

    :raises Bad: if it does not say exactly one direction and at most one of the others
    """
    words = [word for word in _WORDS.split(name) if word]
    found: dict[str, set[str]] = {"way": set(), "zone": set(), "tier": set()}
    flags: set[str] = set()
    model: list[str] = []
    for word in words:
        small = word.casefold()
        if small in _DIRECTIONS:
            found["way"].add(_DIRECTIONS[small])
        elif small in _ZONES:
            found["zone"].add(_ZONES[small])
        elif small in _TIERS:
            found["tier"].add(_TIERS[small])
        elif small in _CACHED or small in _SPOKEN or small in _DRAWN:
            flags.add(_flag(small))
        elif small not in _NOISE:
            model.append(small)
    if not found["way"] and any(word.startswith(_EMBEDDING) for word in model):
        found["way"] = {_EMBEDDING}
    is_clear = len(found["way"]) == 1 and all(len(x) <= 1 for x in found.values())
    way = next(iter(found["way"]), "")
    classes = _CLASSES.get((way, *sorted(flags)))
    if not is_clear or classes is None or not model:
        refuse(RowCode.UNKNOWN_METER, pointer)
    return Meter(
        model="-".join(model),
        classes=classes,
        tier=next(iter(found["tier"]), Tier.STANDARD.value),
        zone=next(iter(found["zone"]), ""),
    )


def _flag(word: str) -> str:
    if word in _CACHED:
        return "cached"
    return "audio" if word in _SPOKEN else "image"


_CLASSES: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = {
    ("input",): INPUT,
    ("input", "cached"): READ,
    ("input", "audio"): ("IN_AUDIO",),
    ("input", "image"): ("IN_IMAGE",),
    ("input", "audio", "cached"): READ,
    ("input", "cached", "image"): READ,
    (_EMBEDDING,): ("EMBED",),
    ("output",): OUTPUT,
    ("output", "audio"): ("OUT_AUDIO",),
    ("output", "image"): ("OUT_IMAGE",),
}


def _tier_of_other(name: str) -> str:
    words = {word.casefold() for word in _WORDS.split(name)}
    return Tier.PROVISIONED.value if words & _RESERVED else Tier.STANDARD.value


def _day(value: Any, pointer: str) -> datetime:
    """A day in UTC, as ``2026-10-05`` or as the export's own ``10/05/2026``."""
    found = _DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        refuse(RowCode.BAD_TIME, pointer)
    parts = (found["a"], found["b"], found["c"])
    year, month, day = parts if len(found["a"]) == 4 else (parts[2], *parts[:2])
    try:
        start = datetime(int(year), int(month), int(day), tzinfo=UTC)
    except ValueError:
        refuse(RowCode.BAD_TIME, pointer)
    if not is_plausible(start):
        refuse(RowCode.BAD_TIME, pointer)
    return start


ADAPTERS: Final = (
    Adapter(
        name=EXPORT[0],
        version=EXPORT[1],
        title="Azure cost export, meters of Azure OpenAI",
        grain=Grain.INVOICE_LINE,
        kind=ReportKind.INVOICE,
        basis=(
            "Class, tier and zone stand only in the meter's name; the quantity counts "
            "in UnitOfMeasure of its own row: 1K in one, 1M in the next."
        ),
        checksum="a meter says exactly one direction; a quantity of tokens is whole",
        kept=_COLUMNS,
        content=(),
        traps=(
            "Meters are spelt in several ways; a name that is not clear is refused, "
            "never guessed.",
            "The same factor of 1,000 on every row is a unit, not an overcharge.",
            "Dates as 10/05/2026 are month, day, year.",
            "Tags are not read: they are free text.",
        ),
        read=read_export,
        media=CSV,
    ),
)
