"""A gateway's own CSV, and CloudEvents with all classes of a call or with one."""

from decimal import Decimal

from tests.metering.oracles.printing import (
    CONTENT,
    Call,
    Refused,
    least,
    moment,
    shuffled,
    some,
    stamp,
)

MAPPING = {
    "columns": {
        "event_id": "request",
        "time": "finished",
        "order_id": "task order",
        "operation_id": "trace",
        "latency_ms": "ms",
        "reported_cost": "cost",
    },
    "constants": {"model": "model-x", "boundary": "FEDRAMP_MOD"},
    "counts": [
        {"column": "in", "class": "IN_UNCACHED", "contains": ["cached", "stored"]},
        {"column": "cached", "class": "IN_CACHE_READ"},
        {"column": "stored", "class": "IN_CACHE_WRITE_5M"},
        {"column": "out", "class": "OUT_TEXT", "contains": ["thought"]},
        {"column": "thought", "class": "OUT_REASONING"},
    ],
    "total": "all",
    "unit": 1000,
    "time": "%d.%m.%Y %H:%M:%S",
    "zone": "UTC",
}


def csv_row(rng, number, broken):
    """A row whose counts are in thousands, input and output inclusive."""
    lines = {
        "IN_UNCACHED": some(rng),
        "IN_CACHE_READ": some(rng),
        "IN_CACHE_WRITE_5M": some(rng),
        "OUT_TEXT": some(rng),
        "OUT_REASONING": some(rng),
    }
    at = moment(rng)
    given = sum(n for code, n in lines.items() if code.startswith("IN"))
    made = lines["OUT_TEXT"] + lines["OUT_REASONING"]
    cost = Decimal(rng.randint(0, 10**7)) / 10**6
    row = {
        "request": f"call-{number}",
        "finished": at.strftime("%d.%m.%Y %H:%M:%S"),
        "task order": "ord_7k2m",
        "trace": f"op-{number}",
        "prompt": CONTENT,
        "in": _thousands(given),
        "cached": _thousands(lines["IN_CACHE_READ"]),
        "stored": _thousands(lines["IN_CACHE_WRITE_5M"]),
        "out": _thousands(made),
        "thought": _thousands(lines["OUT_REASONING"]),
        "all": _thousands(given + made),
        "ms": rng.choice(["", "812"]),
        "cost": format(cost, "f"),
    }
    expected = Call(
        row["request"],
        lines,
        "model-x",
        given + made,
        at=at,
        more={"reported_cost": cost, "operation_id": f"op-{number}"},
    )
    if not broken:
        return row, expected
    kind = rng.randrange(4)
    if kind == 0:
        row["all"] = _thousands(given + made + least(rng))
        return row, Refused(("checksum_failed",))
    if kind == 1:
        row["cached"] = _thousands(given + least(rng))
        return row, Refused(("subset_exceeds_total",))
    if kind == 2:
        row["out"] = rng.choice(["1,000", "0.0005", "many", "1e3", "-1", "NaN"])
        return row, Refused(("not_a_count", "negative"))
    row["finished"] = rng.choice(["", "2026-04-20", "31.02.2026 10:00:00"])
    return row, Refused(("bad_time",))


def _thousands(tokens):
    return format(Decimal(tokens) / 1_000, "f") if tokens else "0"


NAMES = {
    "IN_UNCACHED": ["input", "IN_UNCACHED"],
    "IN_CACHE_READ": ["cached_input", "IN_CACHE_READ"],
    "IN_CACHE_WRITE_1H": ["cache_write_1h"],
    "OUT_TEXT": ["output", "OUT_TEXT"],
    "OUT_REASONING": ["reasoning"],
}


def own(rng, number, broken):
    """An event of our own profile, with all classes of a call."""
    lines = {code: some(rng) for code in NAMES}
    at, total = moment(rng), sum(lines.values())
    data = {
        "order_id": "ord_7k2m",
        "model": "model-x",
        "lines": [
            {"class": rng.choice(NAMES[code]), "tokens": n} for code, n in lines.items()
        ],
        "total": total,
    }
    if broken:
        data["total"] += least(rng)
    row = {
        "specversion": "1.0",
        "id": f"call-{number}",
        "source": "gateway",
        "type": "ai.tokens.consumed.v1",
        "time": stamp(rng, at),
        "data": data,
    }
    refused = Refused(("checksum_failed",)) if broken else None
    expected = Call(row["id"], lines, "model-x", total, at=at)
    return shuffled(rng, row), refused or expected


def by_type(rng, number, broken):
    """An event of one class, its tokens a number or a text."""
    code = rng.choice(list(NAMES))
    tokens, at = some(rng), moment(rng)
    data = {
        "tokens": rng.choice([tokens, str(tokens)]),
        "model": "model-x",
        "type": rng.choice(NAMES[code]),
    }
    row = {
        "specversion": "1.0",
        "id": f"call-{number}",
        "source": "gateway",
        "type": rng.choice(["prompt", "tokens"]),
        "time": stamp(rng, at),
        "subject": "ord_7k2m",
        "data": data,
    }
    expected = Call(
        row["id"], {code: tokens}, "model-x", at=at, more={"order_ref": "ord_7k2m"}
    )
    refused = None
    if broken:
        kind = rng.randrange(3)
        if kind == 0:
            del row["time"]
            refused = Refused(("bad_time",))
        elif kind == 1:
            data["prompt"] = CONTENT
            refused = Refused(("unknown_field",))
        else:
            data["tokens"] = rng.choice(["-5", "1.5", "", -5, 1.5, None, 10**13])
            refused = Refused(("not_a_count", "negative", "too_many"))
    return shuffled(rng, row), refused or expected
