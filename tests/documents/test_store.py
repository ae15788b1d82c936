"""Bytes are kept once, under their own hash, and are on the disk before their row."""

import hashlib
import os
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from contracting.documents.models import Blob
from contracting.documents.operations.store import store_blob
from contracting.documents.queries import read_blob
from contracting.documents.refusals import Damaged

pytestmark = pytest.mark.django_db


def test_bytes_are_found_under_their_hash():
    blob = store_blob(content=b"a price sheet", media_type="text/plain")

    digest = hashlib.sha256(b"a price sheet").hexdigest()
    assert (blob.sha256, blob.size_bytes) == (digest, 13)
    assert blob.name == f"{digest[:2]}/{digest}"
    assert Path(default_storage.path(blob.name)).read_bytes() == b"a price sheet"
    assert read_blob(blob) == b"a price sheet"


def test_the_same_bytes_are_kept_once():
    first = store_blob(content=b"twice", media_type="text/plain")
    second = store_blob(content=b"twice", media_type="application/json")

    assert first.pk == second.pk
    assert second.media_type == "text/plain"
    folder = Path(default_storage.path(first.name)).parent
    assert [p.name for p in folder.glob(f"{first.sha256}*")] == [first.sha256]


def test_no_bytes_are_bytes_too():
    assert read_blob(store_blob(content=b"", media_type="text/plain")) == b""


def test_the_file_is_flushed_before_its_row_is_written(monkeypatch):
    order: list[str] = []
    flush, write = os.fsync, Blob.objects.raw

    def flushing(handle):
        order.append("disk")
        flush(handle)

    def writing(_, *rows, **more):
        order.append("row")
        return write(*rows, **more)

    monkeypatch.setattr(os, "fsync", flushing)
    monkeypatch.setattr(type(Blob.objects), "raw", writing)

    store_blob(content=b"flushed first", media_type="text/plain")

    assert order[0] == "disk"
    assert order[-1] == "row"
    assert order.count("disk") >= 2, "the file and the directory that names it"


def test_a_file_that_was_cut_short_is_made_whole():
    blob = store_blob(content=b"whole", media_type="text/plain")
    Path(default_storage.path(blob.name)).write_bytes(b"who")

    store_blob(content=b"whole", media_type="text/plain")

    assert read_blob(blob) == b"whole"


def test_damaged_bytes_are_never_shown():
    blob = store_blob(content=b"evidence", media_type="text/plain")
    Path(default_storage.path(blob.name)).write_bytes(b"evidenze")

    with pytest.raises(Damaged):
        read_blob(blob)


def test_missing_bytes_are_called_missing():
    blob = store_blob(content=b"lost soon", media_type="text/plain")
    default_storage.delete(blob.name)

    with pytest.raises(Damaged, match="missing"):
        read_blob(blob)


def test_a_row_of_bytes_cannot_be_changed():
    blob = store_blob(content=b"for ever", media_type="text/plain")

    with pytest.raises(DatabaseError), transaction.atomic():
        Blob.objects.filter(pk=blob.pk).update(media_type="text/html")
    with pytest.raises(DatabaseError), transaction.atomic():
        blob.delete()
