"""Take in one version of an offer: check that it is whole, seal it, receipt it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from accounts.models import Organization
from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.operations.store import store_blob
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions import calculations, events, paperwork, permissions
from contracting.submissions.calculations import Offer, Place, sealed_here
from contracting.submissions.client import require_own_key, require_sealed_whole
from contracting.submissions.models import (
    Box,
    ContentKeyWrap,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.operations.attribute import attribute_submission
from contracting.submissions.queries import (
    amendment_numbers,
    deadline_of,
    offers_were_opened,
    require_not_closed,
)
from contracting.submissions.refusals import (
    AmendmentNotAcknowledged,
)
from contracting.submissions.sealing.holders import (
    offer_key_for,
    wrapped_for_nobody,
)
from contracting.submissions.sealing.offerors import Offeror, seal_offeror
from contracting.submissions.sealing.offers import SealedOffer
from contracting.submissions.sealing.published import published_box
from contracting.submissions.states import SealingMode

MEDIA_TYPE = "application/octet-stream"


@transaction.atomic
def receive_version(
    *,
    submission_id: int,
    offer: Offer | SealedOffer,
    acknowledged: Sequence[str],
    by: Actor,
    at: datetime,
    first_byte_at: datetime | None = None,
) -> SubmissionVersion:
    """Seal the offer as the next version of its submission and issue the receipt.

    An offer in the clear is checked and encrypted in memory with a key of its own, and
    that key to the box of the solicitation, and to the offer key of the vendor if there
    is one; nothing of either is written anywhere else.
    Of one that its vendor has sealed only the outside can be checked. Whose offer it
    is, is encrypted to the box too: until the opening, rows name a pseudonym. ``at`` is
    the instant at which receipt was completed: up to the deadline it is in time, one
    microsecond later it is late (FAR 52.212-1(f), R-SUB-01).

    :param first_byte_at: when its first byte came, if that was recorded by itself
    :raises ReceiptsClosed: if it is stamped in time and receipts were closed
    :raises AmendmentNotAcknowledged: unless exactly the issued amendments are named
    :raises OfferIncomplete: unless every line has one price
    :raises ModelUnfit: unless each CLIN has one model, authorized for its boundary
    :raises NotReceiptable: for an empty file, two files of one name, or sealed parts
        that are more than the solicitation takes
    :raises OverLimits: for more than the solicitation takes
    :raises KeySwapped: if the box has another key than was published with it, or the
        vendor has sealed to another one; so of the vendor's own offer key
    :raises SealedElsewhere: if the vendor has sealed it as another version
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_submit_submission(by, solicitation))
    require(permissions.can_replace_submission(by, submission))
    require_not_closed(solicitation, at)
    _require_acknowledgement(solicitation, acknowledged)
    box, own = published_box(solicitation), offer_key_for(by)
    number = submission.versions.count() + 1
    place = Place(solicitation.public_id, submission.public_id, number)
    if isinstance(offer, SealedOffer):
        require_sealed_whole(offer, place=place, box=box, solicitation=solicitation)
        require_own_key(offer, own)
        mode, sealed = SealingMode.CLIENT, offer
    else:
        calculations.require_whole(solicitation, offer, at)
        mode, sealed = SealingMode.SERVER, sealed_here(offer, place, box, own)
    version = _kept(
        submission,
        box,
        sealed,
        mode=mode,
        acknowledged=acknowledged,
        by=by,
        at=at,
        first_byte_at=first_byte_at,
    )
    if offers_were_opened(solicitation):
        attribution = attribute_submission(
            submission_id=submission.pk,
            version_id=version.pk,
            offeror=offeror_for(by),
            by=by,
            at=at,
        )
        submission.vendor = attribution.vendor
    request_document(
        kind="receipt",
        subject=version.subject,
        title=_title(submission),
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
            "wrapped_key_sha256": sha256(sealed.wrapped_key).hexdigest(),
            "mode": version.mode,
            "is_late": version.is_late,
        },
    )
    return version


def _title(submission: Submission) -> str:
    solicitation, which = submission.solicitation, submission.offer_words
    named = which if submission.alternate else solicitation.a_response
    return f"Receipt for {named} on {solicitation.piid}"


def _tell_the_vendor(version: SubmissionVersion, at: datetime) -> None:
    """Of what came after the opening; before, a notice would say who has offered."""
    submission = version.submission
    solicitation = submission.solicitation
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=submission.subject,
        title=f"Your {submission.offer_words} on {solicitation.piid} was received late",
        body=f"It arrived after the deadline. {paperwork.late_words(solicitation)}",
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


def _kept(
    submission: Submission,
    box: Box,
    sealed: SealedOffer,
    *,
    mode: str,
    acknowledged: Sequence[str],
    by: Actor,
    at: datetime,
    first_byte_at: datetime | None,
) -> SubmissionVersion:
    solicitation = submission.solicitation
    place = Place(solicitation.public_id, submission.public_id, sealed.version)
    version = SubmissionVersion(
        public_id=new_public_id(SubmissionVersion.PREFIX),
        submission=submission,
        number=sealed.version,
        sealed_blob=store_blob(content=sealed.sealed, media_type=MEDIA_TYPE),
        plain_sha256=sealed.content_sha256,
        files=[asdict(part) for part in sealed.parts],
        acknowledged=sorted(acknowledged),
        mode=mode,
        first_byte_at=first_byte_at,
        received_at=at,
        is_late=at > deadline_of(solicitation),
    )
    version.save()
    ContentKeyWrap.objects.create(
        version=version,
        box=box,
        wrapped_key=sealed.wrapped_key,
        sealed_offeror=seal_offeror(
            offeror_for(by), public=bytes(box.public_key), binding=place.offeror_binding
        ),
        wrapped_for_vendor=sealed.wrapped_for_vendor or wrapped_for_nobody(),
    )
    return version


def offeror_for(by: Actor) -> Offeror:
    """The acting vendor and person, and how the vendor is registered now."""
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
