"""Calls of every format are stored to the token, once, and without their content."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from contracting.metering.adapters.mapped_csv import mapping_of
from contracting.metering.adapters.registry import of_calls
from contracting.metering.models import UsageEvent, UsageLine
from contracting.metering.operations.ingest import ingest_usage
from tests.builders_metering import statuses, usage_source
from tests.cast import machine
from tests.metering.oracles import plain
from tests.metering.oracles.formats import PRINTERS, read_rows
from tests.metering.oracles.printing import CONTENT, FIRST
from tests.metering.traces import found_in_media, found_in_the_database

AT = FIRST + timedelta(days=400)
FORMATS = [each.name for each in of_calls() if each.name in PRINTERS]
REFUSED = 5


def delivered(name, payload):
    settings = {"mapping": mapping_of(plain.MAPPING)} if name == "csv" else {}
    return ingest_usage(
        source_id=usage_source(at=FIRST).pk,
        payload=payload,
        read=lambda given: read_rows(name, given, **settings),
        by=machine("gateway"),
        at=AT,
    )


@pytest.mark.rule("R-MET-01", case="refused", held_by="verdict")
@pytest.mark.rule("R-MET-02", case="allowed")
@pytest.mark.rule("R-AI-04", case="refused", held_by="verdict")
@pytest.mark.parametrize("name", FORMATS)
def test_calls_of_a_format_are_stored_once_to_the_token(name, order):
    # Given calls as a source prints them, with content, and some that cannot be
    rng = random.Random(f"stored {name}")
    print_row, join = PRINTERS[name]
    printed = [print_row(rng, number, number < REFUSED) for number in range(40)]
    rows = [row for row, _ in printed]

    # When they are delivered, and once more in another order of their keys
    receipt = delivered(name, join(rng, rows))
    again = delivered(name, join(rng, rows))

    # Then the broken ones are rejected, and the others are stored and never twice
    refused = ["rejected"] * REFUSED
    assert statuses(receipt)[:REFUSED] == refused
    assert "rejected" not in statuses(receipt)[REFUSED:]
    assert statuses(again) == refused + ["duplicate"] * (len(rows) - REFUSED)
    assert UsageEvent.objects.count() == len(rows) - REFUSED

    # And every class has the tokens from which they were printed
    wanted: Counter[str] = Counter()
    for _, expected in printed[REFUSED:]:
        wanted.update(expected.lines)
    stored: Counter[str] = Counter()
    for code, tokens in UsageLine.objects.values_list("token_class_code", "tokens"):
        stored[code] += tokens
    assert +stored == +wanted

    # And not a word of any call is found anywhere
    assert found_in_the_database(CONTENT) == []
    assert found_in_media(CONTENT) == []
