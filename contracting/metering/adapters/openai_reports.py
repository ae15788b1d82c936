"""OpenAI: the usage API and the costs API of an organization.

The input of the usage API contains the cache; the output is not broken out further. Its
costs are by line item and day.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.calls import tier_named
from contracting.metering.adapters.classes import (
    agree,
    block,
    counted,
    no_strange_tokens,
    required,
    rest_of,
)
from contracting.metering.adapters.events import (
    ReadBucket,
    ReadCharge,
    Sender,
    Span,
)
from contracting.metering.adapters.fields import (
    CURRENCY,
    amount,
    count,
    epoch,
    refuse,
    text,
)
from contracting.metering.adapters.openai import TIERS
from contracting.metering.adapters.reports import (
    INPUT,
    OUTPUT,
    READ,
    bucket_of,
    charge_of,
    each_result,
    label,
    numbered,
    pages_of,
    results_of,
    tokens_of_unit,
    whole_tokens,
)
from contracting.metering.states import Grain, ReportKind, RowCode
from contracting.reference.states import Tier

USAGE: Final = ("openai-usage", "1")
COSTS: Final = ("openai-costs", "1")

_ASKED: Final = ("project_id", "api_key_id", "model", "service_tier")
"""Every bucket is asked for by these; a null in one of them was not grouped by it."""

_MAYBE: Final = ("user_id", "api_source")
_KINDS: Final = ("text", "audio", "image")
_MODAL: Final = {"text": "IN_UNCACHED", "audio": "IN_AUDIO", "image": "IN_IMAGE"}
_WRITES: Final = {"30m": "IN_CACHE_WRITE_30M", "12h": "IN_CACHE_WRITE_12H"}
_LISTED: Final = frozenset(
    {
        "input_tokens",
        "input_uncached_tokens",
        "input_cached_tokens",
        "input_cache_write_tokens",
        "output_tokens",
        *(f"input_{kind}_tokens" for kind in _KINDS),
        *(f"input_cached_{kind}_tokens" for kind in _KINDS),
        *(f"output_{kind}_tokens" for kind in _KINDS),
        *(f"input_cache_write_{ttl}_tokens" for ttl in _WRITES),
    }
)
_ITEMS: Final = {
    "input": INPUT,
    "input_tokens": INPUT,
    "cached_input": READ,
    "cached_input_tokens": READ,
    "input_cached_tokens": READ,
    "input_cache_write_tokens": (
        "IN_CACHE_WRITE_12H",
        "IN_CACHE_WRITE_30M",
        "IN_CACHE_WRITE_UNSPEC",
    ),
    "output": OUTPUT,
    "output_tokens": OUTPUT,
}
"""What the end of a line item's name says; any other is left for the name map."""


def read_usage(payload: bytes, sender: Sender) -> list[Any]:
    """The buckets of pages of completions' usage.

    :raises Unreadable: if it is no such report, or not the whole of it
    """
    del sender
    return each_result(results_of(pages_of(payload, list_key="data")), _bucket)


def _bucket(index: int, row: Mapping[str, Any], pointer: str) -> ReadBucket:
    no_strange_tokens(row, _LISTED, pointer)
    kind = row.get("object")
    if kind not in (None, _COMPLETIONS, _EMBEDDINGS):
        refuse(RowCode.UNSUPPORTED_TYPE, f"{pointer}/object")
    return (_embedded if kind == _EMBEDDINGS else _completed)(index, row, pointer)


_COMPLETIONS: Final = "organization.usage.completions.result"
_EMBEDDINGS: Final = "organization.usage.embeddings.result"


def _embedded(index: int, row: Mapping[str, Any], pointer: str) -> ReadBucket:
    """Of embeddings, which have neither a tier nor an output."""
    asked = ("project_id", "api_key_id", "model")
    named = {key: label(row, key, pointer) for key in asked}
    named["user_id"] = label(row, "user_id", pointer, "")
    given = required(row, "input_tokens", pointer)
    return _made(
        index,
        row,
        pointer,
        tier=Tier.STANDARD.value,
        dimensions=tuple(sorted({**named, "object": _EMBEDDINGS}.items())),
        lines=[Span(("EMBED",), given)],
        reported_total=given,
    )


def _completed(index: int, row: Mapping[str, Any], pointer: str) -> ReadBucket:
    named = {key: label(row, key, pointer) for key in _ASKED}
    named |= {key: label(row, key, pointer, "") for key in _MAYBE}
    is_batch = row.get("batch")
    if not isinstance(is_batch, bool):
        refuse(RowCode.MISSING_DIMENSION, f"{pointer}/batch")
    tier, _ = tier_named(row["service_tier"], TIERS, f"{pointer}/service_tier")
    given = required(row, "input_tokens", pointer)
    made = required(row, "output_tokens", pointer)
    return _made(
        index,
        row,
        pointer,
        tier=Tier.BATCH.value if is_batch else tier,
        dimensions=tuple(sorted({**named, "batch": str(is_batch).lower()}.items())),
        lines=[*_input(row, given, pointer), *_output(row, made, pointer)],
        reported_total=given + made,
    )


def _made(index: int, row: Mapping[str, Any], pointer: str, **said: Any) -> ReadBucket:
    requests = row.get("num_model_requests")
    around = row["bucket"]
    return bucket_of(
        index=index,
        adapter=USAGE[0],
        adapter_version=USAGE[1],
        provider="openai",
        channel="openai",
        period_start=epoch(around.get("start_time"), f"{pointer}/start_time"),
        period_end=epoch(around.get("end_time"), f"{pointer}/end_time"),
        model=text(row, "model", f"{pointer}/model", limit=120),
        region_scope="",
        requests=None if requests is None else count(requests, pointer),
        other_units=(),
        **said,
    )


def _input(row: Mapping[str, Any], given: int, pointer: str) -> list[Span]:
    read = counted(row, "input_cached_tokens", pointer)
    kinds = [f"input_cached_{kind}_tokens" for kind in _KINDS]
    if any(row.get(key) is not None for key in kinds):
        agree(sum(counted(row, key, pointer) for key in kinds), read, pointer)
    write = counted(row, "input_cache_write_tokens", pointer)
    lasting = {
        code: counted(row, f"input_cache_write_{ttl}_tokens", pointer)
        for ttl, code in _WRITES.items()
    }
    plain = rest_of(given, {"read": read, "write": write}, pointer)
    if row.get("input_uncached_tokens") is not None:
        uncached = counted(row, "input_uncached_tokens", pointer)
        agree(uncached, plain, f"{pointer}/input_uncached_tokens")
    unsaid = rest_of(write, lasting, pointer)
    spans = [Span(READ, read), Span(("IN_CACHE_WRITE_UNSPEC",), unsaid)]
    spans += [Span((code,), tokens) for code, tokens in lasting.items()]
    return [*spans, *_uncached(row, plain, pointer)]


def _uncached(row: Mapping[str, Any], plain: int, pointer: str) -> list[Span]:
    """By modality where the report has it; sound alone says nothing of the text."""
    if row.get("input_text_tokens") is None:
        return [Span(tuple(sorted(_MODAL.values())), plain)]
    by_kind = {
        code: counted(row, f"input_{kind}_tokens", pointer)
        for kind, code in _MODAL.items()
    }
    agree(sum(by_kind.values()), plain, f"{pointer}/input_text_tokens")
    return [Span((code,), tokens) for code, tokens in by_kind.items()]


def _output(row: Mapping[str, Any], made: int, pointer: str) -> list[Span]:
    if row.get("output_text_tokens") is None:
        return [Span(tuple(sorted((*OUTPUT, "OUT_AUDIO", "OUT_IMAGE"))), made)]
    spoken = counted(row, "output_audio_tokens", pointer)
    drawn = counted(row, "output_image_tokens", pointer)
    written = counted(row, "output_text_tokens", pointer)
    agree(written + spoken + drawn, made, f"{pointer}/output_tokens")
    return [
        Span(OUTPUT, written),
        Span(("OUT_AUDIO",), spoken),
        Span(("OUT_IMAGE",), drawn),
    ]


def read_costs(payload: bytes, sender: Sender) -> list[Any]:
    """The charges of pages of costs, with their amounts as they were written.

    :raises Unreadable: if it is no such report, or not the whole of it
    """
    del sender
    pages = pages_of(payload, list_key="data")
    return numbered(each_result(results_of(pages), _charge))


def _charge(index: int, row: Mapping[str, Any], pointer: str) -> ReadCharge:
    paid = block(row, "amount", f"{pointer}/amount")
    currency = label(paid, "currency", f"{pointer}/amount").upper()
    if not CURRENCY.fullmatch(currency):
        refuse(RowCode.BAD_CURRENCY, f"{pointer}/amount/currency")
    item = label(row, "line_item", pointer)
    unit = label(row, "quantity_unit", pointer, "")
    quantity = row.get("quantity")
    given = None if quantity is None else amount(quantity, f"{pointer}/quantity")
    factor = tokens_of_unit(unit, f"{pointer}/quantity_unit") if unit else None
    named = {key: label(row, key, pointer, "") for key in _OF_COSTS}
    around = row["bucket"]
    return charge_of(
        index=index,
        adapter=COSTS[0],
        adapter_version=COSTS[1],
        provider="openai",
        channel="openai",
        period_start=epoch(around.get("start_time"), f"{pointer}/start_time"),
        period_end=epoch(around.get("end_time"), f"{pointer}/end_time"),
        model_billed=item,
        classes=_ITEMS.get(item.rpartition(", ")[2].replace(" ", "_").casefold(), ()),
        dimensions=tuple(sorted(named.items())),
        quantity=given,
        unit=unit,
        tokens=None
        if given is None or factor is None
        else whole_tokens(given, factor, f"{pointer}/quantity"),
        amount=amount(paid.get("value"), f"{pointer}/amount/value"),
        currency=currency,
    )


_OF_COSTS: Final = ("project_id", "api_key_id", "user_id", "api_source")

ADAPTERS: Final = (
    Adapter(
        name=USAGE[0],
        version=USAGE[1],
        title="OpenAI usage API, completions and embeddings",
        grain=Grain.BUCKET,
        kind=ReportKind.VENDOR_REPORT,
        basis=(
            "input_tokens contains what was read from and written to the cache; the "
            "counts by modality are of what was not cached. Output is not split into "
            "reasoning: that part is never compared."
        ),
        checksum="input = uncached + cached + cache-write; modalities add up",
        kept=(
            "start_time",
            "end_time",
            *_ASKED,
            "batch",
            *_MAYBE,
            "num_model_requests",
            "*_tokens",
        ),
        content=(),
        traps=(
            "A dimension is null unless the report was grouped by it: ask for "
            f"{', '.join((*_ASKED, 'batch'))}; a null in one refuses the row.",
            "Send every page: a report whose last page says has_more is refused.",
            "A bucket that comes again with other counts is a restatement.",
        ),
        read=read_usage,
    ),
    Adapter(
        name=COSTS[0],
        version=COSTS[1],
        title="OpenAI costs API",
        grain=Grain.INVOICE_LINE,
        kind=ReportKind.INVOICE,
        basis="Amount and quantity of a line item and day; each row has its own unit.",
        checksum="a quantity of tokens is whole in its own unit",
        kept=(
            "start_time",
            "end_time",
            "line_item",
            "amount.value",
            "amount.currency",
            "quantity",
            "quantity_unit",
            *_OF_COSTS,
        ),
        content=(),
        traps=(
            "Amounts are written as JSON numbers and are read as exact decimals.",
            "It cannot be grouped by model and class, only by line item.",
        ),
        read=read_costs,
    ),
)
