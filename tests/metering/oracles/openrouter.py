"""OpenRouter's record of a generation, with counts of two tokenizers."""

from decimal import Decimal

from tests.metering.oracles.printing import (
    Call,
    Refused,
    least,
    moment,
    put,
    shuffled,
    some,
    spoil,
    stamp,
)


def generation(rng, number, broken):
    """A record, bare or as its endpoint gives it; only the native counts are billed."""
    lines = {
        "IN_UNCACHED": some(rng),
        "IN_CACHE_READ": some(rng),
        "OUT_TEXT": some(rng),
        "OUT_REASONING": some(rng),
        "OUT_IMAGE": some(rng),
    }
    at = moment(rng)
    given = lines["IN_UNCACHED"] + lines["IN_CACHE_READ"]
    made = lines["OUT_TEXT"] + lines["OUT_REASONING"] + lines["OUT_IMAGE"]
    micros = rng.randint(0, 10**7)
    row = {
        "id": f"gen-{number}",
        "upstream_id": "chatcmpl-1",
        "created_at": stamp(rng, at),
        "model": "maker/model-x",
        "provider_name": "Maker Cloud",
        "tokens_prompt": some(rng),
        "tokens_completion": some(rng),
        "native_tokens_prompt": given,
        "native_tokens_completion": made,
        "total_cost": float(Decimal(micros) / 10**6),
        "latency": 812.5,
        "cancelled": rng.random() < 0.2,
    }
    put(rng, row, "native_tokens_cached", lines["IN_CACHE_READ"])
    put(rng, row, "native_tokens_reasoning", lines["OUT_REASONING"])
    put(rng, row, "native_tokens_completion_images", lines["OUT_IMAGE"])
    expected = Call(
        row["id"],
        lines,
        row["model"],
        at=at,
        more={
            "outcome": "CANCELLED" if row["cancelled"] else "",
            "reported_cost": Decimal(micros) / 10**6,
            "provider": "maker-cloud",
        },
    )
    refused = None
    if broken:
        kind = rng.randrange(3)
        if kind == 0:
            row["native_tokens_cached"] = given + least(rng)
            refused = Refused(("subset_exceeds_total",))
        elif kind == 1:
            row["native_tokens_reasoning"] = made + least(rng)
            refused = Refused(("subset_exceeds_total",))
        else:
            refused = spoil(rng, row, "native_tokens_completion")
    row = shuffled(rng, row)
    return {"data": row} if rng.random() < 0.5 else row, refused or expected
