"""One call at a time: each is answered for itself, and those that wait go together."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct

from contracting.core.api import NotJson
from contracting.core.errors import Invalid
from contracting.metering.adapters import cloudevents
from contracting.metering.adapters.cloudevents import BadRow, ReadEvent, Unreadable
from contracting.metering.adapters.rows import rows_of
from contracting.metering.gate import work
from contracting.metering.gate.bodies import ON_ONE_LINE
from contracting.metering.operations.ingest import Verdict, ingest_usage
from contracting.metering.states import RowVerdict

EVENTS: Final = "/api/v1/usage/events"


class SentCall(Struct, frozen=True):
    """The event of one call, read; or why it cannot be, which is stored as well."""

    source: str
    row: ReadEvent | BadRow
    text: str
    """As it was written, on one line."""


class RecordedCall(Struct, frozen=True):
    """The verdict, and the batch with which the call was received.

    The status is accepted, held, duplicate, conflict or rejected; the last two are
    refused with the code and the place of what is wrong.
    """

    id: str
    status: str
    code: str
    pointer: str
    batch: str


class CallDecoder:
    """Reads a body as the batch door reads a row."""

    def decode(self, raw: bytes) -> SentCall:
        """The one event of a body.

        :raises NotJson: if it is none, or several
        :raises Invalid: if it names no source
        """
        try:
            rows = cloudevents.read_batch(raw)
        except Unreadable as error:
            raise NotJson(str(error)) from error
        if len(rows) != 1:
            message = "Send one event; several go to events:batch."
            raise NotJson(message)
        (row,) = rows
        text = rows_of(raw)[0].translate(ON_ONE_LINE)
        if isinstance(row, ReadEvent):
            return SentCall(row.source, row, text)
        named = next(cloudevents.named_sources(raw), None)
        if named is None:
            message = "The event names no source."
            raise Invalid(message, pointer="/source")
        return SentCall(named, row, text)


def record(group: Hashable, asked: Sequence[SentCall]) -> list[work.Answer]:
    """Receive what one key sends for one source as one batch, in one transaction."""
    return work.together(group, asked, _record)


def _record(
    caller: work.Caller, asked: Sequence[SentCall], at: datetime
) -> list[work.Answer]:
    rows = [_placed(each.row, place) for place, each in enumerate(asked)]

    def read(_payload: bytes) -> list[ReadEvent | BadRow]:
        return rows

    receipt = ingest_usage(
        source_id=caller.source_id,
        payload="".join(f"{each.text}\n" for each in asked).encode(),
        read=read,
        by=caller.by,
        at=at,
    )
    batch = receipt.batch.public_id
    return [_answer(verdict, batch) for verdict in receipt.verdicts]


def _placed(row: ReadEvent | BadRow, place: int) -> ReadEvent | BadRow:
    """The row at its place among those that it came with."""
    if isinstance(row, BadRow):
        return replace(row, index=place)
    return msgspec.structs.replace(row, index=place)


def _answer(verdict: Verdict, batch: str) -> work.Answer:
    found = RecordedCall(
        id=verdict.id,
        status=str(verdict.status),
        code=str(verdict.code),
        pointer=verdict.pointer,
        batch=batch,
    )
    return work.Answer(_STATUS.get(found.status, 200), _encode(found))


_encode = msgspec.json.Encoder().encode
_STATUS: Final[dict[str, Any]] = {
    RowVerdict.REJECTED.value: 422,
    RowVerdict.CONFLICT.value: 409,
}
