"""Amazon Bedrock: the answer of Converse, and rows of the invocation log.

Input excludes the cache: what was read and what was written stand beside it. Output
contains reasoning and is not split.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    Usage,
    agree,
    block,
    counted,
    no_strange_tokens,
    required,
)
from contracting.metering.adapters.events import BadRow, ReadEvent, Sender
from contracting.metering.adapters.fields import count, instant, refuse, text
from contracting.metering.states import Grain, ReportKind, RowCode
from contracting.reference.states import Tier

CONVERSE: Final = ("bedrock-converse", "1")
INVOCATIONS: Final = ("bedrock-invocation-log", "1")
TIERS: Final = {
    "default": Tier.STANDARD.value,
    "standard": Tier.STANDARD.value,
    "priority": Tier.PRIORITY.value,
    "flex": Tier.FLEX.value,
    "reserved": Tier.PROVISIONED.value,
}
_USAGE: Final = frozenset(
    {
        "inputTokens",
        "outputTokens",
        "totalTokens",
        "cacheReadInputTokens",
        "cacheWriteInputTokens",
        "cacheDetails",
    }
)
_INPUT: Final = frozenset(
    {
        "inputTokenCount",
        "cacheReadInputTokenCount",
        "cacheWriteInputTokenCount",
        "inputContentType",
        "inputBodyJson",
        "inputBodyS3Path",
    }
)
_TTLS: Final = {"5m": "IN_CACHE_WRITE_5M", "1h": "IN_CACHE_WRITE_1H"}
_MOST_TTLS: Final = 10


def read_converse(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Answers of Converse, with the model and the request that they answer."""
    return read_answers(payload, sender, adapter=CONVERSE, answer_of=_converse_answer)


def _converse_answer(row: Mapping[str, Any], pointer: str) -> Answer:
    usage = row.get("usage")
    tier, service_tier = _tier(row, pointer)
    return Answer(
        usage=ABSENT
        if usage is None
        else converse_usage(
            block(row, "usage", f"{pointer}/usage"), f"{pointer}/usage"
        ),
        model=text(row, "modelId", f"{pointer}/modelId", limit=120),
        response_id=text(row, "requestId", f"{pointer}/requestId", ""),
        tier=tier,
        service_tier=service_tier,
        channel="aws-bedrock",
    )


def _tier(row: Mapping[str, Any], pointer: str) -> tuple[str, str]:
    place = f"{pointer}/serviceTier"
    return tier_named(block(row, "serviceTier", place).get("type"), TIERS, place)


def converse_usage(usage: Mapping[str, Any], pointer: str) -> Usage:
    """The usage block of Converse as disjoint classes.

    Whether the total contains the cache is not documented: it only has to be one of
    the two sums, and changes no count.

    :raises Bad: if the total is neither, or the writes do not add up
    """
    no_strange_tokens(usage, _USAGE, pointer)
    given = required(usage, "inputTokens", pointer)
    made = required(usage, "outputTokens", pointer)
    read = counted(usage, "cacheReadInputTokens", pointer)
    kept = _written(usage, pointer)
    total = None
    if usage.get("totalTokens") is not None:
        total = counted(usage, "totalTokens", pointer)
        sums = (given + made, given + made + read + sum(kept.values()))
        if total not in sums:
            refuse(RowCode.CHECKSUM_FAILED, f"{pointer}/totalTokens")
    return Usage(
        {"IN_UNCACHED": given, "IN_CACHE_READ": read, **kept, "OUT_TEXT": made}, total
    )


def _written(usage: Mapping[str, Any], pointer: str) -> dict[str, int]:
    whole = counted(usage, "cacheWriteInputTokens", pointer)
    details, place = usage.get("cacheDetails"), f"{pointer}/cacheDetails"
    if details is None or details == []:
        return {"IN_CACHE_WRITE_UNSPEC": whole}
    if not isinstance(details, list) or len(details) > _MOST_TTLS:
        refuse(RowCode.BAD_LINES, place)
    found: dict[str, int] = {}
    for part in details:
        if not isinstance(part, dict):
            refuse(RowCode.BAD_LINE, place)
        code = _TTLS.get(text(part, "ttl", place, limit=10))
        if code is None:
            refuse(RowCode.BAD_CLASS, place)
        found[code] = found.get(code, 0) + count(part.get("inputTokens"), place)
    if usage.get("cacheWriteInputTokens") is not None:
        agree(sum(found.values()), whole, place)
    return found


def read_invocations(payload: bytes, sender: Sender) -> list[ReadEvent | BadRow]:
    """Rows of the model invocation log, with or without the bodies, which are left."""

    def read(row: Mapping[str, Any]) -> tuple[Call, Answer]:
        if row.get("schemaType") != "ModelInvocationLog":
            refuse(RowCode.UNSUPPORTED_TYPE, "/schemaType")
        answer = _invocation_answer(row)
        ours = block(row, "requestMetadata", "/requestMetadata")
        given = {key: ours[key] for key in _OURS if isinstance(ours.get(key), str)}
        who = block(row, "identity", "/identity").get("arn")
        key_ref = {"key_ref": who} if isinstance(who, str) and len(who) <= 120 else {}
        return call_of({**key_ref, **given}, answer, sender), answer

    return read_each(payload, sender, adapter=INVOCATIONS, read=read)


_OURS: Final = ("order_id", "operation_id", "project")


def _invocation_answer(row: Mapping[str, Any]) -> Answer:
    tier, service_tier = _tier(row, "")
    region = text(row, "inferenceRegion", "/inferenceRegion", "", limit=60)
    return Answer(
        usage=_invocation_usage(row),
        model=text(row, "modelId", "/modelId", limit=120),
        response_id=text(row, "requestId", "/requestId"),
        at=instant(row.get("timestamp"), "/timestamp"),
        tier=tier,
        service_tier=service_tier,
        channel="aws-bedrock",
        kind=ReportKind.VENDOR_REPORT,
        region_scope=region or text(row, "region", "/region", "", limit=60),
    )


def _invocation_usage(row: Mapping[str, Any]) -> Usage:
    given, made = block(row, "input", "/input"), block(row, "output", "/output")
    no_strange_tokens(given, _INPUT, "/input")
    if given.get("inputTokenCount") is None and made.get("outputTokenCount") is None:
        return ABSENT
    counts = {
        "IN_UNCACHED": counted(given, "inputTokenCount", "/input"),
        "IN_CACHE_READ": counted(given, "cacheReadInputTokenCount", "/input"),
        "IN_CACHE_WRITE_UNSPEC": counted(given, "cacheWriteInputTokenCount", "/input"),
        "OUT_TEXT": counted(made, "outputTokenCount", "/output"),
    }
    answered = made.get("outputBodyJson")
    if not isinstance(answered, dict) or row.get("operation") != "Converse":
        return Usage(counts)
    usage = block(answered, "usage", "/output/outputBodyJson/usage")
    if answered.get("usage") is None:
        return Usage(counts)
    # The answer is in the log: its own counts must be those of the log's row.
    said = converse_usage(usage, "/output/outputBodyJson/usage")
    same = ["IN_UNCACHED", "OUT_TEXT"]
    if given.get("cacheReadInputTokenCount") is not None:
        same.append("IN_CACHE_READ")
    for code in same:
        agree(said.counts[code], counts[code], "/output/outputBodyJson/usage")
    return said


ADAPTERS: Final = (
    Adapter(
        name=CONVERSE[0],
        version=CONVERSE[1],
        title="Amazon Bedrock Converse",
        grain=Grain.CALL,
        kind=ReportKind.PROVIDER_API,
        basis=(
            "Input excludes cache reads and cache writes, which stand beside it; "
            "output contains reasoning, not split."
        ),
        checksum=(
            "totalTokens is input + output, with or without the cache; writes by "
            "duration add up to cacheWriteInputTokens"
        ),
        kept=("requestId", "modelId", "usage", "serviceTier"),
        content=("output", "additionalModelResponseFields", "trace"),
        traps=(
            "The answer names neither the model nor the call: put modelId (as it was "
            "called) and requestId (from the answer's metadata) into response, and the "
            "time into call.",
            "The answer of InvokeModel is the model maker's own: send it as that "
            "maker's format.",
        ),
        read=read_converse,
    ),
    Adapter(
        name=INVOCATIONS[0],
        version=INVOCATIONS[1],
        title="Amazon Bedrock model invocation log",
        grain=Grain.CALL,
        kind=ReportKind.VENDOR_REPORT,
        basis=(
            "inputTokenCount excludes the cache, whose counts stand beside it where "
            "they are reported; output contains reasoning, not split."
        ),
        checksum="where the answer of Converse is in the row, its counts are the row's",
        kept=(
            "schemaType",
            "requestId",
            "timestamp",
            "modelId",
            "region",
            "inferenceRegion",
            "operation",
            "serviceTier",
            "identity.arn",
            "requestMetadata.order_id",
            "requestMetadata.operation_id",
            "requestMetadata.project",
            "input.inputTokenCount",
            "input.cacheReadInputTokenCount",
            "input.cacheWriteInputTokenCount",
            "output.outputTokenCount",
            "output.outputBodyJson.usage",
        ),
        content=("input.inputBodyJson", "output.outputBodyJson", "requestMetadata"),
        traps=(
            "The log is off by default, and has only what went through the runtime of "
            "its region.",
            "requestMetadata is where a call carries our order number.",
            "A row without any count is absent, not zero.",
        ),
        read=read_invocations,
    ),
)
