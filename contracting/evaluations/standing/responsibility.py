"""Whether a vendor was found not responsible, and what follows (FAR 9.1, 19.6)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import QuerySet

from contracting.core.periods import accounting_day, add_business_days
from contracting.evaluations.models import (
    CertificateOutcome,
    CertificateReferral,
    NonresponsibilityFinding,
    OfferRejection,
)
from contracting.evaluations.refusals import CertificateAwaited, FoundNonresponsible
from contracting.evaluations.standing.registration import registration_at
from contracting.reference.queries import threshold
from contracting.submissions.models import Submission

RULE = "R-EVL-09"


def finding_of(submission: Submission) -> NonresponsibilityFinding | None:
    """The finding that the vendor lacks an element of responsibility.

    It is about the vendor, and so about each of its offers on the solicitation.
    """
    found = NonresponsibilityFinding.objects.filter(
        submission__in=_offers_of_its_vendor(submission)
    )
    return found.select_related("found_by__user", "submission__vendor").first()


def referral_of(submission: Submission) -> CertificateReferral | None:
    """The referral of that finding to the Small Business Administration."""
    found = CertificateReferral.objects.filter(
        finding__submission__in=_offers_of_its_vendor(submission)
    )
    return found.select_related("referred_by__user").first()


def outcome_of(submission: Submission) -> CertificateOutcome | None:
    """What the Small Business Administration decided on the referral."""
    found = CertificateOutcome.objects.filter(
        referral__finding__submission__in=_offers_of_its_vendor(submission)
    )
    return found.select_related("recorded_by__user").first()


def _offers_of_its_vendor(submission: Submission) -> QuerySet[Submission]:
    return Submission.objects.filter(
        solicitation_id=submission.solicitation_id, vendor_id=submission.vendor_id
    )


def rejection_of(submission: Submission) -> OfferRejection | None:
    """The rejection of the offer, if its vendor stayed not responsible."""
    found = OfferRejection.objects.filter(submission=submission)
    return found.select_related("rejected_by__user").first()


def certificate_due_on(referral: CertificateReferral) -> date:
    """The last business day for a certificate after its referral was received.

    FAR 19.602-4(a).

    :raises NoThreshold: if no number of days is in force on that day
    """
    days = int(threshold("CERTIFICATE_OF_COMPETENCY", referral.received_on).value)
    return add_business_days(referral.received_on, days)


def withheld_because(submission: Submission) -> str:
    """Why an award to this vendor is withheld for its responsibility, if it is."""
    finding, outcome = finding_of(submission), outcome_of(submission)
    name = submission.vendor.name
    if rejection_of(submission) is not None:
        return f"The offer of {name} was rejected: it was found not responsible."
    if finding is None or (outcome is not None and outcome.is_issued):
        return ""
    if not finding.is_small:
        return f"{name} was found not responsible."
    return (
        f"{name}, a small business, was found not responsible. The award is withheld "
        "until a certificate of competency is issued."
    )


def require_responsible(submission: Submission) -> None:
    """Insist on a vendor that nobody found wanting, or that is certified since.

    :raises FoundNonresponsible: for any other (R-EVL-09 where it is a small business)
    """
    because = withheld_because(submission)
    if because:
        finding = finding_of(submission)
        is_small = finding is not None and finding.is_small
        raise FoundNonresponsible(because, rule=RULE if is_small else "")


def not_rejected_because(submission: Submission, at: datetime) -> str:
    """Why an offer that was found wanting cannot be rejected yet, if so (R-EVL-09).

    A small business is referred first, and rejected when the certificate is denied or
    its days are over. One that is excluded need not be referred (FAR 19.602-1(a)).
    """
    finding, outcome = finding_of(submission), outcome_of(submission)
    if finding is None or not finding.is_small or _is_excluded(submission, at):
        return ""
    name, referral = submission.vendor.name, referral_of(submission)
    if referral is None:
        return (
            f"{name} is a small business: refer the finding to the Small Business "
            "Administration before its offer is rejected."
        )
    if outcome is not None:
        return (
            f"{name} holds a certificate of competency: it is responsible."
            if outcome.is_issued
            else ""
        )
    due_on = certificate_due_on(referral)
    if accounting_day(at, submission.solicitation.time_zone) <= due_on:
        return (
            f"The Small Business Administration decides by {due_on} whether {name} "
            "gets a certificate of competency. Until then nothing is rejected."
        )
    return ""


def require_referred(submission: Submission, at: datetime) -> None:
    """Insist on the referral of a small business, and on its end.

    :raises CertificateAwaited: before either (R-EVL-09)
    """
    because = not_rejected_because(submission, at)
    if because:
        raise CertificateAwaited(because)


def _is_excluded(submission: Submission, at: datetime) -> bool:
    record = registration_at(submission, at).record
    return record is not None and bool(record.exclusion)
