"""Every example on sending usage and on asking for funds is read as it says."""

import json
import re

import msgspec
import pytest

from contracting.metering.adapters.events import ReadEvent
from contracting.metering.adapters.mapped_csv import mapping_of
from contracting.metering.adapters.registry import of_calls
from contracting.metering.gate.bodies import Authorize, Settle, read_body
from tests.architecture.tree import ROOT
from tests.metering.oracles.formats import read_rows

PAGE = (ROOT / "docs" / "how-to" / "send-usage.md").read_text()
EXAMPLES = re.findall(r"<!-- format: (\S+) -->\n```\w+\n(.*?)```", PAGE, re.DOTALL)


def settings(name):
    if name != "csv":
        return {}
    (declared,) = re.findall(r"<!-- mapping -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    return {"mapping": mapping_of(json.loads(declared))}


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_read_and_measured(name, example):
    # An example is written over several lines; an array may be, a line may not.
    payload = example if name == "csv" else f"[{example}]"
    (found,) = read_rows(name, payload.encode(), **settings(name))

    assert isinstance(found, ReadEvent)
    assert found.basis == "measured"
    assert sum(tokens for _, tokens in found.lines) > 0


def test_every_format_of_a_gateway_is_shown_or_named():
    named = {each.name for each in of_calls()} - {name for name, _ in EXAMPLES}

    assert [name for name in named if f"`{name}`" not in PAGE] == []


# Asking by hand -----------------------------------------------------------------------


BY_HAND = (ROOT / "docs" / "how-to" / "connect-a-gateway.md").read_text()
BODIES = re.findall(r"funds:(\w+) .*?-d '\s*(\{.*?\})'", BY_HAND, re.DOTALL)
READ_AS = {"authorize": Authorize, "settle": Settle}


@pytest.mark.parametrize(("verb", "body"), BODIES, ids=[verb for verb, _ in BODIES])
def test_what_is_sent_by_hand_is_what_the_gate_reads(verb, body):
    asked = read_body(msgspec.json.Decoder(READ_AS[verb]), body.encode())

    assert asked.reservation_id == "call-00001"
    if verb == "settle":
        (found,) = read_rows("cloudevents", f"[{json.dumps(asked.event)}]".encode())
        assert isinstance(found, ReadEvent)
        assert (found.event_id, found.basis) == ("call-00001", "measured")


def test_both_ways_of_asking_by_hand_are_shown():
    assert [verb for verb, _body in BODIES] == ["authorize", "settle"]
