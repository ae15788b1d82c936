"""OpenAI: answers of Chat Completions, Responses and Embeddings.

Input contains what was read from and written to the cache; output contains reasoning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.calls import (
    Answer,
    Call,
    call_of,
    read_answers,
    read_each,
    tier_named,
)
from contracting.metering.adapters.classes import (
    ABSENT,
    INPUT_SPLIT_UNKNOWN,
    Usage,
    agree,
    block,
    counted,
    no_strange_tokens,
    required,
    rest_of,
    within,
)
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.adapters.fields import epoch, refuse, text
from contracting.metering.states import Grain, Outcome, ReportKind, RowCode
from contracting.reference.states import Tier

CHAT: Final = ("openai-chat", "1")
RESPONSES: Final = ("openai-responses", "1")
EMBEDDINGS: Final = ("openai-embeddings", "1")
BATCH: Final = ("openai-batch", "1")

TIERS: Final = {
    "default": Tier.STANDARD.value,
    "standard": Tier.STANDARD.value,
    "flex": Tier.FLEX.value,
    "priority": Tier.PRIORITY.value,
    "scale": Tier.PROVISIONED.value,
    "batch": Tier.BATCH.value,
}
_CHAT_USAGE: Final = frozenset(
    {
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "completion_tokens_details",
    }
)
_RESPONSES_USAGE: Final = frozenset(
    {
        "input_tokens",
        "input_tokens_details",
        "output_tokens",
        "output_tokens_details",
        "total_tokens",
    }
)
_INPUT_DETAILS: Final = frozenset(
    {
        "cached_tokens",
        "cached_tokens_details",
        "cache_write_tokens",
        "cache_write_tokens_details",
        "audio_tokens",
        "image_tokens",
        "text_tokens",
    }
)
_OUTPUT_DETAILS: Final = frozenset(
    {
        "reasoning_tokens",
        "audio_tokens",
        "image_tokens",
        "text_tokens",
        "accepted_prediction_tokens",
        "rejected_prediction_tokens",
    }
)
_MODALITIES: Final = frozenset({"text_tokens", "audio_tokens", "image_tokens"})
_TTLS: Final = frozenset({"ttl_30m_tokens", "ttl_12h_tokens"})
_ENDED: Final = {
    "completed": Outcome.COMPLETE.value,
    "cancelled": Outcome.CANCELLED.value,
}


def read_chat(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Answers of Chat Completions, or the parts of streamed ones."""
    return read_answers(
        payload, sender, adapter=CHAT, answer_of=chat_answer, join=_join
    )


def read_responses(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Answers of the Responses API."""
    return read_answers(payload, sender, adapter=RESPONSES, answer_of=responses_answer)


def read_embeddings(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Answers of the Embeddings API, which have no id and no time of their own."""
    return read_answers(
        payload, sender, adapter=EMBEDDINGS, answer_of=_embeddings_answer
    )


def chat_answer(row: Mapping[str, Any], pointer: str) -> Answer:
    """An answer of Chat Completions; without its usage the count is absent."""
    tier, service_tier = tier_named(
        row.get("service_tier"), TIERS, f"{pointer}/service_tier"
    )
    return Answer(
        usage=_usage(row, chat_usage, pointer),
        model=text(row, "model", f"{pointer}/model", limit=120),
        response_id=text(row, "id", f"{pointer}/id", ""),
        at=_at(row, ("created",), pointer),
        tier=tier,
        service_tier=service_tier,
        provider="openai",
        channel="openai",
    )


def responses_answer(row: Mapping[str, Any], pointer: str) -> Answer:
    """An answer of the Responses API; complete when it says so, else when created."""
    tier, service_tier = tier_named(
        row.get("service_tier"), TIERS, f"{pointer}/service_tier"
    )
    status = row.get("status")
    return Answer(
        usage=_usage(row, responses_usage, pointer),
        model=text(row, "model", f"{pointer}/model", limit=120),
        response_id=text(row, "id", f"{pointer}/id", ""),
        at=_at(row, ("completed_at", "created_at"), pointer),
        tier=tier,
        service_tier=service_tier,
        provider="openai",
        channel="openai",
        outcome=_ENDED.get(status, "") if isinstance(status, str) else "",
    )


def _embeddings_answer(row: Mapping[str, Any], pointer: str) -> Answer:
    return Answer(
        usage=_usage(row, _embeddings_usage, pointer),
        model=text(row, "model", f"{pointer}/model", limit=120),
        provider="openai",
        channel="openai",
    )


def read_batch_output(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Lines of a batch job's output file, each an answer at the tier of batches."""
    return read_each(payload, sender, adapter=BATCH, read=partial(_line, sender))


def _line(sender: Sender, row: Mapping[str, Any]) -> tuple[Call, Answer]:
    """The line's own id is the call's: embeddings have none. Their time is missing."""
    response = block(row, "response", "/response")
    body = block(response, "body", "/response/body")
    kind = body.get("object")
    if not isinstance(kind, str) or kind not in _BODIES:
        refuse(RowCode.UNSUPPORTED_TYPE, "/response/body/object")
    answer = _BODIES[kind](body, "/response/body")
    if answer.tier not in (Tier.STANDARD, Tier.BATCH):
        refuse(RowCode.TIER_CONTRADICTED, "/response/body/service_tier")
    answer = replace(answer, tier=Tier.BATCH.value)
    return call_of({"id": row.get("id"), "processing": "batch"}, answer, sender), answer


_BODIES: Final = {"chat.completion": chat_answer, "response": responses_answer}


def _usage(row: Mapping[str, Any], read: Any, pointer: str) -> Usage:
    given = row.get("usage")
    if given is None:
        return ABSENT
    found: Usage = read(block(row, "usage", f"{pointer}/usage"), f"{pointer}/usage")
    return found


def _at(row: Mapping[str, Any], keys: Sequence[str], pointer: str) -> Any:
    for key in keys:
        if row.get(key) is not None:
            return epoch(row[key], f"{pointer}/{key}")
    return None


def chat_usage(usage: Mapping[str, Any], pointer: str) -> Usage:
    """The usage block of Chat Completions as disjoint classes.

    :raises Bad: if a part is above its whole, or the total is another one
    """
    no_strange_tokens(usage, _CHAT_USAGE, pointer)
    given = required(usage, "prompt_tokens", pointer)
    made = counted(usage, "completion_tokens", pointer)
    return _whole(
        usage,
        pointer,
        (given, "prompt_tokens_details"),
        (made, "completion_tokens_details"),
    )


def responses_usage(usage: Mapping[str, Any], pointer: str) -> Usage:
    """The usage block of the Responses API as disjoint classes.

    :raises Bad: if a part is above its whole, or the total is another one
    """
    no_strange_tokens(usage, _RESPONSES_USAGE, pointer)
    given = required(usage, "input_tokens", pointer)
    made = required(usage, "output_tokens", pointer)
    return _whole(
        usage, pointer, (given, "input_tokens_details"), (made, "output_tokens_details")
    )


def _whole(
    usage: Mapping[str, Any],
    pointer: str,
    given: tuple[int, str],
    made: tuple[int, str],
) -> Usage:
    total = required(usage, "total_tokens", pointer)
    agree(given[0] + made[0], total, f"{pointer}/total_tokens")
    inputs = _input(given[0], block(usage, given[1], f"{pointer}/{given[1]}"), pointer)
    outputs = _output(made[0], block(usage, made[1], f"{pointer}/{made[1]}"), pointer)
    unknown = INPUT_SPLIT_UNKNOWN if INPUT_SPLIT_UNKNOWN in inputs else ""
    return Usage({**inputs, **outputs}, total, unknown_class=unknown)


def _input(whole: int, parts: Mapping[str, Any], pointer: str) -> dict[str, int]:
    """Cached sound or pictures count in both parts; unless it is said, who knows."""
    no_strange_tokens(parts, _INPUT_DETAILS, pointer)
    read = counted(parts, "cached_tokens", pointer)
    write = counted(parts, "cache_write_tokens", pointer)
    sound = counted(parts, "audio_tokens", pointer)
    picture = counted(parts, "image_tokens", pointer)
    for part in (read + write, sound + picture, counted(parts, "text_tokens", pointer)):
        within(part, whole, pointer)
    written = _written(write, parts, pointer)
    kept = block(parts, "cached_tokens_details", f"{pointer}/cached_tokens_details")
    if (sound or picture) and (write or (read and not kept)):
        return {INPUT_SPLIT_UNKNOWN: whole}
    if kept:
        no_strange_tokens(kept, _MODALITIES, pointer)
        split = [counted(kept, key, pointer) for key in sorted(_MODALITIES)]
        agree(sum(split), read, f"{pointer}/cached_tokens_details")
        sound = rest_of(sound, {"read": split[0]}, pointer)
        picture = rest_of(picture, {"read": split[1]}, pointer)
    found = {"IN_CACHE_READ": read, **written, "IN_AUDIO": sound, "IN_IMAGE": picture}
    return found | {"IN_UNCACHED": rest_of(whole, found, pointer)}


def _written(write: int, parts: Mapping[str, Any], pointer: str) -> dict[str, int]:
    """What was written to the cache, by how long it stays there as far as is said."""
    key = "cache_write_tokens_details"
    kept = block(parts, key, f"{pointer}/{key}")
    no_strange_tokens(kept, _TTLS, pointer)
    found = {
        "IN_CACHE_WRITE_30M": counted(kept, "ttl_30m_tokens", pointer),
        "IN_CACHE_WRITE_12H": counted(kept, "ttl_12h_tokens", pointer),
    }
    return found | {"IN_CACHE_WRITE_UNSPEC": rest_of(write, found, pointer)}


def _output(whole: int, parts: Mapping[str, Any], pointer: str) -> dict[str, int]:
    no_strange_tokens(parts, _OUTPUT_DETAILS, pointer)
    found = {
        "OUT_REASONING": counted(parts, "reasoning_tokens", pointer),
        "OUT_AUDIO": counted(parts, "audio_tokens", pointer),
        "OUT_IMAGE": counted(parts, "image_tokens", pointer),
        "OUT_REJECTED": counted(parts, "rejected_prediction_tokens", pointer),
    }
    plain = rest_of(whole, found, pointer)
    within(counted(parts, "accepted_prediction_tokens", pointer), plain, pointer)
    within(counted(parts, "text_tokens", pointer), whole, pointer)
    return found | {"OUT_TEXT": plain}


def _embeddings_usage(usage: Mapping[str, Any], pointer: str) -> Usage:
    no_strange_tokens(usage, frozenset({"prompt_tokens", "total_tokens"}), pointer)
    given = required(usage, "prompt_tokens", pointer)
    total = required(usage, "total_tokens", pointer)
    agree(given, total, f"{pointer}/total_tokens")
    return Usage({"EMBED": given}, total)


def _join(parts: Sequence[Any], pointer: str) -> Answer:
    """The last part that has a usage; a stream that was cut off has none."""
    answer: Answer | None = None
    for number, part in enumerate(parts):
        if not isinstance(part, dict):
            refuse(RowCode.NOT_AN_OBJECT, f"{pointer}/{number}")
        if answer is None or part.get("usage") is not None:
            answer = chat_answer(part, f"{pointer}/{number}")
    if answer is None:
        refuse(RowCode.MISSING, pointer)
    return answer


_KEPT: Final = ("id", "model", "service_tier", "usage")
_BASIS: Final = (
    "Input contains cache reads and cache writes; output contains reasoning, audio and "
    "rejected predictions."
)
_TOTAL: Final = "input + output = total_tokens; no part is more than its whole"
_TIER_TRAP: Final = "The tier of the answer decides the price, not that of the request."

ADAPTERS: Final = (
    Adapter(
        name=CHAT[0],
        version=CHAT[1],
        title="OpenAI Chat Completions, an answer or the parts of a stream",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis=_BASIS,
        checksum=_TOTAL,
        kept=(*_KEPT, "created"),
        content=("choices",),
        traps=(
            _TIER_TRAP,
            "A stream has its usage in the last part, and only when "
            "stream_options.include_usage is set; a stream that is cut off has none, "
            "which is absent and not zero.",
            "created is when the answer began; call.time says when it was complete.",
            "Cached audio or images that are not told apart are held, never split.",
            "Other vendors answer in this form and count in another way (reasoning "
            "beside the output, for one): each needs an adapter that says so.",
        ),
        read=read_chat,
    ),
    Adapter(
        name=RESPONSES[0],
        version=RESPONSES[1],
        title="OpenAI Responses",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis=_BASIS,
        checksum=_TOTAL,
        kept=(*_KEPT, "status", "completed_at", "created_at"),
        content=("output", "instructions", "text", "metadata", "input"),
        traps=(_TIER_TRAP,),
        read=read_responses,
    ),
    Adapter(
        name=BATCH[0],
        version=BATCH[1],
        title="OpenAI batch output file",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis=_BASIS,
        checksum=_TOTAL,
        kept=("id", "response.body (as of its own format)"),
        content=("custom_id", "response.body"),
        traps=(
            "Every line is at the tier of batches, whatever its answer says.",
            "A line that failed has no answer and is refused; nothing was used.",
            "Answers of Chat Completions and Responses are read, no others.",
        ),
        read=read_batch_output,
    ),
    Adapter(
        name=EMBEDDINGS[0],
        version=EMBEDDINGS[1],
        title="OpenAI Embeddings",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis="All input is embedded; there is no output.",
        checksum="prompt_tokens = total_tokens",
        kept=("model", "usage"),
        content=("data",),
        traps=("The answer has no id and no time: both stand in call.",),
        read=read_embeddings,
    ),
)
