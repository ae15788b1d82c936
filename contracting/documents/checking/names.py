"""The name of a file, as it may be shown."""

from __future__ import annotations

import unicodedata
from typing import Final

MAX_NAME: Final = 120


def clean_name(name: str) -> str:
    """Without path, control and direction characters, composed, 120 characters long.

    The suffix survives the shortening: it is what the type is compared with.
    """
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    stem, dot, suffix = kept.rpartition(".")
    if not dot or len(suffix) >= MAX_NAME // 2:
        return kept[:MAX_NAME]
    return f"{stem[: MAX_NAME - len(suffix) - 1]}{dot}{suffix}"


def suffix_of(name: str) -> str:
    """What follows the last full stop, in small letters; nothing if there is none."""
    _stem, dot, suffix = name.rpartition(".")
    return suffix.lower() if dot else ""
