"""Pages of a vendor's responsibility: finding, referral, certificate, rejection."""

from __future__ import annotations

from typing import Any, ClassVar

from django.urls import reverse

from contracting.core import clock
from contracting.core.permissions import Refused, Verdict, require
from contracting.core.views import OperationView
from contracting.evaluations import forms, permissions, queries
from contracting.evaluations.operations.find import find_nonresponsible
from contracting.evaluations.operations.record import record_certificate
from contracting.evaluations.operations.refer import refer_nonresponsibility
from contracting.evaluations.operations.reject import reject_offer
from contracting.evaluations.standing import responsibility
from contracting.evaluations.views.reading import ReadingPage
from contracting.evaluations.views.tables import FormClass
from contracting.submissions.models import OpenedOffer, Submission


def _standing(submission: Submission) -> dict[str, Any]:
    referral = responsibility.referral_of(submission)
    because = responsibility.not_rejected_because(submission, clock.now())
    return {
        "submission": submission,
        "solicitation": submission.solicitation,
        "finding": responsibility.finding_of(submission),
        "referral": referral,
        "due_on": responsibility.certificate_due_on(referral) if referral else None,
        "outcome": responsibility.outcome_of(submission),
        "rejection": responsibility.rejection_of(submission),
        "withheld": responsibility.withheld_because(submission),
        "not_rejected": because,
    }


class Responsibility(ReadingPage):
    """Is the vendor responsible, and if not, what has to happen first?"""

    template_name = "evaluations/responsibility.html"

    def context(self, submission: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_offer_for(self.actor, submission).submission
        solicitation = found.solicitation
        require(permissions.can_read_offers(self.actor, solicitation))
        standing = _standing(found)
        may_reject = permissions.can_reject_offer(self.actor, solicitation)
        if may_reject and standing["not_rejected"]:
            may_reject = Refused(standing["not_rejected"], responsibility.RULE)
        return {
            **standing,
            "may_find": permissions.can_find_nonresponsible(self.actor, solicitation),
            "may_reject": may_reject,
        }


class _ResponsibilityVerb(ReadingPage, OperationView):
    """A verb on the responsibility of the vendor of an opened offer."""

    template_name = "evaluations/responsibility_verb.html"
    heading: ClassVar[str]
    effect: ClassVar[str]

    def thing(self, submission: str, **_ids: Any) -> OpenedOffer:
        return queries.get_offer_for(self.actor, submission)

    def verdict(self, thing: OpenedOffer) -> Verdict:
        solicitation = thing.submission.solicitation
        verdict: Verdict = type(self).can(self.actor, solicitation)
        return verdict

    def extra(self, thing: OpenedOffer) -> dict[str, Any]:
        words = {"verb_heading": self.heading, "effect": self.effect}
        return {**_standing(thing.submission), **words}

    def keys(self, thing: OpenedOffer) -> dict[str, int]:
        return {"submission_id": thing.submission_id}

    def leads_to(self, thing: OpenedOffer) -> str:
        return reverse("evaluations:responsibility", args=[thing.submission.public_id])


class FindNonresponsible(_ResponsibilityVerb):
    """Which element of responsibility does the vendor lack?"""

    form_class: ClassVar[FormClass] = forms.FindingForm
    submit_label = "Record the finding"
    done_message = "The finding is on record; nothing is awarded to this vendor."
    heading = "Find the vendor not responsible"
    effect = (
        "From the finding on nothing is awarded to this vendor. A small business is "
        "referred for a certificate of competency before its offer is rejected."
    )
    can = staticmethod(permissions.can_find_nonresponsible)
    operation = staticmethod(find_nonresponsible)


class ReferNonresponsibility(_ResponsibilityVerb):
    """Who has the referral, and since when?"""

    form_class: ClassVar[FormClass] = forms.ReferralForm
    submit_label = "Record the referral"
    done_message = "The referral is on record and the vendor is told."
    heading = "Refer the finding for a certificate of competency"
    effect = (
        "The Small Business Administration has fifteen business days from the day on "
        "which its area office has the whole referral. The award is withheld."
    )
    can = staticmethod(permissions.can_refer_nonresponsibility)
    operation = staticmethod(refer_nonresponsibility)


class RecordCertificate(_ResponsibilityVerb):
    """Was the certificate issued?"""

    form_class: ClassVar[FormClass] = forms.CertificateForm
    submit_label = "Record the decision"
    done_message = "The decision is on record."
    heading = "Record the decision on the certificate"
    effect = (
        "With a certificate of competency the vendor is responsible and may be "
        "awarded. Without one its offer may be rejected."
    )
    can = staticmethod(permissions.can_record_certificate)
    operation = staticmethod(record_certificate)


class RejectOffer(_ResponsibilityVerb):
    """Why is this offer rejected?"""

    form_class: ClassVar[FormClass] = forms.RejectionForm
    submit_label = "Reject the offer"
    done_message = "The offer is rejected and its vendor is told."
    heading = "Reject the offer"
    effect = (
        "A rejected offer can be neither selected nor awarded. It cannot be taken "
        "back, and the vendor reads your reason at once."
    )
    can = staticmethod(permissions.can_reject_offer)
    operation = staticmethod(reject_offer)
