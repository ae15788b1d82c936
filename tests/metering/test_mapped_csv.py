"""A CSV file is read by what is declared of it, and nothing is recognised by a name."""

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from contracting.metering.adapters.events import Sender, Unreadable
from contracting.metering.adapters.mapped_csv import BadMapping, mapping_of, read_mapped

SENDER = Sender(source="gateway", order_ref="ord_7k2m")
DECLARED: dict[str, Any] = {
    "columns": {"event_id": "id", "time": "at", "model": "model"},
    "counts": [
        {"column": "in", "class": "IN_UNCACHED", "contains": ["cached"]},
        {"column": "cached", "class": "IN_CACHE_READ"},
        {"column": "out", "class": "OUT_TEXT"},
    ],
    "total": "all",
}
ROW = {
    "id": "call-1",
    "at": "2026-10-05T14:00:00Z",
    "model": "model-x",
    "in": "26",
    "cached": "20",
    "out": "3",
    "all": "29",
}


def declared(**changed):
    made = {**deepcopy(DECLARED), **changed}
    return {key: value for key, value in made.items() if value is not None}


def read(row=None, mapping=None, **changed):
    given = {**ROW, **(row or {}), **changed}
    text = f"{','.join(given)}\n{','.join(given.values())}\n"
    found = mapping_of(mapping or DECLARED)
    (only,) = read_mapped(text.encode(), SENDER, mapping=found)
    return only


def test_a_row_is_read_by_its_mapping():
    found = read()

    assert dict(found.lines) == {"IN_UNCACHED": 6, "IN_CACHE_READ": 20, "OUT_TEXT": 3}
    assert (found.reported_total, found.order_ref) == (29, "ord_7k2m")
    assert (found.provenance, found.basis) == ("MEASURED", "measured")


def test_an_empty_cell_is_no_token_and_an_estimate_is_marked_as_one():
    found = read(cached="", all=" 29 ", mapping=declared(provenance="ESTIMATED"))

    assert dict(found.lines) == {"IN_UNCACHED": 26, "OUT_TEXT": 3}
    assert (found.provenance, found.basis) == ("ESTIMATED", "estimated")


@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"all": "28"}, "checksum_failed"),
        ({"cached": "27"}, "subset_exceeds_total"),
        ({"in": "2 6"}, "not_a_count"),
        ({"in": "1_000"}, "not_a_count"),
        ({"in": "٢٦"}, "not_a_count"),
        ({"in": "26.5"}, "not_a_count"),
        ({"in": "-26"}, "negative"),
        ({"in": "9" * 30}, "not_a_count"),
        ({"in": "9" * 15}, "too_many"),
        ({"id": ""}, "missing"),
        ({"id": "a prompt"}, "bad_text"),
        ({"model": ""}, "missing"),
        ({"at": "2026-10-05T14:00:00"}, "bad_time"),
        ({"at": "05.10.2026"}, "bad_time"),
    ],
)
def test_a_row_that_cannot_be_is_refused(changed, code):
    assert read(changed).code == code


@pytest.mark.rule("R-MET-04", case="allowed")
@pytest.mark.parametrize(
    ("form", "zone", "cell", "hour"),
    [
        ("rfc3339", "", "2026-10-05T10:00:00-04:00", 14),
        ("seconds since 1970", "", "1791208800", 14),
        ("milliseconds since 1970", "", "1791208800000", 14),
        ("%m/%d/%Y %H:%M", "America/New_York", "10/05/2026 10:00", 14),
        ("%d.%m.%Y %H:%M", "UTC", "05.10.2026 10:00", 10),
        ("%Y-%m-%d %H:%M:%S%z", "UTC", "2026-10-05 10:00:00+0200", 8),
    ],
)
def test_a_time_is_read_in_the_way_and_zone_that_are_declared(form, zone, cell, hour):
    found = read(at=cell, mapping=declared(time=form, zone=zone))

    assert found.occurred_at == datetime(2026, 10, 5, hour, 0, tzinfo=UTC)


@pytest.mark.rule("R-MET-04", case="refused", held_by="verdict")
@pytest.mark.parametrize("cell", ["2026-11-01 01:30", "2026-03-08 02:30"])
def test_a_time_that_comes_twice_or_never_is_not_guessed(cell):
    mapping = declared(time="%Y-%m-%d %H:%M", zone="America/New_York")

    assert read(at=cell, mapping=mapping).code == "bad_time"


COUNTS = DECLARED["counts"]


@pytest.mark.parametrize(
    "changed",
    [
        {"columns": {"event_id": "id", "time": "at"}},
        {"columns": {"event_id": "id", "model": "model"}},
        {"columns": {**DECLARED["columns"], "prompt": "prompt"}},
        {"columns": {**DECLARED["columns"], "order_id": ""}},
        {"columns": ["id", "at", "model"]},
        {"columns": None},
        {"constants": {"model": "model-x"}},
        {"columns": {"time": "at", "model": "model"}, "constants": {"event_id": "1"}},
        {"counts": []},
        {"counts": None},
        {"counts": [{"column": "in", "class": "TELEPATHY"}]},
        {"counts": [{"column": "in", "class": "IN_UNCACHED", "minus": ["cached"]}]},
        {"counts": [{"column": "in", "class": "IN_UNCACHED", "contains": "cached"}]},
        {"counts": [{"column": "in", "class": "IN_UNCACHED", "contains": ["cached"]}]},
        {"counts": [*COUNTS, {"column": "x", "class": "IN_UNCACHED"}]},
        {"counts": [*COUNTS, {"column": "in", "class": "IN_AUDIO"}]},
        {"counts": [*COUNTS, {"column": "x", "class": "IN_AUDIO", "contains": ["in"]}]},
        {"counts": [{"column": "in", "class": "IN_UNCACHED", "contains": ["in"]}]},
        {"counts": [{"column": "in", "class": ["IN_UNCACHED"]}]},
        {"counts": [{"column": "in", "class": "IN_UNCACHED", "contains": [["in"]]}]},
        {"unit": 10},
        {"unit": True},
        {"unit": "1000"},
        {"time": "whenever"},
        {"time": "%Y-%m-%d"},
        {"time": "%Y-%m-%d", "zone": "Washington"},
        {"time": "%Y-%m-%d", "zone": "../../etc/passwd"},
        {"zone": "UTC"},
        {"provenance": "GUESSED"},
        {"provenance": ["MEASURED"]},
        {"total": 7},
        {"prompt": "prompt"},
    ],
    ids=range(32),
)
def test_a_mapping_that_says_too_little_or_too_much_is_none(changed):
    with pytest.raises(BadMapping):
        mapping_of(declared(**changed))


@pytest.mark.parametrize("given", [None, [], "columns", 7])
def test_what_is_no_mapping_is_none(given):
    with pytest.raises(BadMapping):
        mapping_of(given)


def test_a_file_without_a_column_of_the_mapping_is_not_read():
    with pytest.raises(Unreadable, match="no column"):
        read_mapped(
            b"id,at,model,in,cached,out\n1,2,3,4,5,6\n",
            SENDER,
            mapping=mapping_of(DECLARED),
        )


def test_a_file_without_a_row_is_not_read():
    with pytest.raises(Unreadable, match="no row"):
        read_mapped(b"id,at\n", SENDER, mapping=mapping_of(DECLARED))
