"""Every usage field of the providers' own packages is known to its adapter.

A field that a new release adds counts tokens that an adapter would else not see. The
list is captured by ``make fields``, which needs the registry; this test needs nothing.
"""

import json

import pytest

from contracting.metering.adapters.events import BadRow, Sender
from contracting.metering.adapters.registry import ADAPTERS
from tests.metering.captured.capture import CLASSES, SHAPES, WRITTEN

PACKAGES = json.loads(WRITTEN.read_text())["packages"]
SENDER = Sender(source="gateway")
CALL = {"id": "call-1", "time": "2026-04-20T14:00:00Z"}
BUCKET = {"start_time": 1_776_693_600, "end_time": 1_776_697_200}


def fields(package, name):
    return PACKAGES[package]["fields"][name]


def camel(name):
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


def answered(name, usage, key="usage", **answer):
    row = {"call": CALL, "response": {"model": "m", **answer, key: usage}}
    (found,) = ADAPTERS[name].read_rows(json.dumps(row).encode(), SENDER)
    return found


def reported(name, result):
    page = {"data": [{**BUCKET, "results": [result]}], "has_more": False}
    (found,) = ADAPTERS[name].read_rows(json.dumps(page).encode(), SENDER)
    return found


def chat(field):
    return answered("openai-chat", {field: 1})


def chat_input(field):
    usage = {"prompt_tokens": 9, "total_tokens": 9, "prompt_tokens_details": {field: 1}}
    return answered("openai-chat", usage)


def chat_output(field):
    usage = {"prompt_tokens": 0, "completion_tokens": 9, "total_tokens": 9}
    return answered("openai-chat", {**usage, "completion_tokens_details": {field: 1}})


def responses(field):
    return answered("openai-responses", {field: 1})


def responses_input(field):
    usage = {"input_tokens": 9, "output_tokens": 0, "total_tokens": 9}
    return answered("openai-responses", {**usage, "input_tokens_details": {field: 1}})


def responses_writes(field):
    usage = {"input_tokens": 9, "output_tokens": 0, "total_tokens": 9}
    details = {"cache_write_tokens": 1, "cache_write_tokens_details": {field: 1}}
    return answered("openai-responses", {**usage, "input_tokens_details": details})


def responses_output(field):
    usage = {"input_tokens": 0, "output_tokens": 9, "total_tokens": 9}
    return answered("openai-responses", {**usage, "output_tokens_details": {field: 1}})


def message(field):
    return answered("anthropic-message", {field: 1})


def message_writes(field):
    usage = {"input_tokens": 1, "output_tokens": 1, "cache_creation": {field: 1}}
    return answered("anthropic-message", usage)


def message_output(field):
    details = {"output_tokens_details": {field: 1}}
    usage = {"input_tokens": 1, "output_tokens": 1, **details}
    return answered("anthropic-message", usage)


def message_tools(field):
    usage = {"input_tokens": 1, "output_tokens": 1, "server_tool_use": {field: 1}}
    found = answered("anthropic-message", usage)
    assert found.other_units == ((field, 1),)
    return found


def gemini(field):
    return answered("gemini", {camel(field): 1}, "usageMetadata", modelVersion="m")


def gemini_modality(field):
    details = {"promptTokensDetails": [{"modality": field, "tokenCount": 1}]}
    usage = {"promptTokenCount": 1, "totalTokenCount": 1, **details}
    found = answered("gemini", usage, "usageMetadata", modelVersion="m")
    assert not isinstance(found, BadRow)
    return found


def gemini_traffic(field):
    usage = {"totalTokenCount": 0, "trafficType": field}
    found = answered("gemini", usage, "usageMetadata", modelVersion="m")
    assert (found.tier in TIERS) == (field != "ON_DEMAND_OFFPEAK")
    return found


TIERS = ("STANDARD", "PROVISIONED", "PRIORITY", "FLEX", "BATCH")
"""Whoever uses another tier is held until there is a price for it."""


def converse(field):
    return answered("bedrock-converse", {field: 1}, modelId="m")


def converse_writes(field):
    details = [{"ttl": "5m", "inputTokens": 1, field: "5m" if field == "ttl" else 1}]
    usage = {"inputTokens": 1, "outputTokens": 1, "cacheDetails": details}
    return answered("bedrock-converse", usage, modelId="m")


def converse_ttl(field):
    details = [{"ttl": field, "inputTokens": 1}]
    usage = {"inputTokens": 1, "outputTokens": 1, "cacheDetails": details}
    found = answered("bedrock-converse", usage, modelId="m")
    assert not isinstance(found, BadRow)
    return found


def converse_tier(field):
    usage = {"inputTokens": 1, "outputTokens": 1}
    tier = {"serviceTier": {"type": field}}
    found = answered("bedrock-converse", usage, modelId="m", **tier)
    assert found.tier in TIERS
    return found


def usage_report(field):
    return reported("openai-usage", {field: 1})


def costs_report(field):
    return reported("openai-costs", {field: 1})


TRIED = {
    ("openai", "CompletionUsage"): chat,
    ("openai", "PromptTokensDetails"): chat_input,
    ("openai", "CompletionTokensDetails"): chat_output,
    ("openai", "ResponseUsage"): responses,
    ("openai", "InputTokensDetails"): responses_input,
    ("openai", "InputTokensDetailsCacheWriteTokensDetails"): responses_writes,
    ("openai", "OutputTokensDetails"): responses_output,
    ("openai", "DataResultOrganizationUsageCompletionsResult"): usage_report,
    ("openai", "DataResultOrganizationUsageEmbeddingsResult"): usage_report,
    ("openai", "DataResultOrganizationCostsResult"): costs_report,
    ("anthropic", "Usage"): message,
    ("anthropic", "MessageDeltaUsage"): message,
    ("anthropic", "CacheCreation"): message_writes,
    ("anthropic", "OutputTokensDetails"): message_output,
    ("anthropic", "ServerToolUsage"): message_tools,
    ("google_genai", "GenerateContentResponseUsageMetadata"): gemini,
    ("google_genai", "MediaModality"): gemini_modality,
    ("google_genai", "TrafficType"): gemini_traffic,
    ("botocore", "TokenUsage"): converse,
    ("botocore", "CacheDetail"): converse_writes,
    ("botocore", "CacheTTL"): converse_ttl,
    ("botocore", "ServiceTierType"): converse_tier,
}


def test_every_captured_class_is_tried():
    wanted = {
        (package, name)
        for package, files in CLASSES.items()
        for names in files.values()
        for name in names
    } | {("botocore", name) for name in SHAPES}

    assert set(TRIED) == wanted
    assert wanted == {(p, name) for p in PACKAGES for name in PACKAGES[p]["fields"]}


@pytest.mark.parametrize(
    ("package", "name", "field"),
    [(*place, field) for place in TRIED for field in fields(*place)],
)
def test_no_field_of_a_provider_is_unknown_to_its_adapter(package, name, field):
    found = TRIED[package, name](field)

    assert getattr(found, "code", "") != "unknown_field"


def test_a_field_that_a_release_adds_is_seen():
    # Given a count that no list has, in the place of one that is known
    for tried in (chat, chat_input, chat_output, responses, message, gemini, converse):
        assert tried("magic_tokens").code == "unknown_field"
