"""An adapter reads the fields that it declares, and looks at no other of a call."""

import json
import random

import pytest

from contracting.metering.adapters.registry import ADAPTERS
from contracting.metering.adapters.rows import read_object
from contracting.metering.states import Grain
from tests.metering.oracles.formats import PRINTERS, read_rows
from tests.metering.oracles.printing import written

WRAPPERS = {"call", "response", "events", "data"}
"""What stands around an answer: ours, or the endpoint's."""

FORMATS = [
    name
    for name, (_, join) in PRINTERS.items()
    if join is written and ADAPTERS[name].grain == Grain.CALL and name != "cloudevents"
]


class Watched(dict[str, object]):
    """An object that knows which of its values were looked at."""

    def __init__(self, given, seen):
        super().__init__(given)
        self.seen = seen

    def get(self, key, default=None):
        self.seen.add(key)
        return super().get(key, default)

    def __getitem__(self, key):
        self.seen.add(key)
        return super().__getitem__(key)


def watched(row, seen):
    inside = {
        key: Watched(value, seen)
        if key in ("response", "data") and isinstance(value, dict)
        else value
        for key, value in row.items()
    }
    return Watched(inside, seen)


def declared(name):
    """Every part of each declared field, and what stands around an answer."""
    kept = ADAPTERS[name].kept
    if name == "openai-batch":
        kept = (*kept, *ADAPTERS["openai-chat"].kept)
    parts = {part for field in kept for part in field.split(" ")[0].split(".")}
    return parts | WRAPPERS


@pytest.mark.rule("R-AI-04", case="allowed")
@pytest.mark.parametrize("name", FORMATS)
def test_no_field_is_looked_at_that_is_not_declared(name, monkeypatch):
    # Given calls whose fields notice when they are looked at
    seen: set[str] = set()
    monkeypatch.setattr(
        "contracting.metering.adapters.calls.read_object",
        lambda raw: watched(read_object(raw), seen),
    )

    # When they are read
    rng = random.Random(name)
    rows = [PRINTERS[name][0](rng, number, False)[0] for number in range(200)]
    read_rows(name, json.dumps(rows).encode())

    # Then only the declared ones were, by name or by what their names begin with
    begins = tuple(each.rstrip("*") for each in declared(name) if each.endswith("*"))
    looked = {key for key in seen if not (begins and key.startswith(begins))}
    assert looked - declared(name) - IDS == set()


IDS = {"id", "request_id", "requestId", "responseId"}
"""By one of them a refused row is named."""
