"""Write down the quotation of one vendor, which nobody has sealed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import canonical_json
from contracting.core.permissions import require
from contracting.documents.operations.store import store_blob
from contracting.solicitations.models import Solicitation
from contracting.submissions import events, permissions
from contracting.submissions.calculations import (
    TECHNICAL,
    Offer,
    content,
    part_of,
    require_whole,
)
from contracting.submissions.models import (
    OfferedRate,
    OpenedOffer,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.refusals import AlreadySubmitted
from contracting.submissions.sealing.offerors import pseudonym_of
from contracting.submissions.states import SealingMode, SubmissionState


@transaction.atomic
def take_quotation(
    *, solicitation_id: int, vendor_id: int, offer: Offer, by: Actor, at: datetime
) -> Submission:
    """Take a quotation as the contracting office has it, with the files it came in.

    The registration of its vendor is kept as of now, as at every opening.

    :raises NotAllowed: unless ``by`` is a contracting officer of the agency, of no
        vendor, and it was asked for in the open (R-SUB-03)
    :raises AlreadySubmitted: if a quotation was taken
    :raises OfferIncomplete: unless every line has one price
    :raises ModelUnfit: unless its model is authorized for the boundary of each line
    """
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_take_quotation(by, solicitation))
    if solicitation.submissions.exists():
        message = "One quotation is taken in the open, and it is taken."
        raise AlreadySubmitted(message)
    require_whole(solicitation, offer, at)
    raw = canonical_json(content(offer)).encode()
    made = Submission.objects.create(
        solicitation=solicitation,
        vendor_id=vendor_id,
        pseudonym=pseudonym_of(solicitation.public_id, vendor_id),
        state=SubmissionState.OPENED,
    )
    blob = store_blob(content=raw, media_type="application/json")
    version = SubmissionVersion.objects.create(
        submission=made,
        number=1,
        sealed_blob=blob,
        plain_sha256=blob.sha256,
        files=[
            part_of(TECHNICAL, offer.technical.encode()),
            *(part_of(file.name, file.content) for file in offer.files),
        ],
        mode=SealingMode.OPEN,
        received_at=solicitation.deadline or at,
        is_late=False,
    )
    _lay_open(made, version, offer, at)
    for do in permissions.AT_OPENING:
        do(submission_id=made.pk, by=by, at=at)
    record_event(
        events.QUOTATION_TAKEN,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "submission": made.public_id,
            "vendor": made.vendor.name,
            "content_sha256": blob.sha256,
            "files": version.files,
        },
    )
    return made


def _lay_open(
    made: Submission, version: SubmissionVersion, offer: Offer, at: datetime
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
        submission=made,
        version=version,
        technical=offer.technical,
        files=files,
        opened_at=at,
    )
    OfferedRate.objects.bulk_create(
        OfferedRate(
            offer=opened,
            line_id=price.line_id,
            model_id=price.model_id,
            usd_per_million_tokens=price.price.usd_per_million_tokens,
        )
        for price in offer.prices
    )
