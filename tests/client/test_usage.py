"""What the client reads in an answer is what the server's own adapters read in it."""

import json

import pytest

from contracting.metering.adapters.events import BadRow, Sender
from contracting.metering.adapters.registry import ADAPTERS
from contracting.reference.calculations import token_class_code
from drawdown_client import BadUsage, usage_of
from drawdown_client.streams import Counted

SENDER = Sender(source="gateway", order_ref="ord_7k2m")
CALL = {"id": "call-1", "time": "2026-04-20T14:00:00Z"}


def chat(**usage):
    total = usage.get("prompt_tokens", 0) + usage.get("completion_tokens", 0)
    return {
        "id": "chatcmpl-x1",
        "model": "gpt-x-2026-08",
        "service_tier": "default",
        "choices": [{"message": {"content": "a secret"}}],
        "usage": {"total_tokens": total, **usage},
    }


def message(**usage):
    plain = {"input_tokens": 5, "output_tokens": 10}
    return {"id": "msg_01", "model": "claude-x", "usage": {**plain, **usage}}


def gemini(**usage):
    return {"responseId": "r", "modelVersion": "gemini-x", "usageMetadata": usage}


ANSWERS = [
    ("openai-chat", chat(prompt_tokens=7, completion_tokens=3)),
    (
        "openai-chat",
        chat(
            prompt_tokens=2600,
            completion_tokens=30,
            prompt_tokens_details={"cached_tokens": 2000, "cache_write_tokens": 400},
            completion_tokens_details={"reasoning_tokens": 12, "audio_tokens": 0},
        ),
    ),
    (
        "openai-responses",
        {
            "id": "resp_1",
            "completed_at": 1776693600,
            "model": "gpt-x-2026-08",
            "service_tier": "flex",
            "usage": {
                "input_tokens": 2600,
                "input_tokens_details": {
                    "cached_tokens": 2000,
                    "cache_write_tokens": 400,
                    "cache_write_tokens_details": {"ttl_30m_tokens": 150},
                },
                "output_tokens": 30,
                "output_tokens_details": {"reasoning_tokens": 12},
                "total_tokens": 2630,
            },
        },
    ),
    (
        "openai-embeddings",
        {"model": "embed-x", "usage": {"prompt_tokens": 9, "total_tokens": 9}},
    ),
    (
        "anthropic-message",
        message(
            cache_creation_input_tokens=1253,
            cache_creation={
                "ephemeral_5m_input_tokens": 253,
                "ephemeral_1h_input_tokens": 1000,
            },
            cache_read_input_tokens=128955,
            output_tokens_details={"thinking_tokens": 4},
            server_tool_use={"web_search_requests": 1},
            service_tier="priority",
        ),
    ),
    ("anthropic-message", message(cache_creation_input_tokens=7, speed="fast")),
    (
        "bedrock-converse",
        {
            "modelId": "claude-x",
            "requestId": "req-1",
            "usage": {
                "inputTokens": 5,
                "outputTokens": 10,
                "totalTokens": 130223,
                "cacheReadInputTokens": 128955,
                "cacheWriteInputTokens": 1253,
            },
        },
    ),
    (
        "gemini",
        gemini(
            promptTokenCount=100,
            cachedContentTokenCount=90,
            candidatesTokenCount=20,
            thoughtsTokenCount=300,
            totalTokenCount=420,
            promptTokensDetails=[{"modality": "TEXT", "tokenCount": 100}],
        ),
    ),
    (
        "gemini",
        gemini(
            promptTokenCount=100,
            toolUsePromptTokenCount=40,
            candidatesTokenCount=20,
            thoughtsTokenCount=300,
            totalTokenCount=460,
        ),
    ),
    (
        "gemini",  # its candidates already contain the thoughts
        gemini(
            promptTokenCount=100,
            candidatesTokenCount=20,
            thoughtsTokenCount=15,
            totalTokenCount=120,
        ),
    ),
]


def as_the_server(name, answer):
    row = json.dumps({"call": CALL, "response": answer})
    (found,) = ADAPTERS[name].read_rows(row.encode(), SENDER)
    return found


@pytest.mark.parametrize(("name", "answer"), ANSWERS, ids=range(len(ANSWERS)))
def test_an_answer_is_read_as_the_server_reads_it(name, answer):
    theirs, ours = as_the_server(name, answer), usage_of(answer)

    assert {token_class_code(code): n for code, n in ours.counts.items()} == {
        code: n for code, n in theirs.lines if n
    }
    assert (ours.basis, ours.model) == (theirs.basis, theirs.model_served)
    assert ours.tier in ("", theirs.tier)


WRONG = [
    ("openai-chat", chat(prompt_tokens=7, completion_tokens=3, total_tokens=11)),
    (
        "openai-chat",
        chat(
            prompt_tokens=100,
            completion_tokens=0,
            prompt_tokens_details={"cached_tokens": 150},
        ),
    ),
    ("openai-chat", chat(prompt_tokens=-1, completion_tokens=3)),
    ("openai-chat", chat(prompt_tokens=1.5, completion_tokens=3)),
    ("openai-chat", chat(prompt_tokens=7, completion_tokens=3, dream_tokens=1)),
    ("anthropic-message", message(output_tokens_details={"thinking_tokens": 11})),
    (
        "anthropic-message",
        message(
            cache_creation_input_tokens=2,
            cache_creation={"ephemeral_5m_input_tokens": 1},
        ),
    ),
    (
        "gemini",
        gemini(promptTokenCount=1, candidatesTokenCount=1, totalTokenCount=9),
    ),
]


@pytest.mark.parametrize(("name", "answer"), WRONG, ids=range(len(WRONG)))
def test_what_contradicts_itself_is_no_usage_on_either_side(name, answer):
    assert isinstance(as_the_server(name, answer), BadRow)

    with pytest.raises(BadUsage):
        usage_of(answer)


def test_without_counts_the_usage_is_absent_and_not_zero():
    assert usage_of({"model": "gpt-x", "usage": None}).basis == "absent"
    assert usage_of(chat(prompt_tokens=0, completion_tokens=0)).basis == "measured"
    with pytest.raises(BadUsage):
        usage_of("text")
    with pytest.raises(BadUsage):
        usage_of({"model": "x", "usage": {"words": 3}})


# Streams ------------------------------------------------------------------------------


def counted(*parts):
    stream = Counted()
    for part in parts:
        stream.see(part)
    return stream.usage()


START = {"type": "message_start", "message": message(output_tokens=1)}
DELTA = {"type": "message_delta", "usage": {"output_tokens": 9}}
CHUNK = {"model": "gpt-x", "choices": [{"delta": {"content": "a"}}], "usage": None}


def test_the_last_counts_of_a_stream_are_taken():
    found = counted(START, DELTA, DELTA, {"type": "message_stop"})
    assert (found.basis, found.counts) == ("measured", {"input": 5, "output": 9})

    found = counted(CHUNK, CHUNK, {**chat(prompt_tokens=7, completion_tokens=3)})
    assert (found.basis, found.counts) == ("measured", {"input": 7, "output": 3})

    done = {"type": "response.completed", "response": ANSWERS[2][1]}
    assert counted({"type": "response.created", "response": {}}, done).counts == (
        usage_of(ANSWERS[2][1]).counts
    )

    last = {**ANSWERS[7][1], "candidates": [{"finishReason": "STOP"}]}
    assert counted(ANSWERS[7][1], last) == usage_of(ANSWERS[7][1])

    end = {"metadata": {"usage": ANSWERS[6][1]["usage"]}}
    assert counted({"contentBlockDelta": {}}, end).basis == "measured"


def test_a_stream_that_dies_is_partial_or_absent():
    found = counted(START, DELTA)
    assert (found.basis, found.counts) == ("partial", {"input": 5, "output": 9})

    found = counted(CHUNK)
    assert (found.basis, found.counts, found.model) == ("absent", {}, "gpt-x")
