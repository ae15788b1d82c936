"""Open the offers: two people, after the deadline, once and for good."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.permissions import require
from contracting.documents.operations.store import store_blob
from contracting.documents.queries import read_blob
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions import calculations, events, permissions
from contracting.submissions.calculations import Offer, Place
from contracting.submissions.models import (
    OfferedRate,
    OpenedOffer,
    OpeningConsent,
    SealingKey,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.queries import consents_of
from contracting.submissions.refusals import (
    AlreadyOpened,
    NotOpenForOffers,
    StillSealed,
)
from contracting.submissions.states import SubmissionState


@transaction.atomic
def open_submissions(*, solicitation_id: int, by: Actor, at: datetime) -> Solicitation:
    """Consent to the opening; the second person's consent opens the offers.

    The last version of each offer that was received in time is decrypted, checked
    against the hash on its receipt, and laid open with its prices. Late and withdrawn
    offers stay sealed. If a single seal does not fit, nothing is opened.

    :raises NotAllowed: unless ``by`` is contracting officer or specialist of the
        agency, belongs to no vendor, and is not the first of the two (R-SUB-03)
    :raises StillSealed: up to and including the deadline, whoever asks (R-SUB-03)
    :raises AlreadyOpened: if the offers were opened before
    :raises SealBroken: if sealed bytes were altered or moved
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_open_submissions(by, solicitation))
    _require_time(solicitation, at)
    position = consents_of(solicitation).count() + 1
    consent = OpeningConsent.objects.create(
        solicitation=solicitation,
        position=position,
        membership_id=by.own_membership_id,
        user_id=by.own_user_id,
        consented_at=at,
    )
    opened = _open_all(solicitation, at) if consent.position == 2 else []
    _tell_the_agency(solicitation, position=position, by=by, at=at)
    first = consents_of(solicitation).first()
    record_event(
        events.SUBMISSIONS_OPENED if position == 2 else events.OPENING_CONSENTED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "first": None if first is None else first.membership_id,
            "second": by.membership_id if position == 2 else None,
            "opened": opened,
        },
    )
    return solicitation


def _require_time(solicitation: Solicitation, at: datetime) -> None:
    state = solicitation.state
    if state in (SolicitationState.OPENED, SolicitationState.AWARDED):
        message = "The offers have been opened already."
        raise AlreadyOpened(message)
    if state != SolicitationState.RELEASED or solicitation.deadline is None:
        message = "There are no offers to open: this solicitation takes none."
        raise NotOpenForOffers(message)
    if at <= solicitation.deadline:
        message = "The deadline has not passed. Until then nobody opens an offer."
        raise StillSealed(message, deadline=solicitation.deadline)


def _open_all(solicitation: Solicitation, at: datetime) -> list[dict[str, Any]]:
    submissions = Submission.objects.locked().filter(
        solicitation=solicitation, state=SubmissionState.SUBMITTED
    )
    opened = [_open(solicitation, submission, at) for submission in submissions]
    solicitation.move_to(SolicitationState.OPENED)
    return opened


def _open(
    solicitation: Solicitation, submission: Submission, at: datetime
) -> dict[str, Any]:
    version = submission.version_of_record
    if version is None:
        message = f"submission {submission.pk} has no version in time"
        raise RuntimeError(message)
    place = Place(solicitation.public_id, submission.public_id, version.number)
    plain = calculations.unseal(
        read_blob(version.sealed_blob),
        key=_key_of(solicitation),
        place=place,
        sha256=version.plain_sha256,
    )
    _lay_open(submission, version, calculations.offer_of(plain), at)
    submission.move_to(SubmissionState.OPENED)
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=submission.subject,
        title=f"The offers on {solicitation.piid} were opened",
        body="Two people opened your offer; it matched the hash on your receipt.",
        url_path=f"/submissions/{submission.public_id}",
        by=SYSTEM,
        at=at,
    )
    return {
        "submission": submission.public_id,
        "receipt": version.public_id,
        "received_at": version.received_at,
        "content_sha256": version.plain_sha256,
        "sealed_sha256": version.sealed_blob.sha256,
    }


def _tell_the_agency(
    solicitation: Solicitation, *, position: int, by: Actor, at: datetime
) -> None:
    done = "The offers were opened." if position == 2 else "A second person must open."
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    post_notice(
        recipients=[Recipient(solicitation.agency_id, role) for role in roles],
        subject=solicitation.subject,
        title=f"Opening of the offers on {solicitation.piid}",
        body=done,
        url_path=f"/solicitations/{solicitation.public_id}/opening",
        by=by,
        at=at,
    )


def _lay_open(
    submission: Submission, version: SubmissionVersion, offer: Offer, at: datetime
) -> None:
    files = [
        {
            "name": file.name,
            "blob_sha256": store_blob(
                content=file.content, media_type=file.media_type
            ).sha256,
        }
        for file in offer.files
    ]
    opened = OpenedOffer.objects.create(
        submission=submission,
        version=version,
        technical=offer.technical,
        files=files,
        opened_at=at,
    )
    for price in offer.prices:
        OfferedRate.objects.create(
            offer=opened,
            line_id=price.line_id,
            model_id=price.model_id,
            usd_per_million_tokens=price.price.usd_per_million_tokens,
        )


def _key_of(solicitation: Solicitation) -> bytes:
    stored = SealingKey.objects.get(solicitation=solicitation)
    return calculations.unwrap_key(
        bytes(stored.wrapped_key),
        wrapping_key=settings.SEALING_KEY,
        solicitation=solicitation.public_id,
    )
