"""Keep bytes under the name of their own hash."""

from __future__ import annotations

from django.db import transaction

from contracting.documents.models import Blob
from contracting.documents.operations.store_all import Content, store_all_blobs


@transaction.atomic
def store_blob(*, content: bytes, media_type: str, packed: bool = False) -> Blob:
    """Write the bytes and flush them to the disk, then write their row.

    The same bytes are kept once, whoever stores them and however often. A row never
    names bytes that a power cut could still lose; bytes without a row are harmless.

    :param media_type: of the first who stores these bytes, such as ``application/pdf``
    :param packed: keep them packed; hash and size are those of the bytes all the same
    """
    (blob,) = store_all_blobs(contents=[Content(content, media_type, packed)])
    return blob
