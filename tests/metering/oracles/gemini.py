"""Gemini and Vertex AI: answers of generateContent."""

from tests.metering.oracles.printing import (
    CONTENT,
    Call,
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
    "ON_DEMAND": "STANDARD",
    "PROVISIONED_THROUGHPUT": "PROVISIONED",
}
GIVEN = {
    "TEXT": "IN_UNCACHED",
    "AUDIO": "IN_AUDIO",
    "VIDEO": "IN_VIDEO",
    "IMAGE": "IN_IMAGE",
}
MADE = {"TEXT": "OUT_TEXT", "IMAGE": "OUT_IMAGE"}


def usage_of(rng):
    """A usage block, its lines, total and unknown class."""
    by_kind = dict.fromkeys(GIVEN, 0)
    cached = dict.fromkeys(GIVEN, 0)
    kinds = ["TEXT"] if rng.random() < 0.5 else list(GIVEN)
    for kind in kinds:
        by_kind[kind] = some(rng)
        cached[kind] = some(rng) if rng.random() < 0.5 else 0
    read = sum(cached.values())
    prompt = sum(by_kind.values()) + read
    out = {kind: some(rng) if kind == "TEXT" or len(kinds) > 1 else 0 for kind in MADE}
    thoughts, tools = some(rng), some(rng)
    inside = rng.random() < 0.3 and thoughts > 0
    made = sum(out.values()) + (thoughts if inside else 0)
    total = prompt + tools + made + (0 if inside else thoughts)
    usage = {"totalTokenCount": total}
    put(rng, usage, "promptTokenCount", prompt)
    put(rng, usage, "cachedContentTokenCount", read)
    put(rng, usage, "candidatesTokenCount", made)
    put(rng, usage, "thoughtsTokenCount", thoughts)
    put(rng, usage, "toolUsePromptTokenCount", tools)
    lines = {GIVEN[kind]: by_kind[kind] for kind in GIVEN}
    lines |= {MADE[kind]: out[kind] for kind in MADE}
    lines |= {"IN_CACHE_READ": read, "TOOL_IN": tools, "OUT_REASONING": thoughts}
    unknown = _details(rng, usage, by_kind, cached, len(kinds) > 1)
    if unknown:
        lines = {code: n for code, n in lines.items() if not code.startswith("IN_")}
        lines[unknown] = prompt
    if len(kinds) > 1 or rng.random() < 0.5:
        written = out["TEXT"] + (thoughts if inside else 0)
        usage["candidatesTokensDetails"] = _list(rng, {**out, "TEXT": written})
    return usage, lines, total, unknown


def _details(rng, usage, by_kind, cached, mixed):
    """The lists by modality: needed as soon as there is more than text."""
    if not mixed and rng.random() < 0.5:
        return ""
    whole = {kind: by_kind[kind] + cached[kind] for kind in GIVEN}
    usage["promptTokensDetails"] = _list(rng, whole)
    read = sum(cached.values())
    if rng.random() < 0.8:
        usage["cacheTokensDetails"] = _list(rng, cached)
        return ""
    heard = any(whole[kind] for kind in GIVEN if kind != "TEXT")
    return "input_split_unknown" if read and heard else ""


def _list(rng, counts):
    found = [{"modality": kind, "tokenCount": n} for kind, n in counts.items() if n]
    rng.shuffle(found)
    return found


def answer(rng, number, broken):
    """An answer, from Vertex AI with its time, from Gemini with one beside it."""
    usage, lines, total, unknown = usage_of(rng)
    refused = _break(rng, usage) if broken else None
    tier, at = rng.choice(list(TIERS)), moment(rng)
    if tier:
        usage["trafficType"] = tier
    row = {
        "responseId": f"r-{number}",
        "modelVersion": "gemini-x",
        "candidates": [{"content": {"parts": [{"text": CONTENT}]}}],
        "usageMetadata": usage,
    }
    expected = Call(
        f"r-{number}", lines, "gemini-x", total, TIERS[tier], at, unknown=unknown
    )
    if rng.random() < 0.5:
        row["createTime"] = stamp(rng, at)
    else:
        expected.id = f"call-{number}"
        row = wrapped(rng, row, expected.id, at)
    return shuffled(rng, row), refused or expected


def _break(rng, usage):
    kind = rng.randrange(4)
    if kind == 0:
        # Neither branch: not by just the thoughts, which would be the other one.
        thoughts = usage.get("thoughtsTokenCount") or 0
        usage["totalTokenCount"] += thoughts + least(rng)
        return Refused(("checksum_failed",))
    if kind == 1:
        usage["cachedContentTokenCount"] = (usage.get("promptTokenCount") or 0) + 1
        usage.pop("cacheTokensDetails", None)
        return Refused(("subset_exceeds_total",))
    if kind == 2:
        whole = usage.get("promptTokenCount") or 0
        usage["promptTokensDetails"] = [{"modality": "TEXT", "tokenCount": whole + 1}]
        return Refused(("checksum_failed",))
    return spoil(rng, usage, "totalTokenCount")
