"""Counts and names are kept of a call; a prompt in any field is found nowhere."""

import hashlib
import json

import pytest

from contracting.documents.queries import read_blob
from tests.builders_metering import event, ingested, ndjson, statuses
from tests.metering.traces import CANARY, found_in_media, found_in_the_database


@pytest.mark.rule("R-AI-04", case="allowed")
def test_a_batch_that_has_only_counts_and_names_is_kept_as_it_came(order):
    sent = event(1, order=order, model_requested="assistant")

    batch = ingested(sent).batch

    assert read_blob(batch.payload) == ndjson(sent)
    assert (batch.is_exact, batch.format) == (True, "cloudevents")
    assert batch.sent_sha256 == batch.payload.sha256


def test_of_any_other_batch_counts_and_names_are_kept(order):
    sent = [event(1, order=order, model_requested="assistant"), {"prompt": CANARY}]

    batch = ingested(*sent).batch

    kept, refused = map(json.loads, read_blob(batch.payload).splitlines())
    assert sorted(kept) == [
        "attempt",
        "basis",
        "boundary",
        "context_band",
        "event_id",
        "lines",
        "model_requested",
        "model_served",
        "occurred_at",
        "operation_id",
        "order_ref",
        "reported_total",
        "source",
        "tier",
        "unknown_class",
    ]
    assert sorted(refused) == ["refused", "sha256"]
    assert not batch.is_exact
    assert batch.sent_sha256 == hashlib.sha256(ndjson(*sent)).hexdigest()


CARRIERS = [
    ("prompt", "", CANARY),
    ("messages", "data", [{"role": "user", "content": CANARY}]),
    ("input", "data", {"text": CANARY}),
    ("output", "data", CANARY),
    ("response", "data", {"choices": [{"message": {"content": CANARY}}]}),
    ("metadata", "data", {"note": CANARY}),
    ("subject", "", CANARY),
    ("dataschema", "", CANARY),
    ("id", "", CANARY),
    ("source", "", CANARY),
    ("type", "", CANARY),
    ("time", "", CANARY),
    ("order_id", "data", CANARY),
    ("operation_id", "data", CANARY),
    ("model", "data", CANARY),
    ("model_requested", "data", CANARY),
    ("tier", "data", CANARY),
    ("context_band", "data", CANARY),
    ("boundary", "data", CANARY),
    ("basis", "data", CANARY),
    ("project", "data", CANARY),
    ("region", "data", CANARY),
    ("model_class", "data", CANARY),
    ("principal_hash", "data", CANARY),
    ("request_hash", "data", CANARY),
    ("unit_price_ref", "data", CANARY),
    ("meter_run", "data", CANARY),
    ("meter_seq", "data", CANARY),
    ("requests", "data", CANARY),
    ("total", "data", CANARY),
    ("attempt", "data", CANARY),
    ("lines", "data", [{"class": CANARY, "tokens": 1}]),
    ("lines", "data", [{"class": "input", "tokens": CANARY}]),
    ("lines", "data", [{"class": "input", "tokens": 1, "text": CANARY}]),
    (CANARY, "", "x"),
    (CANARY, "data", "x"),
]


@pytest.mark.rule("R-AI-04", case="refused", held_by="verdict")
def test_a_prompt_in_any_field_is_found_nowhere(order):
    # Given events that carry a prompt, each in another field
    rows = []
    for number, (key, place, value) in enumerate(CARRIERS):
        made = event(number, order=order)
        (made[place] if place else made)[key] = value
        rows.append(made)

    # When they arrive as lines, and with them a line that is nothing but the prompt
    receipt = ingested(*rows, CANARY)

    # Then each is rejected, and neither a table nor a file has a word of it
    assert set(statuses(receipt)) == {"rejected"}
    assert found_in_the_database(CANARY) == []
    assert found_in_media(CANARY) == []
