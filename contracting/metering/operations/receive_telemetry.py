"""Receive what an OpenTelemetry client exports, and warn of what is not counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.subjects import Subject
from contracting.metering import events, permissions
from contracting.metering.models import UsageSource
from contracting.metering.operations.ingest import Reader, Receipt, ingest_usage
from contracting.notices.models import Notice
from contracting.notices.operations.post_notice import Recipient, post_notice

WARNED_OF: Final = "metering.refused_telemetry"
WARN_AGAIN_AFTER: Final = timedelta(hours=24)
"""A client that goes on sending what is refused is not news every few seconds."""

_WARNING: Final = 8_723
"""The first key of the lock under which one of several requests warns of a source."""


@transaction.atomic
def receive_telemetry(
    *, source_id: int, payload: bytes, read: Reader, by: Actor, at: datetime
) -> Receipt:
    """Ingest the rows; the agency is warned, once a day and source, of refused ones.

    Most clients of the protocol ignore a partial success, so that nobody would notice.
    Exports of one source are received side by side.

    :raises NotAllowed: if the key may not write for this source
    :raises SourceClosed: if the source no longer reports
    """
    (source,) = UsageSource.objects.filter(pk=source_id).locked_shared("SHARE")
    require(permissions.can_ingest_usage(by, source.agency_id, source.code))
    receipt = ingest_usage(
        source_id=source_id, payload=payload, read=read, by=by, at=at
    )
    refused = receipt.batch.rejected + receipt.batch.conflict
    if refused and _is_first_to_warn(source, at):
        _warn(source, receipt, refused, by, at)
    return receipt


def _is_first_to_warn(source: UsageSource, at: datetime) -> bool:
    """Whether nobody has warned lately; of those who would at once, one is first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_WARNING, source.pk])
    return not Notice.objects.filter(
        subject_kind=WARNED_OF,
        subject_id=source.pk,
        created_at__gt=at - WARN_AGAIN_AFTER,
    ).exists()


def _warn(
    source: UsageSource, receipt: Receipt, refused: int, by: Actor, at: datetime
) -> None:
    stream = f"organization:{source.agency_id}"
    subject = Subject(WARNED_OF, source.pk, stream)
    rows = "1 row is" if refused == 1 else f"{refused:,} rows are"
    post_notice(
        recipients=[
            Recipient(source.agency_id, role=Role.ADMINISTRATOR),
            Recipient(source.agency_id, role=Role.COR),
        ],
        subject=subject,
        title=f"{rows} refused from {source.label}",
        body=(
            "The telemetry of this source has rows that cannot be counted. They stand "
            "in quarantine with the reason for each. The client was told and may "
            "ignore it: what it used meanwhile is missing from every total. A further "
            "warning comes in 24 hours at the earliest."
        ),
        url_path=f"/usage/batches/{receipt.batch.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.TELEMETRY_REFUSED,
        subject=subject,
        by=by,
        at=at,
        data={
            "source": source.code,
            "batch": receipt.batch.public_id,
            "refused": refused,
        },
    )
