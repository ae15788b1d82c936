"""What is kept of a delivery: it as it came, or the checked fields of its rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from contracting.metering.adapters.events import BadRow, ReadEvent
from contracting.metering.adapters.registry import OWN


@dataclass(frozen=True, slots=True)
class Keeping:
    """The content that is kept of a delivery, and which adapter has read it.

    :ivar is_exact: it is the delivery byte for byte
    """

    content: bytes
    format: str
    is_exact: bool


def keeping_of(payload: bytes, rows: Sequence[ReadEvent | BadRow]) -> Keeping:
    """Our own profile as it came, where every field of every row was in order.

    It cannot carry content then. Of anything else the checked fields of every readable
    row are kept; a refused row leaves only its code and its hash.
    """
    named = next((row.adapter for row in rows if isinstance(row, ReadEvent)), "")
    if all(isinstance(row, ReadEvent) and row.adapter == OWN.name for row in rows):
        return Keeping(payload, named, is_exact=True)
    found = [
        row.canonical
        if isinstance(row, ReadEvent)
        else json.dumps({"refused": row.code, "sha256": row.sha256})
        for row in rows
    ]
    return Keeping(("\n".join(found) + "\n").encode(), named, is_exact=False)
