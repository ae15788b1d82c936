"""The smallest event of the interface is taken as it is written there."""

import json

import pytest

from contracting.documents.queries import read_blob
from contracting.metering.models import UsageEvent, UsageRating
from contracting.metering.queries import suspense
from tests.builders_metering import (
    CALLED_AT,
    MODEL,
    assert_the_books_balance,
    ingested,
    statuses,
)
from tests.cast import actor, key_client

EXTRAS = {
    "model_class": "general",
    "requests": 1,
    "unit_price_ref": "0001AA",
    "project": "claims",
    "principal_hash": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "region": "us-east",
    "request_hash": "2c26b46b68ffc68ff99b453c1d304134",
    "meter_seq": 4711,
    "meter_run": "2026-04-20T00:00Z",
}


def minimum(order, **changed):
    """Class and tokens in the data itself, no boundary, tier or operation."""
    return {
        "specversion": "1.0",
        "id": "call-1",
        "source": "gateway",
        "type": "ai.tokens.consumed.v1",
        "time": CALLED_AT.isoformat(),
        "subject": "con_7k2m/clin_0001",
        "data": {
            "order_id": order.public_id,
            "model": MODEL,
            "class": "input",
            "tokens": 1_000,
            **EXTRAS,
            **changed,
        },
    }


@pytest.mark.usefixtures("now", "source")
def test_the_minimum_event_is_accepted_and_rated(order, gateway):
    answer = key_client(gateway).post(
        "/api/v1/usage/events:batch",
        json.dumps([minimum(order)]),
        content_type="application/json",
    )

    assert answer.status_code == 200, answer.json()
    assert UsageEvent.objects.get().boundary == ""
    assert UsageRating.objects.get().tokens == 1_000
    assert_the_books_balance()


def test_what_the_gateway_adds_is_kept_with_the_batch_and_part_of_the_content(order):
    receipt = ingested(minimum(order))

    kept = json.loads(read_blob(receipt.batch.payload))["data"]
    assert {key: kept[key] for key in EXTRAS} == EXTRAS
    assert statuses(ingested(minimum(order))) == ["duplicate"]
    assert statuses(ingested(minimum(order, meter_seq=4712))) == ["conflict"]


def test_a_call_that_names_a_boundary_that_is_not_the_order_s_is_held(order):
    ingested(minimum(order, boundary="IL5"))

    (group,) = suspense(actor("cor").own_organization_id)
    assert group.reason == "NO_RATE"
