"""Hand an archive over to who may read everything in it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.log import log_reading
from contracting.audit.operations.record import record_event
from contracting.audit.queries import events_under
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.queries import read_blob
from contracting.documents.states import DocumentKind, OperationState
from contracting.evidence import events, permissions, queries
from contracting.evidence.models import Archive, ArchiveFile
from contracting.evidence.refusals import NotGathered
from contracting.notices.operations.post_notice import Recipient, post_notice

MANY: Final = 3
WITHIN: Final = timedelta(hours=1)


@transaction.atomic
def hand_over_archive(
    *, archive_id: int, by: Actor, at: datetime
) -> tuple[ArchiveFile, bytes]:
    """The ZIP, whole, and a record of who was handed it.

    :returns: what is kept of it, and its bytes, checked against their hash
    :raises NotAllowed: if ``by`` may not read everything that is in it
    :raises NotGathered: while it is being gathered, and when that has failed
    :raises Damaged: if the stored bytes are not those that were hashed
    """
    archive = Archive.objects.select_related(
        "operation", "contract__agency", "contract__vendor", "solicitation"
    ).get(pk=archive_id)
    require(permissions.can_hand_over(by, archive))
    made = archive.file
    if made is None:
        raise NotGathered(_why_not(archive))
    whole = read_blob(made.blob)
    selecting = archive.parts.filter(
        document__kind__in=(DocumentKind.DECISION, DocumentKind.PRICE_MEMO)
    )
    if queries.holds_source_selection(archive) or selecting.exists():
        log_reading(
            subject=archive.about.subject,
            what=archive.path,
            how="download",
            by=by,
            at=at,
        )
    _warn(archive, by, at)
    record_event(
        events.ARCHIVE_HANDED_OVER,
        subject=archive.about.subject,
        by=by,
        at=at,
        data={"archive": archive.public_id, "sha256": made.blob.sha256},
    )
    return made, whole


def _warn(archive: Archive, by: Actor, at: datetime) -> None:
    """Tell who watches over the organization of the third file within an hour."""
    earlier = events_under([events.ARCHIVE_HANDED_OVER.code]).filter(
        actor_organization_id=by.organization_id, at__gt=at - WITHIN
    )
    if earlier.count() + 1 != MANY:
        return
    watching = (
        (Role.ADMINISTRATOR, Role.AUDITOR)
        if by.is_agency
        else (Role.VENDOR_ADMINISTRATOR,)
    )
    post_notice(
        recipients=[
            Recipient(organization_id=by.organization_id, role=role)
            for role in watching
        ],
        subject=archive.about.subject,
        title=f"{MANY} archives were downloaded within an hour",
        body=f"The last one is {archive.title}, by {by.name}. If that is not meant, "
        "end their access and look at the record of the contract.",
        url_path=archive.path,
        by=by,
        at=at,
    )


def _why_not(archive: Archive) -> str:
    operation = archive.operation
    if operation.is_open:
        return (
            f"It is being gathered: {operation.done} of {operation.total} "
            f"{operation.unit}. Nothing of it is handed out before it is whole."
        )
    if operation.state == OperationState.CANCELLED:
        return "It was stopped before it was whole. Ask for it again."
    return f"It was not made: {operation.last_error}"
