"""OpenAI's usage API and costs API, by pages."""

from datetime import timedelta
from decimal import Decimal

from tests.metering.oracles.openai import TIERS
from tests.metering.oracles.printing import (
    FIRST,
    Bucket,
    Charge,
    Refused,
    least,
    put,
    shuffled,
    some,
    spoil,
)

OUT = ("OUT_REASONING", "OUT_REJECTED", "OUT_TEXT")


def usage(rng, number, broken):
    """A bucket with one result, its input and output by modality or not."""
    if not broken and rng.random() < 0.2:
        return embedded(rng, number)
    uncached = {"IN_UNCACHED": some(rng), "IN_AUDIO": some(rng), "IN_IMAGE": some(rng)}
    read, spoken, drawn, written = some(rng), some(rng), some(rng), some(rng)
    writes = [some(rng), some(rng), some(rng)]
    plain = sum(uncached.values())
    result = {
        "object": "organization.usage.completions.result",
        "input_tokens": plain + read + sum(writes),
        "output_tokens": spoken + drawn + written,
        "num_model_requests": some(rng, 10**6),
    }
    put(rng, result, "input_cached_tokens", read)
    put(rng, result, "input_cache_write_tokens", sum(writes))
    put(rng, result, "input_cache_write_30m_tokens", writes[0])
    put(rng, result, "input_cache_write_12h_tokens", writes[1])
    lines: dict[tuple[str, ...], int] = {
        ("IN_CACHE_READ",): read,
        ("IN_CACHE_WRITE_30M",): writes[0],
        ("IN_CACHE_WRITE_12H",): writes[1],
        ("IN_CACHE_WRITE_UNSPEC",): writes[2],
    }
    if rng.random() < 0.6:
        result["input_uncached_tokens"] = plain
    if rng.random() < 0.5:
        result["input_text_tokens"] = uncached["IN_UNCACHED"]
        put(rng, result, "input_audio_tokens", uncached["IN_AUDIO"])
        put(rng, result, "input_image_tokens", uncached["IN_IMAGE"])
        lines |= {(code,): n for code, n in uncached.items()}
    else:
        lines[tuple(sorted(uncached))] = plain
    if rng.random() < 0.5:
        result["output_text_tokens"] = written
        put(rng, result, "output_audio_tokens", spoken)
        put(rng, result, "output_image_tokens", drawn)
        lines |= {OUT: written, ("OUT_AUDIO",): spoken, ("OUT_IMAGE",): drawn}
    else:
        lines[tuple(sorted((*OUT, "OUT_AUDIO", "OUT_IMAGE")))] = (
            spoken + drawn + written
        )
    tier = rng.choice([each for each in TIERS if each])
    batch = rng.random() < 0.2
    result |= {
        "project_id": "proj_1",
        "api_key_id": "key_1",
        "user_id": rng.choice([None, "user_1"]),
        "model": "gpt-x-2026-08",
        "batch": batch,
        "service_tier": tier,
    }
    start = FIRST + timedelta(minutes=number)
    expected = Bucket(
        start,
        start + timedelta(minutes=1),
        result["model"],
        "BATCH" if batch else TIERS[tier],
        lines,
        result["num_model_requests"],
        result["input_tokens"] + result["output_tokens"],
    )
    refused = _break(rng, result) if broken else None
    return _bucket(rng, start, timedelta(minutes=1), result), refused or expected


def embedded(rng, number):
    """A bucket with one result of the embeddings' usage."""
    count = some(rng)
    result = {
        "object": "organization.usage.embeddings.result",
        "input_tokens": count,
        "num_model_requests": some(rng, 10**6),
        "project_id": "proj_1",
        "api_key_id": "key_1",
        "model": "text-embedding-x",
    }
    start = FIRST + timedelta(minutes=number)
    end = start + timedelta(minutes=1)
    requests = result["num_model_requests"]
    expected = Bucket(
        start, end, "text-embedding-x", "STANDARD", {("EMBED",): count}, requests, count
    )
    return _bucket(rng, start, timedelta(minutes=1), result), expected


def _bucket(rng, start, width, result):
    return {
        "object": "bucket",
        "start_time": int(start.timestamp()),
        "end_time": int((start + width).timestamp()),
        "results": [shuffled(rng, result)],
    }


def _break(rng, result):
    kind = rng.randrange(4)
    if kind == 0:
        result["input_cached_tokens"] = result["input_tokens"] + least(rng)
        return Refused(("subset_exceeds_total",))
    if kind == 1:
        result["input_uncached_tokens"] = result["input_tokens"] + least(rng)
        return Refused(("checksum_failed",))
    if kind == 2:
        key = rng.choice(["project_id", "api_key_id", "model", "service_tier", "batch"])
        result[key] = None
        return Refused(("missing_dimension",))
    return spoil(rng, result, "input_tokens")


ITEMS = {
    "gpt-x, input_tokens": ("IN_UNCACHED",),
    "gpt-x, cached_input_tokens": ("IN_CACHE_READ",),
    "gpt-x, output_tokens": OUT,
    "web search tool calls": (),
}
UNITS = {"tokens": 1, "1000_tokens": 1_000, "images": None, None: None}


def cost(rng, number, broken):
    """A day with one result; the amount is a JSON number."""
    item, unit = rng.choice(list(ITEMS)), rng.choice(list(UNITS))
    tokens, factor = some(rng), UNITS[unit]
    dollars = Decimal(rng.randint(0, 10**9)) / 10**6
    result = {
        "object": "organization.costs.result",
        "amount": {"value": float(dollars), "currency": "usd"},
        "line_item": item,
        "project_id": "proj_1",
        "quantity": None if unit is None else tokens / (factor or 1),
        "quantity_unit": unit,
    }
    start = FIRST.replace(hour=0) + timedelta(days=number % 400)
    expected = Charge(
        item, ITEMS[item], "STANDARD", tokens if factor else None, dollars, "USD", start
    )
    refused = None
    if broken:
        kind = rng.randrange(3)
        if kind == 0:
            result |= {"quantity": 0.5, "quantity_unit": "tokens"}
            refused = Refused(("not_a_count",))
        elif kind == 1:
            result["line_item"] = None
            refused = Refused(("missing_dimension",))
        else:
            result["amount"]["value"] = rng.choice([None, "free", [], True])
            refused = Refused(("not_an_amount",))
    return _bucket(rng, start, timedelta(days=1), result), refused or expected
