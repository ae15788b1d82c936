"""Hold a debriefing."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract, Debriefing, DebriefingRequest
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def hold_debriefing(
    *,
    request_id: int,
    offered_on: date,
    held_on: date,
    summary: str,
    keeps_secrets: bool,
    late_reason: str = "",
    by: Actor,
    at: datetime,
) -> Debriefing:
    """File the official summary of a debriefing that was held (FAR 15.506(f)).

    One that is required is held within five days of the request; a later one says in
    the file why (R-AWD-06). What FAR 15.506(e) protects is never disclosed.

    :param offered_on: the first day offered; a protest is in time five days after it
    :param keeps_secrets: that nothing was disclosed which never may be
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises AlreadyRecorded: if it was held
    :raises DebriefingIncomplete: without a summary or the confirmation, with days
        before the request or in the future, or late without saying why
    """
    contract_id = DebriefingRequest.objects.values_list(
        "notice__contract_id", flat=True
    ).get(pk=request_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_hold_debriefing(by, contract))
    asked = DebriefingRequest.objects.select_related("notice__submission").get(
        pk=request_id
    )
    if hasattr(asked, "debriefing"):
        message = "This debriefing was held and summed up."
        raise refusals.AlreadyRecorded(message)
    today = accounting_day(at, contract.time_zone)
    asked_on = accounting_day(asked.requested_at, contract.time_zone)
    if not asked_on <= offered_on <= held_on <= today:
        message = (
            f"It was asked for on {asked_on}, then offered, then held, and not later "
            "than today."
        )
        raise refusals.DebriefingIncomplete(message, missing="held_on")
    if not (summary.strip() and keeps_secrets):
        message = (
            "Sum it up for the file, and confirm that nothing was disclosed which "
            "FAR 15.506(e) protects."
        )
        raise refusals.DebriefingIncomplete(message, missing="summary")
    is_late = asked.due_on is not None and held_on > asked.due_on
    if is_late and not late_reason.strip():
        message = f"It was due by {asked.due_on}. Say for the file why it was later."
        raise refusals.DebriefingIncomplete(message, missing="late_reason")
    held = Debriefing.objects.create(
        request=asked,
        offered_on=offered_on,
        held_on=held_on,
        summary=summary.strip(),
        late_reason=late_reason.strip() if is_late else "",
        held_by_id=by.own_membership_id,
        filed_at=at,
    )
    _tell(asked, held, by, at)
    record_event(
        events.DEBRIEFING_HELD,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AWD-06",
            "submission": asked.notice.submission.public_id,
            "offered_on": offered_on,
            "held_on": held_on,
            "due_on": asked.due_on,
            "late_reason": held.late_reason,
        },
    )
    return held


def _tell(asked: DebriefingRequest, held: Debriefing, by: Actor, at: datetime) -> None:
    submission = asked.notice.submission
    post_notice(
        recipients=[Recipient(submission.vendor_id)],
        subject=asked.notice.contract.subject,
        title="Your debriefing is on record",
        body=f"It was held on {held.held_on}.",
        url_path=f"/submissions/{submission.public_id}/status",
        by=by,
        at=at,
    )
