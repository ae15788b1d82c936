"""Hand in a final revision, sealed as the offer was."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.canonical import content_sha256
from contracting.core.models import new_public_id
from contracting.core.permissions import require
from contracting.documents.operations.request import request_document
from contracting.documents.operations.store import store_blob
from contracting.evaluations import events, paperwork, permissions, queries
from contracting.evaluations.discussions.exchanges import (
    require_in_range,
    require_revisable,
)
from contracting.evaluations.models import FinalRevision
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import (
    Offer,
    Place,
    content,
    parts,
    require_whole,
    seal,
)
from contracting.submissions.models import Submission
from contracting.submissions.queries import box_of, published_fingerprint
from contracting.submissions.refusals import KeySwapped
from contracting.submissions.sealing.keys import encrypt_to, new_key


@transaction.atomic
def revise_submission(
    *, submission_id: int, offer: Offer, by: Actor, at: datetime
) -> FinalRevision:
    """Seal a final revision to the box of the offers, until the one cutoff.

    The whole offer is stated again; the last revision in time counts, and without one
    the first offer stands. Nothing comes in late.

    :raises NotAllowed: unless ``by`` is a signer of the vendor
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises NotInTheRange: for an offer outside the competitive range (R-EVL-04)
    :raises CutoffPassed: before revisions are requested and after the cutoff (R-EVL-04)
    :raises OfferIncomplete: unless every line has one price
    :raises ModelUnfit: unless each CLIN has one model, authorized for its boundary
    :raises NotReceiptable: for an empty file, or two files of one name
    :raises KeySwapped: if the box has another key than was published with it
    """
    found = Submission.objects.get(pk=submission_id)
    solicitation = Solicitation.objects.locked().get(pk=found.solicitation_id)
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_revise_submission(by, submission))
    queries.require_undecided(solicitation)
    require_in_range(submission.pk)
    require_revisable(solicitation, at)
    require_whole(solicitation, offer, at)
    revision = _sealed(solicitation, submission, offer, by, at)
    request_document(
        kind="receipt",
        subject=revision.subject,
        title=f"Receipt for a final revision on {solicitation.piid}",
        number=revision.public_id,
        agency_id=solicitation.agency_id,
        vendor_id=submission.vendor_id,
        context=paperwork.revision_receipt(revision),
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
        },
    )
    return revision


def _sealed(
    solicitation: Solicitation,
    submission: Submission,
    offer: Offer,
    by: Actor,
    at: datetime,
) -> FinalRevision:
    box = box_of(solicitation)
    if box is None or box.fingerprint != published_fingerprint(solicitation):
        message = (
            "The key of the box is not the one that was published at the release. "
            "Nothing of your revision was kept. Tell the contracting officer."
        )
        raise KeySwapped(message)
    revision = FinalRevision(
        public_id=new_public_id(FinalRevision.PREFIX),
        submission=submission,
        number=submission.final_revisions.count() + 1,
    )
    place = Place(solicitation.public_id, revision.public_id, revision.number)
    plain, key = content(offer), new_key()
    revision.box = box
    revision.sealed_blob = store_blob(
        content=seal(plain, key=key, place=place), media_type="application/octet-stream"
    )
    revision.wrapped_key = encrypt_to(
        bytes(box.public_key), key, binding=place.key_binding
    )
    revision.plain_sha256 = content_sha256(plain)
    revision.files = parts(plain)
    revision.received_at = at
    revision.submitted_by_id = by.own_membership_id
    revision.save()
    return revision
