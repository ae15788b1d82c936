"""Amazon Bedrock: Converse, the invocation log, and the cost and usage report."""

from datetime import timedelta
from decimal import Decimal

from tests.metering.oracles.printing import (
    CONTENT,
    FIRST,
    Call,
    Charge,
    Refused,
    least,
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
    "default": "STANDARD",
    "priority": "PRIORITY",
    "flex": "FLEX",
    "reserved": "PROVISIONED",
}


def converse_usage(rng):
    """A usage block of Converse, its lines and its total, if it has one."""
    lines = {
        "IN_UNCACHED": some(rng),
        "IN_CACHE_READ": some(rng),
        "OUT_TEXT": some(rng),
    }
    usage = {"inputTokens": lines["IN_UNCACHED"], "outputTokens": lines["OUT_TEXT"]}
    put(rng, usage, "cacheReadInputTokens", lines["IN_CACHE_READ"])
    if rng.random() < 0.5:
        lines |= {"IN_CACHE_WRITE_5M": some(rng), "IN_CACHE_WRITE_1H": some(rng)}
        details = [
            {"ttl": "5m", "inputTokens": lines["IN_CACHE_WRITE_5M"]},
            {"ttl": "1h", "inputTokens": lines["IN_CACHE_WRITE_1H"]},
        ]
        usage["cacheDetails"] = [each for each in details if each["inputTokens"]]
        whole = lines["IN_CACHE_WRITE_5M"] + lines["IN_CACHE_WRITE_1H"]
    else:
        lines["IN_CACHE_WRITE_UNSPEC"] = whole = some(rng)
    put(rng, usage, "cacheWriteInputTokens", whole)
    total = None
    kind = rng.randrange(3)
    if kind:
        cached = lines["IN_CACHE_READ"] + whole if kind == 2 else 0
        total = lines["IN_UNCACHED"] + lines["OUT_TEXT"] + cached
        usage["totalTokens"] = total
    return usage, lines, total


def _break(rng, usage, lines):
    kind = rng.randrange(3)
    if kind == 0:
        usage["totalTokens"] = sum(lines.values()) + least(rng)
        return Refused(("checksum_failed",))
    if kind == 1:
        usage["cacheDetails"] = [{"ttl": "5m", "inputTokens": 7}]
        usage["cacheWriteInputTokens"] = 7 + least(rng)
        return Refused(("checksum_failed",))
    return spoil(rng, usage, "inputTokens")


def converse(rng, number, broken):
    """An answer of Converse, with its model and request beside it."""
    usage, lines, total = converse_usage(rng)
    refused = _break(rng, usage, lines) if broken else None
    tier, at = rng.choice(list(TIERS)), moment(rng)
    row = {
        "modelId": "us.anthropic.claude-x-v1:0",
        "output": {"message": {"content": [{"text": CONTENT}]}},
        "usage": usage,
    }
    if tier is not None:
        row["serviceTier"] = {"type": tier}
    expected = Call(f"call-{number}", lines, row["modelId"], total, TIERS[tier], at)
    return shuffled(rng, wrapped(rng, row, expected.id, at)), refused or expected


def invocation(rng, number, broken):
    """A row of the invocation log, with or without the answer of Converse in it."""
    usage, lines, total = converse_usage(rng)
    at = moment(rng)
    given = {
        "inputContentType": "application/json",
        "inputBodyJson": {"messages": [{"content": [{"text": CONTENT}]}]},
        "inputTokenCount": lines["IN_UNCACHED"],
    }
    made = {
        "outputContentType": "application/json",
        "outputTokenCount": lines["OUT_TEXT"],
    }
    has_answer = rng.random() < 0.5
    if has_answer:
        made["outputBodyJson"] = {"output": {"message": CONTENT}, "usage": usage}
    else:
        total = None
        lines = {
            "IN_UNCACHED": lines["IN_UNCACHED"],
            "IN_CACHE_READ": lines["IN_CACHE_READ"],
            "IN_CACHE_WRITE_UNSPEC": some(rng),
            "OUT_TEXT": lines["OUT_TEXT"],
        }
        put(rng, given, "cacheReadInputTokenCount", lines["IN_CACHE_READ"])
        put(rng, given, "cacheWriteInputTokenCount", lines["IN_CACHE_WRITE_UNSPEC"])
    row = {
        "schemaType": "ModelInvocationLog",
        "schemaVersion": "1.0",
        "timestamp": stamp(rng, at),
        "accountId": "123456789012",
        "region": "us-east-1",
        "requestId": f"req-{number}",
        "operation": "Converse" if has_answer else "InvokeModel",
        "modelId": "anthropic.claude-x-v1:0",
        "identity": {"arn": "arn:aws:sts::123456789012:assumed-role/App/east"},
        "requestMetadata": {"order_id": "ord_7k2m", "note": CONTENT},
        "input": given,
        "output": made,
    }
    expected = Call(row["requestId"], lines, row["modelId"], total, at=at)
    refused = None
    if broken:
        if has_answer:
            given["inputTokenCount"] += least(rng)
            refused = Refused(("checksum_failed",))
        else:
            refused = spoil(rng, given, "inputTokenCount")
    return shuffled(rng, row), refused or expected


WORDS = {
    "input-tokens": ("IN_UNCACHED",),
    "output-tokens": ("OUT_REASONING", "OUT_TEXT"),
    "cache-read-input-token-count": ("IN_CACHE_READ",),
    "cache-write-input-token-count": (
        "IN_CACHE_WRITE_1H",
        "IN_CACHE_WRITE_5M",
        "IN_CACHE_WRITE_UNSPEC",
    ),
}
SUFFIXES = {"": "STANDARD", "-batch": "BATCH", "-flex": "FLEX", "-priority": "PRIORITY"}
UNITS = {"Tokens": 1, "1K tokens": 1_000, "1M Tokens": 1_000_000, "1000 tokens": 1_000}
COLUMNS = (
    "identity_line_item_id",
    "line_item_product_code",
    "line_item_line_item_type",
    "line_item_usage_type",
    "line_item_usage_start_date",
    "line_item_usage_end_date",
    "line_item_usage_account_id",
    "line_item_usage_amount",
    "pricing_unit",
    "line_item_unblended_cost",
    "line_item_currency_code",
    "resource_tags",
)


def cur(rng, number, broken):
    """A row of the report, by the names of CUR 2.0."""
    word, suffix = rng.choice(list(WORDS)), rng.choice(list(SUFFIXES))
    scope = rng.choice(["", "-cross-region-global"])
    unit = rng.choice(list(UNITS))
    tokens = some(rng)
    cost = Decimal(rng.randint(0, 10**12)) / 10**10
    start = FIRST + timedelta(hours=number % 8_000)
    row = {
        "identity_line_item_id": f"line{number}",
        "line_item_product_code": "AmazonBedrock",
        "line_item_line_item_type": "Usage",
        "line_item_usage_type": f"USE1-Claude4.6Sonnet-{word}{suffix}{scope}",
        "line_item_usage_start_date": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "line_item_usage_end_date": (start + timedelta(hours=1)).strftime(
            "%Y-%m-%d %H:%M:%S"
        ),
        "line_item_usage_account_id": "123456789012",
        "line_item_usage_amount": format(Decimal(tokens) / UNITS[unit], "f"),
        "pricing_unit": unit,
        "line_item_unblended_cost": format(cost, "f"),
        "line_item_currency_code": "USD",
        "resource_tags": CONTENT,
    }
    expected = Charge(
        "Claude4.6Sonnet",
        WORDS[word],
        SUFFIXES[suffix],
        tokens,
        cost,
        "USD",
        start,
        zone=f"USE1{scope}",
    )
    if not broken and rng.random() < 0.1:
        row |= {
            "line_item_line_item_type": "Tax",
            "line_item_usage_type": "",
            "pricing_unit": "",
        }
        row["line_item_usage_amount"] = "1"
        expected = Charge("", (), "STANDARD", None, cost, "USD", start, "Tax", zone="")
    if not broken:
        return row, expected
    kind = rng.randrange(4)
    if kind == 0:
        row["line_item_usage_type"] = f"USE1-Claude4.6Sonnet-magic-tokens{suffix}"
        return row, Refused(("unknown_meter",))
    if kind == 1:
        row["pricing_unit"] = rng.choice(["thousand tokens", "Hrs", "token hours"])
        return row, Refused(("unknown_unit",))
    if kind == 2:
        row |= {"line_item_usage_amount": "0.0001", "pricing_unit": "1K tokens"}
        return row, Refused(("not_a_count",))
    row["line_item_unblended_cost"] = rng.choice(["", "1,5", "NaN", "free"])
    return row, Refused(("not_an_amount",))
