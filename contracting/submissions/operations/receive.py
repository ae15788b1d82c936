"""Take in one version of an offer: check that it is whole, seal it, receipt it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.canonical import content_sha256
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.operations.store import store_blob
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions import calculations, events, paperwork, permissions
from contracting.submissions.calculations import Offer, Place
from contracting.submissions.models import (
    Box,
    ContentKeyWrap,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.operations.attribute import attribute_submission
from contracting.submissions.queries import (
    amendment_numbers,
    box_of,
    deadline_of,
    offers_were_opened,
    published_fingerprint,
    require_not_closed,
)
from contracting.submissions.refusals import (
    AmendmentNotAcknowledged,
    KeySwapped,
    NotOpenForOffers,
)
from contracting.submissions.sealing.keys import encrypt_to, new_key
from contracting.submissions.sealing.offerors import Offeror, seal_offeror

MEDIA_TYPE = "application/octet-stream"


@transaction.atomic
def receive_version(
    *,
    submission_id: int,
    offer: Offer,
    acknowledged: Sequence[str],
    by: Actor,
    at: datetime,
) -> SubmissionVersion:
    """Seal the offer as the next version of its submission and issue the receipt.

    The content is encrypted in memory with a key of its own, and that key to the box of
    the solicitation; nothing of either is written anywhere else. Whose offer it is, is
    encrypted to the box too: until the opening, rows name a pseudonym. ``at``
    is the instant at which receipt was completed: up to the deadline it is in time, one
    microsecond later it is late (FAR 52.212-1(f), R-SUB-01).

    :raises ReceiptsClosed: if it is stamped in time and receipts were closed
    :raises AmendmentNotAcknowledged: unless exactly the issued amendments are named
    :raises OfferIncomplete: unless every line has one price
    :raises ModelUnfit: unless each CLIN has one model, authorized for its boundary
    :raises NotReceiptable: for an empty file, or two files of one name
    :raises KeySwapped: if the box has another key than was published with it
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_submit_submission(by, solicitation))
    require(permissions.can_replace_submission(by, submission))
    require_not_closed(solicitation, at)
    _require_acknowledgement(solicitation, acknowledged)
    calculations.require_whole(solicitation, offer, at)
    plain = calculations.content(offer)
    version = _sealed(submission, plain, acknowledged=acknowledged, by=by, at=at)
    if offers_were_opened(solicitation):
        attribution = attribute_submission(
            submission_id=submission.pk,
            version_id=version.pk,
            offeror=_offeror(by),
            by=by,
            at=at,
        )
        submission.vendor = attribution.vendor
    request_document(
        kind="receipt",
        subject=version.subject,
        title=f"Receipt for an offer on {solicitation.piid}",
        number=version.public_id,
        agency_id=solicitation.agency_id,
        vendor_id=submission.vendor_id,
        context=paperwork.receipt(version),
        content_sha256=version.plain_sha256,
        version=version.number,
        by=submission.recorded(by),
        at=at,
    )
    if submission.vendor_id is not None:
        _tell_the_vendor(version, at)
    record_event(
        events.VERSION_RECEIVED,
        subject=version.subject,
        by=submission.recorded(by),
        at=at,
        data={
            "submission": submission.public_id,
            "receipt": version.public_id,
            "version": version.number,
            "content_sha256": version.plain_sha256,
            "sealed_sha256": version.sealed_blob.sha256,
            "is_late": version.is_late,
        },
    )
    return version


def _tell_the_vendor(version: SubmissionVersion, at: datetime) -> None:
    """Of what came after the opening; before, a notice would say who has offered."""
    post_notice(
        recipients=[Recipient(organization_id=version.submission.vendor_id)],
        subject=version.submission.subject,
        title=f"Your offer on {version.submission.solicitation.piid} was received late",
        body=(
            "It arrived after the deadline. It is kept sealed in quarantine and is not "
            "considered (FAR 52.212-1(f))."
        ),
        url_path=f"/receipts/{version.public_id}",
        by=SYSTEM,
        at=at,
    )


def _require_acknowledgement(
    solicitation: Solicitation, acknowledged: Sequence[str]
) -> None:
    issued = amendment_numbers(solicitation)
    missing = [number for number in issued if number not in acknowledged]
    unknown = [number for number in acknowledged if number not in issued]
    if missing:
        named = ", ".join(missing)
        message = f"Acknowledge amendment {named} before you submit."
        raise AmendmentNotAcknowledged(message, missing=missing)
    if unknown:
        named = ", ".join(unknown)
        message = f"There is no amendment {named} to acknowledge."
        raise AmendmentNotAcknowledged(message, unknown=unknown)


def _sealed(
    submission: Submission,
    plain: dict[str, Any],
    *,
    acknowledged: Sequence[str],
    by: Actor,
    at: datetime,
) -> SubmissionVersion:
    solicitation = submission.solicitation
    number = submission.versions.count() + 1
    place = Place(solicitation.public_id, submission.public_id, number)
    box, key = _box_of(solicitation), new_key()
    sealed = calculations.seal(plain, key=key, place=place)
    version = SubmissionVersion(
        public_id=new_public_id(SubmissionVersion.PREFIX),
        submission=submission,
        number=number,
        sealed_blob=store_blob(content=sealed, media_type=MEDIA_TYPE),
        plain_sha256=content_sha256(plain),
        files=calculations.parts(plain),
        acknowledged=sorted(acknowledged),
        mode=box.mode,
        received_at=at,
        is_late=at > deadline_of(solicitation),
    )
    version.save()
    public = bytes(box.public_key)
    ContentKeyWrap.objects.create(
        version=version,
        box=box,
        wrapped_key=encrypt_to(public, key, binding=place.key_binding),
        sealed_offeror=seal_offeror(
            _offeror(by), public=public, binding=place.offeror_binding
        ),
    )
    return version


def _offeror(by: Actor) -> Offeror:
    vendor = Organization.objects.get(pk=by.own_organization_id)
    return Offeror(
        organization=vendor.pk,
        membership=by.own_membership_id,
        registration={
            "is_registered": vendor.is_registered,
            "uei": vendor.uei,
            "cage": vendor.cage,
        },
    )


def _box_of(solicitation: Solicitation) -> Box:
    """The box of the solicitation, with the key that was published at its release."""
    box = box_of(solicitation)
    if box is None:
        message = (
            "There is no box to seal your offer to: this solicitation was released "
            "without one. Nothing of your offer was kept."
        )
        raise NotOpenForOffers(message)
    if box.fingerprint != published_fingerprint(solicitation):
        message = (
            "The key of the box is not the one that was published at the release. "
            "Your offer was not sealed to it and nothing of it was kept. Tell the "
            "contracting officer."
        )
        raise KeySwapped(message, fingerprint=box.fingerprint)
    return box
