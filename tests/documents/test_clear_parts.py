"""Parts that killed workers have left are removed; blobs never are."""

import os
from datetime import timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from contracting.core import clock
from contracting.documents import tasks
from contracting.documents.operations.clear_parts import OLDER_THAN, clear_parts
from contracting.documents.operations.store import store_blob
from contracting.documents.queries import read_blob


def test_old_parts_go_and_everything_else_stays(db):
    # Given a blob, what a worker left that was killed while it wrote, and a new part
    blob = store_blob(content=b"whole", media_type="text/plain")
    packed = store_blob(content=b"packed", media_type="text/plain", packed=True)
    left = [f"{each.name}.{'0f' * 8}" for each in (blob, packed)]
    kept = [f"{blob.name}.{'1f' * 8}", f"{blob.name[:2]}/notes.txt"]
    for name in (*left, *kept):
        default_storage.save(name, ContentFile(b"wh"))
    old = (clock.now() - OLDER_THAN - timedelta(minutes=1)).timestamp()
    for name in (*left, kept[1], blob.name):
        os.utime(Path(default_storage.path(name)), (old, old))

    # When the schedule clears up, twice
    removed = [tasks.clear_parts(), clear_parts(at=clock.now())]

    # Then the old parts are gone, and nothing else
    assert removed == [2, 0]
    assert not any(map(default_storage.exists, left))
    assert all(map(default_storage.exists, kept))
    assert (read_blob(blob), read_blob(packed)) == (b"whole", b"packed")
    for name in kept:
        default_storage.delete(name)


def test_a_storage_without_paths_has_no_parts(db, monkeypatch):
    def without_paths(_):
        raise NotImplementedError

    monkeypatch.setattr(default_storage, "path", without_paths)

    assert clear_parts(at=clock.now()) == 0
