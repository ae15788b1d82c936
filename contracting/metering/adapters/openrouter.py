"""OpenRouter: its answers, and the record of a generation with the native counts.

An answer counts as OpenAI's do. The record of a generation is billed by its native
counts, those of the model's own tokenizer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.calls import (
    Answer,
    read_answers,
    tier_named,
    with_usage,
)
from contracting.metering.adapters.classes import (
    ABSENT,
    Usage,
    block,
    counted,
    no_strange_tokens,
    required,
    rest_of,
)
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.adapters.fields import TEXT, amount, instant, refuse, text
from contracting.metering.adapters.openai import TIERS, chat_answer
from contracting.metering.states import Grain, Outcome, ReportKind, RowCode

CHAT: Final = ("openrouter-chat", "1")
GENERATION: Final = ("openrouter-generation", "1")

_NATIVE: Final = frozenset(
    {
        "native_tokens_prompt",
        "native_tokens_completion",
        "native_tokens_reasoning",
        "native_tokens_cached",
        "native_tokens_completion_images",
        "tokens_prompt",
        "tokens_completion",
    }
)


def read_chat(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Answers of OpenRouter's chat completions."""
    return read_answers(payload, sender, adapter=CHAT, answer_of=_chat_answer)


def read_generations(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Records of generations, bare or inside ``data`` as the endpoint gives them."""
    return read_answers(
        payload, sender, adapter=GENERATION, answer_of=_generation_answer
    )


def _chat_answer(row: Mapping[str, Any], pointer: str) -> Answer:
    answer = replace(
        chat_answer(row, pointer),
        provider=_maker(row, "provider"),
        channel="openrouter",
    )
    usage = block(row, "usage", f"{pointer}/usage")
    return _priced(answer, usage, "cost", f"{pointer}/usage/cost")


def _generation_answer(row: Mapping[str, Any], pointer: str) -> Answer:
    if "data" in row:
        row, pointer = block(row, "data", f"{pointer}/data"), f"{pointer}/data"
    tier, service_tier = tier_named(
        row.get("service_tier"), TIERS, f"{pointer}/service_tier"
    )
    cancelled = row.get("cancelled")
    if cancelled not in (None, True, False):
        refuse(RowCode.BAD_OUTCOME, f"{pointer}/cancelled")
    answer = Answer(
        usage=ABSENT,
        model=text(row, "model", f"{pointer}/model", limit=120),
        response_id=text(row, "id", f"{pointer}/id"),
        at=instant(row.get("created_at"), f"{pointer}/created_at"),
        tier=tier,
        service_tier=service_tier,
        provider=_maker(row, "provider_name"),
        kind=ReportKind.VENDOR_REPORT,
        channel="openrouter",
        region_scope=text(row, "data_region", f"{pointer}/data_region", "", limit=60),
        outcome=Outcome.CANCELLED.value if cancelled else "",
    )
    if row.get("native_tokens_prompt") is not None:
        answer = with_usage(answer, generation_usage(row, pointer))
    return _priced(answer, row, "total_cost", f"{pointer}/total_cost")


def generation_usage(row: Mapping[str, Any], pointer: str) -> Usage:
    """The native counts of a generation as disjoint classes.

    :raises Bad: if a part is above its whole
    """
    no_strange_tokens(row, _NATIVE, pointer)
    given = required(row, "native_tokens_prompt", pointer)
    made = required(row, "native_tokens_completion", pointer)
    read = counted(row, "native_tokens_cached", pointer)
    parts = {
        "OUT_REASONING": counted(row, "native_tokens_reasoning", pointer),
        "OUT_IMAGE": counted(row, "native_tokens_completion_images", pointer),
    }
    searched = counted(row, "num_search_results", pointer)
    return Usage(
        {
            "IN_CACHE_READ": read,
            "IN_UNCACHED": rest_of(given, {"read": read}, pointer),
            **parts,
            "OUT_TEXT": rest_of(made, parts, pointer),
        },
        other_units=(("search_results", searched),) if searched else (),
    )


def _priced(answer: Answer, row: Mapping[str, Any], key: str, pointer: str) -> Answer:
    if row.get(key) is None:
        return answer
    return replace(answer, cost=amount(row[key], pointer), currency="USD")


def _maker(row: Mapping[str, Any], key: str) -> str:
    """Who served the call, as one word; the names of providers have blanks."""
    name = row.get(key)
    if not isinstance(name, str) or len(name) > 60:
        return ""
    word = "-".join(name.split()).casefold()
    return word if TEXT.fullmatch(word) else ""


ADAPTERS: Final = (
    Adapter(
        name=CHAT[0],
        version=CHAT[1],
        title="OpenRouter chat completions",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis="As OpenAI: input contains the cache, output contains reasoning.",
        checksum="input + output = total_tokens; no part is more than its whole",
        kept=("id", "created", "model", "provider", "service_tier", "usage"),
        content=("choices",),
        traps=(
            "cost is in credits, one to the US dollar: evidence, never a price.",
            "Who serves a model may change from call to call; provider says who did.",
        ),
        read=read_chat,
    ),
    Adapter(
        name=GENERATION[0],
        version=GENERATION[1],
        title="OpenRouter generation record",
        grain=Grain.CALL,
        kind=ReportKind.VENDOR_REPORT,
        basis=(
            "The native counts, which are billed: prompt contains the cache, "
            "completion contains reasoning. tokens_prompt and tokens_completion are "
            "of another tokenizer and are not used."
        ),
        checksum="no part is more than its whole; no total is reported",
        kept=(
            "id",
            "created_at",
            "model",
            "provider_name",
            "service_tier",
            "data_region",
            "cancelled",
            "native_tokens_*",
            "num_search_results",
            "total_cost",
        ),
        content=(),
        traps=("A call that was cancelled still costs.",),
        read=read_generations,
    ),
)
