"""Keep several bytes, each under the name of its own hash."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import zstandard
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from contracting.documents.models import Blob
from contracting.documents.queries import read_blob
from contracting.documents.refusals import Damaged


@dataclass(frozen=True, slots=True)
class Content:
    """Bytes to be kept, and of which kind they are, such as ``application/pdf``.

    :ivar packed: keep them packed; hash and size are those of the bytes all the same
    """

    content: bytes
    media_type: str
    packed: bool = False


@transaction.atomic(savepoint=False)
def store_all_blobs(*, contents: Sequence[Content]) -> list[Blob]:
    """Write all bytes and flush them to the disk, then write their rows at once.

    The same bytes are kept once, whoever stores them and however often. A row never
    names bytes that a power cut could still lose; bytes without a row are harmless.

    :returns: the row of each, in their order
    """
    digests = [hashlib.sha256(each.content).hexdigest() for each in contents]
    named = dict(zip(digests, contents, strict=True))
    rows = [_row(digest, each) for digest, each in sorted(named.items())]
    for row in rows:
        _keep(row, named[row.sha256])
    found = {blob.sha256: blob for blob in _added(rows)}
    earlier = named.keys() - found.keys()
    for blob in Blob.objects.filter(sha256__in=earlier) if earlier else ():
        # Whoever was first may have packed the same bytes in another way.
        _keep(blob, named[blob.sha256])
        found[blob.sha256] = blob
    return [found[digest] for digest in digests]


def _row(digest: str, content: Content) -> Blob:
    return Blob(
        sha256=digest,
        size_bytes=len(content.content),
        media_type=content.media_type,
        packing="zstd" if content.packed else "",
    )


def _keep(blob: Blob, content: Content) -> None:
    """Have the bytes on the disk, whole."""
    if not _is_whole(blob):
        packed = _pack(content.content) if blob.packing else content.content
        _write(blob.name, packed)


def _added(rows: Sequence[Blob]) -> list[Blob]:
    """Those of the rows that are new, added in their order."""
    return list(
        Blob.objects.raw(
            _ADD,
            [
                [row.sha256 for row in rows],
                [row.size_bytes for row in rows],
                [row.media_type for row in rows],
                [row.packing for row in rows],
            ],
        )
    )


_ADD: Final = """
INSERT INTO documents_blob (sha256, size_bytes, media_type, packing)
SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[])
ON CONFLICT DO NOTHING RETURNING *
"""


def _pack(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=3).compress(content)


def _is_whole(blob: Blob) -> bool:
    try:
        read_blob(blob)
    except Damaged:
        return False
    return True


def _write(name: str, content: bytes) -> None:
    """All of it or nothing: a file appears under its name only when it is whole."""
    part = default_storage.save(f"{name}.{secrets.token_hex(8)}", ContentFile(content))
    try:
        source, target = default_storage.path(part), Path(default_storage.path(name))
    except NotImplementedError:
        # An object store has no paths, and shows an object only when it is whole.
        default_storage.delete(part)
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
        return
    _flush(source)
    os.replace(source, target)
    _flush(target.parent)
    if target.parent not in _named:
        _flush(target.parent.parent)
        _named.add(target.parent)


_named: set[Path] = set()
"""Folders, 256 at the most of a site, whose names this process has flushed."""


def _flush(path: str | Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
