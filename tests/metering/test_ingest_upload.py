"""A file is counted chunk by chunk, once, whatever happens to its worker."""

import random
from datetime import timedelta

import pytest

from accounts.models import ApiKey
from contracting.core import clock
from contracting.documents.models import Operation
from contracting.documents.operations.cancel_operation import cancel_operation
from contracting.documents.operations.work_operation import work_operation
from contracting.documents.queries import read_blob
from contracting.metering.adapters import chunks
from contracting.metering.adapters.registry import of_calls
from contracting.metering.models import UsageBatch, UsageEvent, UsageLine
from contracting.metering.operations import ingest_upload as counting
from contracting.metering.operations.ingest import ingest_usage
from contracting.metering.operations.map_columns import map_columns
from contracting.metering.operations.register import register_source
from contracting.metering.queries.uploads import (
    batches_of_upload,
    counts_of_upload,
    rejected_rows_of_upload,
)
from contracting.metering.states import REPORTS, SourceKind
from contracting.notices.models import Notice
from tests.builders_metering import event, ndjson, usage_source
from tests.cast import actor, machine
from tests.metering.files import counted, uploaded
from tests.metering.oracles import plain
from tests.metering.oracles.formats import PRINTERS
from tests.metering.oracles.printing import CONTENT, FIRST
from tests.metering.traces import found_in_media, found_in_the_database

pytestmark = pytest.mark.usefixtures("now")

FORMATS = [each.name for each in of_calls() if each.name in PRINTERS]
ROWS = 12


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Five rows to a chunk, so that small files have several."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 5)


def sums():
    found: dict[str, int] = {}
    for code, tokens in UsageLine.objects.values_list("token_class_code", "tokens"):
        found[code] = found.get(code, 0) + tokens
    return {code: tokens for code, tokens in found.items() if tokens}


def mixed(order):
    """Eleven rows: seven good ones, and on lines 3, 6, 8 and 11 some that are not."""
    good = [event(n, order=order) for n in range(6)]
    return (
        ndjson(
            *good[:2],
            event(2, order=order, prompt="hello"),
            good[2],
            good[3],
            event(0, order=order, tokens={"input": 7}),
            good[4],
            "no object",
            good[5],
            event(9, order="ord_unknown"),
        )
        + b"[]\n"
    )


@pytest.mark.rule("R-MET-01", case="allowed")
@pytest.mark.rule("R-MET-02", case="refused", held_by="verdict")
def test_every_row_has_one_verdict_and_its_line(order, source, cor):
    upload = counted(uploaded(source, mixed(order), by=cor))

    assert (upload.operation.state, upload.operation.done) == ("SUCCEEDED", 11)
    assert counts_of_upload(upload) == {
        "accepted": 6,
        "held": 1,
        "duplicate": 0,
        "conflict": 1,
        "rejected": 3,
    }
    assert [(r.line, r.verdict, r.code) for r in rejected_rows_of_upload(upload)] == [
        (3, "rejected", "unknown_field"),
        (6, "conflict", "other_content"),
        (8, "rejected", "not_an_object"),
        (11, "rejected", "not_an_object"),
    ]
    told = Notice.objects.get(title=f"{upload.operation.title}: done")
    assert told.body == "11 rows: 6 accepted, 1 held, 1 conflict, 3 rejected."


@pytest.mark.rule("R-MET-01", case="refused", held_by="verdict")
def test_the_same_file_again_is_all_duplicates(order, source):
    content = ndjson(*(event(n, order=order) for n in range(12)))
    counted(uploaded(source, content))
    before = sums()

    again = counted(uploaded(source, content))

    assert counts_of_upload(again)["duplicate"] == 12
    assert sums() == before == {"IN_UNCACHED": 12_000, "OUT_TEXT": 1_200}


def test_a_worker_that_dies_in_the_middle_counts_nothing_twice(
    order, source, monkeypatch
):
    # Given a file of three chunks, whose worker dies in the middle of the second
    upload = uploaded(source, ndjson(*(event(n, order=order) for n in range(12))))
    ingest, calls = ingest_usage, iter(range(9))

    def dying(**said):
        receipt = ingest(**said)
        if next(calls) == 1:
            raise RuntimeError
        return receipt

    monkeypatch.setattr(counting, "ingest_usage", dying)
    work_operation(operation_id=upload.operation_id)
    assert UsageEvent.objects.count() == 5
    assert Operation.objects.get(pk=upload.operation_id).done == 5

    # When the next worker goes on
    counted(upload)

    # Then each row is counted once
    assert upload.operation.state == "SUCCEEDED"
    assert counts_of_upload(upload)["accepted"] == 12
    assert sums() == {"IN_UNCACHED": 12_000, "OUT_TEXT": 1_200}


def test_a_file_that_is_cancelled_keeps_what_was_counted(order, source, monkeypatch):
    upload = uploaded(source, ndjson(*(event(n, order=order) for n in range(12))))
    ingest = ingest_usage

    def ingest_and_cancel(**said):
        receipt = ingest(**said)
        cancel_operation(
            operation_id=upload.operation_id, by=actor("administrator"), at=clock.now()
        )
        return receipt

    monkeypatch.setattr(counting, "ingest_usage", ingest_and_cancel)

    counted(upload)

    assert (upload.operation.state, upload.operation.done) == ("CANCELLED", 5)
    assert counts_of_upload(upload)["accepted"] == UsageEvent.objects.count() == 5


def test_whoever_lost_the_right_counts_nothing(order, source):
    upload = uploaded(source, ndjson(event(1, order=order)))
    ApiKey.objects.filter(pk=machine("gateway").key_id or 0).update(sources=["other"])

    counted(upload)

    assert upload.operation.state == "FAILED"
    assert "may not write for this source" in upload.operation.last_error
    assert UsageEvent.objects.count() == 0


def test_what_is_kept_is_kept_once(order, source):
    content = ndjson(*(event(n, order=order) for n in range(7)))

    upload = counted(uploaded(source, content))

    batches = list(batches_of_upload(upload).select_related("payload"))
    assert [each.payload_id for each in batches] == list(
        upload.chunks.order_by("position").values_list("content", flat=True)
    )
    assert b"".join(read_blob(each.payload) for each in batches) == content
    assert {each.payload.packing for each in batches} == {"zstd"}
    assert {each.format for each in batches} == {"cloudevents"}


def source_of(name):
    """A source of the kind that reports this format, with a mapping for its CSV."""
    adapter = next(each for each in of_calls() if each.name == name)
    if adapter.kind not in REPORTS[SourceKind.GATEWAY]:
        return register_source(
            agency_id=actor("administrator").own_organization_id,
            code="provider",
            label="Log of the provider",
            kind=SourceKind.PROVIDER,
            by=actor("administrator"),
            at=FIRST,
        )
    source = usage_source(at=FIRST)
    if adapter.needs:
        cor = actor("cor")
        map_columns(source_id=source.pk, declared=plain.MAPPING, by=cor, at=FIRST)
    return source


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_each_format_arrives_exactly(name, order, cor, monkeypatch):
    # Given a file as a source prints it, with content and two rows that cannot be
    monkeypatch.setattr(clock, "now", lambda: FIRST + timedelta(days=400))
    rng = random.Random(f"file {name}")
    print_row, join = PRINTERS[name]
    printed = [print_row(rng, number, number in (3, 8)) for number in range(ROWS)]
    source = source_of(name)

    # When it is uploaded, and once more
    content = join(rng, [row for row, _ in printed])
    said = {"order": "ord_7k2m", "boundary": "FEDRAMP_MOD"}
    said = {} if name.startswith("cloudevents") else said
    upload = counted(uploaded(source, content, name, by=cor, **said))
    again = counted(uploaded(source, content, name, by=cor, **said))

    # Then every call is there to the token, and nothing of its content is
    counts = counts_of_upload(upload)
    assert counts["rejected"] == 2
    assert counts["accepted"] + counts["held"] == ROWS - 2
    assert counts_of_upload(again)["duplicate"] == ROWS - 2
    wanted: dict[str, int] = {}
    for number, (_, expected) in enumerate(printed):
        if number not in (3, 8):
            for code, tokens in expected.lines.items():
                wanted[code] = wanted.get(code, 0) + tokens
    assert sums() == {code: tokens for code, tokens in wanted.items() if tokens}
    assert found_in_the_database(CONTENT) == []
    assert found_in_media(CONTENT) == []
    assert UsageBatch.objects.filter(format=name).count() >= 6
