"""A file of usage is taken in whole: hashed, checked, kept without content."""

import gzip
import hashlib
import io
import json

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.models import Operation
from contracting.documents.queries import read_blob
from contracting.metering.adapters import chunks, files
from contracting.metering.adapters.unpacking import UPLOAD, pieces
from contracting.metering.models import UploadChunk, UsageEvent, UsageUpload
from contracting.metering.operations.close import close_source
from contracting.metering.refusals import (
    FormatNotTaken,
    NotPacked,
    RatioTooHigh,
    SourceClosed,
    TooManyRows,
    UnreadableBatch,
)
from tests.builders_metering import DELIVERED_AT, event, ndjson
from tests.cast import actor, nothing_happens
from tests.metering.files import uploaded
from tests.metering.traces import found_in_media, found_in_the_database

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    """Two rows to a chunk, so that small files have several."""
    monkeypatch.setattr(chunks, "CHUNK_ROWS", 2)


def test_a_file_is_kept_in_chunks_and_waits(order, source):
    content = ndjson(*(event(n, order=order) for n in range(5)))

    upload = uploaded(source, content)

    assert (upload.rows, upload.sha256) == (5, hashlib.sha256(content).hexdigest())
    assert upload.operation.total == 5
    assert upload.operation.state == "QUEUED"
    assert [c.rows for c in upload.chunks.order_by("position")] == [2, 2, 1]
    assert UsageEvent.objects.count() == 0


def test_a_file_of_our_own_profile_is_kept_as_it_was_sent(order, source):
    content = b"\n" + ndjson(*(event(n, order=order) for n in range(3))) + b"\r\n"

    upload = uploaded(source, content)

    kept = upload.chunks.order_by("position").select_related("content")
    assert all(each.is_exact for each in kept)
    assert b"".join(read_blob(each.content) for each in kept) == content


@pytest.mark.rule("R-AI-04", case="refused", held_by="verdict")
def test_of_any_other_file_only_checked_fields_are_kept(order, source):
    secret = "what-nobody-may-keep"
    answer = {
        "id": "chatcmpl-1",
        "created": 1_776_000_000,
        "model": "gpt-4o-2024-08-06",
        "choices": [{"message": {"content": secret}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11},
    }
    rows = [answer, {**answer, "usage": {"prompt_tokens": secret}}, [secret], secret]
    content = "".join(f"{json.dumps(row)}\n" for row in rows).encode()

    upload = uploaded(source, content, "openai-chat", order=order.public_id)

    assert not upload.chunks.filter(is_exact=True).exists()
    assert found_in_the_database(secret) == []
    assert found_in_media(secret) == []


def test_the_same_file_while_it_waits_is_the_same_upload(order, source):
    content = ndjson(event(1, order=order))
    first = uploaded(source, content)

    with nothing_happens():
        again = uploaded(source, content)

    assert again.pk == first.pk
    assert uploaded(source, content, order="ord_other").pk != first.pk


def test_a_closed_source_takes_no_file(order, source, administrator):
    content = ndjson(event(1, order=order))
    close_source(
        source_id=source.pk,
        reason="The year is over.",
        by=administrator,
        at=DELIVERED_AT,
    )

    with nothing_happens(), pytest.raises(SourceClosed):
        uploaded(source, content)


@pytest.mark.parametrize("part", ["program_manager", "other_agency_officer"])
def test_nobody_else_uploads(order, source, part):
    with nothing_happens(), pytest.raises(NotAllowed):
        uploaded(source, ndjson(event(1, order=order)), by=actor(part))


def test_a_source_takes_the_formats_of_its_kind(order, source):
    with nothing_happens(), pytest.raises(FormatNotTaken, match="Register a source"):
        uploaded(source, b"{}", "bedrock-invocation-log")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no row"),
        (b"\n \n", "no row"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[1, 2", "is none"),
    ],
)
def test_what_is_no_file_is_refused(source, content, words):
    with nothing_happens(), pytest.raises(UnreadableBatch, match=words):
        uploaded(source, content)


def test_the_limits_hold_while_it_is_read(source, monkeypatch):
    monkeypatch.setattr(files, "MOST_ROWS", 3)
    with nothing_happens(), pytest.raises(TooManyRows):
        uploaded(source, b"{}\n" * 4)
    monkeypatch.setattr(chunks, "LONGEST_LINE", 100)
    with nothing_happens(), pytest.raises(UnreadableBatch, match="Line 2 is longer"):
        uploaded(source, b'{"a": 1}\n{"b": "' + b"x" * 3_000)
    monkeypatch.setattr(chunks, "MAX_BYTES", 1_500)
    with nothing_happens(), pytest.raises(UnreadableBatch, match="JSON array"):
        uploaded(source, b'[{"b": "' + b"x" * 3_000)


def test_a_bomb_or_a_cut_off_file_is_refused_while_it_is_unpacked():
    bomb = gzip.compress(b" " * 60_000_000)
    with pytest.raises(RatioTooHigh):
        list(pieces(io.BytesIO(bomb), "gzip", UPLOAD))
    with pytest.raises(NotPacked):
        list(pieces(io.BytesIO(gzip.compress(b"{}\n" * 999)[:20]), "gzip", UPLOAD))


def test_a_row_that_begins_like_an_array_is_refused_by_itself(order, source):
    content = ndjson(event(1, order=order), event(2, order=order)) + b"[1]\n[2]\n[3]\n"

    upload = uploaded(source, content)

    assert upload.rows == 5
    assert Operation.objects.get(pk=upload.operation_id).total == 5
    assert UploadChunk.objects.count() == 3
    assert UsageUpload.objects.count() == 1
