"""What an adapter declares of itself, and how it reads a payload of its format."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from contracting.metering.adapters.events import (
    BadRow,
    ReadBucket,
    ReadCharge,
    ReadEvent,
    Sender,
)
from contracting.metering.states import Grain, ReportKind

JSON: Final = "application/json"
CSV: Final = "text/csv"

Read = ReadEvent | ReadBucket | ReadCharge | BadRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter:
    """One format of one source.

    :ivar name: how a door names the format
    :ivar version: rises when the same row would be read in another way
    :ivar basis: what the source's counts contain, as this adapter takes it
    :ivar checksum: what refuses a row whose counts do not agree
    :ivar kept: the fields that are read; every other field is dropped unread
    :ivar content: where the format carries content, which is never kept
    :ivar traps: what to know before it is made a source of record
    :ivar needs: settings without which it cannot read, such as a mapping of columns
    """

    name: str
    version: str
    title: str
    grain: Grain
    kind: ReportKind
    basis: str
    checksum: str
    kept: tuple[str, ...]
    content: tuple[str, ...]
    traps: tuple[str, ...]
    read: Callable[..., list[Any]]
    media: str = JSON
    needs: str = ""

    def read_rows(self, payload: bytes, sender: Sender, **settings: Any) -> list[Read]:
        """Every row of a payload in its order: read, or refused with a code.

        :raises Unreadable: if the payload is not of this format at all
        """
        found: list[Read] = self.read(payload, sender, **settings)
        return found

    @property
    def can_carry_content(self) -> bool:
        """Whether a payload may hold content, so that it is never kept as received."""
        return bool(self.content)
