"""Keep bytes under the name of their own hash."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import zstandard
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from contracting.documents.models import Blob
from contracting.documents.queries import read_blob
from contracting.documents.refusals import Damaged


@transaction.atomic
def store_blob(*, content: bytes, media_type: str, packed: bool = False) -> Blob:
    """Write the bytes and flush them to the disk, then write their row.

    The same bytes are kept once, whoever stores them and however often. A row never
    names bytes that a power cut could still lose; bytes without a row are harmless.

    :param media_type: of the first who stores these bytes, such as ``application/pdf``
    :param packed: keep them packed; hash and size are those of the bytes all the same
    """
    digest = hashlib.sha256(content).hexdigest()
    blob = Blob.objects.filter(sha256=digest).first() or Blob(
        sha256=digest,
        size_bytes=len(content),
        media_type=media_type,
        packing="zstd" if packed else "",
    )
    if not _is_whole(blob):
        _write(blob.name, _pack(content) if blob.packing else content)
    if blob.pk:
        return blob
    Blob.objects.bulk_create([blob], ignore_conflicts=True)
    return Blob.objects.get(sha256=digest)


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
    _flush(target.parent.parent)


def _flush(path: str | Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
