"""LiteLLM's spend logs: its own form of the usage, or the provider's."""

from decimal import Decimal
from typing import Any

from tests.metering.oracles import anthropic, bedrock, gemini, openai
from tests.metering.oracles.printing import (
    CONTENT,
    Call,
    Refused,
    least,
    maybe,
    moment,
    put,
    shuffled,
    some,
)


def row(rng, number, broken):
    """A row of the table, its usage block in one of five forms."""
    kind = rng.randrange(6)
    provider = ["anthropic", "anthropic", "bedrock", "vertex_ai", "openai", "openai"][
        kind
    ]
    unknown = ""
    if kind == 0:
        usage, lines = _normalised(rng)
    elif kind == 1:
        usage, lines = anthropic.message_usage(rng)
    elif kind == 2:
        usage, lines, _ = bedrock.converse_usage(rng)
    elif kind == 3:
        usage, lines, _, unknown = gemini.usage_of(rng)
    else:
        usage, lines, _, unknown = openai.chat_usage(rng)
    given = sum(
        n for code, n in lines.items() if code.upper().startswith(("IN", "TOOL"))
    )
    made = sum(n for code, n in lines.items() if code.startswith("OUT"))
    at = moment(rng)
    made_row = {
        "request_id": f"chatcmpl-{number}",
        "litellm_call_id": f"op-{number}",
        "call_type": "acompletion",
        "startTime": "2026-04-20T13:59:00",
        "endTime": _stamp(rng, at),
        "model": "model-x",
        "model_group": "assistant",
        "custom_llm_provider": provider,
        "api_key": "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
        "request_tags": ["team-a", "order:ord_7k2m"],
        "prompt_tokens": given,
        "completion_tokens": made,
        "total_tokens": given + made,
        "spend": float(Decimal(rng.randint(0, 10**7)) / 10**6),
        "cache_hit": rng.choice(["False", "None", "", None]),
        "status": "success",
        "metadata": {"usage_object": usage, "attempted_retries": 0, "note": CONTENT},
        "messages": [{"content": CONTENT}],
        "response": {"choices": [{"message": CONTENT}]},
        "proxy_server_request": {"body": CONTENT},
    }
    expected = Call(
        made_row["request_id"],
        lines,
        "model-x",
        given + made,
        at=at,
        unknown=unknown,
        more={
            "order_ref": "ord_7k2m",
            "operation_id": f"op-{number}",
            "reported_cost": Decimal(str(made_row["spend"])),
        },
    )
    refused = _break(rng, made_row) if broken else None
    return shuffled(rng, made_row), refused or expected


def _stamp(rng, at):
    """Its table keeps UTC, and says so or does not."""
    form = rng.choice(
        ["%Y-%m-%dT%H:%M:%S.000000", "%Y-%m-%d %H:%M:%S+00:00", "%Y-%m-%dT%H:%M:%SZ"]
    )
    return at.strftime(form)


def _normalised(rng):
    """The form of OpenAI, with Anthropic's names of the cache beside it."""
    lines = {
        "IN_UNCACHED": some(rng),
        "IN_CACHE_READ": some(rng),
        "IN_CACHE_WRITE_5M": some(rng),
        "IN_CACHE_WRITE_1H": some(rng),
        "OUT_TEXT": some(rng),
        "OUT_REASONING": some(rng),
    }
    read = lines["IN_CACHE_READ"]
    write = lines["IN_CACHE_WRITE_5M"] + lines["IN_CACHE_WRITE_1H"]
    given = lines["IN_UNCACHED"] + read + write
    made = lines["OUT_TEXT"] + lines["OUT_REASONING"]
    details = {"cached_tokens": read}
    put(rng, details, "cache_creation_tokens", write)
    if write:
        details["cache_creation_token_details"] = {
            "ephemeral_5m_input_tokens": lines["IN_CACHE_WRITE_5M"],
            "ephemeral_1h_input_tokens": lines["IN_CACHE_WRITE_1H"],
        }
    said: dict[str, Any] = {}
    put(rng, said, "reasoning_tokens", lines["OUT_REASONING"])
    usage = {
        "prompt_tokens": given,
        "completion_tokens": made,
        "total_tokens": given + made,
        "prompt_tokens_details": details,
        "cache_read_input_tokens": read,
        "cache_creation_input_tokens": write,
    }
    maybe(rng, usage, "completion_tokens_details", said)
    return usage, lines


def _break(rng, made_row):
    kind = rng.randrange(4)
    if kind == 0:
        # The totals agree with each other, and not with the classes.
        more = least(rng)
        made_row["prompt_tokens"] += more
        made_row["total_tokens"] += more
        return Refused(("checksum_failed",))
    if kind == 1:
        more = least(rng)
        made_row["completion_tokens"] += more
        made_row["total_tokens"] += more
        return Refused(("checksum_failed",))
    if kind == 2:
        made_row["metadata"]["usage_object"] = {"input_tokens": 5, "output_tokens": 7}
        made_row["custom_llm_provider"] = "someone"
        return Refused(("basis_unknown",))
    made_row["total_tokens"] += least(rng)
    return Refused(("checksum_failed",))
