"""The known calls of each provider, as its own format says them, in our classes."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from contracting.metering.adapters.events import (
    BadRow,
    ReadBucket,
    ReadCharge,
    ReadEvent,
    Sender,
)
from contracting.metering.adapters.registry import ADAPTERS

SENDER = Sender(source="gateway", order_ref="ord_7k2m", boundary="FEDRAMP_MOD")
CALL = {"id": "call-1", "time": "2026-04-20T14:00:00Z"}


def read(name, *rows):
    return read_text(name, "\n".join(json.dumps(row) for row in rows))


def read_text(name, text):
    return ADAPTERS[name].read_rows(text.encode(), SENDER)


def one(name, row):
    (found,) = read(name, row)
    return found


def used(found):
    """The classes of which something was used."""
    assert isinstance(found, ReadEvent), found
    return {code: tokens for code, tokens in found.lines if tokens}


def anthropic(**usage):
    return {
        "call": CALL,
        "response": {
            "id": "msg_01",
            "model": "claude-x",
            "usage": {"input_tokens": 5, "output_tokens": 10, **usage},
        },
    }


def gemini(**usage):
    return {
        "call": CALL,
        "response": {
            "responseId": "r-9",
            "modelVersion": "gemini-x",
            "usageMetadata": usage,
        },
    }


def chat(usage, **more):
    return {
        "id": "chatcmpl-x1",
        "created": 1_776_693_600,
        "model": "gpt-x-2026-08",
        "service_tier": "default",
        "usage": usage,
        **more,
    }


def test_1_anthropic_excludes_its_cache_and_includes_its_thinking():
    found = one(
        "anthropic-message",
        anthropic(
            cache_creation_input_tokens=1_253,
            cache_creation={
                "ephemeral_5m_input_tokens": 253,
                "ephemeral_1h_input_tokens": 1_000,
            },
            cache_read_input_tokens=128_955,
            output_tokens_details={"thinking_tokens": 4},
            server_tool_use={"web_search_requests": 2},
            service_tier="standard",
        ),
    )

    assert used(found) == {
        "IN_UNCACHED": 5,
        "IN_CACHE_READ": 128_955,
        "IN_CACHE_WRITE_5M": 253,
        "IN_CACHE_WRITE_1H": 1_000,
        "OUT_TEXT": 6,
        "OUT_REASONING": 4,
    }
    assert sum(n for code, n in found.lines if code.startswith("IN")) == 130_213
    assert found.other_units == (("web_search_requests", 2),)
    assert (found.tier, found.service_tier) == ("STANDARD", "standard")
    assert (found.event_id, found.order_ref) == ("call-1", "ord_7k2m")
    assert (found.provenance, found.basis) == ("REPORTED", "measured")


def test_2_gemini_counts_its_thoughts_beside_the_candidates():
    found = one(
        "gemini",
        gemini(
            promptTokenCount=100,
            cachedContentTokenCount=90,
            candidatesTokenCount=20,
            thoughtsTokenCount=300,
            totalTokenCount=420,
        ),
    )

    assert used(found) == {
        "IN_UNCACHED": 10,
        "IN_CACHE_READ": 90,
        "OUT_TEXT": 20,
        "OUT_REASONING": 300,
    }


def test_3_gemini_counts_tool_prompts_beside_the_prompt():
    found = one(
        "gemini",
        gemini(
            promptTokenCount=100,
            toolUsePromptTokenCount=40,
            candidatesTokenCount=20,
            thoughtsTokenCount=300,
            totalTokenCount=460,
        ),
    )

    assert used(found) == {
        "IN_UNCACHED": 100,
        "TOOL_IN": 40,
        "OUT_TEXT": 20,
        "OUT_REASONING": 300,
    }


OPENAI = {
    "IN_UNCACHED": 200,
    "IN_CACHE_READ": 2_000,
    "IN_CACHE_WRITE_UNSPEC": 400,
    "OUT_TEXT": 18,
    "OUT_REASONING": 12,
}


@pytest.mark.parametrize(
    "name", ["openai-chat", "azure-openai-chat", "openrouter-chat"]
)
def test_4_openai_includes_its_cache_and_its_reasoning(name):
    found = one(
        name,
        chat(
            {
                "prompt_tokens": 2_600,
                "completion_tokens": 30,
                "total_tokens": 2_630,
                "prompt_tokens_details": {
                    "cached_tokens": 2_000,
                    "cache_write_tokens": 400,
                },
                "completion_tokens_details": {"reasoning_tokens": 12},
            }
        ),
    )

    assert used(found) == OPENAI
    assert found.reported_total == 2_630
    assert found.occurred_at == datetime(2026, 4, 20, 14, 0, tzinfo=UTC)


def test_4_and_so_does_the_responses_api():
    found = one(
        "openai-responses",
        {
            "id": "resp_1",
            "created_at": 1_776_693_600,
            "model": "gpt-x-2026-08",
            "status": "completed",
            "usage": {
                "input_tokens": 2_600,
                "input_tokens_details": {
                    "cached_tokens": 2_000,
                    "cache_write_tokens": 400,
                    "cache_write_tokens_details": {
                        "ttl_30m_tokens": 150,
                        "ttl_12h_tokens": 250,
                    },
                },
                "output_tokens": 30,
                "output_tokens_details": {"reasoning_tokens": 12},
                "total_tokens": 2_630,
            },
        },
    )

    assert used(found) == {
        "IN_UNCACHED": 200,
        "IN_CACHE_READ": 2_000,
        "IN_CACHE_WRITE_30M": 150,
        "IN_CACHE_WRITE_12H": 250,
        "OUT_TEXT": 18,
        "OUT_REASONING": 12,
    }
    assert found.outcome == "COMPLETE"


def test_5_bedrock_excludes_its_cache():
    found = one(
        "bedrock-converse",
        {
            "call": CALL,
            "response": {
                "modelId": "anthropic.claude-x",
                "usage": {
                    "inputTokens": 5,
                    "outputTokens": 10,
                    "cacheReadInputTokens": 128_955,
                    "cacheWriteInputTokens": 1_253,
                },
            },
        },
    )

    assert used(found) == {
        "IN_UNCACHED": 5,
        "IN_CACHE_READ": 128_955,
        "IN_CACHE_WRITE_UNSPEC": 1_253,
        "OUT_TEXT": 10,
    }
    assert sum(n for code, n in found.lines if code.startswith("IN")) == 130_213


@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
def test_6_more_cached_than_there_was_is_refused_and_never_clamped():
    found = one(
        "openai-chat",
        chat(
            {
                "prompt_tokens": 100,
                "completion_tokens": 1,
                "total_tokens": 101,
                "prompt_tokens_details": {"cached_tokens": 150},
            }
        ),
    )

    assert isinstance(found, BadRow)
    assert (found.code, found.event_id) == ("subset_exceeds_total", "chatcmpl-x1")


def test_7_gemini_candidates_that_contain_the_thoughts_are_the_one_branch():
    found = one(
        "gemini",
        gemini(
            promptTokenCount=100,
            candidatesTokenCount=20,
            thoughtsTokenCount=15,
            totalTokenCount=120,
        ),
    )

    assert used(found) == {"IN_UNCACHED": 100, "OUT_TEXT": 5, "OUT_REASONING": 15}


@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
@pytest.mark.parametrize(
    ("total", "thoughts", "code"),
    [(121, 15, "checksum_failed"), (120, 21, "subset_exceeds_total")],
)
def test_7_and_there_is_no_second_branch(total, thoughts, code):
    found = one(
        "gemini",
        gemini(
            promptTokenCount=100,
            candidatesTokenCount=20,
            thoughtsTokenCount=thoughts,
            totalTokenCount=total,
        ),
    )

    assert isinstance(found, BadRow)
    assert found.code == code


def test_10_what_the_gateway_answers_from_its_own_cache_has_no_tokens():
    found = one(
        "litellm-spend-logs",
        {
            "request_id": "chatcmpl-x1_cache_hit1776693600",
            "endTime": "2026-04-20T14:00:00.000000",
            "model": "gpt-x-2026-08",
            "prompt_tokens": 400,
            "completion_tokens": 100,
            "total_tokens": 500,
            "cache_hit": "True",
            "spend": 0.0,
        },
    )

    assert used(found) == {}
    assert found.requests == 1


AZURE = (
    "Date,MeterName,Quantity,UnitOfMeasure,CostInBillingCurrency,BillingCurrency\n"
    "2026-10-05,gpt-4o-mini-0718-Inp-glbl Tokens,1000,1K,150.00,USD\n"
    "10/05/2026,gpt-4o-mini-0718-Inp-glbl Tokens,1,1M,0.15,USD\n"
    "2026-10-05,gpt 4o 1120 cached Inp glbl,2.5,1K Tokens,0.01,USD\n"
    "2026-10-05,gpt 4o 1120 Batch-Outp-DZone,3,1K,0.01,USD\n"
)


def test_13_the_unit_of_each_azure_row_is_its_own():
    found = read_text("azure-cost-export", AZURE)

    assert all(isinstance(row, ReadCharge) for row in found)
    assert [row.tokens for row in found] == [1_000_000, 1_000_000, 2_500, 3_000]
    assert [row.model_billed for row in found] == [
        "gpt-4o-mini-0718",
        "gpt-4o-mini-0718",
        "gpt-4o-1120",
        "gpt-4o-1120",
    ]
    assert [row.classes for row in found] == [
        ("IN_UNCACHED",),
        ("IN_UNCACHED",),
        ("IN_CACHE_READ",),
        ("OUT_REASONING", "OUT_REJECTED", "OUT_TEXT"),
    ]
    assert [(row.tier, row.region_scope) for row in found] == [
        ("STANDARD", "global"),
        ("STANDARD", "global"),
        ("STANDARD", "global"),
        ("BATCH", "data-zone"),
    ]


def anthropic_costs(amount):
    return {
        "data": [
            {
                "starting_at": "2026-10-05T00:00:00Z",
                "ending_at": "2026-10-06T00:00:00Z",
                "results": [
                    {
                        "amount": amount,
                        "currency": "USD",
                        "cost_type": "tokens",
                        "token_type": "uncached_input_tokens",
                        "model": "claude-x",
                        "service_tier": "standard",
                        "context_window": "0-200k",
                        "workspace_id": None,
                        "description": "Claude X Usage - Input Tokens",
                    }
                ],
            }
        ],
        "has_more": False,
        "next_page": None,
    }


def test_14_anthropic_costs_are_texts_in_cents():
    found = one("anthropic-costs", anthropic_costs("123.45"))

    assert isinstance(found, ReadCharge)
    assert (found.amount, found.currency) == (Decimal("1.2345"), "USD")
    assert found.classes == ("IN_UNCACHED",)


@pytest.mark.parametrize("amount", [123.45, 123, None, "1,23", "NaN", "Infinity", ""])
def test_14_and_nothing_else_is_an_amount(amount):
    found = one("anthropic-costs", anthropic_costs(amount))

    assert isinstance(found, BadRow)
    assert found.code == "not_an_amount"


ABORTED = [
    ("openai-chat", {"call": CALL, "response": chat(None)}),
    ("openai-chat", {"call": CALL, "response": None}),
    (
        "openai-chat",
        {"call": CALL, "events": [chat(None), chat(None, choices=[])]},
    ),
    (
        "anthropic-message",
        {"call": CALL, "response": {"id": "msg_01", "model": "claude-x"}},
    ),
    (
        "gemini",
        {"call": CALL, "response": {"responseId": "r", "modelVersion": "gemini-x"}},
    ),
    (
        "bedrock-converse",
        {"call": CALL, "response": {"modelId": "anthropic.claude-x"}},
    ),
    (
        "openrouter-generation",
        {"id": "gen-1", "created_at": "2026-04-20T14:00:00Z", "model": "m"},
    ),
    (
        "litellm-spend-logs",
        {
            "request_id": "x",
            "endTime": "2026-04-20 14:00:00+00:00",
            "model": "m",
            "status": "failure",
        },
    ),
]


@pytest.mark.parametrize(("name", "row"), ABORTED, ids=range(len(ABORTED)))
def test_16_a_call_without_its_usage_is_absent_and_never_zero(name, row):
    found = one(name, row)

    assert isinstance(found, ReadEvent)
    assert (found.basis, found.lines, found.reported_total) == ("absent", (), None)


def test_16_a_stream_that_was_cut_off_has_counted_until_then():
    # Given a stream whose counts are cumulative
    start = {
        "type": "message_start",
        "message": {
            "id": "msg_01",
            "model": "claude-x",
            "usage": {"input_tokens": 5, "output_tokens": 1},
        },
    }
    later = [
        {"type": "message_delta", "usage": {"output_tokens": 7}},
        {"type": "message_delta", "usage": {"output_tokens": 9, "input_tokens": None}},
    ]
    stop = {"type": "message_stop"}

    # Then the last count is taken, none is added, and without its end it is partial
    whole = one("anthropic-message", {"call": CALL, "events": [start, *later, stop]})
    assert (used(whole), whole.basis) == ({"IN_UNCACHED": 5, "OUT_TEXT": 9}, "measured")
    cut = one("anthropic-message", {"call": CALL, "events": [start, later[0]]})
    assert (used(cut), cut.basis) == ({"IN_UNCACHED": 5, "OUT_TEXT": 7}, "partial")


def test_11_a_restated_bucket_has_the_same_id_and_another_content():
    # Given a bucket of a usage report, and the same one two days later
    first = usage_page(input_tokens=1_000, output_tokens=0)
    later = usage_page(input_tokens=1_040, output_tokens=0)

    # Then both are the same bucket, which is how a restatement is known
    one_, other = one("openai-usage", first), one("openai-usage", later)
    assert isinstance(one_, ReadBucket)
    assert isinstance(other, ReadBucket)
    assert one_.bucket_id == other.bucket_id
    assert one_.sha256 != other.sha256
    assert (one_.tokens, other.tokens) == (1_000, 1_040)


def usage_page(**counts):
    result = {
        "project_id": "proj_1",
        "api_key_id": "key_1",
        "user_id": None,
        "model": "gpt-x-2026-08",
        "batch": False,
        "service_tier": "default",
        "num_model_requests": 3,
        **counts,
    }
    return {
        "object": "page",
        "data": [
            {
                "object": "bucket",
                "start_time": 1_776_643_200,
                "end_time": 1_776_729_600,
                "results": [result],
            }
        ],
        "has_more": False,
        "next_page": None,
    }
