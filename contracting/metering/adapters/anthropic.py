"""Anthropic: the Message that answers a call, or the parts of a streamed one.

Input excludes the cache: what was read and what was written stand beside it. Output
contains thinking.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    agree,
    block,
    counted,
    no_strange_tokens,
    required,
    rest_of,
)
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.adapters.fields import refuse, text
from contracting.metering.states import Basis, Grain, ReportKind, RowCode
from contracting.reference.states import Tier

MESSAGE: Final = ("anthropic-message", "1")
TIERS: Final = {
    "standard": Tier.STANDARD.value,
    "priority": Tier.PRIORITY.value,
    "batch": Tier.BATCH.value,
}
_USAGE: Final = frozenset(
    {
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_creation",
        "cache_read_input_tokens",
        "output_tokens",
        "output_tokens_details",
        "server_tool_use",
        "service_tier",
        "speed",
        "inference_geo",
    }
)
_TTLS: Final = {
    "ephemeral_5m_input_tokens": "IN_CACHE_WRITE_5M",
    "ephemeral_1h_input_tokens": "IN_CACHE_WRITE_1H",
}
_SEARCHES: Final = ("web_search_requests", "web_fetch_requests")


def read_messages(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Messages, or the parts of streamed ones."""
    return read_answers(
        payload, sender, adapter=MESSAGE, answer_of=message_answer, join=_join
    )


def message_answer(row: Mapping[str, Any], pointer: str) -> Answer:
    """A Message; it has no time, which stands in ``call``."""
    place = f"{pointer}/usage"
    usage = block(row, "usage", place)
    tier, service_tier = tier_named(
        usage.get("service_tier"), TIERS, f"{place}/service_tier"
    )
    speed = text(usage, "speed", f"{place}/speed", "", limit=20)
    if speed not in ("", "standard"):
        # No price of ours is for a faster one: it is held until there is.
        tier, service_tier = speed.upper(), speed
    return Answer(
        usage=message_usage(usage, place) if usage else ABSENT,
        model=text(row, "model", f"{pointer}/model", limit=120),
        response_id=text(row, "id", f"{pointer}/id", ""),
        tier=tier,
        service_tier=service_tier,
        provider="anthropic",
        channel="anthropic",
        region_scope=text(
            usage, "inference_geo", f"{place}/inference_geo", "", limit=60
        ),
    )


def message_usage(usage: Mapping[str, Any], pointer: str) -> Usage:
    """The usage block of a Message as disjoint classes; the total is not reported.

    :raises Bad: if the writes do not add up, or thinking is more than the output
    """
    no_strange_tokens(usage, _USAGE, pointer)
    made = required(usage, "output_tokens", pointer)
    details = block(usage, "output_tokens_details", f"{pointer}/output_tokens_details")
    no_strange_tokens(details, frozenset({"thinking_tokens"}), pointer)
    thinking = counted(details, "thinking_tokens", pointer)
    return Usage(
        {
            "IN_UNCACHED": required(usage, "input_tokens", pointer),
            "IN_CACHE_READ": counted(usage, "cache_read_input_tokens", pointer),
            **written(usage, pointer),
            "OUT_REASONING": thinking,
            "OUT_TEXT": rest_of(made, {"thinking": thinking}, pointer),
        },
        other_units=searches(usage, pointer),
    )


def written(usage: Mapping[str, Any], pointer: str) -> dict[str, int]:
    """What was written to the cache by how long it stays; both ways must agree.

    :raises Bad: if the parts are not the whole that is given
    """
    place = f"{pointer}/cache_creation"
    split = block(usage, "cache_creation", place)
    no_strange_tokens(split, frozenset(_TTLS), place)
    found = {code: counted(split, key, place) for key, code in _TTLS.items()}
    whole = usage.get("cache_creation_input_tokens")
    if not split:
        key = "cache_creation_input_tokens"
        return {"IN_CACHE_WRITE_UNSPEC": counted(usage, key, pointer)}
    if whole is not None:
        whole = counted(usage, "cache_creation_input_tokens", pointer)
        agree(sum(found.values()), whole, place)
    return found


def searches(usage: Mapping[str, Any], pointer: str) -> tuple[tuple[str, int], ...]:
    """Calls of the server's own tools, which are no tokens."""
    tools = block(usage, "server_tool_use", f"{pointer}/server_tool_use")
    counts = {key: counted(tools, key, pointer) for key in _SEARCHES}
    return tuple((key, number) for key, number in counts.items() if number)


def _join(parts: Sequence[Any], pointer: str) -> Answer:
    """The counts of a stream are cumulative: the last is taken, none is added.

    A stream that was cut off has counted until then, which is partial.
    """
    message: dict[str, Any] | None = None
    usage: dict[str, Any] = {}
    is_complete = False
    for number, part in enumerate(parts):
        place = f"{pointer}/{number}"
        if not isinstance(part, dict):
            refuse(RowCode.NOT_AN_OBJECT, place)
        if part.get("type") == "message_start":
            message = dict(block(part, "message", f"{place}/message"))
            usage = dict(block(message, "usage", f"{place}/message/usage"))
        elif part.get("type") == "message_delta":
            later = block(part, "usage", f"{place}/usage")
            usage |= {key: value for key, value in later.items() if value is not None}
        is_complete |= part.get("type") == "message_stop"
    if message is None:
        refuse(RowCode.MISSING, pointer)
    answer = message_answer({**message, "usage": usage}, pointer)
    if is_complete or answer.usage is ABSENT:
        return answer
    return with_usage(answer, replace(answer.usage, basis=Basis.PARTIAL.value))


ADAPTERS: Final = (
    Adapter(
        name=MESSAGE[0],
        version=MESSAGE[1],
        title="Anthropic Messages, an answer or the parts of a stream",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis=(
            "Input excludes cache reads and cache writes, which stand beside it; "
            "output contains thinking."
        ),
        checksum=(
            "5-minute + 1-hour writes = cache_creation_input_tokens; thinking is not "
            "more than the output; no total is reported"
        ),
        kept=("id", "model", "usage"),
        content=("content", "stop_sequence", "container"),
        traps=(
            "The answer has no time: it stands in call.time.",
            "The counts of a stream are cumulative: the last is taken, none is added. "
            "Without message_stop the count is partial.",
            "Web searches and fetches are counted beside the tokens.",
            "A speed other than standard is a tier of its own.",
        ),
        read=read_messages,
    ),
)
