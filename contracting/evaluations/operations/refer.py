"""Refer the finding on a small business for a certificate of competency."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.models import CertificateReferral
from contracting.evaluations.refusals import ReferralUnfit
from contracting.evaluations.standing.responsibility import (
    certificate_due_on,
    finding_of,
    referral_of,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import Submission


@transaction.atomic
def refer_nonresponsibility(
    *, submission_id: int, office: str, received_on: date, by: Actor, at: datetime
) -> CertificateReferral:
    """Record that the Small Business Administration has the finding (FAR 19.602-1).

    :param office: its area office
    :param received_on: when that office had the whole referral; its days count from it
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises NotOpened: before the opening, and once it is awarded or cancelled
    :raises ReferralUnfit: without a finding on a small business, a second time, or
        without an office or with a day that does not fit (R-EVL-09)
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_refer_nonresponsibility(by, solicitation))
    queries.require_open(solicitation)
    finding = finding_of(submission)
    if finding is None or not finding.is_small:
        message = "Only a finding on a small business is referred."
        raise ReferralUnfit(message)
    if referral_of(submission) is not None:
        message = "This finding is referred already."
        raise ReferralUnfit(message)
    agency = solicitation.agency
    fits = agency.local_day(finding.found_at) <= received_on <= agency.local_day(at)
    if not office.strip() or not fits:
        message = (
            "Name the area office, and the day since the finding on which it had it."
        )
        raise ReferralUnfit(message)
    referral = CertificateReferral.objects.create(
        finding=finding,
        office=office.strip(),
        received_on=received_on,
        referred_by_id=by.own_membership_id,
        referred_at=at,
    )
    due_on, words = certificate_due_on(referral), submission.offer_words
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=solicitation.subject,
        title=f"Your {words} on {solicitation.piid} is referred for a certificate",
        body=(
            "The contracting officer found an element of responsibility missing and "
            f"referred it to the Small Business Administration, {referral.office}, "
            f"where you may apply for a certificate of competency. It decides by "
            f"{due_on}."
        ),
        url_path=f"/submissions/{submission.public_id}",
        by=by,
        at=at,
    )
    record_event(
        events.NONRESPONSIBILITY_REFERRED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "rule": "R-EVL-09",
            "submission": submission.public_id,
            "office": referral.office,
            "received_on": received_on,
            "due_on": due_on,
        },
    )
    return referral
