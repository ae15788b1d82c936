"""Reads of offers: a vendor sees its own receipts, an agency nothing before opening."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from accounts.states import Role
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.solicitations.models import Solicitation
from contracting.submissions.models import (
    OpenedOffer,
    OpenerKey,
    OpeningConsent,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.refusals import NotOpenForOffers
from contracting.submissions.states import SubmissionState


def submissions_visible_to(actor: Actor) -> QuerySet[Submission]:
    """A vendor's own submissions, for its people and its keys; nobody else's, ever."""
    if not actor.is_vendor or actor.organization_id is None:
        return Submission.objects.none()
    return (
        Submission.objects.filter(vendor_id=actor.organization_id)
        .select_related("solicitation", "solicitation__agency", "vendor")
        .order_by("-pk")
    )


def get_submission_for(actor: Actor, public_id: str) -> Submission:
    """One of the vendor's own submissions.

    :raises NotVisible: for everybody else (R-ROL-07)
    """
    found = submissions_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such submission."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def get_receipt_for(actor: Actor, public_id: str) -> SubmissionVersion:
    """One of the vendor's own receipts.

    :raises NotVisible: for everybody else (R-ROL-07)
    """
    found = (
        SubmissionVersion.objects.filter(
            public_id=public_id, submission__in=submissions_visible_to(actor)
        )
        .select_related(
            "submission__solicitation__agency",
            "submission__vendor",
            "submitted_by__user",
            "sealed_blob",
        )
        .first()
    )
    if found is None:
        message = "There is no such receipt."
        raise NotVisible(message, rule="R-ROL-07")
    return found


def get_opening_for(actor: Actor, public_id: str) -> Solicitation:
    """A released solicitation of the agency, for those who may attend the opening.

    :raises NotVisible: for everybody else
    """
    attends = actor.has_role(
        Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST, Role.AUDITOR
    )
    found = (
        Solicitation.objects.filter(
            public_id=public_id,
            agency_id=actor.organization_id,
            released_at__isnull=False,
        )
        .select_related("agency")
        .first()
    )
    if found is None or not attends or not actor.is_agency:
        message = "There is no such opening."
        raise NotVisible(message)
    solicitation: Solicitation = found
    return solicitation


def opener_key_of(user_id: int | None) -> OpenerKey | None:
    """The key with which a person opens offers now, if they have enrolled."""
    return OpenerKey.objects.filter(
        user_id=user_id or 0, retired_at__isnull=True
    ).first()


def submission_of(actor: Actor, solicitation: Solicitation) -> Submission | None:
    """The acting vendor's submission on a solicitation, if there is one."""
    return submissions_visible_to(actor).filter(solicitation=solicitation).first()


def receipts_of(submission: Submission) -> QuerySet[SubmissionVersion]:
    """Every version that was received, newest first."""
    return submission.versions.select_related(
        "submitted_by__user", "sealed_blob"
    ).order_by("-number")


def deadline_of(solicitation: Solicitation) -> datetime:
    """The instant up to which, inclusive, an offer is in time.

    :raises NotOpenForOffers: if the solicitation has none yet
    """
    if solicitation.deadline is None:
        message = "This solicitation takes no offers: it has no deadline."
        raise NotOpenForOffers(message)
    return solicitation.deadline


def amendment_numbers(solicitation: Solicitation) -> list[str]:
    """The amendments issued so far: what an offer must acknowledge."""
    numbers = solicitation.amendments.order_by("number")
    return list(numbers.values_list("number", flat=True))


def unacknowledged(version: SubmissionVersion) -> list[str]:
    """Amendments issued after this version was received, or left out by it."""
    issued = amendment_numbers(version.submission.solicitation)
    return [number for number in issued if number not in version.acknowledged]


def consents_of(solicitation: Solicitation) -> QuerySet[OpeningConsent]:
    """Who has consented to the opening, first one first."""
    return solicitation.opening_consents.select_related(
        "membership__user", "membership__organization"
    ).order_by("position")


def offers_of(solicitation: Solicitation) -> QuerySet[OpenedOffer]:
    """The opened offers, in the order in which they were received; empty before."""
    return (
        OpenedOffer.objects.filter(submission__solicitation=solicitation)
        .select_related("submission__vendor", "version")
        .prefetch_related("rates__line__token_class", "rates__model")
        .order_by("version__received_at", "pk")
    )


def unopened_after_opening(solicitation: Solicitation) -> QuerySet[Submission]:
    """Late and withdrawn submissions, which stay sealed; empty before the opening."""
    if not offers_were_opened(solicitation):
        return Submission.objects.none()
    left = (SubmissionState.LATE, SubmissionState.WITHDRAWN)
    return (
        solicitation.submissions.filter(state__in=left)
        .select_related("vendor")
        .order_by("pk")
    )


def offers_were_opened(solicitation: Solicitation) -> bool:
    """Whether two people have opened the offers."""
    return consents_of(solicitation).count() == 2
