"""Ask for a debriefing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.calculations import last_day
from contracting.contracts.models import (
    Contract,
    DebriefingRequest,
    UnsuccessfulNotice,
)
from contracting.contracts.queries import debriefing_asked_until
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def request_debriefing(
    *, notice_id: int, questions: str = "", by: Actor, at: datetime
) -> DebriefingRequest:
    """Ask in writing; within three days of the notice, the debriefing is required.

    A later request is taken, and the agency may answer it, but need not
    (FAR 15.506(a)(1), (a)(4); R-AWD-06).

    :raises NotAllowed: unless ``by`` hands in offers for the vendor that was told
    :raises AlreadyRecorded: if it was asked for
    """
    contract_id = UnsuccessfulNotice.objects.values_list("contract_id", flat=True).get(
        pk=notice_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    notice = UnsuccessfulNotice.objects.select_related("submission__vendor").get(
        pk=notice_id
    )
    require(permissions.can_request_debriefing(by, notice.submission))
    if hasattr(notice, "debriefing_request"):
        message = "Your company has asked for a debriefing already."
        raise refusals.AlreadyRecorded(message)
    asked_on = accounting_day(at, contract.time_zone)
    is_required = asked_on <= debriefing_asked_until(notice)
    asked = DebriefingRequest.objects.create(
        notice=notice,
        questions=questions.strip(),
        is_required=is_required,
        due_on=last_day("DEBRIEF_HELD", asked_on) if is_required else None,
        requested_by_id=by.own_membership_id,
        requested_at=at,
    )
    post_notice(
        recipients=[Recipient(contract.agency_id, role=Role.CONTRACTING_OFFICER)],
        subject=contract.subject,
        title=f"{notice.submission.called} asks for a debriefing",
        body=(
            f"It is required and due by {asked.due_on}."
            if is_required
            else "The request is late: you may hold a debriefing, and need not."
        ),
        url_path=f"/debriefings/{asked.public_id}/hold_debriefing",
        due_on=asked.due_on,
        by=by,
        at=at,
    )
    record_event(
        events.DEBRIEFING_REQUESTED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AWD-06",
            "submission": notice.submission.public_id,
            "is_required": is_required,
            "due_on": asked.due_on,
        },
    )
    return asked
