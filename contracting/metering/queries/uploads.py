"""Reads of batches and files of usage: what came of each, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Prefetch, QuerySet, Sum, prefetch_related_objects
from msgspec import Struct
from msgspec.json import Decoder

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.documents.queries import read_blob
from contracting.metering.models import (
    ColumnMapping,
    CountedChunk,
    UploadChunk,
    UsageBatch,
    UsageRefusal,
    UsageUpload,
)
from contracting.metering.states import HoldReason, RowCode, RowVerdict
from contracting.orders.models import OrderRate, TaskOrder

HEAD: Final = ("line", "event id", "verdict", "code", "where", "what would be right")
"""The columns of the file of rejected rows."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was rejected, or in conflict: where it stands in the file, and why."""

    line: int
    event_id: str
    verdict: str
    code: str
    pointer: str

    @property
    def words(self) -> str:
        """What would be right."""
        return str(dict(RowCode.choices).get(self.code, ""))

    @property
    def cells(self) -> tuple[int | str, ...]:
        """In the order of the columns of the file."""
        return (
            self.line,
            self.event_id,
            self.verdict,
            self.code,
            self.pointer,
            self.words,
        )


def uploads_visible_to(actor: Actor) -> QuerySet[UsageUpload]:
    """The agency's own files; to a machine, those of its sources."""
    if not actor.is_agency or not (actor.role or actor.is_key):
        return UsageUpload.objects.none()
    found = UsageUpload.objects.filter(agency_id=actor.organization_id)
    if actor.is_key and actor.sources:
        found = found.filter(source__code__in=actor.sources)
    return found.select_related("source", "operation", "mapping")


def get_upload_for(actor: Actor, public_id: str) -> UsageUpload:
    """One file by its opaque id.

    :raises NotVisible: if it is not there for this actor
    """
    found = uploads_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such file."
        raise NotVisible(message)
    return found


WITH_BATCHES: Final = Prefetch(
    "chunks",
    UploadChunk.objects.filter(counted__isnull=False)
    .select_related("counted__batch")
    .order_by("position"),
    to_attr="counted_chunks",
)
"""Reads the batches of many files together."""


def batches_read(upload: UsageUpload) -> list[UsageBatch]:
    """The batches of a file; where they were read with it they are not asked again."""
    prefetch_related_objects([upload], WITH_BATCHES)
    chunks: list[UploadChunk] = getattr(upload, "counted_chunks")  # noqa: B009 (typing)
    return [each.counted.batch for each in chunks]


def batches_of_upload(upload: UsageUpload) -> QuerySet[UsageBatch]:
    """The batches as which its chunks were counted so far, in their order."""
    found = UsageBatch.objects.filter(chunk__chunk__upload=upload)
    return found.order_by("chunk__chunk__position")


def counts_of_upload(upload: UsageUpload) -> dict[str, int]:
    """How many rows of each verdict there are so far; their sum is what was counted."""
    sums = batches_of_upload(upload).aggregate(
        **{kind: Sum(kind) for kind in RowVerdict.values}
    )
    return {kind: sums[kind] or 0 for kind in RowVerdict.values}


def words_of_counts(upload: UsageUpload) -> str:
    """The same in words: "9,963 accepted, 37 rejected"."""
    counts = counts_of_upload(upload)
    return ", ".join(f"{counts[kind]:,} {kind}" for kind in counts if counts[kind])


def rejected_rows_of_upload(upload: UsageUpload) -> Iterator[RejectedRow]:
    """Rows rejected or in conflict so far, with their lines in the file."""
    counted = CountedChunk.objects.filter(chunk__upload=upload)
    for each in counted.order_by("chunk__position").select_related("chunk__content"):
        refused = UsageRefusal.objects.filter(batch_id=each.batch_id)
        if not refused.exists():
            continue
        lines = _lines_of(each.chunk)
        for row in refused.order_by("row_index"):
            yield _row(row, lines[row.row_index])


class _Placed(Struct):
    """Of a row that is kept, only where it stands in the file."""

    line: int


def _lines_of(chunk: UploadChunk) -> list[int]:
    """The line in the file of each row of a chunk."""
    content = read_blob(chunk.content)
    if not chunk.is_exact:
        return [each.line for each in Decoder(_Placed).decode_lines(content)]
    texts = content.decode().split("\n")
    return [n for n, text in enumerate(texts, chunk.first_line) if text.strip(" \t\r")]


@dataclass(frozen=True, slots=True)
class NotableRow:
    """A row that was not simply counted; rows count from 1."""

    number: int
    event_id: str
    verdict: str
    code: str
    pointer: str

    @property
    def words(self) -> str:
        """What the code means."""
        return str(WORDS.get(self.code, ""))


def notable_rows(batch: UsageBatch) -> list[NotableRow]:
    """Rows held, in conflict or rejected, by the verdicts that were answered."""
    return [
        NotableRow(
            row["index"] + 1,
            row["id"],
            row["status"],
            row.get("code", ""),
            row.get("pointer", ""),
        )
        for row in json.loads(read_blob(batch.verdicts))
        if row["status"] not in (RowVerdict.ACCEPTED, RowVerdict.DUPLICATE)
    ]


WORDS: Final = {**dict(RowCode.choices), **dict(HoldReason.choices)}
"""What the code of a row means."""


def rejected_rows_of_batch(batch: UsageBatch) -> Iterator[RejectedRow]:
    """The same of a batch; its rows count from 1."""
    for row in batch.refusals.order_by("row_index"):
        yield _row(row, row.row_index + 1)


def _row(row: UsageRefusal, line: int) -> RejectedRow:
    return RejectedRow(line, row.event_id, row.verdict, row.code, row.pointer)


def upload_of_batch(batch: UsageBatch) -> UsageUpload | None:
    """The file of which a batch is a part, if it is one."""
    return UsageUpload.objects.filter(chunks__counted__batch=batch).first()


def mapping_in_force(source_id: int) -> ColumnMapping | None:
    """The last version of the mapping of a source's files, if there is any."""
    found = ColumnMapping.objects.filter(source_id=source_id)
    return found.order_by("-version").first()


def priced_model_of(order: TaskOrder) -> str:
    """The snapshot of a model that has a price on the order; empty if none has."""
    rates = OrderRate.objects.filter(line__order=order).select_related(
        "rate_row__model"
    )
    rate = rates.order_by("pk").first()
    return rate.rate_row.model.snapshot if rate else ""
