"""Hand in a final revision, sealed as the offer was."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.identifiers import is_public_id
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.operations.store import store_blob
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.discussions.exchanges import (
    require_in_range,
    require_revisable,
)
from contracting.evaluations.models import FinalRevision
from contracting.evaluations.paperwork import receipts
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import (
    Offer,
    Place,
    require_whole,
    sealed_here,
)
from contracting.submissions.client import require_own_key, require_sealed_whole
from contracting.submissions.models import Box, Submission
from contracting.submissions.queries import hold_receiving
from contracting.submissions.sealing.holders import offer_key_for, wrapped_for_nobody
from contracting.submissions.sealing.offers import SealedOffer
from contracting.submissions.sealing.published import published_box
from contracting.submissions.states import SealingMode


@transaction.atomic
def revise_submission(
    *, submission_id: int, offer: Offer | SealedOffer, by: Actor, at: datetime
) -> FinalRevision:
    """Seal a final revision to the box of the offers, until the one cutoff.

    The whole offer is stated again; the last revision in time counts, and without one
    the first offer stands. Nothing comes in late. What its vendor's browser has sealed
    is checked from outside alone, as an offer is; the rest is said at the opening.

    :raises NotAllowed: unless ``by`` is a signer of the vendor
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises NotInTheRange: for an offer outside the competitive range (R-EVL-04)
    :raises CutoffPassed: before revisions are requested and after the cutoff (R-EVL-04)
    :raises OfferIncomplete: unless every line has one price
    :raises ModelUnfit: unless each CLIN has one model, authorized for its boundary
    :raises NotReceiptable: for an empty file, two files of one name, or sealed bytes
        that are no offer
    :raises OverLimits: for more than the solicitation takes
    :raises KeySwapped: if the box has another key than was published with it, or the
        vendor has sealed to another one; so of the vendor's own offer key
    :raises SealedElsewhere: if the vendor has sealed it as another revision
    """
    found = Submission.objects.get(pk=submission_id)
    hold_receiving(found.solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_revise_submission(by, submission))
    queries.require_undecided(solicitation)
    require_in_range(submission.pk)
    require_revisable(solicitation, at)
    place, box = _place(submission, offer), published_box(solicitation)
    own = offer_key_for(by)
    if isinstance(offer, SealedOffer):
        require_sealed_whole(offer, place=place, box=box, solicitation=solicitation)
        require_own_key(offer, own)
        mode, sealed = SealingMode.CLIENT, offer
    else:
        require_whole(solicitation, offer, at)
        mode, sealed = SealingMode.SERVER, sealed_here(offer, place, box, own)
    revision = _kept(submission, box, sealed, mode=mode, at=at)
    revision.submitted_by_id = by.own_membership_id
    revision.save()
    request_document(
        kind="receipt",
        subject=revision.subject,
        title=f"Receipt for a final revision on {solicitation.piid}",
        number=revision.public_id,
        agency_id=solicitation.agency_id,
        vendor_id=submission.vendor_id,
        context=receipts.revision_receipt(revision),
        content_sha256=revision.plain_sha256,
        version=revision.number,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=submission.subject,
        title=f"Your final revision on {submission.reference} was received",
        body=(
            f"It arrived in time and is sealed. SHA-256: {revision.plain_sha256}. Its "
            "receipt is on the page of the discussions."
        ),
        url_path=f"/discussions/{submission.public_id}",
        by=SYSTEM,
        at=at,
    )
    record_event(
        events.REVISION_RECEIVED,
        subject=submission.subject,
        by=by,
        at=at,
        data={
            "revision": revision.public_id,
            "number": revision.number,
            "content_sha256": revision.plain_sha256,
            "sealed_sha256": revision.sealed_blob.sha256,
            "wrapped_key_sha256": sha256(revision.wrapped_key).hexdigest(),
            "mode": revision.mode,
        },
    )
    return revision


def _kept(
    submission: Submission, box: Box, sealed: SealedOffer, *, mode: str, at: datetime
) -> FinalRevision:
    """The revision with what was sealed of it; not saved yet."""
    return FinalRevision(
        public_id=sealed.submission,
        submission=submission,
        number=sealed.version,
        box=box,
        sealed_blob=store_blob(
            content=sealed.sealed, media_type="application/octet-stream"
        ),
        wrapped_key=sealed.wrapped_key,
        wrapped_for_vendor=sealed.wrapped_for_vendor or wrapped_for_nobody(),
        mode=mode,
        plain_sha256=sealed.content_sha256,
        files=[asdict(part) for part in sealed.parts],
        received_at=at,
    )


def _place(submission: Submission, offer: Offer | SealedOffer) -> Place:
    """Where the next revision belongs: what a browser has bound it to, if that is free.

    The name is one that nobody has: drawn here, or by the page that was sealed on.
    """
    number = submission.final_revisions.count() + 1
    name = new_public_id(FinalRevision.PREFIX)
    if isinstance(offer, SealedOffer):
        taken = FinalRevision.objects.filter(public_id=offer.submission).exists()
        if is_public_id(offer.submission, FinalRevision.PREFIX) and not taken:
            name = offer.submission
    return Place(submission.solicitation.public_id, name, number)
