"""The agency writes down what it wants to ask the market."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.queries import locked_agency
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.market_research import calculations, events, permissions, queries
from contracting.market_research.calculations import QuestionDraft
from contracting.market_research.models import RequestForInformation
from contracting.market_research.refusals import ForeignRequisition
from contracting.reference.queries import token_classes
from contracting.requisitions.queries import visible_to as requisitions_visible_to


@transaction.atomic
def draft_rfi(
    *,
    title: str,
    purpose: str = "",
    due_at: datetime | None = None,
    time_zone: str = "America/New_York",
    requisition_id: int | None = None,
    questions: Sequence[QuestionDraft] = (),
    by: Actor,
    at: datetime,
) -> RequestForInformation:
    """Write down a request, numbered without a gap in the agency's fiscal year.

    :param due_at: the last instant for a response, inclusive; may be open in a draft
    :param time_zone: the IANA zone in which the due time is told
    :param requisition_id: the need for which the market is asked, if there is one
    :raises NotAllowed: if ``by`` may not draft one for an agency
    :raises TermInvalid: for a term that cannot stand
    :raises QuestionInvalid: naming the first question that cannot stand
    :raises ForeignRequisition: if the need is not one of the agency's
    """
    require(permissions.can_draft_rfi(by))
    agency = locked_agency(pk=by.own_organization_id)
    terms = calculations.checked_terms(
        title=title, purpose=purpose, due_at=due_at, time_zone=time_zone
    )
    dictionary = {each.code: each for each in token_classes()}
    rows = calculations.checked_questions(questions, dictionary)
    _require_own(by, requisition_id)
    rfi = RequestForInformation(
        agency=agency,
        number=queries.next_number(agency.pk, agency.local_day(at)),
        drafted_by_id=by.own_membership_id,
        requisition_id=requisition_id,
        **terms,
    )
    rfi.save()
    rfi.rewrite(terms, rows)
    rfi.content_sha256 = content_sha256(calculations.content(rfi))
    rfi.save(update_fields=["content_sha256"])
    record_event(
        events.RFI_DRAFTED,
        subject=rfi.subject,
        by=by,
        at=at,
        data={
            "number": rfi.number,
            "title": rfi.title,
            "questions": len(rows),
            "content_sha256": rfi.content_sha256,
        },
    )
    return rfi


def _require_own(by: Actor, requisition_id: int | None) -> None:
    own = requisitions_visible_to(by)
    if requisition_id is not None and not own.filter(pk=requisition_id).exists():
        message = "That requisition is not one of this agency's."
        raise ForeignRequisition(message)
