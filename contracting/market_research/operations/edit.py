"""The agency rewrites its draft."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.market_research import calculations, events, permissions
from contracting.market_research.calculations import QuestionDraft
from contracting.market_research.models import RequestForInformation
from contracting.market_research.refusals import NothingChanged
from contracting.reference.queries import token_classes


@transaction.atomic
def edit_rfi(
    *,
    rfi_id: int,
    title: str,
    purpose: str,
    due_at: datetime | None,
    time_zone: str,
    questions: Sequence[QuestionDraft],
    by: Actor,
    at: datetime,
    seen_version: int,
) -> RequestForInformation:
    """Write the terms and the questions of a draft anew, as its next version.

    :raises NotAllowed: if ``by`` may not edit it, or it is no draft
    :raises Stale: if it has changed since it was read
    :raises TermInvalid: for a term that cannot stand
    :raises QuestionInvalid: naming the first question that cannot stand
    :raises NothingChanged: if what was sent is what stands
    """
    rfi = RequestForInformation.objects.locked().get(pk=rfi_id)
    require(permissions.can_edit_rfi(by, rfi))
    rfi.require_version(seen_version)
    terms = calculations.checked_terms(
        title=title, purpose=purpose, due_at=due_at, time_zone=time_zone
    )
    dictionary = {each.code: each for each in token_classes()}
    rfi.rewrite(terms, calculations.checked_questions(questions, dictionary))
    sha256 = content_sha256(calculations.content(rfi))
    if sha256 == rfi.content_sha256:
        message = "Nothing was changed: what you sent is what already stands."
        raise NothingChanged(message)
    rfi.version += 1
    rfi.content_sha256 = sha256
    rfi.save(update_fields=["version", "content_sha256"])
    record_event(
        events.RFI_EDITED,
        subject=rfi.subject,
        by=by,
        at=at,
        data={
            "version": rfi.version,
            "questions": len(questions),
            "content_sha256": sha256,
        },
    )
    return rfi
