"""The contracting office asks the market, everybody at once."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.queries import known_vendors
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.market_research import events, permissions, queries
from contracting.market_research.models import RequestForInformation
from contracting.market_research.refusals import DueDatePast, RfiIncomplete
from contracting.market_research.states import RfiState
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def release_rfi(
    *, rfi_id: int, by: Actor, at: datetime, seen_version: int
) -> RequestForInformation:
    """Show the request to everybody and tell every vendor; it never changes again.

    :raises NotAllowed: if ``by`` is not of the contracting office, or it is no draft
    :raises Stale: if it has changed since it was read
    :raises RfiIncomplete: listing everything that is missing
    :raises DueDatePast: if responses are due at or before this instant
    """
    rfi = RequestForInformation.objects.locked().get(pk=rfi_id)
    require(permissions.can_release_rfi(by, rfi))
    rfi.require_version(seen_version)
    _require_answerable(rfi, at)
    rfi.released_at = at
    rfi.save(update_fields=["released_at"])
    rfi.move_to(RfiState.RELEASED)
    post_notice(
        recipients=[Recipient(vendor.pk) for vendor in known_vendors()],
        subject=rfi.subject,
        title=f"{rfi.number}: {rfi.agency} asks the market",
        body=(
            f"{rfi.title}. This is a request for information, not a solicitation: "
            "nobody is bound and answering is not paid."
        ),
        url_path=rfi.public_path,
        due_on=queries.due_day(rfi),
        by=by,
        at=at,
    )
    record_event(
        events.RFI_RELEASED,
        subject=rfi.subject,
        by=by,
        at=at,
        data={
            "number": rfi.number,
            "version": rfi.version,
            "content_sha256": rfi.content_sha256,
            "due_at": rfi.due_at,
        },
    )
    return rfi


def _require_answerable(rfi: RequestForInformation, at: datetime) -> None:
    gaps = queries.release_gaps(rfi)
    if gaps:
        listed = " ".join(gap.missing for gap in gaps)
        message = f"The request cannot be released. Missing: {listed}"
        raise RfiIncomplete(message, missing=[gap.code for gap in gaps])
    if rfi.due_at is not None and rfi.due_at <= at:
        message = "Responses would be due in the past. Edit the due time first."
        raise DueDatePast(message, due_at=rfi.due_at)
