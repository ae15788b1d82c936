"""LiteLLM: rows of its spend logs.

The usage block in ``metadata.usage_object`` is read on the basis that its own names
declare, and the three totals of the row must agree with it. Prompt contains the
cache, of every provider.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.anthropic import message_usage
from contracting.metering.adapters.bedrock import converse_usage
from contracting.metering.adapters.calls import Answer, Call, call_of, read_each
from contracting.metering.adapters.classes import (
    ABSENT,
    INPUT_SPLIT_UNKNOWN,
    OUTPUT_SPLIT_UNKNOWN,
    Usage,
    agree,
    block,
    counted,
    no_strange_tokens,
)
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.adapters.fields import (
    MAX_ATTEMPTS,
    amount,
    instant,
    is_whole,
    refuse,
    text,
)
from contracting.metering.adapters.gemini import gemini_usage
from contracting.metering.adapters.openai import chat_usage, responses_usage
from contracting.metering.states import Grain, ReportKind, RowCode

SPEND_LOGS: Final = ("litellm-spend-logs", "1")

_NORMALISED: Final = frozenset(
    {
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "prompt_cache_hit_tokens",
        "prompt_cache_miss_tokens",
    }
)
_SAME: Final = {
    "cache_read_input_tokens": "cached_tokens",
    "prompt_cache_hit_tokens": "cached_tokens",
    "cache_creation_input_tokens": "cache_write_tokens",
}
"""What other providers call the same count; where both are given they are equal."""

_INPUT_DETAILS: Final = {
    "cached_tokens": "cached_tokens",
    "cache_creation_tokens": "cache_write_tokens",
    "cache_write_tokens": "cache_write_tokens",
    "audio_tokens": "audio_tokens",
    "image_tokens": "image_tokens",
    "text_tokens": "text_tokens",
}
_SPLITS: Final = ("cached_tokens_details", "cache_write_tokens_details")
_TTLS: Final = {
    "ephemeral_5m_input_tokens": "IN_CACHE_WRITE_5M",
    "ephemeral_1h_input_tokens": "IN_CACHE_WRITE_1H",
}
_TTL_KEY: Final = "cache_creation_token_details"
_ZONED = re.compile(r".*([Zz]|[+-]\d\d:\d\d)")
_ORDER_TAG: Final = "order:"
_EMBEDDINGS: Final = ("embedding", "aembedding")
_OF_PROVIDERS: Final = {
    "anthropic": message_usage,
    "openai": responses_usage,
    "azure": responses_usage,
}
"""Whose block has ``input_tokens``: one contains the cache, the other does not."""


def read_spend_logs(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Rows of the table of spend logs, as its endpoint or an export gives them."""
    return read_each(payload, sender, adapter=SPEND_LOGS, read=partial(_row, sender))


def _row(sender: Sender, row: Mapping[str, Any]) -> tuple[Call, Answer]:
    metadata = block(row, "metadata", "/metadata")
    usage, requests = _usage(row, metadata)
    cost = row.get("spend")
    answer = Answer(
        usage=usage,
        model=text(row, "model", "/model", limit=120),
        response_id=text(row, "request_id", "/request_id"),
        at=_stamp(row.get("endTime"), "/endTime"),
        channel=text(row, "custom_llm_provider", "/custom_llm_provider", "", limit=60),
        requests=requests,
        kind=ReportKind.GATEWAY,
        cost=None if cost is None else amount(cost, "/spend"),
        currency="" if cost is None else "USD",
    )
    own = block(metadata, "spend_logs_metadata", "/metadata/spend_logs_metadata")
    given = {
        "operation_id": row.get("litellm_call_id"),
        "attempt": _attempt(metadata),
        "model_requested": row.get("model_group") or None,
        "key_ref": row.get("api_key") or None,
        "order_id": own.get("order_id") or _tagged(row.get("request_tags")),
        "project": own.get("project"),
        "boundary": own.get("boundary"),
    }
    return call_of(given, answer, sender), answer


def _usage(
    row: Mapping[str, Any], metadata: Mapping[str, Any]
) -> tuple[Usage, int | None]:
    """The counts, and the number of requests where nothing but that is counted."""
    if _is_from_the_cache(row.get("cache_hit")):
        return Usage({"IN_UNCACHED": 0, "OUT_TEXT": 0}), 1
    given = counted(row, "prompt_tokens", "")
    made = counted(row, "completion_tokens", "")
    total = counted(row, "total_tokens", "")
    found = metadata.get("usage_object")
    if row.get("status") == "failure" and not (given or made):
        return ABSENT, None
    if not found:
        if not (given or made):
            return ABSENT, None
        agree(given + made, total, "/total_tokens")
        counts = {INPUT_SPLIT_UNKNOWN: given, OUTPUT_SPLIT_UNKNOWN: made}
        return Usage(counts, total, unknown_class=INPUT_SPLIT_UNKNOWN), None
    place = "/metadata/usage_object"
    usage = _by_its_names(block(metadata, "usage_object", place), row, place)
    agree(_sum(usage, "IN", "TOOL"), given, "/prompt_tokens")
    agree(_sum(usage, "OUT"), made, "/completion_tokens")
    agree(given + made, total, "/total_tokens")
    is_embedding = row.get("call_type") in _EMBEDDINGS and not made
    return Usage(
        {"EMBED": given} if is_embedding else usage.counts,
        total,
        unknown_class=usage.unknown_class,
        other_units=usage.other_units,
    ), None


def _sum(usage: Usage, *directions: str) -> int:
    return sum(
        tokens
        for code, tokens in usage.counts.items()
        if code.upper().startswith(directions)
    )


def _is_from_the_cache(value: Any) -> bool:
    """Whether the gateway answered from its own cache, so that nobody was asked."""
    return value is True or (isinstance(value, str) and value.casefold() == "true")


def _by_its_names(usage: Mapping[str, Any], row: Mapping[str, Any], at: str) -> Usage:
    """The names of a block say whose it is; those that two use need the provider."""
    if "prompt_tokens" in usage:
        return _normalised(usage, at)
    if "promptTokenCount" in usage or "totalTokenCount" in usage:
        return gemini_usage(usage, at)
    if "inputTokens" in usage:
        return converse_usage(usage, at)
    provider = text(row, "custom_llm_provider", "/custom_llm_provider", "")
    if "input_tokens" not in usage or provider not in _OF_PROVIDERS:
        refuse(RowCode.BASIS_UNKNOWN, at)
    return _OF_PROVIDERS[provider](usage, at)


def _normalised(usage: Mapping[str, Any], at: str) -> Usage:
    """LiteLLM's own form: OpenAI's, and Anthropic's names of the cache beside it."""
    no_strange_tokens(usage, _NORMALISED, at)
    place = f"{at}/prompt_tokens_details"
    details = block(usage, "prompt_tokens_details", place)
    no_strange_tokens(details, frozenset({*_INPUT_DETAILS, *_SPLITS, _TTL_KEY}), place)
    parts: dict[str, int] = {}
    for key, name in _INPUT_DETAILS.items():
        if details.get(key) is not None:
            _put(parts, name, counted(details, key, place), place)
    for key, name in _SAME.items():
        if usage.get(key) is not None:
            _put(parts, name, counted(usage, key, at), f"{at}/{key}")
    keys = ("prompt_tokens", "completion_tokens", "total_tokens")
    plain = {key: usage.get(key) for key in (*keys, "completion_tokens_details")}
    splits = {key: details.get(key) for key in _SPLITS}
    found = chat_usage({**plain, "prompt_tokens_details": {**parts, **splits}}, at)
    return _by_duration(found, details, place)


def _put(parts: dict[str, int], name: str, number: int, pointer: str) -> None:
    """The same count under two names is one count."""
    agree(parts.setdefault(name, number), number, pointer)


def _by_duration(usage: Usage, details: Mapping[str, Any], place: str) -> Usage:
    split = block(details, _TTL_KEY, f"{place}/{_TTL_KEY}")
    no_strange_tokens(split, frozenset(_TTLS), f"{place}/{_TTL_KEY}")
    kept = {code: counted(split, key, place) for key, code in _TTLS.items()}
    if not any(kept.values()) or usage.unknown_class:
        return usage
    written = usage.counts["IN_CACHE_WRITE_UNSPEC"]
    agree(sum(kept.values()), written, f"{place}/{_TTL_KEY}")
    counts = {**usage.counts, **kept, "IN_CACHE_WRITE_UNSPEC": 0}
    return Usage(counts, usage.total)


def _stamp(value: Any, pointer: str) -> datetime:
    """Its table keeps UTC without saying so; an export may part it with a blank."""
    if isinstance(value, str):
        value = value.replace(" ", "T", 1)
        if not _ZONED.fullmatch(value):
            value = f"{value}Z"
    return instant(value, pointer)


def _attempt(metadata: Mapping[str, Any]) -> int:
    tried = metadata.get("attempted_retries")
    if tried is None:
        return 1
    if not is_whole(tried) or not 0 <= tried < MAX_ATTEMPTS:
        refuse(RowCode.BAD_ATTEMPT, "/metadata/attempted_retries")
    return int(tried) + 1


def _tagged(tags: Any) -> str | None:
    """The order that a tag of the request names, if exactly one does."""
    named = [
        tag.removeprefix(_ORDER_TAG)
        for tag in (tags if isinstance(tags, list) else [])
        if isinstance(tag, str) and tag.startswith(_ORDER_TAG)
    ]
    return named[0] if len(named) == 1 else None


ADAPTERS: Final = (
    Adapter(
        name=SPEND_LOGS[0],
        version=SPEND_LOGS[1],
        title="LiteLLM spend logs",
        grain=Grain.CALL,
        kind=ReportKind.GATEWAY,
        basis=(
            "The provider's own usage block, on the basis that its names declare; in "
            "LiteLLM's own form prompt contains the cache and completion contains "
            "reasoning, of every provider."
        ),
        checksum=(
            "the classes add up to prompt_tokens, completion_tokens and total_tokens"
        ),
        kept=(
            "request_id",
            "litellm_call_id",
            "endTime",
            "model",
            "model_group",
            "custom_llm_provider",
            "api_key",
            "call_type",
            "status",
            "request_tags (order:…)",
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "spend",
            "cache_hit",
            "metadata.usage_object",
            "metadata.attempted_retries",
            "metadata.spend_logs_metadata (order_id, project, boundary)",
        ),
        content=("messages", "response", "proxy_server_request", "metadata"),
        traps=(
            "A call belongs to endTime; the endpoint filters by startTime, so that a "
            "long call appears late in a window already read. Read an overlap.",
            "An id that a provider gives twice makes LiteLLM drop a row.",
            "A row answered from its own cache has no tokens and is one request.",
            "Without the usage block the classes cannot be told apart: it is held.",
            "spend is LiteLLM's own estimate of cost: evidence, never a price.",
            "Rows wait in memory before they are written; a killed process loses them.",
        ),
        read=read_spend_logs,
    ),
)
