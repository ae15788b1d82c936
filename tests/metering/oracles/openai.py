"""OpenAI's answers, and those of the sellers that answer like it."""

from datetime import UTC, datetime
from typing import Any

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
    spoil,
    wrapped,
)

TIERS = {
    None: "STANDARD",
    "default": "STANDARD",
    "flex": "FLEX",
    "priority": "PRIORITY",
    "scale": "PROVISIONED",
    "turbo": "TURBO",
}


def chat_usage(rng):
    """A usage block of Chat Completions, its lines, total and unknown class."""
    lines, details, unknown = _input(rng)
    given = sum(lines.values())
    out = {
        "OUT_TEXT": some(rng),
        "OUT_REASONING": some(rng),
        "OUT_AUDIO": some(rng),
        "OUT_REJECTED": some(rng),
    }
    made = sum(out.values())
    said: dict[str, Any] = {}
    put(rng, said, "reasoning_tokens", out["OUT_REASONING"])
    put(rng, said, "audio_tokens", out["OUT_AUDIO"])
    put(rng, said, "rejected_prediction_tokens", out["OUT_REJECTED"])
    put(rng, said, "accepted_prediction_tokens", rng.randint(0, out["OUT_TEXT"]))
    usage = {
        "prompt_tokens": given,
        "completion_tokens": made,
        "total_tokens": given + made,
    }
    maybe(rng, usage, "prompt_tokens_details", details)
    maybe(rng, usage, "completion_tokens_details", said)
    if unknown:
        lines = {unknown: given}
    return usage, lines | out, given + made, unknown


def _input(rng):
    """Plain text, or sound and pictures, which may be cached and told apart or not."""
    lines = {"IN_UNCACHED": some(rng)}
    kind = rng.randrange(4)
    details: dict[str, Any] = {}
    if kind in (0, 2, 3):
        lines["IN_CACHE_READ"] = some(rng)
    if kind in (0, 3):
        lines["IN_CACHE_WRITE_UNSPEC"] = some(rng)
    if kind in (1, 2, 3):
        lines |= {"IN_AUDIO": some(rng), "IN_IMAGE": some(rng)}
    read = lines.get("IN_CACHE_READ", 0)
    write = lines.get("IN_CACHE_WRITE_UNSPEC", 0)
    sound, picture = lines.get("IN_AUDIO", 0), lines.get("IN_IMAGE", 0)
    put(rng, details, "cached_tokens", read)
    put(rng, details, "cache_write_tokens", write)
    if kind == 2 and read:
        # The cached part of the sound and of the pictures is in both counts.
        heard = rng.randint(0, read)
        seen = rng.randint(0, read - heard)
        split = {"text_tokens": read - heard - seen}
        put(rng, split, "audio_tokens", heard)
        put(rng, split, "image_tokens", seen)
        details["cached_tokens_details"] = split
        sound, picture = sound + heard, picture + seen
    put(rng, details, "audio_tokens", sound)
    put(rng, details, "image_tokens", picture)
    mixed = kind == 3 and (read or write) and (sound or picture)
    return lines, details, "input_split_unknown" if mixed else ""


def break_chat(rng, usage):
    """One count that cannot be, and how it is refused."""
    kind = rng.randrange(5)
    if kind == 0:
        usage["total_tokens"] += rng.choice([-1, 1, 1_000])
        return Refused(("checksum_failed", "negative"))
    if kind == 1:
        cached = usage["prompt_tokens"] + least(rng)
        usage["prompt_tokens_details"] = {"cached_tokens": cached}
        return Refused(("subset_exceeds_total",))
    if kind == 2:
        reasoning = usage["completion_tokens"] + least(rng)
        usage["completion_tokens_details"] = {"reasoning_tokens": reasoning}
        return Refused(("subset_exceeds_total",))
    if kind == 3:
        usage["prompt_tokens_details"] = {"magic_tokens": least(rng)}
        return Refused(("unknown_field",))
    return spoil(rng, usage, "prompt_tokens")


def chat(rng, number, broken):
    """An answer of Chat Completions."""
    usage, lines, total, unknown = chat_usage(rng)
    refused = break_chat(rng, usage) if broken else None
    tier = rng.choice(list(TIERS))
    at = moment(rng)
    row: dict[str, Any] = {
        "id": f"chatcmpl-{number}",
        "object": "chat.completion",
        "created": int(at.timestamp()),
        "model": "gpt-x-2026-08",
        "choices": [{"message": {"role": "assistant", "content": CONTENT}}],
        "usage": usage,
    }
    if tier is not None or rng.random() < 0.5:
        row["service_tier"] = tier
    expected = Call(
        row["id"], lines, row["model"], total, TIERS[tier], at, unknown=unknown
    )
    if rng.random() < 0.4:
        expected.id, expected.at = f"call-{number}", moment(rng)
        row = wrapped(rng, row, expected.id, expected.at)
    return shuffled(rng, row), refused or expected


def responses(rng, number, broken):
    """An answer of the Responses API."""
    lines = {
        "IN_UNCACHED": some(rng),
        "IN_CACHE_READ": some(rng),
        "IN_CACHE_WRITE_30M": some(rng),
        "IN_CACHE_WRITE_12H": some(rng),
        "IN_CACHE_WRITE_UNSPEC": some(rng),
        "OUT_TEXT": some(rng),
        "OUT_REASONING": some(rng),
    }
    given = sum(n for code, n in lines.items() if code.startswith("IN"))
    made = lines["OUT_TEXT"] + lines["OUT_REASONING"]
    writes: dict[str, Any] = {}
    put(rng, writes, "ttl_30m_tokens", lines["IN_CACHE_WRITE_30M"])
    put(rng, writes, "ttl_12h_tokens", lines["IN_CACHE_WRITE_12H"])
    details: dict[str, Any] = {}
    put(rng, details, "cached_tokens", lines["IN_CACHE_READ"])
    written = sum(n for code, n in lines.items() if "WRITE" in code)
    put(rng, details, "cache_write_tokens", written)
    maybe(rng, details, "cache_write_tokens_details", writes)
    said: dict[str, Any] = {}
    put(rng, said, "reasoning_tokens", lines["OUT_REASONING"])
    usage = {"input_tokens": given, "output_tokens": made, "total_tokens": given + made}
    flat = {key: n for key, n in details.items() if isinstance(n, int)}
    maybe(rng, usage, "input_tokens_details", details if any(flat.values()) else {})
    maybe(rng, usage, "output_tokens_details", said)
    refused = _break_responses(rng, usage) if broken else None
    at = moment(rng)
    row = {
        "id": f"resp_{number}",
        "created_at": int(at.timestamp()),
        "status": rng.choice(["completed", "incomplete"]),
        "model": "gpt-x-2026-08",
        "output": [{"content": [{"text": CONTENT}]}],
        "instructions": CONTENT,
        "usage": usage,
    }
    if rng.random() < 0.5:
        at = moment(rng)
        row["completed_at"] = int(at.timestamp())
    expected = Call(row["id"], lines, row["model"], given + made, at=at)
    return shuffled(rng, row), refused or expected


def _break_responses(rng, usage):
    kind = rng.randrange(4)
    if kind == 0:
        usage["total_tokens"] += 1
        return Refused(("checksum_failed",))
    if kind == 1:
        usage["input_tokens_details"] = {
            "cache_write_tokens": 5,
            "cache_write_tokens_details": {"ttl_30m_tokens": 6},
        }
        usage["input_tokens"] += 5
        usage["total_tokens"] += 5
        return Refused(("subset_exceeds_total",))
    if kind == 2:
        reasoning = usage["output_tokens"] + least(rng)
        usage["output_tokens_details"] = {"reasoning_tokens": reasoning}
        return Refused(("subset_exceeds_total",))
    return spoil(rng, usage, "output_tokens")


def batch_line(rng, number, broken):
    """A line of a batch job's output, whose answer says no tier or the usual one."""
    row, expected = rng.choice((chat, responses))(rng, number, broken)
    row = row.get("response", row) if "call" in row else row
    row["service_tier"] = rng.choice([None, "default", "batch"])
    row.setdefault("object", "response")
    made = {
        "id": f"batch_req_{number}",
        "custom_id": CONTENT,
        "response": {"status_code": 200, "request_id": "req_1", "body": row},
        "error": None,
    }
    if not broken:
        finished = row.get("completed_at") or row.get("created_at") or row["created"]
        expected.id, expected.tier = made["id"], "BATCH"
        expected.at = datetime.fromtimestamp(finished, UTC)
    return shuffled(rng, made), expected


def embeddings(rng, number, broken):
    """An answer of the Embeddings API, which has neither id nor time."""
    count, at = some(rng), moment(rng)
    usage = {"prompt_tokens": count, "total_tokens": count}
    row: dict[str, Any] = {
        "object": "list",
        "data": [{"embedding": [0.1, -0.2]}],
        "model": "text-embedding-x",
        "usage": usage,
    }
    expected = Call(f"call-{number}", {"EMBED": count}, row["model"], count, at=at)
    refused = None
    if broken:
        usage["total_tokens"] += least(rng)
        refused = Refused(("checksum_failed",))
    return wrapped(rng, row, f"call-{number}", at), refused or expected
