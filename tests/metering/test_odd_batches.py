"""One odd row is one refused row, written as lines or as an array."""

import json

import pytest

from contracting.metering.adapters.cloudevents import (
    MAX_TOKENS,
    BadRow,
    ReadEvent,
    Unreadable,
    read_batch,
)
from tests.builders_metering import event

GOOD = json.dumps(event(1, order="ord_1"))
ODD = {
    "an integer of 5,000 digits": '{"id": "a", "data": {"tokens": %s}}' % ("9" * 5_000),
    "nested 100,000 deep": '{"id": "a", "data": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "a key twice": GOOD.replace('"id":', '"id": "twice", "id":'),
    "a key twice inside": GOOD.replace('"attempt": 1', '"attempt": 1, "attempt": 1'),
    "half a surrogate": GOOD.replace("call-1", "\\ud800"),
    "not a number": GOOD.replace('"attempt": 1', '"attempt": NaN'),
    "a bare word": '{"id": nobody, "more": ["}", "]"]}',
    "a string": '"],[{"',
    "an exponent": GOOD.replace("1000", "1e999999999"),
}


def refused(row):
    return row.code if isinstance(row, BadRow) else ""


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_row_is_refused_alike_in_lines_and_in_an_array(odd):
    rows = [GOOD, odd, GOOD.replace("call-1", "call-2")]

    in_lines = read_batch("\n".join(rows).encode())
    in_array = read_batch(f"[{', '.join(rows)}]".encode())

    assert [refused(each) for each in in_lines] == [refused(each) for each in in_array]
    assert [bool(refused(each)) for each in in_array] == [False, True, False]
    assert isinstance(in_array[2], ReadEvent)
    assert in_array[2].event_id == "call-2"


@pytest.mark.parametrize(
    "text",
    ["[", "[{]", "[{},", "[{},]", "[{},,{}]", "[{} {}]", '[{"a": "]', "[{}]]", "[,]"],
)
def test_what_starts_like_an_array_and_is_none_is_unreadable(text):
    with pytest.raises(Unreadable):
        read_batch(text.encode())


@pytest.mark.parametrize("tokens", [MAX_TOKENS + 1, 2**53 - 1, 2**63, 10**400])
def test_more_tokens_than_any_call_has_refuse_their_row(tokens):
    huge = event(1, order="ord_1", tokens={"input": tokens})

    (found,) = read_batch(json.dumps(huge).encode())

    assert refused(found) == "too_many"
