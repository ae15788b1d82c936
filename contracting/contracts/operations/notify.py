"""Tell the unsuccessful offerors."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, paperwork, permissions, refusals
from contracting.contracts.models import Contract, UnsuccessfulNotice
from contracting.contracts.queries import notice_due_on
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.evaluations.queries import unsuccessful
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.submissions.models import Submission


@transaction.atomic
def notify_unsuccessful(
    *,
    contract_id: int,
    reasons: Mapping[int, str],
    late_reason: str = "",
    by: Actor,
    at: datetime,
) -> list[UnsuccessfulNotice]:
    """Tell every offeror that was not selected, at one instant, what is fixed.

    The count of offers, the awardee, items, prices and, in general terms, the reason
    (FAR 15.503(b)(1)), within three days after the award (R-AWD-05). Later it goes out
    too, and says in the file why it is late.

    :param reasons: by the primary key of the submission, without other vendors' secrets
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises AlreadyRecorded: if they were told
    :raises NoticeIncomplete: before the award, without others, without a reason for
        each, or late without saying why
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_notify_unsuccessful(by, contract))
    others = list(unsuccessful(contract.solicitation))
    if contract.awarded_at is None or not others:
        message = (
            "There is an award, and another offer that was opened, before a notice."
        )
        raise refusals.NoticeIncomplete(message)
    if contract.unsuccessful_notices.exists():
        message = "The unsuccessful offerors have been told."
        raise refusals.AlreadyRecorded(message)
    nameless = [each for each in others if not reasons.get(each.pk, "").strip()]
    if nameless:
        message = "Say for each offer, in general terms, why it was not accepted."
        raise refusals.NoticeIncomplete(message, missing="reason")
    due_on = notice_due_on(contract)
    is_late = accounting_day(at, contract.time_zone) > due_on
    if is_late and not late_reason.strip():
        message = f"The notice was due on {due_on}. Say for the file why it is late."
        raise refusals.NoticeIncomplete(message, missing="late_reason")
    count = len(others) + 1
    sent = []
    for each in others:
        reason = reasons[each.pk].strip()
        notice = UnsuccessfulNotice.objects.create(
            contract=contract,
            submission=each,
            offers_received=count,
            reason=reason,
            body=paperwork.unsuccessful_notice(
                contract, offers_received=count, reason=reason
            ),
            due_on=due_on,
            late_reason=late_reason.strip() if is_late else "",
            sent_by_id=by.own_membership_id,
            sent_at=at,
        )
        _tell(notice, each, by, at)
        sent.append(notice)
    record_event(
        events.UNSUCCESSFUL_NOTIFIED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AWD-05",
            "offers_received": count,
            "notified": len(sent),
            "due_on": due_on,
            "late_reason": sent[0].late_reason,
        },
    )
    return sent


def _tell(
    notice: UnsuccessfulNotice, submission: Submission, by: Actor, at: datetime
) -> None:
    contract = notice.contract
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=contract.subject,
        title=f"Your offer on {contract.solicitation.piid} was not selected",
        body=notice.body,
        url_path=f"/submissions/{submission.public_id}/status",
        by=by,
        at=at,
    )
