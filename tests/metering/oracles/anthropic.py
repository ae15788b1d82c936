"""Anthropic's Messages and the reports of an organization."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from tests.metering.oracles.printing import (
    CONTENT,
    FIRST,
    Bucket,
    Call,
    Charge,
    Refused,
    least,
    maybe,
    moment,
    put,
    shuffled,
    some,
    spoil,
    stamp,
    wrapped,
)

TIERS = {
    None: "STANDARD",
    "standard": "STANDARD",
    "priority": "PRIORITY",
    "batch": "BATCH",
}


def message_usage(rng):
    """A usage block of a Message and its lines."""
    lines = {
        "IN_UNCACHED": some(rng),
        "IN_CACHE_READ": some(rng),
        "OUT_TEXT": some(rng),
        "OUT_REASONING": some(rng),
    }
    usage = {
        "input_tokens": lines["IN_UNCACHED"],
        "output_tokens": lines["OUT_TEXT"] + lines["OUT_REASONING"],
    }
    put(rng, usage, "cache_read_input_tokens", lines["IN_CACHE_READ"])
    if rng.random() < 0.6:
        lines |= {"IN_CACHE_WRITE_5M": some(rng), "IN_CACHE_WRITE_1H": some(rng)}
        split: dict[str, Any] = {}
        put(rng, split, "ephemeral_5m_input_tokens", lines["IN_CACHE_WRITE_5M"])
        put(rng, split, "ephemeral_1h_input_tokens", lines["IN_CACHE_WRITE_1H"])
        maybe(rng, usage, "cache_creation", split)
        whole = lines["IN_CACHE_WRITE_5M"] + lines["IN_CACHE_WRITE_1H"]
        if rng.random() < 0.8:
            usage["cache_creation_input_tokens"] = whole
    else:
        lines["IN_CACHE_WRITE_UNSPEC"] = some(rng)
        put(rng, usage, "cache_creation_input_tokens", lines["IN_CACHE_WRITE_UNSPEC"])
    said: dict[str, Any] = {}
    put(rng, said, "thinking_tokens", lines["OUT_REASONING"])
    maybe(rng, usage, "output_tokens_details", said)
    return usage, lines


def message(rng, number, broken):
    """An answer, or the parts of a streamed one, with what stands beside it."""
    usage, lines = message_usage(rng)
    refused = _break(rng, usage) if broken else None
    tier = rng.choice(list(TIERS))
    if tier is not None:
        usage["service_tier"] = tier
    searched = some(rng, 50)
    put(rng, usage, "server_tool_use", {"web_search_requests": searched})
    at = moment(rng)
    row = {
        "id": f"msg_{number}",
        "type": "message",
        "model": "claude-x",
        "content": [{"type": "text", "text": CONTENT}],
        "usage": usage,
    }
    expected = Call(
        f"call-{number}",
        lines,
        "claude-x",
        None,
        TIERS[tier],
        at,
        more={"other_units": (("web_search_requests", searched),) if searched else ()},
    )
    made = wrapped(rng, row, f"call-{number}", at)
    if rng.random() < 0.3:
        made = _streamed(rng, made)
    return shuffled(rng, made) if "events" not in made else made, refused or expected


def _streamed(rng, made):
    """The same answer in parts; counts in the middle are lower and cumulative."""
    response = made["response"]
    usage = response["usage"]
    first = {**usage, "output_tokens": 1, "output_tokens_details": None}
    middle = {"output_tokens": 2}
    last = {
        "output_tokens": usage["output_tokens"],
        "output_tokens_details": usage.get("output_tokens_details"),
    }
    events = [
        {"type": "message_start", "message": {**response, "usage": first}},
        {"type": "content_block_delta", "delta": {"text": CONTENT}},
        {"type": "message_delta", "usage": middle},
        {"type": "message_delta", "usage": last},
        {"type": "message_stop"},
    ]
    return {"call": made["call"], "events": events}


def _break(rng, usage):
    kind = rng.randrange(4)
    if kind == 0:
        usage["cache_creation"] = {"ephemeral_5m_input_tokens": 7}
        usage["cache_creation_input_tokens"] = 7 + least(rng)
        return Refused(("checksum_failed",))
    if kind == 1:
        thinking = usage["output_tokens"] + least(rng)
        usage["output_tokens_details"] = {"thinking_tokens": thinking}
        return Refused(("subset_exceeds_total",))
    if kind == 2:
        usage["iterations"] = [{"input_tokens": least(rng)}]
        return Refused(("unknown_field",))
    return spoil(rng, usage, "cache_read_input_tokens")


def usage_page(rng, number, broken):
    """A bucket with one result of the usage report."""
    counts = {
        ("IN_UNCACHED",): some(rng),
        ("IN_CACHE_READ",): some(rng),
        ("IN_CACHE_WRITE_5M",): some(rng),
        ("IN_CACHE_WRITE_1H",): some(rng),
        ("OUT_REASONING", "OUT_TEXT"): some(rng),
    }
    numbers = list(counts.values())
    split: dict[str, Any] = {}
    put(rng, split, "ephemeral_5m_input_tokens", numbers[2])
    put(rng, split, "ephemeral_1h_input_tokens", numbers[3])
    tier = rng.choice([each for each in TIERS if each])
    result = {
        "model": "claude-x",
        "service_tier": tier,
        "context_window": rng.choice(["0-200k", "200k-1M"]),
        "api_key_id": rng.choice([None, "apikey_1"]),
        "workspace_id": rng.choice([None, "wrkspc_1"]),
        "inference_geo": rng.choice([None, "us"]),
        "uncached_input_tokens": numbers[0],
        "output_tokens": numbers[4],
    }
    put(rng, result, "cache_read_input_tokens", numbers[1])
    maybe(rng, result, "cache_creation", split)
    start = FIRST + timedelta(hours=number)
    expected = Bucket(
        start, start + timedelta(hours=1), "claude-x", TIERS[tier], counts
    )
    refused = None
    if broken:
        kind = rng.randrange(3)
        if kind == 0:
            result["service_tier"] = None
            refused = Refused(("missing_dimension",))
        elif kind == 1:
            result["magic_tokens"] = least(rng)
            refused = Refused(("unknown_field",))
        else:
            refused = spoil(rng, result, "uncached_input_tokens")
    return _bucket(rng, start, timedelta(hours=1), result), refused or expected


def _bucket(rng, start, width, result):
    return {
        "starting_at": stamp(rng, start),
        "ending_at": stamp(rng, start + width),
        "results": [shuffled(rng, result)],
    }


TYPES = {
    "uncached_input_tokens": ("IN_UNCACHED",),
    "output_tokens": ("OUT_REASONING", "OUT_TEXT"),
    "cache_read_input_tokens": ("IN_CACHE_READ",),
    "cache_creation.ephemeral_5m_input_tokens": ("IN_CACHE_WRITE_5M",),
    "cache_creation.ephemeral_1h_input_tokens": ("IN_CACHE_WRITE_1H",),
}


def cost(rng, number, broken):
    """A day with one result of the cost report, in cents as a text."""
    micros = rng.randint(0, 10**9)
    dollars = Decimal(micros) / 10**6
    cents = dollars * 100
    is_tokens = rng.random() < 0.8
    kind = rng.choice(list(TYPES)) if is_tokens else None
    tier = rng.choice(["standard", "batch"])
    result = {
        "amount": format(cents, "f"),
        "currency": "USD",
        "cost_type": "tokens"
        if is_tokens
        else rng.choice(["web_search", "code_execution"]),
        "token_type": kind,
        "model": "claude-x" if is_tokens else None,
        "service_tier": tier if is_tokens else None,
        "context_window": "0-200k" if is_tokens else None,
        "workspace_id": rng.choice([None, "wrkspc_1"]),
        "description": f"Claude X Usage {number}",
    }
    start = FIRST.replace(hour=0) + timedelta(days=number % 400)
    expected = Charge(
        "claude-x" if is_tokens else "",
        TYPES[kind] if kind else (),
        TIERS[tier] if is_tokens else "STANDARD",
        None,
        dollars,
        "USD",
        start,
    )
    refused = None
    if broken:
        if rng.random() < 0.5:
            result["amount"] = rng.choice([12.5, 7, None, "12,5", "NaN", ""])
            refused = Refused(("not_an_amount",))
        else:
            result |= {"cost_type": "tokens", "token_type": "magic_tokens"}
            refused = Refused(("unknown_meter",))
    return _bucket(rng, start, timedelta(days=1), result), refused or expected
