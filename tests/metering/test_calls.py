"""What a gateway writes beside an answer, and what is peculiar to one source."""

import json
from typing import Any

import pytest

from contracting.metering.adapters.azure_billing import meter_named
from contracting.metering.adapters.events import BadRow, Sender
from contracting.metering.adapters.fields import Bad
from contracting.metering.adapters.registry import ADAPTERS, adapter_named, of_calls
from contracting.metering.adapters.reports import tokens_of_unit

SENDER = Sender(
    source="gateway",
    order_ref="ord_all",
    key_ref="key-all",
    boundary="IL5",
    context_band="UP_TO_200K",
    channel="proxy",
)
ANSWER: dict[str, Any] = {
    "id": "chatcmpl-1",
    "created": 1_776_693_600,
    "model": "gpt-x",
    "usage": {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7},
}
CALL = {"id": "call-1", "time": "2026-04-20T14:00:00Z"}


def read(row, name="openai-chat", sender=SENDER):
    (found,) = ADAPTERS[name].read_rows(json.dumps(row).encode(), sender)
    return found


def test_what_a_row_does_not_say_is_said_by_its_sender():
    found = read(ANSWER)

    assert (found.order_ref, found.key_ref) == ("ord_all", "key-all")
    assert (found.boundary, found.context_band) == ("IL5", "UP_TO_200K")
    assert (found.channel, found.provider) == ("proxy", "openai")
    assert (found.event_id, found.operation_id) == ("chatcmpl-1", "chatcmpl-1")


def test_the_gateway_s_own_word_of_a_call_comes_first():
    said = {
        **CALL,
        "order_id": "ord_1",
        "operation_id": "op-1",
        "attempt": 3,
        "model_requested": "assistant",
        "key_ref": "key-1",
        "boundary": "FEDRAMP_MOD",
        "context_band": "ALL",
        "project": "p-1",
        "outcome": "CANCELLED",
        "latency_ms": 812,
        "meter_seq": 17,
        "channel": "direct",
    }
    found = read({"call": said, "response": ANSWER})

    assert (found.event_id, found.response_id) == ("call-1", "chatcmpl-1")
    assert (found.order_ref, found.attempt) == ("ord_1", 3)
    for name, value in said.items():
        if name not in ("id", "time", "order_id"):
            assert getattr(found, name) == value


TEXT = "a prompt with blanks"


@pytest.mark.parametrize(
    ("row", "code", "pointer"),
    [
        (
            {"call": CALL, "response": ANSWER, "prompt": TEXT},
            "unknown_field",
            "/prompt",
        ),
        (
            {"call": {**CALL, "prompt": TEXT}, "response": ANSWER},
            "unknown_field",
            "/call/prompt",
        ),
        ({"call": TEXT, "response": ANSWER}, "not_an_object", "/call"),
        ({"call": CALL, "response": TEXT}, "not_an_object", "/response"),
        (
            {"call": CALL, "response": ANSWER, "events": []},
            "not_an_object",
            "/response",
        ),
        ({"call": CALL, "events": TEXT}, "not_an_object", "/events"),
        ({"call": CALL, "events": []}, "missing", "/events"),
        ({"call": CALL, "events": [TEXT]}, "not_an_object", "/events/0"),
        ({"call": {"id": "x"}, "response": None}, "missing", "/call/time"),
        ({"call": {"time": CALL["time"]}, "response": None}, "missing", "/call/id"),
        (
            {"call": {**CALL, "outcome": "FINE"}, "response": ANSWER},
            "bad_outcome",
            "/call/outcome",
        ),
        (
            {"call": {**CALL, "attempt": 0}, "response": ANSWER},
            "bad_attempt",
            "/call/attempt",
        ),
        (
            {
                "call": {**CALL, "processing": "batch"},
                "response": {**ANSWER, "service_tier": "priority"},
            },
            "tier_contradicted",
            "/call/processing",
        ),
    ],
    ids=range(13),
)
def test_what_a_gateway_may_not_say_of_a_call_refuses_the_row(row, code, pointer):
    found = read(row)

    assert isinstance(found, BadRow)
    assert (found.code, found.pointer) == (code, pointer)
    assert TEXT not in repr(found)


def test_an_answer_of_a_batch_job_is_at_the_tier_of_batches():
    found = read({"call": {**CALL, "processing": "batch"}, "response": ANSWER})

    assert (found.tier, found.processing) == ("BATCH", "batch")


def test_a_tier_that_nobody_has_mapped_is_never_the_standard_one():
    found = read({**ANSWER, "service_tier": "hyperfast"})

    assert (found.tier, found.service_tier) == ("HYPERFAST", "hyperfast")


def test_what_cannot_be_told_apart_is_held_and_not_split():
    # Given cached tokens and audio, of which nobody says how they overlap
    usage = {
        **ANSWER["usage"],
        "prompt_tokens_details": {"cached_tokens": 3, "audio_tokens": 4},
    }
    found = read({**ANSWER, "usage": usage})

    assert found.unknown_class == "input_split_unknown"
    assert dict(found.lines) == {"input_split_unknown": 5, "OUT_TEXT": 2}
    assert found.reported_total == 7


def litellm(**changed):
    row = {
        "request_id": "r-1",
        "endTime": "2026-04-20 14:00:00.123",
        "model": "m",
        "custom_llm_provider": "openai",
        "prompt_tokens": 5,
        "completion_tokens": 2,
        "total_tokens": 7,
        "metadata": {"usage_object": ANSWER["usage"], "attempted_retries": 2},
    }
    return read({**row, **changed}, "litellm-spend-logs")


def test_a_retried_call_of_litellm_is_a_later_attempt():
    found = litellm()

    assert (found.attempt, found.source_kind, found.provenance) == (
        3,
        "gateway",
        "REPORTED",
    )


def test_litellm_without_the_provider_s_block_is_held_and_counted():
    found = litellm(metadata={})

    assert found.unknown_class == "input_split_unknown"
    assert sum(tokens for _, tokens in found.lines) == 7


@pytest.mark.parametrize(
    ("tags", "order"),
    [
        (["order:ord_1", "team"], "ord_1"),
        (["order:ord_1", "order:ord_2"], "ord_all"),
        (["team"], "ord_all"),
        (None, "ord_all"),
        ("order:ord_1", "ord_all"),
    ],
)
def test_a_tag_names_the_order_if_exactly_one_does(tags, order):
    assert litellm(request_tags=tags).order_ref == order


def test_an_embedding_of_litellm_is_one():
    usage = {"prompt_tokens": 5, "completion_tokens": 0, "total_tokens": 5}
    found = litellm(
        call_type="aembedding",
        completion_tokens=0,
        total_tokens=5,
        metadata={"usage_object": usage},
    )

    assert dict(found.lines) == {"EMBED": 5}


@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
@pytest.mark.parametrize(
    ("usage", "code"),
    [
        ({"input_tokens": 5, "output_tokens": 2}, "missing"),
        ({"tokens_in": 5}, "basis_unknown"),
        ({**ANSWER["usage"], "cache_read_input_tokens": 6}, "subset_exceeds_total"),
        (
            {
                **ANSWER["usage"],
                "cache_read_input_tokens": 3,
                "prompt_tokens_details": {"cached_tokens": 2},
            },
            "checksum_failed",
        ),
    ],
)
def test_a_block_of_litellm_that_does_not_agree_is_refused(usage, code):
    assert litellm(metadata={"usage_object": usage}).code == code


@pytest.mark.parametrize(
    ("unit", "tokens"),
    [
        ("Tokens", 1),
        ("tokens", 1),
        ("1 Token", 1),
        ("1K", 1_000),
        ("1K Tokens", 1_000),
        ("1000 Tokens", 1_000),
        ("1,000 tokens", 1_000),
        ("1000_tokens", 1_000),
        ("10K", 10_000),
        ("1M", 1_000_000),
        ("K tokens", 1_000),
        ("1 Hour", None),
        ("1", None),
        ("Hrs", None),
        ("M", "unknown_unit"),
        ("thousand tokens", "unknown_unit"),
        ("1.5K tokens", "unknown_unit"),
        ("0 tokens", "unknown_unit"),
        ("tokens/hour", "unknown_unit"),
    ],
)
def test_a_unit_says_how_many_tokens_one_is(unit, tokens):
    if isinstance(tokens, str):
        with pytest.raises(Bad, match=tokens):
            tokens_of_unit(unit, "")
    else:
        assert tokens_of_unit(unit, "") == tokens


@pytest.mark.parametrize(
    ("name", "model", "classes", "tier", "zone"),
    [
        (
            "gpt-4o-mini-0718-Inp-glbl Tokens",
            "gpt-4o-mini-0718",
            "IN_UNCACHED",
            "STANDARD",
            "global",
        ),
        (
            "gpt 4o 1120 cached Inp glbl",
            "gpt-4o-1120",
            "IN_CACHE_READ",
            "STANDARD",
            "global",
        ),
        ("gpt-4.1 Batch-Inp-glbl", "gpt-4.1", "IN_UNCACHED", "BATCH", "global"),
        ("gpt-4o-rt-txt-Inp regnl", "gpt-4o-rt", "IN_UNCACHED", "STANDARD", "region"),
        ("gpt 4o rt aud Inp DZone", "gpt-4o-rt", "IN_AUDIO", "STANDARD", "data-zone"),
        (
            "text-embedding-3-large-glbl Tokens",
            "text-embedding-3-large",
            "EMBED",
            "STANDARD",
            "global",
        ),
    ],
)
def test_a_meter_of_azure_is_read_word_by_word(name, model, classes, tier, zone):
    found = meter_named(name, "")

    assert (found.model, found.classes) == (model, (classes,))
    assert (found.tier, found.zone) == (tier, zone)


def test_formats_have_names_that_a_door_can_use():
    assert adapter_named("gemini") is ADAPTERS["gemini"]
    assert adapter_named("telepathy") is None
    assert adapter_named(["gemini"]) is None
    assert "openai-costs" not in {each.name for each in of_calls()}
    assert all(each.basis and each.checksum for each in ADAPTERS.values())


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ('{"ModelId": "\\ud800"}', "bad_text"),
        ('{"ModelId": ["model-a"]}', "bad_text"),
        ('{"x_ServiceTier": 7}', "bad_text"),
        ('{"TokenDirection": "Input", "TokenCacheAction": "Other"}', "unknown_meter"),
        ('{"ModelId": NaN}', "bad_text"),
        ("[" * 10_000, "not_an_object"),
    ],
)
def test_a_property_of_focus_is_a_name_or_refuses_its_row(details, code):
    row = {
        "ChargeCategory": "Usage",
        "ConsumedQuantity": 5,
        "ConsumedUnit": "Tokens",
        "BillingCurrency": "USD",
        "BilledCost": 0.5,
        "ChargePeriodStart": "2026-04-01T00:00:00Z",
        "ChargePeriodEnd": "2026-04-01T01:00:00Z",
        "SkuPriceDetails": details,
    }

    assert read(row, "focus").code == code
