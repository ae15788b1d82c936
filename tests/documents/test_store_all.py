"""Several bytes are kept together as each of them is kept alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contracting.documents.models import Blob
from contracting.documents.operations.store import store_blob
from contracting.documents.operations.store_all import Content, store_all_blobs
from contracting.documents.queries import read_blob

pytestmark = pytest.mark.django_db


def contents(*texts, packed=True):
    return [Content(text, "text/plain", packed) for text in texts]


def test_each_is_kept_under_its_own_hash_in_one_statement():
    with CaptureQueriesContext(connection) as asked:
        first, second = store_all_blobs(contents=contents(b"payload", b"verdicts"))

    assert [read_blob(first), read_blob(second)] == [b"payload", b"verdicts"]
    assert [blob.packing for blob in (first, second)] == ["zstd", "zstd"]
    assert len(asked) == 1


def test_what_is_there_twice_or_already_is_kept_once():
    earlier = store_blob(content=b"known", media_type="text/plain")

    rows = store_all_blobs(contents=contents(b"new", b"known", b"new"))

    assert rows[0].pk == rows[2].pk
    assert rows[1].pk == earlier.pk
    assert rows[1].packing == ""
    assert read_blob(rows[1]) == b"known"
    assert Blob.objects.filter(pk__in=[row.pk for row in rows]).count() == 2


def test_nothing_is_kept_of_nothing():
    assert store_all_blobs(contents=[]) == []
