"""Waive the acknowledgement of an amendment that is immaterial."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import calculations, events, permissions, queries
from contracting.evaluations.models import AmendmentWaiver
from contracting.evaluations.refusals import (
    AlreadyAcknowledged,
    AlreadyDecided,
    NarrativeMissing,
)
from contracting.solicitations.models import Amendment, Solicitation
from contracting.submissions.models import OpenedOffer, Submission


@transaction.atomic
def waive_acknowledgement(
    *, submission_id: int, amendment_id: int, memo: str, by: Actor, at: datetime
) -> AmendmentWaiver:
    """Say why an opened offer may stand without acknowledging one amendment.

    The memo stands on the offer, in the price analysis and on the decision. A line that
    the amendment replaced stays without a price all the same.

    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises AlreadyAcknowledged: if the offer acknowledges it, or it is waived
    :raises NarrativeMissing: without a memo (R-SUB-05)
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_waive_acknowledgement(by, solicitation))
    queries.require_open(solicitation)
    if queries.decision_of(solicitation) is not None:
        message = "The selection is decided; its offers stand as they are."
        raise AlreadyDecided(message)
    amendment = Amendment.objects.get(pk=amendment_id, solicitation=solicitation)
    offer = OpenedOffer.objects.get(submission=submission)
    if amendment.number not in calculations.unmet_amendments(offer):
        message = f"Amendment {amendment.number} is acknowledged or waived already."
        raise AlreadyAcknowledged(message, amendment=amendment.number)
    if not calculations.has_words(memo):
        message = "Write why the amendment is immaterial (FAR 14.405(d))."
        raise NarrativeMissing(message, rule="R-SUB-05")
    waiver = AmendmentWaiver.objects.create(
        submission=submission,
        amendment=amendment,
        memo=memo.strip(),
        waived_by_id=by.own_membership_id,
        waived_at=at,
    )
    override_rule(
        rule="R-SUB-05",
        subject=solicitation.subject,
        title=str(solicitation),
        url_path=solicitation.path,
        reason_code="IMMATERIAL_AMENDMENT",
        words=f"Amendment {amendment.number}: {waiver.memo}",
        by=by,
        at=at,
    )
    record_event(
        events.ACKNOWLEDGEMENT_WAIVED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "submission": submission.public_id,
            "amendment": amendment.number,
            "memo": waiver.memo,
        },
    )
    return waiver
