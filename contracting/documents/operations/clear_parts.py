"""Remove what workers that were ended in the middle have left in the storage."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import default_storage

OLDER_THAN: Final = timedelta(hours=1)
"""Whoever still writes a part has begun it since."""

_FOLDER: Final = re.compile(r"[0-9a-f]{2}")
_PART: Final = re.compile(r"[0-9a-f]{64}(\.zst)?\.[0-9a-f]{16}(_\w+)?")


def clear_parts(*, at: datetime, older_than: timedelta = OLDER_THAN) -> int:
    """Remove parts of blobs that never got their name.

    A blob is written under a name of its own and renamed when it is whole, so that
    nothing that was ever shown, and no blob, is touched. An object store has no parts.

    :returns: how many were removed
    """
    try:
        default_storage.path("")
    except NotImplementedError:
        return 0
    if not default_storage.exists(""):
        return 0
    removed = 0
    for folder in filter(_FOLDER.fullmatch, default_storage.listdir("")[0]):
        for name in filter(_PART.fullmatch, default_storage.listdir(folder)[1]):
            part = f"{folder}/{name}"
            with suppress(FileNotFoundError):
                if default_storage.get_modified_time(part) <= at - older_than:
                    default_storage.delete(part)
                    removed += 1
    return removed
