"""Files by the page, the API and the command line; batches; the mapping screen."""

import gzip
import json
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from contracting.documents.operations.work_operation import work_operation
from contracting.metering.adapters import chunks
from contracting.metering.models import UsageBatch, UsageEvent, UsageUpload
from tests.builders_metering import BOUNDARY, MODEL, event, ingested, ndjson
from tests.cast import actor, client_for, key_client, nothing_happens, person, submit
from tests.metering.files import counted, uploaded
from tests.metering.traces import CANARY, found_in_media, found_in_the_database

pytestmark = pytest.mark.usefixtures("now", "source")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Two rows to a chunk, so that small files have several."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 2)


def text(response):
    return " ".join(strip_tags(response.content.decode()).split())


def streamed(response):
    return b"".join(response.streaming_content).decode()


@pytest.fixture
def content(order):
    """A file of five rows: a prompt in the second, an unknown order in the fourth."""
    return ndjson(
        event(1, order=order),
        event(2, order=order, prompt="hello"),
        event(3, order=order),
        event(4, order="ord_unknown"),
        event(5, order=order),
    )


def test_a_representative_imports_a_packed_file_and_reads_what_came_of_it(
    content, source, cor
):
    browser = client_for(cor)
    page = browser.get(f"/usage/upload_usage?source={source.public_id}")
    assert "Importing a file twice counts it once" in text(page)

    # When a file is imported
    packed = SimpleUploadedFile("usage.ndjson.gz", gzip.compress(content))
    form = {"source": source.pk, "format": "cloudevents", "file": packed}
    done = submit(browser, "/usage/upload_usage", form)

    # Then its page says how far it is, and looks again by itself
    upload = UsageUpload.objects.get()
    assert done.status_code == 303
    assert done["Location"] == upload.path
    waiting = browser.get(upload.path).content.decode()
    assert "0 of 5 rows (0 %)" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "Stop it" in waiting

    # And once it is counted, what came of each row
    counted(upload)
    shown = text(browser.get(upload.path))
    assert (
        "All 5 rows have a verdict: 3 accepted, 1 held, 0 duplicate, 0 conflict, 1 "
        "rejected." in shown
    )
    assert "Only counts and ids are taken in, no other field" in shown
    rows = streamed(browser.get(f"{upload.path}/rejected_rows")).split("\r\n")
    assert rows[0] == "line,event id,verdict,code,where,what would be right"
    assert rows[1].startswith("2,call-2,rejected,unknown_field,/data/prompt,")
    assert "5 rows" in text(browser.get("/usage/"))


def test_a_file_that_cannot_be_read_says_why_and_nothing_is_counted(source, cor):
    browser = client_for(cor)
    for content, format_, words in (
        (b"", "cloudevents", "The submitted file is empty"),
        (b"\x1f\x8b1", "cloudevents", "The body is not gzip, or is cut off"),
        (b"{}", "bedrock-invocation-log", "Register a source of the other kind"),
        (b"a,b\n1,2\n", "csv", "Nobody has said yet which column"),
    ):
        file = SimpleUploadedFile("usage", content)
        form = {"source": source.pk, "format": format_, "file": file}
        with nothing_happens():
            answer = submit(browser, "/usage/upload_usage", form)
        assert answer.status_code == 422
        assert words in text(answer)


def test_a_source_shows_its_batches_and_what_is_kept_of_each(order, source, cor):
    exact = ingested(event(1, order=order)).batch
    other = ingested(event(2, order=order), {"prompt": "=1+1"}).batch
    browser = client_for(cor)

    shown = text(browser.get(f"{source.path}/batches"))
    assert "2 batches came from this source" in shown
    assert exact.public_id in shown
    assert "as it came" in shown
    assert "counts and names" in shown

    page = text(browser.get(f"/usage/batches/{exact.public_id}"))
    assert "byte for byte as it was sent" in page
    kept = browser.get(f"/usage/batches/{exact.public_id}/download")
    assert kept.content == ndjson(event(1, order=order))
    assert kept["Content-Disposition"].startswith("attachment")
    rows = streamed(browser.get(f"/usage/batches/{other.public_id}/rejected_rows"))
    assert rows.split("\r\n")[1].startswith("2,,rejected,")


def test_the_hours_of_a_source_are_shown_by_day(order, source, cor):
    ingested(event(1, order=order))

    shown = text(client_for(cor).get(source.path))

    assert "20 Apr 2026: 1 call; hours 1 with calls" in shown


# --- The mapping screen


SAMPLE = f"id,at,in,cached,text\ncall-1,2026-04-20T14:00:00Z,3,1,{CANARY}\n"
CHOSEN = {
    "column_0": "field:event_id",
    "column_1": "field:time",
    "column_2": "count:IN_UNCACHED",
    "column_3": "count:IN_CACHE_READ",
    "inside_3": "2",
    "time": "rfc3339",
    "unit": "1000",
    "provenance": "MEASURED",
    "all_model": MODEL,
    "all_boundary": BOUNDARY,
}


def mark_of(response):
    return response.content.decode().split('name="mark" value="')[1].split('"')[0]


def test_columns_are_mapped_on_a_sample_and_later_files_are_read_so(order, source, cor):
    browser, address = client_for(cor), f"{source.path}/map_columns"
    assert "so that none can be read" in text(browser.get(address))

    # Given a sample, whose columns are shown
    file = SimpleUploadedFile("sample.csv", SAMPLE.encode())
    first = browser.post(address, {"look": "1", "file": file})
    assert "Say which column is the id, the time and the model" in text(first)
    assert CANARY in text(first)

    # When it is said what each is, the rows are shown as they would be read
    form = {"sample": SAMPLE, "mark": mark_of(first), **CHOSEN}
    with nothing_happens():
        look = browser.post(address, {**form, "look": "1"})
    assert "2,000 Input, not cached" in text(look)
    assert "call-1" in text(look)

    # And saved, a file is read so
    saved = submit(browser, address, {**form, "save": "1"})
    assert saved.status_code == 303
    upload = counted(uploaded(source, SAMPLE.encode(), "csv", order=order.public_id))
    assert upload.mapping is not None
    assert upload.mapping.version == 1
    assert UsageBatch.objects.get().accepted == 1

    # And the next sample begins with it
    again = text(browser.post(address, {"look": "1", "sample": SAMPLE}))
    assert "by version 1 of its mapping" in again
    assert "2,000 Input, not cached" in again
    assert found_in_the_database(CANARY) == []
    assert found_in_media(CANARY) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"column_0": ""}, "This is no whole mapping yet: Say 'event_id' once"),
        ({"column_4": "field:time"}, "cannot both be when its answer was complete"),
        ({"column_2": ""}, "is said to contain another one, and is no count itself"),
        ({"time": "pattern", "pattern": "%d.%m.%Y"}, "A pattern without a zone"),
        ({"sample": ""}, "This field is required"),
    ],
)
def test_a_mapping_that_is_not_whole_says_what_is_missing(source, cor, changed, words):
    browser, address = client_for(cor), f"{source.path}/map_columns"
    mark = mark_of(browser.post(address, {"look": "1", "sample": SAMPLE}))
    form = {"sample": SAMPLE, "mark": mark, **CHOSEN, **changed}
    if "sample" in changed:
        form["mark"] = mark_of(browser.get(address))

    with nothing_happens():
        answer = submit(browser, address, {**form, "save": "1"})

    assert answer.status_code == 422
    assert words in text(answer).replace("&#x27;", "'")


def test_a_row_of_the_sample_that_would_be_rejected_says_so(source, cor):
    browser, address = client_for(cor), f"{source.path}/map_columns"
    sample = f"{SAMPLE}call-2,yesterday,3,1,x\ncall-3,2026-04-20T14:00:00Z,1,2,x\na,b\n"
    mark = mark_of(browser.post(address, {"look": "1", "sample": sample}))

    form = {"sample": sample, "mark": mark, **CHOSEN, "look": "1"}
    shown = text(browser.post(address, form))

    assert "the instant of completion, RFC 3339 with its zone /3/time" in shown
    assert "no part of a count is more than the whole" in shown
    assert "a row has as many columns as the header" in shown


# --- Machines


def test_a_machine_uploads_a_file_and_follows_its_operation(content, gateway):
    machine = key_client(gateway)

    answer = machine.post(
        "/api/v1/usage/uploads?source=gateway",
        gzip.compress(content),
        content_type="application/x-ndjson",
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.status_code == 202
    body = answer.json()
    assert (body["rows"], body["operation"]["status"]) == (5, "queued")
    work_operation(operation_id=UsageUpload.objects.get().operation_id)
    operation = machine.get(answer["Location"]).json()
    assert operation["status"] == "succeeded"
    ended = machine.get(operation["result_href"]).json()
    assert (ended["accepted"], ended["held"], ended["rejected"]) == (3, 1, 1)
    assert len(ended["batches"]) == 3
    rows = machine.get(operation["errors_href"], headers={"Accept": "text/csv"})
    assert "2,call-2,rejected" in streamed(rows)
    listed = machine.get("/api/v1/usage/uploads").json()["data"]
    assert [each["id"] for each in listed] == [body["id"]]


def test_a_file_of_a_foreign_source_or_format_is_refused(content, gateway):
    machine = key_client(gateway)

    for asked, status in (
        ("source=other", 404),
        ("source=gateway&format=focus", 422),
        ("source=gateway&format=guess", 415),
        ("sauce=gateway", 400),
    ):
        with nothing_happens():
            answer = machine.post(
                f"/api/v1/usage/uploads?{asked}", content, "application/x-ndjson"
            )
        assert answer.status_code == status


def test_a_file_is_uploaded_from_the_command_line(content, tmp_path):
    def run(path, *more):
        out = StringIO()
        email = person(actor("cor")).email
        names = ("--source", "gateway", "--by", email)
        call_command("upload_usage", str(path), *names, *more, stdout=out)
        return out.getvalue()

    packed = tmp_path / "usage.ndjson.gz"
    packed.write_bytes(gzip.compress(content))
    said = run(packed)
    assert "3 accepted, 1 held, 0 duplicate, 0 conflict, 1 rejected" in said
    assert "line 2: rejected, unknown_field /data/prompt" in said
    assert "0 accepted, 0 held, 4 duplicate" in run(packed)
    assert UsageEvent.objects.count() == 4
    for path, words in ((tmp_path / "gone", "No such file"), (tmp_path, "directory")):
        with nothing_happens(), pytest.raises(CommandError, match=words):
            run(path)
    other = tmp_path / "other.ndjson"
    other.write_text(json.dumps({"id": "x"}))
    assert "5 rows" not in run(other, "--in-background")


def test_a_list_of_files_is_read_together(content, source, gateway):
    # Given one file, and then three
    machine = key_client(gateway)
    machine.get("/api/v1/usage/uploads")
    questions = []
    for many in (1, 2):
        for number in range(many):
            counted(uploaded(source, content + b"\n" * (many + number)))
        with CaptureQueriesContext(connection) as asked:
            listed = machine.get("/api/v1/usage/uploads").json()["data"]
        questions.append(len(asked))

    # Then no more questions are asked for more of them
    assert questions[0] == questions[1]
    assert [len(each["batches"]) for each in listed] == [3, 3, 3]
    assert [each["accepted"] + each["duplicate"] for each in listed] == [4, 4, 3]


@pytest.mark.parametrize("part", ["vendor_a_signer", "other_agency_officer"])
def test_an_outsider_finds_no_file_no_batch_and_no_mapping(
    content, order, source, part
):
    upload = counted(uploaded(source, content))
    batch = UsageBatch.objects.order_by("pk").first()
    assert batch is not None
    browser = client_for(actor(part))

    for address in (
        upload.path,
        f"{upload.path}/rejected_rows",
        f"/usage/batches/{batch.public_id}/download",
        f"/usage/batches/{batch.public_id}/rejected_rows",
        f"{source.path}/batches",
        f"{source.path}/map_columns",
    ):
        assert browser.get(address).status_code == 404


def test_who_may_not_map_or_import_is_told_why(source, program_manager):
    browser = client_for(program_manager)

    with nothing_happens():
        for address in (f"{source.path}/map_columns", "/usage/upload_usage"):
            assert browser.get(address).status_code == 403
            assert browser.post(address, {"look": "1"}).status_code == 403
