"""It is said which column is which: by versions that are only ever added."""

import pytest

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.metering.models import UsageBatch
from contracting.metering.operations.map_columns import map_columns
from contracting.metering.refusals import MappingIncomplete, MappingMissing
from tests.builders_metering import BOUNDARY, DELIVERED_AT, MODEL
from tests.cast import actor, nothing_happens
from tests.metering.files import counted, uploaded

pytestmark = pytest.mark.usefixtures("now")

MAPPING = {
    "columns": {"event_id": "id", "time": "at", "order_id": "order"},
    "constants": {"model": MODEL, "boundary": BOUNDARY},
    "counts": [
        {"column": "in", "class": "IN_UNCACHED", "contains": ["cached"]},
        {"column": "cached", "class": "IN_CACHE_READ"},
    ],
    "total": "",
    "unit": 1000,
}


def mapped(source, by="cor", **changed):
    return map_columns(
        source_id=source.pk,
        declared={**MAPPING, **changed},
        by=actor(by),
        at=DELIVERED_AT,
    )


def sheet(order, *rows):
    head = "id,at,order,in,cached,prompt\n"
    return (head + "".join(f"{row}\n" for row in rows)).encode()


def test_a_file_is_read_by_the_last_mapping_and_names_it(order, source):
    # Given a mapping in thousands, and a second version in single tokens
    first = mapped(source)
    second = mapped(source, unit=1)
    assert (first.version, second.version) == (1, 2)
    assert AuditEvent.objects.filter(event="metering.columns.mapped").count() == 2

    # When a file is counted
    at = "2026-04-20T14:00:00Z"
    row = f"call-1,{at},{order.public_id},100,40,hello there"
    upload = counted(uploaded(source, sheet(order, row), "csv"))

    # Then it was read by the second, and says so
    assert upload.mapping == second
    batch = UsageBatch.objects.get()
    assert (batch.mapping, batch.accepted) == (second, 1)
    from contracting.metering.models import UsageLine

    lines = UsageLine.objects.values_list("token_class_code", "tokens")
    assert dict(lines) == {"IN_UNCACHED": 60, "IN_CACHE_READ": 40}


def test_a_row_that_cannot_be_read_is_rejected_by_its_line(order, source):
    from contracting.metering.queries.uploads import rejected_rows_of_upload

    mapped(source)
    good = f"2026-04-20T14:00:00Z,{order.public_id},1,0"
    rows = (
        f'call-1,{good},"a prompt\nof two lines"',
        f"call-2,{good}",
        f"call-3,{good},",
        f"call-4,2026-04-20 14:00,{order.public_id},1,0,",
        f"call-5,2026-04-20T14:00:00Z,{order.public_id},1,2,",
    )

    upload = counted(uploaded(source, sheet(order, *rows), "csv"))

    assert [(r.line, r.code, r.pointer) for r in rejected_rows_of_upload(upload)] == [
        (4, "other_columns", ""),
        (6, "bad_time", "/6/time"),
        (7, "subset_exceeds_total", "/7/in"),
    ]


def test_without_a_mapping_no_csv_is_read(order, source):
    with nothing_happens(), pytest.raises(MappingMissing, match="Map its columns"):
        uploaded(source, sheet(order, "1"), "csv")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"counts": []}, "Name from 1 to 30"),
        ({"unit": 7}, "unit of the counts"),
        ({"columns": {"event_id": "id"}}, "Say 'time' once"),
        ({"time": "%d.%m.%Y", "zone": "Mars"}, "needs one"),
    ],
)
@pytest.mark.rule("R-MET-02", case="refused")
def test_a_mapping_that_cannot_be_right_is_refused(source, changed, words):
    with nothing_happens(), pytest.raises(MappingIncomplete, match=words):
        mapped(source, **changed)


def test_the_same_mapping_again_changes_nothing(source):
    mapped(source)

    with nothing_happens(), pytest.raises(MappingIncomplete, match="in force already"):
        mapped(source)


@pytest.mark.parametrize("part", ["program_manager", "other_agency_officer"])
def test_nobody_else_maps_columns(source, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        mapped(source, by=part)
