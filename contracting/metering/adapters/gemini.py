"""Gemini and Vertex AI: the answer of generateContent.

Prompt contains what was read from the cache; tool prompts and thoughts stand beside
prompt and candidates. One branch is permitted and written down: when prompt, candidates
and tool prompts alone are the total, the candidates already contain the thoughts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.calls import Answer, read_answers, tier_named
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
from contracting.metering.adapters.fields import count, instant, refuse, text
from contracting.metering.states import Grain, ReportKind, RowCode
from contracting.reference.states import Tier

GENERATE: Final = ("gemini", "1")
TIERS: Final = {
    "on_demand": Tier.STANDARD.value,
    "traffic_type_unspecified": Tier.STANDARD.value,
    "provisioned_throughput": Tier.PROVISIONED.value,
    "on_demand_priority": Tier.PRIORITY.value,
    "on_demand_flex": Tier.FLEX.value,
}
_USAGE: Final = frozenset(
    {
        "promptTokenCount",
        "cachedContentTokenCount",
        "candidatesTokenCount",
        "thoughtsTokenCount",
        "toolUsePromptTokenCount",
        "totalTokenCount",
        "promptTokensDetails",
        "cacheTokensDetails",
        "candidatesTokensDetails",
        "toolUsePromptTokensDetails",
        "trafficType",
    }
)
_GIVEN: Final = {
    "TEXT": "IN_UNCACHED",
    "MODALITY_UNSPECIFIED": "IN_UNCACHED",
    "IMAGE": "IN_IMAGE",
    "DOCUMENT": "IN_IMAGE",
    "AUDIO": "IN_AUDIO",
    "VIDEO": "IN_VIDEO",
}
_MADE: Final = {"TEXT": "OUT_TEXT", "IMAGE": "OUT_IMAGE", "AUDIO": "OUT_AUDIO"}
_MOST_MODALITIES: Final = 20


def read_answers_of_gemini(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Answers of generateContent."""
    return read_answers(payload, sender, adapter=GENERATE, answer_of=gemini_answer)


def gemini_answer(row: Mapping[str, Any], pointer: str) -> Answer:
    """An answer; Vertex AI says when it began, Gemini does not."""
    place = f"{pointer}/usageMetadata"
    usage = block(row, "usageMetadata", place)
    tier, service_tier = tier_named(
        usage.get("trafficType"), TIERS, f"{place}/trafficType"
    )
    began = row.get("createTime")
    return Answer(
        usage=gemini_usage(usage, place) if usage else ABSENT,
        model=text(row, "modelVersion", f"{pointer}/modelVersion", limit=120),
        response_id=text(row, "responseId", f"{pointer}/responseId", ""),
        at=None if began is None else instant(began, f"{pointer}/createTime"),
        tier=tier,
        service_tier=service_tier,
        provider="google",
        channel="gcp",
    )


def gemini_usage(usage: Mapping[str, Any], pointer: str) -> Usage:
    """The usage block of an answer as disjoint classes.

    :raises Bad: if a part is above its whole, or the total fits neither branch
    """
    no_strange_tokens(usage, _USAGE, pointer)
    prompt = counted(usage, "promptTokenCount", pointer)
    made = counted(usage, "candidatesTokenCount", pointer)
    thoughts = counted(usage, "thoughtsTokenCount", pointer)
    tools = counted(usage, "toolUsePromptTokenCount", pointer)
    total = required(usage, "totalTokenCount", pointer)
    answered = made
    if prompt + made + tools + thoughts != total:
        agree(prompt + made + tools, total, f"{pointer}/totalTokenCount")
        answered = rest_of(made, {"thoughts": thoughts}, pointer)
    if "toolUsePromptTokensDetails" in usage:
        _split(usage, "toolUsePromptTokensDetails", tools, pointer)
    counts = {
        **_input(usage, prompt, pointer),
        **_output(usage, made, answered, pointer),
        "TOOL_IN": tools,
        "OUT_REASONING": thoughts,
    }
    unknown = INPUT_SPLIT_UNKNOWN if INPUT_SPLIT_UNKNOWN in counts else ""
    return Usage(counts, total, unknown_class=unknown)


def _input(usage: Mapping[str, Any], prompt: int, pointer: str) -> dict[str, int]:
    read = counted(usage, "cachedContentTokenCount", pointer)
    within(read, prompt, pointer)
    given = _split(usage, "promptTokensDetails", prompt, pointer)
    kept = _split(usage, "cacheTokensDetails", read, pointer)
    if not given:
        return {"IN_UNCACHED": prompt - read, "IN_CACHE_READ": read}
    by_class = _by_class(given, _GIVEN, pointer)
    if read and not kept and by_class.keys() != {"IN_UNCACHED"}:
        return {INPUT_SPLIT_UNKNOWN: prompt}
    cached = _by_class(kept, _GIVEN, pointer) or {"IN_UNCACHED": read}
    found = {"IN_UNCACHED": 0, "IN_CACHE_READ": read}
    for code in by_class.keys() | cached.keys():
        part = {"read": cached.get(code, 0)}
        found[code] = rest_of(by_class.get(code, 0), part, pointer)
    return found


def _output(
    usage: Mapping[str, Any], made: int, answered: int, pointer: str
) -> dict[str, int]:
    """Where thoughts are within the candidates they are text of them."""
    split = _split(usage, "candidatesTokensDetails", made, pointer)
    by_class = _by_class(split, _MADE, pointer)
    if not by_class:
        return {"OUT_TEXT": answered}
    thoughts = {"thoughts": made - answered}
    text_of = rest_of(by_class.get("OUT_TEXT", 0), thoughts, pointer)
    return {**by_class, "OUT_TEXT": text_of}


def _split(
    usage: Mapping[str, Any], key: str, whole: int, pointer: str
) -> dict[str, int]:
    """Counts by modality, which add up to the whole; nothing where it is not given."""
    given, place = usage.get(key), f"{pointer}/{key}"
    if given is None or given == []:
        return {}
    if not isinstance(given, list) or len(given) > _MOST_MODALITIES:
        refuse(RowCode.BAD_LINES, place)
    found: dict[str, int] = {}
    for part in given:
        if not isinstance(part, dict):
            refuse(RowCode.BAD_LINE, place)
        name = text(part, "modality", place, limit=30)
        if name in found:
            refuse(RowCode.CLASS_TWICE, place)
        found[name] = count(part.get("tokenCount") or 0, place)
    agree(sum(found.values()), whole, place)
    return found


def _by_class(
    split: Mapping[str, int], names: Mapping[str, str], pointer: str
) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, tokens in split.items():
        if name not in names:
            refuse(RowCode.BAD_CLASS, pointer)
        found[names[name]] = found.get(names[name], 0) + tokens
    return found


ADAPTERS: Final = (
    Adapter(
        name=GENERATE[0],
        version=GENERATE[1],
        title="Gemini and Vertex AI generateContent",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis=(
            "Prompt contains cache reads; tool prompts and thoughts stand beside "
            "prompt and candidates. Where prompt + candidates + tool prompts alone "
            "are the total, the candidates already contain the thoughts."
        ),
        checksum=(
            "prompt + candidates + tool prompts + thoughts = totalTokenCount; each "
            "list by modality adds up to its own count"
        ),
        kept=("responseId", "modelVersion", "createTime", "usageMetadata"),
        content=("candidates", "promptFeedback"),
        traps=(
            "Thoughts are billed as an article of their own.",
            "Storage of cached content is billed by the hour and is in no answer.",
            "A document counts as images, as it is billed.",
            "Cached sound, pictures or video that are not told apart are held.",
            "A stream repeats the counts: send its last part.",
        ),
        read=read_answers_of_gemini,
    ),
)
