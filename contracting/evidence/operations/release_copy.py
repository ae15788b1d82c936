"""The contracting office releases a copy of a paper, with parts of it withheld."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.permissions import require
from contracting.documents.models import Document
from contracting.documents.operations.request import request_document
from contracting.documents.paperwork.redaction import Withheld, redacted
from contracting.documents.signing.orders import SEAL_ONLY
from contracting.evidence import calculations, events, permissions
from contracting.evidence.models import ReleaseCopy
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def release_copy(
    *,
    document_id: int,
    answers: str,
    withheld: Sequence[Withheld] = (),
    by: Actor,
    at: datetime,
) -> ReleaseCopy:
    """Print a copy for everybody, with what is withheld cut out (5 U.S.C. 552(b)).

    It is a paper of its own: cut from the plain values before anything is printed,
    sealed and not signed, and with a hash of its own, since that of the paper of record
    would let a short passage be guessed. The paper itself stays as it is, and as
    readable as it was. Each release is another copy; none takes another's place.

    :param answers: what it answers, such as the number of the request
    :param withheld: passages as they are printed, or whole headings, each with its
        exemption
    :raises NotAllowed: unless ``by`` may release a copy, or before the award
    :raises NotWithheld: for a passage without an exemption, that is not in the paper,
        or that would be left somewhere in the copy
    """
    original: Document = (
        Document.objects.locked().select_related("agency").get(pk=document_id)
    )
    require(permissions.can_release_copy(by, original))
    context = calculations.left_for_release(original, withheld, request=answers)
    title = f"Copy for release: {redacted(original.title, _passages(withheld))}"
    copy = request_document(
        kind=original.kind,
        subject=original.as_subject,
        title=title[:240],
        number=original.number,
        agency_id=original.agency_id,
        is_public=True,
        context=context,
        content_sha256=content_sha256(context),
        version=original.version,
        by=by,
        at=at,
        order=SEAL_ONLY,
    )
    released = ReleaseCopy.objects.create(
        document=copy,
        original=original,
        request=answers.strip(),
        withheld=[
            [each.passage.strip(), each.basis.strip(), each.is_heading]
            for each in withheld
        ],
        released_by_id=by.own_membership_id,
        released_at=at,
    )
    if original.vendor_id:
        post_notice(
            recipients=[Recipient(organization_id=original.vendor_id)],
            subject=original.as_subject,
            title=f"A copy of {original.number} was released",
            body=f"It answers {released.request}. Everybody may read it. "
            f"{len(withheld)} parts are withheld.",
            url_path=f"/documents/{copy.public_id}",
            by=by,
            at=at,
        )
    record_event(
        events.COPY_RELEASED,
        subject=original.as_subject,
        by=by,
        at=at,
        data={
            "document": original.public_id,
            "copy": copy.public_id,
            "request": released.request,
            "withheld": [each.basis.strip() for each in withheld],
        },
    )
    return released


def _passages(withheld: Sequence[Withheld]) -> list[Withheld]:
    return [each for each in withheld if not each.is_heading]
