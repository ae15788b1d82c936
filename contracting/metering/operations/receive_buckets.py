"""Receive a provider's usage report by hours or days, and what it says anew."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.metering import events, permissions
from contracting.metering.adapters.adapter import Adapter
from contracting.metering.adapters.events import (
    BadRow,
    ReadBucket,
    Sender,
    Unreadable,
)
from contracting.metering.models import BucketReport, ReportedBucket, UsageSource
from contracting.metering.refusals import FormatNotTaken, UnreadableBatch
from contracting.metering.states import REPORTS, BucketVerdict, RowCode, SourceKind

CLOCK_SKEW: Final = timedelta(minutes=5)
AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class ToldBucket:
    """The verdict of one bucket, in the order of the report."""

    index: int
    bucket_id: str
    status: str
    revision: int | None = None
    code: str = ""
    pointer: str = ""

    def as_row(self) -> dict[str, Any]:
        """As the API writes it; what it has nothing to say of is left out."""
        row: dict[str, Any] = {
            "index": self.index,
            "id": self.bucket_id,
            "status": self.status,
            "revision": self.revision,
            "code": self.code,
            "pointer": self.pointer,
        }
        return {key: value for key, value in row.items() if value not in (None, "")}


@dataclass(frozen=True, slots=True)
class BucketReceipt:
    """The report with its counts, and the verdict of every bucket."""

    report: BucketReport
    verdicts: list[ToldBucket]


@transaction.atomic
def receive_buckets(
    *, source_id: int, payload: bytes, adapter: Adapter, by: Actor, at: datetime
) -> BucketReceipt:
    """Receive a usage report; a bucket that comes with other counts is restated.

    A bucket is known by its interval and its dimensions. Told again with the same
    counts it is a duplicate; with other counts it is the next revision, which
    supersedes the one before and leaves it readable, so that what was known at any
    instant can be said. The same report once more changes nothing, whatever came since.
    Buckets reconcile: they never draw on funds.

    :param adapter: of a report by hours or days
    :raises NotAllowed: if the key or person may not write for this source, or it no
        longer reports
    :raises FormatNotTaken: if the source is registered for something else
    :raises UnreadableBatch: if it is not such a report, or not the whole of it
    """
    source = UsageSource.objects.locked().get(pk=source_id)
    require(permissions.can_receive_buckets(by, source))
    _guard_source(source, adapter)
    sent = hashlib.sha256(payload).hexdigest()
    rows = _read(adapter, payload, source)
    known = _known(source, rows)
    told = source.bucket_reports.filter(format=adapter.name, sent_sha256=sent)
    judge = _Judge(known, at + CLOCK_SKEW, told.exists())
    verdicts = [judge.verdict(row) for row in rows]
    report = BucketReport(
        agency_id=source.agency_id,
        source=source,
        format=adapter.name,
        sent_sha256=sent,
        **_counts(verdicts),
        rejections=[
            [each.index, each.code, each.pointer]
            for each in verdicts
            if each.status == BucketVerdict.REJECTED
        ],
        received_at=at,
        received_by=by.name,
    )
    report.save()
    new = _revisions(report, zip(rows, verdicts, strict=True), known)
    ReportedBucket.objects.bulk_create(new, batch_size=AT_ONCE)
    record_event(
        events.BUCKETS_RECEIVED,
        subject=report.subject,
        by=by,
        at=at,
        data={
            "source": source.code,
            "report": report.public_id,
            "format": adapter.name,
            "sent_sha256": sent,
            **_counts(verdicts),
        },
    )
    return BucketReceipt(report, verdicts)


def _guard_source(source: UsageSource, adapter: Adapter) -> None:
    if adapter.kind not in REPORTS[source.kind]:
        kind = SourceKind(source.kind).label
        message = (
            f"{source.label} is registered as a {kind}, which does not report "
            f"{adapter.title}. Register a source of the other kind for it."
        )
        raise FormatNotTaken(message)


def _read(
    adapter: Adapter, payload: bytes, source: UsageSource
) -> list[ReadBucket | BadRow]:
    try:
        found = adapter.read_rows(payload, Sender(source=source.code))
    except Unreadable as error:
        raise UnreadableBatch(str(error)) from error
    rows = [row for row in found if isinstance(row, ReadBucket | BadRow)]
    if not rows:
        message = "The report has no row: nothing was used, or it is another report."
        raise UnreadableBatch(message)
    return rows


def _known(
    source: UsageSource, rows: Sequence[ReadBucket | BadRow]
) -> dict[str, ReportedBucket]:
    """The revision that holds of each bucket that was told before."""
    ids = [row.bucket_id for row in rows if isinstance(row, ReadBucket)]
    found: dict[str, ReportedBucket] = {}
    for start in range(0, len(ids), AT_ONCE):
        told = ReportedBucket.objects.filter(
            source=source, bucket_id__in=ids[start : start + AT_ONCE]
        )
        found |= {row.bucket_id: row for row in told.order_by("revision")}
    return found


@dataclass(frozen=True, slots=True)
class _Judge:
    """What decides on each bucket of a report; a repeat has nothing new."""

    known: Mapping[str, ReportedBucket]
    latest: datetime
    is_repeat: bool

    def verdict(self, row: ReadBucket | BadRow) -> ToldBucket:
        """Told first, told anew, told again, or refused."""
        if isinstance(row, BadRow):
            return self._rejected(row, "", row.code, row.pointer)
        if row.period_start > self.latest:
            return self._rejected(row, row.bucket_id, RowCode.CLOCK_AHEAD, "/period")
        before = self.known.get(row.bucket_id)
        if before is None:
            status, revision = BucketVerdict.ACCEPTED, 1
        elif self.is_repeat or before.content_sha256 == row.sha256:
            status, revision = BucketVerdict.DUPLICATE, before.revision
        else:
            status, revision = BucketVerdict.RESTATED, before.revision + 1
        return ToldBucket(row.index, row.bucket_id, status, revision)

    @staticmethod
    def _rejected(
        row: ReadBucket | BadRow, bucket_id: str, code: str, pointer: str
    ) -> ToldBucket:
        status = BucketVerdict.REJECTED
        return ToldBucket(row.index, bucket_id, status, None, code, pointer)


def _revisions(
    report: BucketReport,
    judged: Iterator[tuple[ReadBucket | BadRow, ToldBucket]],
    known: Mapping[str, ReportedBucket],
) -> Iterator[ReportedBucket]:
    for row, told in judged:
        is_new = told.status in (BucketVerdict.ACCEPTED, BucketVerdict.RESTATED)
        if not is_new or not isinstance(row, ReadBucket):
            continue
        yield ReportedBucket(
            source_id=report.source_id,
            report=report,
            bucket_id=row.bucket_id,
            revision=told.revision or 1,
            supersedes=known.get(row.bucket_id),
            content_sha256=row.sha256,
            period_start=row.period_start,
            period_end=row.period_end,
            model=row.model,
            tier=row.tier,
            dimensions=dict(row.dimensions),
            lines=[[list(line.classes), line.tokens] for line in row.lines],
            tokens=row.tokens,
            requests=row.requests,
            known_at=report.received_at,
        )


def _counts(verdicts: Sequence[ToldBucket]) -> dict[str, int]:
    counts = Counter(each.status for each in verdicts)
    return {"received": len(verdicts)} | {
        str(kind): counts[kind] for kind in BucketVerdict
    }
