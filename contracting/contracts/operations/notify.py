"""Tell the unsuccessful offerors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract, UnsuccessfulNotice
from contracting.contracts.paperwork import results
from contracting.contracts.queries import first_award, notice_due_on
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.evaluations.queries import unsuccessful
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.submissions.models import Submission
from contracting.submissions.queries import offers_of


@transaction.atomic
def notify_unsuccessful(
    *,
    contract_id: int,
    reasons: Mapping[int, str],
    late_reason: str = "",
    by: Actor,
    at: datetime,
) -> list[UnsuccessfulNotice]:
    """Tell every offeror of whom no offer was selected, at one instant, what is fixed.

    Each of its offers has its own reason and may be debriefed; a vendor is told of all
    of them in one notice. Whoever is awarded under one offer is not told of the others.

    It goes out once, from the first contract that was signed on the solicitation: the
    three days of FAR 15.503(b) run from each award, so the first of several starts
    them, and what an offeror is told then, and may ask a debriefing on, does not wait
    for the others. The notice names every awardee: with items and prices where the
    contract is signed, by name where it was selected and its signature is yet to come.

    The count of offers, the awardee, items, prices and, in general terms, the reason
    (FAR 15.503(b)(1)), within three days after the award (R-AWD-05). Later it goes out
    too, and says in the file why it is late.

    :param reasons: by the primary key of the submission, without other vendors' secrets
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises AlreadyRecorded: if they were told, from this award or an earlier one
    :raises NoticeIncomplete: before the award, from a later one of several, without
        others, without a reason for each, or late without saying why
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_notify_unsuccessful(by, contract))
    others = list(unsuccessful(contract.solicitation))
    if contract.awarded_at is None or not others:
        message = (
            "There is an award, and another offer that was opened, before a notice."
        )
        raise refusals.NoticeIncomplete(message)
    first = first_award(contract.solicitation)
    if first is not None and first.unsuccessful_notices.exists():
        message = "The unsuccessful offerors have been told."
        raise refusals.AlreadyRecorded(message)
    if first != contract:
        message = f"The notice goes out from the first award, {first}, which it is of."
        raise refusals.NoticeIncomplete(message)
    nameless = [each for each in others if not reasons.get(each.pk, "").strip()]
    if nameless:
        message = "Say for each offer, in general terms, why it was not accepted."
        raise refusals.NoticeIncomplete(message, missing="reason")
    due_on = notice_due_on(contract)
    is_late = accounting_day(at, contract.time_zone) > due_on
    if is_late and not late_reason.strip():
        message = f"The notice was due on {due_on}. Say for the file why it is late."
        raise refusals.NoticeIncomplete(message, missing="late_reason")
    late = late_reason.strip() if is_late else ""
    sent = [
        write_notice(contract, each, reasons[each.pk], due_on, late, by, at)
        for each in others
    ]
    for vendor_id in dict.fromkeys(each.vendor_id for each in others):
        own = [each for each in sent if each.submission.vendor_id == vendor_id]
        tell_vendor(own, by, at)
    record_event(
        events.UNSUCCESSFUL_NOTIFIED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AWD-05",
            "offers_received": sent[0].offers_received,
            "notified": len(sent),
            "due_on": due_on,
            "late_reason": sent[0].late_reason,
        },
    )
    return sent


def write_notice(
    contract: Contract,
    submission: Submission,
    reason: str,
    due_on: date,
    late_reason: str,
    by: Actor,
    at: datetime,
) -> UnsuccessfulNotice:
    """Keep what the vendor of one offer is told: a step of the verbs that tell it.

    :param contract: the first award on its solicitation
    :param due_on: the last day for telling it
    """
    count = offers_of(contract.solicitation).count()
    notice = UnsuccessfulNotice.objects.create(
        contract=contract,
        submission=submission,
        offers_received=count,
        reason=reason.strip(),
        body=results.unsuccessful_notice(
            contract, offers_received=count, reason=reason.strip()
        ),
        due_on=due_on,
        late_reason=late_reason,
        sent_by_id=by.own_membership_id,
        sent_at=at,
    )
    context = results.award_notice(notice, signer=by)
    told = UnsuccessfulNotice.objects.filter(
        contract__solicitation=contract.solicitation
    ).count()
    request_document(
        kind="award_notice",
        subject=notice.subject,
        title=f"Notice on your {submission.offer_words} on {contract.solicitation}"[
            :240
        ],
        number=f"{contract.solicitation.piid}-UN{told}",
        agency_id=contract.agency_id,
        vendor_id=submission.vendor_id,
        context=context,
        content_sha256=content_sha256(context),
        version=1,
        by=by,
        at=at,
    )
    return notice


def tell_vendor(notices: Sequence[UnsuccessfulNotice], by: Actor, at: datetime) -> None:
    """Tell one vendor of every offer that it made: a step of the same verbs."""
    contract, first = notices[0].contract, notices[0].submission
    named = " and ".join(each.submission.offer_words for each in notices)
    was = "was" if len(notices) == 1 else "were"
    letters = [each.body for each in notices]
    if len(notices) > 1:
        letters = [
            f"{each.submission.offer_words.capitalize()}: {each.body}"
            for each in notices
        ]
    post_notice(
        recipients=[Recipient(organization_id=first.vendor_id)],
        subject=contract.subject,
        title=f"Your {named} on {contract.solicitation.piid} {was} not selected",
        body="\n\n".join(letters),
        url_path=f"/submissions/{first.public_id}/status",
        by=by,
        at=at,
    )
