"""Azure's cost export and FOCUS rows."""

import json
from datetime import timedelta
from decimal import Decimal

from tests.metering.oracles.printing import CONTENT, FIRST, Charge, Refused, some

OUT = ("OUT_REASONING", "OUT_REJECTED", "OUT_TEXT")
WORDS = {
    ("IN_UNCACHED",): ["Inp", "Input", "inp"],
    OUT: ["Outp", "Output", "outp"],
    ("IN_CACHE_READ",): ["cached Inp", "cchd-Inp", "Cached Input"],
    ("IN_AUDIO",): ["aud Inp", "Audio-Input"],
    ("OUT_AUDIO",): ["aud Outp"],
}
ZONES = {"global": ["glbl", "Global"], "region": ["regnl"], "data-zone": ["DZone"]}
TIERS = {"STANDARD": [""], "BATCH": ["Batch"], "PRIORITY": ["Prty"]}
MODELS = {"gpt-4o-mini-0718": ["gpt-4o-mini-0718", "gpt 4o mini 0718"], "o3": ["o3"]}
UNITS = {"1K": 1_000, "1M": 1_000_000, "1K Tokens": 1_000, "1M tokens": 1_000_000}
AZURE = (
    "Date",
    "MeterId",
    "MeterName",
    "Quantity",
    "UnitOfMeasure",
    "EffectivePrice",
    "CostInBillingCurrency",
    "BillingCurrency",
    "ChargeType",
    "Tags",
)


def azure(rng, number, broken):
    """A row of the export; the name of its meter is spelt in one of several ways."""
    classes = rng.choice(list(WORDS))
    model, zone, tier = (
        rng.choice(list(MODELS)),
        rng.choice(list(ZONES)),
        rng.choice(list(TIERS)),
    )
    words = [
        rng.choice(MODELS[model]),
        rng.choice(TIERS[tier]),
        rng.choice(WORDS[classes]),
    ]
    words += [rng.choice(ZONES[zone])]
    name = rng.choice([" ", "-"]).join(word for word in words if word)
    unit, tokens = rng.choice(list(UNITS)), some(rng)
    cost = Decimal(rng.randint(-(10**6), 10**9)) / 10**8
    day = FIRST.replace(hour=0) + timedelta(days=number % 400)
    row = {
        "Date": day.strftime(rng.choice(["%Y-%m-%d", "%m/%d/%Y"])),
        "MeterId": f"meter-{number}",
        "MeterName": name + rng.choice(["", " Tokens"]),
        "Quantity": format(Decimal(tokens) / UNITS[unit], "f"),
        "UnitOfMeasure": unit,
        "EffectivePrice": "0.00015",
        "CostInBillingCurrency": format(cost, "f"),
        "BillingCurrency": "USD",
        "ChargeType": "Usage",
        "Tags": json.dumps({"note": CONTENT}),
    }
    expected = Charge(model, classes, tier, tokens, cost, "USD", day, zone=zone)
    if not broken:
        return row, expected
    kind = rng.randrange(4)
    if kind == 0:
        row["MeterName"] = rng.choice(
            [
                "gpt-4o glbl Tokens",
                "gpt Inp Outp glbl",
                "Inp glbl",
                "gpt Inp glbl regnl",
            ]
        )
        return row, Refused(("unknown_meter",))
    if kind == 1:
        row["UnitOfMeasure"] = rng.choice(["Token packs", "K tokens of input"])
        return row, Refused(("unknown_unit",))
    if kind == 2:
        row |= {"Quantity": "0.0000001", "UnitOfMeasure": "1K"}
        return row, Refused(("not_a_count",))
    row["Date"] = rng.choice(["", "2026-13-01", "yesterday", "2026-02-30"])
    return row, Refused(("bad_time",))


METERS = {
    "Input Tokens": ("IN_UNCACHED",),
    "Cached Input Tokens": ("IN_CACHE_READ",),
    "Output Tokens": OUT,
    "Telepathy": (),
}
PROPERTIES = {
    ("Input", "Uncached"): ("IN_UNCACHED",),
    ("Input", "Read"): ("IN_CACHE_READ",),
    ("Input", "Write"): (
        "IN_CACHE_WRITE_1H",
        "IN_CACHE_WRITE_5M",
        "IN_CACHE_WRITE_UNSPEC",
    ),
    ("Output", ""): OUT,
}
FOCUS_UNITS = {"Tokens": 1, "1000 Tokens": 1_000, "1000000 Tokens": 1_000_000}


def focus(rng, number, broken):
    """A row of a FOCUS dataset, with the class in its properties or in its meter."""
    unit, tokens = rng.choice(list(FOCUS_UNITS)), some(rng)
    cost = Decimal(rng.randint(0, 10**9)) / 10**8
    tier = rng.choice(["standard", "batch"])
    details = {"x_ModelId": "model-a", "x_ServiceTier": tier}
    if rng.random() < 0.5:
        way, kept = rng.choice(list(PROPERTIES))
        prefix = rng.choice(["", "x_"])
        details |= {f"{prefix}TokenDirection": way, f"{prefix}TokenCacheAction": kept}
        meter, classes = "anything", PROPERTIES[way, kept]
    else:
        meter = rng.choice(list(METERS))
        classes = METERS[meter]
    start = FIRST + timedelta(hours=number % 8_000)
    row = {
        "InvoiceIssuerName": "Meridian",
        "BillingAccountId": "acct-1",
        "BillingPeriodStart": "2026-04-01T00:00:00Z",
        "ChargePeriodStart": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ChargePeriodEnd": (start + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "ChargeCategory": "Usage",
        "ChargeClass": rng.choice(["", "Correction"]),
        "ChargeDescription": CONTENT,
        "SkuPriceId": f"model-a-v{number}",
        "SkuId": "model-a-input",
        "SkuMeter": meter,
        "SkuPriceDetails": json.dumps(details),
        "SubAccountId": "TO-0007",
        "ConsumedQuantity": format(Decimal(tokens) / FOCUS_UNITS[unit], "f"),
        "ConsumedUnit": unit,
        "BilledCost": format(cost, "f"),
        "BillingCurrency": "USD",
        "InvoiceId": "INV-1",
        "Tags": json.dumps({"note": CONTENT}),
    }
    expected = Charge(
        "model-a",
        classes,
        {"standard": "STANDARD", "batch": "BATCH"}[tier],
        tokens,
        cost,
        "USD",
        start,
        row["ChargeClass"] or "Usage",
    )
    if not broken:
        return row, expected
    kind = rng.randrange(4)
    if kind == 0:
        row["SkuPriceDetails"] = json.dumps({"TokenDirection": "Sideways"})
        return row, Refused(("unknown_meter",))
    if kind == 1:
        row["ConsumedUnit"] = rng.choice(["Token packs", "some tokens"])
        return row, Refused(("unknown_unit",))
    if kind == 2:
        row |= {"ConsumedQuantity": "1.5", "ConsumedUnit": "Tokens"}
        return row, Refused(("not_a_count",))
    row["SkuPriceDetails"] = rng.choice(["[]", "{", "text"])
    return row, Refused(("not_an_object",))
