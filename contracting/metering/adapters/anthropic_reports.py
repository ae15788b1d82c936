"""Anthropic: the usage report and the cost report of an organization.

The classes of the usage report are disjoint already. Amounts of the cost report are
decimal texts in cents.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.anthropic import TIERS, searches
from contracting.metering.adapters.calls import tier_named
from contracting.metering.adapters.classes import block, counted, no_strange_tokens
from contracting.metering.adapters.events import ReadBucket, ReadCharge, Sender, Span
from contracting.metering.adapters.fields import CURRENCY, amount, instant, refuse, text
from contracting.metering.adapters.reports import (
    INPUT,
    READ,
    bucket_of,
    charge_of,
    each_result,
    label,
    numbered,
    pages_of,
    results_of,
)
from contracting.metering.states import Grain, ReportKind, RowCode

USAGE: Final = ("anthropic-usage", "1")
COSTS: Final = ("anthropic-costs", "1")

_ASKED: Final = ("model", "service_tier", "context_window")
_MAYBE: Final = ("api_key_id", "workspace_id", "inference_geo", "speed")
_OUTPUT: Final = ("OUT_REASONING", "OUT_TEXT")
_LISTED: Final = frozenset(
    {
        "uncached_input_tokens",
        "cache_creation",
        "cache_read_input_tokens",
        "output_tokens",
        "server_tool_use",
    }
)
_WRITES: Final = {
    "ephemeral_5m_input_tokens": "IN_CACHE_WRITE_5M",
    "ephemeral_1h_input_tokens": "IN_CACHE_WRITE_1H",
}
_TOKEN_TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "uncached_input_tokens": INPUT,
    "output_tokens": _OUTPUT,
    "cache_read_input_tokens": READ,
    **{f"cache_creation.{key}": (code,) for key, code in _WRITES.items()},
}
_CENTS: Final = Decimal("0.01")


def read_usage(payload: bytes, sender: Sender) -> list[Any]:
    """The buckets of pages of the messages usage report.

    :raises Unreadable: if it is no such report, or not the whole of it
    """
    del sender
    return each_result(results_of(pages_of(payload, list_key="data")), _bucket)


def _bucket(index: int, row: Mapping[str, Any], pointer: str) -> ReadBucket:
    no_strange_tokens(row, _LISTED, pointer)
    named = {key: label(row, key, pointer) for key in _ASKED}
    named |= {key: label(row, key, pointer, "") for key in _MAYBE}
    tier, _ = tier_named(row["service_tier"], TIERS, f"{pointer}/service_tier")
    if named["speed"] not in ("", "standard"):
        tier = named["speed"].upper()[:20]
    writes = block(row, "cache_creation", f"{pointer}/cache_creation")
    no_strange_tokens(writes, frozenset(_WRITES), f"{pointer}/cache_creation")
    around = row["bucket"]
    return bucket_of(
        index=index,
        adapter=USAGE[0],
        adapter_version=USAGE[1],
        provider="anthropic",
        channel="anthropic",
        period_start=instant(around.get("starting_at"), f"{pointer}/starting_at"),
        period_end=instant(around.get("ending_at"), f"{pointer}/ending_at"),
        model=text(row, "model", f"{pointer}/model", limit=120),
        tier=tier,
        region_scope=named["inference_geo"],
        dimensions=tuple(sorted(named.items())),
        lines=[
            Span(INPUT, counted(row, "uncached_input_tokens", pointer)),
            Span(READ, counted(row, "cache_read_input_tokens", pointer)),
            *(
                Span((code,), counted(writes, key, f"{pointer}/cache_creation"))
                for key, code in _WRITES.items()
            ),
            Span(_OUTPUT, counted(row, "output_tokens", pointer)),
        ],
        requests=None,
        other_units=searches(row, pointer),
        reported_total=None,
    )


def read_costs(payload: bytes, sender: Sender) -> list[Any]:
    """The charges of pages of the cost report, in dollars.

    :raises Unreadable: if it is no such report, or not the whole of it
    """
    del sender
    pages = pages_of(payload, list_key="data")
    return numbered(each_result(results_of(pages), _charge))


def _charge(index: int, row: Mapping[str, Any], pointer: str) -> ReadCharge:
    cents = row.get("amount")
    if not isinstance(cents, str):
        refuse(RowCode.NOT_AN_AMOUNT, f"{pointer}/amount")
    currency = label(row, "currency", pointer)
    if not CURRENCY.fullmatch(currency):
        refuse(RowCode.BAD_CURRENCY, f"{pointer}/currency")
    kind = label(row, "cost_type", pointer)
    token_type = label(row, "token_type", pointer, "")
    if (kind == "tokens") != (token_type in _TOKEN_TYPES):
        refuse(RowCode.UNKNOWN_METER, f"{pointer}/token_type")
    tier, _ = tier_named(row.get("service_tier"), TIERS, f"{pointer}/service_tier")
    named = {key: label(row, key, pointer, "") for key in _OF_COSTS}
    around = row["bucket"]
    return charge_of(
        index=index,
        adapter=COSTS[0],
        adapter_version=COSTS[1],
        provider="anthropic",
        channel="anthropic",
        period_start=instant(around.get("starting_at"), f"{pointer}/starting_at"),
        period_end=instant(around.get("ending_at"), f"{pointer}/ending_at"),
        model_billed=label(row, "model", pointer, None if token_type else ""),
        classes=_TOKEN_TYPES.get(token_type, ()),
        tier=tier,
        region_scope=named["inference_geo"],
        dimensions=tuple(sorted({**named, "cost_type": kind}.items())),
        amount=amount(cents, f"{pointer}/amount") * _CENTS,
        currency=currency,
    )


_OF_COSTS: Final = ("workspace_id", "context_window", "description", "inference_geo")

ADAPTERS: Final = (
    Adapter(
        name=USAGE[0],
        version=USAGE[1],
        title="Anthropic usage report",
        grain=Grain.BUCKET,
        kind=ReportKind.VENDOR_REPORT,
        basis=(
            "The classes are disjoint already; output contains thinking and is not "
            "split: that part is never compared."
        ),
        checksum="none is given; counts are whole and not negative",
        kept=(
            "starting_at",
            "ending_at",
            *_ASKED,
            *_MAYBE,
            "uncached_input_tokens",
            "cache_creation",
            "cache_read_input_tokens",
            "output_tokens",
            "server_tool_use",
        ),
        content=(),
        traps=(
            "A null api_key_id is use of the console, a null workspace_id the default "
            "workspace: known, not unknown. The other dimensions must be grouped by.",
            "Send every page: a report whose last page says has_more is refused.",
        ),
        read=read_usage,
    ),
    Adapter(
        name=COSTS[0],
        version=COSTS[1],
        title="Anthropic cost report",
        grain=Grain.INVOICE_LINE,
        kind=ReportKind.INVOICE,
        basis="Amounts by day, class and model; there is no quantity.",
        checksum="a charge of tokens names a class that is known",
        kept=(
            "starting_at",
            "ending_at",
            "amount",
            "currency",
            "cost_type",
            "token_type",
            "model",
            "service_tier",
            *_OF_COSTS,
        ),
        content=(),
        traps=(
            'amount is a text in cents: "123.45" is USD 1.2345.',
            "Priority Tier never appears in it; usage times price is then more.",
            "Code execution appears here and not in the usage report.",
        ),
        read=read_costs,
    ),
)
