"""The public extractors of the price catalogue find the same totals in the same rows.

They give totals that contain each other; ours are disjoint, so that sums are compared.
"""

import random

import pytest
from genai_prices import extract_usage

from tests.metering.oracles import anthropic, bedrock, gemini, openai
from tests.metering.oracles.formats import read_rows
from tests.metering.oracles.printing import written

EXTRACTORS = {
    "openai-chat": (openai.chat, "openai", "chat"),
    "azure-openai-chat": (openai.chat, "azure", "chat"),
    "openrouter-chat": (openai.chat, "openrouter", "chat"),
    "openai-responses": (openai.responses, "openai", "responses"),
    "azure-openai-responses": (openai.responses, "azure", "responses"),
    "openai-embeddings": (openai.embeddings, "openai", "embeddings"),
    "anthropic-message": (anthropic.message, "anthropic", "default"),
    "bedrock-converse": (bedrock.converse, "aws", "default"),
    "gemini": (gemini.answer, "google", "default"),
}


KNOWN = {
    "openrouter-chat": "openai/gpt-4o",
    "openai-embeddings": "text-embedding-3-small",
    "anthropic-message": "claude-sonnet-4-0",
    "bedrock-converse": "us.anthropic.claude-sonnet-4-20250514-v1:0",
    "gemini": "gemini-2.5-pro",
}
NAMES = {"google": "modelVersion", "aws": "modelId"}
"""Extractors also look the model up: one that they know."""


def totals(event):
    """The sums that an extractor gives, of our disjoint lines."""
    counts = dict(event.lines)

    def total(*starts):
        return sum(n for code, n in counts.items() if code.startswith(starts))

    return {
        "input_tokens": total("IN_", "TOOL_IN", "EMBED"),
        "cache_read_tokens": counts.get("IN_CACHE_READ", 0),
        "cache_write_tokens": total("IN_CACHE_WRITE"),
        "output_tokens": total("OUT_"),
        "output_reasoning_tokens": counts.get("OUT_REASONING", 0),
    }


def is_comparable(name, row):
    """What extractors do not read: thoughts within candidates, writes by time alone."""
    if name == "anthropic-message":
        return "cache_creation_input_tokens" in row["usage"]
    usage = row.get("usageMetadata", {})
    parts = ("promptTokenCount", "toolUsePromptTokenCount", "candidatesTokenCount")
    apart = sum(usage.get(key) or 0 for key in (*parts, "thoughtsTokenCount"))
    return name != "gemini" or apart == usage["totalTokenCount"]


@pytest.mark.rule("R-MET-02", case="allowed")
@pytest.mark.parametrize("name", EXTRACTORS)
def test_an_extractor_finds_the_same_totals(name):
    # Given a thousand answers of a provider
    print_row, provider, flavour = EXTRACTORS[name]
    rng = random.Random(name)
    rows = [print_row(rng, number, False)[0] for number in range(1_000)]
    rows = [row for row in rows if "events" not in row]  # No extractor joins a stream.

    # When both read them
    found = read_rows(name, written(rng, rows))

    # Then every total is the same
    compared = 0
    for row, event in zip(rows, found, strict=True):
        answer = row.get("response", row)
        if event.unknown_class or not is_comparable(name, answer):
            continue
        known = {**answer, NAMES.get(provider, "model"): KNOWN.get(name, "gpt-4o")}
        said = extract_usage(known, provider_id=provider, api_flavor=flavour).usage
        for key, value in totals(event).items():
            assert (getattr(said, key, None) or 0) == value, (key, row)
        compared += 1
    assert compared > 300
