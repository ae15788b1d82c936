"""What a provider's answer says was used, as classes that can be summed.

Each provider counts on a basis of its own; it is subtracted to disjoint classes, and a
total that is given has to agree. What contradicts itself or is not understood raises
:class:`BadUsage`: nothing is clamped, and no second reading is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from drawdown_client.errors import BadUsage

MEASURED: Final = "measured"
ESTIMATED: Final = "estimated"
PARTIAL: Final = "partial"
ABSENT: Final = "absent"

_Block = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Usage:
    """The counts of one call.

    :ivar counts: tokens by class, each token in one class only
    :ivar basis: measured, estimated, partial (counted until it was cut off) or absent
    :ivar model: the snapshot that answered, as the provider names it
    :ivar tier: the service tier of the answer, in Drawdown's words
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    basis: str = MEASURED
    model: str = ""
    tier: str = ""
    outcome: str = ""


_TIERS: Final = {
    "": "",
    "auto": "",
    "default": "STANDARD",
    "standard": "STANDARD",
    "on_demand": "STANDARD",
    "traffic_type_unspecified": "STANDARD",
    "flex": "FLEX",
    "on_demand_flex": "FLEX",
    "priority": "PRIORITY",
    "on_demand_priority": "PRIORITY",
    "batch": "BATCH",
    "scale": "PROVISIONED",
    "reserved": "PROVISIONED",
    "provisioned_throughput": "PROVISIONED",
}


def usage_of(answer: Any) -> Usage:
    """The usage of an answer of OpenAI, Anthropic, Gemini or Bedrock Converse.

    :param answer: a mapping, or an object of the provider's package
    :raises BadUsage: if the counts contradict each other or are not all understood
    """
    given = plain(answer)
    block = given.get("usageMetadata")
    if block is None:
        block = given.get("usage")
    if not isinstance(block, Mapping) or not block:
        return Usage(basis=ABSENT, model=model_of(given))
    tier = given.get("service_tier") or block.get("service_tier")
    if str(block.get("speed") or "standard") != "standard":
        tier = block["speed"]
    tier = tier or block.get("trafficType") or _type_of(given.get("serviceTier"))
    counts = {code: n for code, n in counts_of(block).items() if n}
    return Usage(counts or {"output": 0}, model=model_of(given), tier=tier_of(tier))


def plain(answer: Any) -> _Block:
    """An answer as a mapping.

    :raises BadUsage: if it cannot be read as one
    """
    if isinstance(answer, Mapping):
        return answer
    for name in ("model_dump", "to_dict", "dict"):
        dump = getattr(answer, name, None)
        if callable(dump):
            found = dump(by_alias=True) if name == "model_dump" else dump()
            if isinstance(found, Mapping):
                return found
    message = f"A {type(answer).__name__} is no answer that can be read."
    raise BadUsage(message)


def model_of(answer: _Block) -> str:
    """The model that answered, as the answer names it."""
    for name in ("model", "modelVersion", "modelId"):
        if answer.get(name):
            return str(answer[name])
    return ""


def tier_of(said: Any) -> str:
    """A service tier in Drawdown's words; one that is not known stands for itself."""
    name = str(said or "")
    return _TIERS.get(name.casefold(), name.upper())


def _type_of(said: Any) -> Any:
    return said.get("type") if isinstance(said, Mapping) else said


def counts_of(block: _Block) -> dict[str, int]:
    """Disjoint counts of a usage block, whose names say whose it is.

    :raises BadUsage: if none of the known providers counts so
    """
    for mark, read in _READERS:
        if mark <= block.keys():
            return read(block)
    message = f"Nobody who is known counts with {', '.join(sorted(block))}."
    raise BadUsage(message)


def _openai(
    block: _Block, total_in: str, total_out: str, details: tuple[str, str]
) -> dict[str, int]:
    _listed(block, {total_in, total_out, "total_tokens", *details})
    given, made = _count(block, total_in), _count(block, total_out)
    _agree(given + made, _count(block, "total_tokens"))
    inside, outside = _part(block, details[0]), _part(block, details[1])
    written = _part(inside, "cache_write_tokens_details")
    found = {
        "cached_input": _count(inside, "cached_tokens"),
        "audio_input": _count(inside, "audio_tokens"),
        "image_input": _count(inside, "image_tokens"),
        "cache_write_30m": _count(written, "ttl_30m_tokens"),
        "cache_write_12h": _count(written, "ttl_12h_tokens"),
    }
    if found["cached_input"] and (found["audio_input"] or found["image_input"]):
        message = "What is cached of sound or pictures is not told apart."
        raise BadUsage(message)
    writes = found["cache_write_30m"] + found["cache_write_12h"]
    rest = _rest(_count(inside, "cache_write_tokens"), writes)
    found["cache_write"] = rest
    found["input"] = _rest(given, sum(found.values()))
    parts = {
        "reasoning": _count(outside, "reasoning_tokens"),
        "audio_output": _count(outside, "audio_tokens"),
        "image_output": _count(outside, "image_tokens"),
        "rejected_output": _count(outside, "rejected_prediction_tokens"),
    }
    _listed(inside, _INSIDE)
    _listed(outside, _OUTSIDE)
    return {**found, **parts, "output": _rest(made, sum(parts.values()))}


_INSIDE: Final = {
    "cached_tokens",
    "cached_tokens_details",
    "cache_write_tokens",
    "cache_write_tokens_details",
    "audio_tokens",
    "image_tokens",
    "text_tokens",
}
_OUTSIDE: Final = {
    "reasoning_tokens",
    "audio_tokens",
    "image_tokens",
    "text_tokens",
    "accepted_prediction_tokens",
    "rejected_prediction_tokens",
}


def _chat(block: _Block) -> dict[str, int]:
    return _openai(
        block,
        "prompt_tokens",
        "completion_tokens",
        ("prompt_tokens_details", "completion_tokens_details"),
    )


def _responses(block: _Block) -> dict[str, int]:
    return _openai(
        block,
        "input_tokens",
        "output_tokens",
        ("input_tokens_details", "output_tokens_details"),
    )


def _embeddings(block: _Block) -> dict[str, int]:
    _listed(block, {"prompt_tokens", "total_tokens"})
    _agree(_count(block, "prompt_tokens"), _count(block, "total_tokens"))
    return {"embedding": _count(block, "prompt_tokens")}


def _anthropic(block: _Block) -> dict[str, int]:
    _listed(block, _MESSAGE)
    split = _part(block, "cache_creation")
    _listed(split, {"ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"})
    found = {
        "input": _count(block, "input_tokens"),
        "cached_input": _count(block, "cache_read_input_tokens"),
        "cache_write_5m": _count(split, "ephemeral_5m_input_tokens"),
        "cache_write_1h": _count(split, "ephemeral_1h_input_tokens"),
    }
    whole = _count(block, "cache_creation_input_tokens")
    if not split:
        found["cache_write"] = whole
    elif block.get("cache_creation_input_tokens") is not None:
        _agree(found["cache_write_5m"] + found["cache_write_1h"], whole)
    details = _part(block, "output_tokens_details")
    _listed(details, {"thinking_tokens"})
    thinking = _count(details, "thinking_tokens")
    rest = _rest(_count(block, "output_tokens"), thinking)
    return {**found, "reasoning": thinking, "output": rest}


_MESSAGE: Final = {
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_creation",
    "cache_read_input_tokens",
    "output_tokens",
    "output_tokens_details",
}


def _converse(block: _Block) -> dict[str, int]:
    _listed(block, _CONVERSE)
    given, made = _count(block, "inputTokens"), _count(block, "outputTokens")
    read = _count(block, "cacheReadInputTokens")
    write = _count(block, "cacheWriteInputTokens")
    if block.get("cacheDetails"):
        message = "The durations of what was written to the cache are not read here."
        raise BadUsage(message)
    if block.get("totalTokens") is not None:
        total, sums = _count(block, "totalTokens"), given + made
        if total not in (sums, sums + read + write):
            _agree(sums, total)
    return {
        "input": given,
        "cached_input": read,
        "cache_write": write,
        "output": made,
    }


_CONVERSE: Final = {
    "inputTokens",
    "outputTokens",
    "totalTokens",
    "cacheReadInputTokens",
    "cacheWriteInputTokens",
    "cacheDetails",
}


def _gemini(block: _Block) -> dict[str, int]:
    _listed(block, {*_PROMPT, *_MODALITIES})
    prompt, made, thoughts, tools, read = (_count(block, name) for name in _PROMPT[:5])
    total = _count(block, "totalTokenCount")
    answered = made
    if prompt + made + tools + thoughts != total:
        _agree(prompt + made + tools, total)
        answered = _rest(made, thoughts)
    for name in _MODALITIES:
        if any(_other_than_text(part) for part in block.get(name) or ()):
            message = "Counts by modality are not read here."
            raise BadUsage(message)
    return {
        "input": _rest(prompt, read),
        "cached_input": read,
        "tool_input": tools,
        "reasoning": thoughts,
        "output": answered,
    }


_PROMPT: Final = (
    "promptTokenCount",
    "candidatesTokenCount",
    "thoughtsTokenCount",
    "toolUsePromptTokenCount",
    "cachedContentTokenCount",
    "totalTokenCount",
)
_MODALITIES: Final = (
    "promptTokensDetails",
    "cacheTokensDetails",
    "candidatesTokensDetails",
    "toolUsePromptTokensDetails",
)


def _other_than_text(part: _Block) -> bool:
    return part.get("modality") != "TEXT" and bool(part.get("tokenCount"))


_Reader = tuple[frozenset[str], Callable[[_Block], dict[str, int]]]
_READERS: Final[tuple[_Reader, ...]] = (
    (frozenset({"prompt_tokens", "completion_tokens"}), _chat),
    (frozenset({"prompt_tokens"}), _embeddings),
    (frozenset({"promptTokenCount"}), _gemini),
    (frozenset({"inputTokens"}), _converse),
    (frozenset({"input_tokens", "total_tokens"}), _responses),
    (frozenset({"input_tokens", "output_tokens"}), _anthropic),
)


def _part(block: _Block, name: str) -> _Block:
    found = block.get(name)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        message = f"{name} is no block of counts."
        raise BadUsage(message)
    return found


def _count(block: _Block, name: str) -> int:
    found = block.get(name)
    if found is None:
        return 0
    if not isinstance(found, int) or isinstance(found, bool) or found < 0:
        message = f"{name} is no count: {found!r}."
        raise BadUsage(message)
    return found


def _rest(whole: int, parts: int) -> int:
    if parts > whole:
        message = f"Parts of {parts:,} tokens are more than their whole, {whole:,}."
        raise BadUsage(message)
    return whole - parts


def _agree(one: int, other: int) -> None:
    if one != other:
        message = f"The total is {other:,} tokens and its parts are {one:,}."
        raise BadUsage(message)


def _listed(block: _Block, names: Iterable[str]) -> None:
    """A count of tokens that this version does not know may be part of another one."""
    known = set(names)
    for name, value in block.items():
        if name not in known and "token" in name.casefold() and value:
            message = f"{name} is a count of tokens that nobody here knows."
            raise BadUsage(message)
