"""Lay one offer open, with the key of its box in memory."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import SYSTEM, Actor
from contracting.core.permissions import require
from contracting.documents.operations.store import store_blob
from contracting.documents.queries import read_blob
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.submissions import calculations, events, permissions
from contracting.submissions.client import (
    Reading,
    declared,
    read,
    received_key_sha256,
    scanned,
    unreadable,
)
from contracting.submissions.models import (
    ContentKeyWrap,
    OfferedRate,
    OpenedOffer,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.operations.attribute import attribute_submission
from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing.keys import decrypt, decrypt_from
from contracting.submissions.states import SealingMode, SubmissionState


@transaction.atomic
def lay_open_submission(
    *, submission_id: int, private: bytes, by: Actor, at: datetime
) -> OpenedOffer:
    """Decrypt the version of record, check it, and lay it open: prices and offeror.

    What its vendor has sealed is looked into here for the first time: what is wrong
    with it lies open beside it, and stops neither it nor another offer. Only the key of
    this one version is unwrapped. A step of each opening: its caller has the quorum.

    :param private: the private half of the box; it is not kept
    :raises NotAllowed: unless ``by`` holds a share of the box
    :raises SealBroken: if sealed bytes were altered or moved since they were received
    :raises NotScanned: while the malware scanner is silent
    """
    submission = Submission.objects.locked().get(pk=submission_id)
    require(permissions.can_lay_open_submission(by, submission))
    version = submission.version_of_record
    if version is None:
        message = f"submission {submission.pk} has no version to open"
        raise RuntimeError(message)
    wrap = ContentKeyWrap.objects.get(version=version)
    if submission.vendor_id is None:
        attribution = attribute_submission(
            submission_id=submission.pk,
            version_id=version.pk,
            offeror=calculations.offeror_of(wrap, private),
            by=by,
            at=at,
        )
        submission.vendor = attribution.vendor
    opened = _laid_open(submission, version, _read(wrap, private), at)
    submission.move_to(SubmissionState.OPENED)
    for do in permissions.AT_OPENING:
        do(submission_id=submission.pk, by=by, at=at)
    word = submission.solicitation.response
    post_notice(
        recipients=[Recipient(organization_id=submission.vendor_id)],
        subject=submission.subject,
        title=f"The {word}s on {submission.solicitation.piid} were opened",
        body=_told(opened),
        url_path=f"/submissions/{submission.public_id}",
        by=SYSTEM,
        at=at,
    )
    record_event(
        events.SUBMISSION_OPENED,
        subject=submission.subject,
        by=SYSTEM,
        at=at,
        data={
            "receipt": version.public_id,
            "content_sha256": version.plain_sha256,
            "flaws": opened.flaws,
        },
    )
    return opened


def _told(opened: OpenedOffer) -> str:
    words = opened.submission.offer_words
    if not opened.flaws:
        return f"The openers read your {words}; it matched the hash on your receipt."
    return (
        f"Your {words} was opened, and something is wrong with it. Your page of it "
        "says what. Keep your own copy; the contracting officer decides what follows."
    )


def _read(wrap: ContentKeyWrap, private: bytes) -> Reading:
    """What is sealed; that it does not open stops the others only if we sealed it.

    A browser that has sealed an offer anew may have encrypted another key than it had:
    as with what it sealed in the first place, nobody could tell.
    """
    version, place = wrap.version, calculations.place_of(wrap.version)
    wrapped, sealed = bytes(wrap.wrapped_key), read_blob(version.sealed_blob)
    try:
        key = decrypt_from(wrapped, private=private, binding=place.key_binding)
        raw = decrypt(sealed, key=key, binding=place.binding)
    except SealBroken:
        is_as_it_came = sha256(wrapped).hexdigest() == received_key_sha256(version)
        if not is_as_it_came or _wrapped_in(version) == SealingMode.SERVER:
            raise
        return unreadable()
    if version.mode == SealingMode.CLIENT:
        return read(raw, declared(version))
    plain = calculations.unseal(
        sealed, key=key, place=place, sha256=version.plain_sha256
    )
    return scanned(calculations.offer_of(plain))


def _wrapped_in(version: SubmissionVersion) -> str:
    """Where its key was encrypted to its box."""
    last = version.resealed
    return version.mode if last is None else last.mode


def _laid_open(
    submission: Submission, version: SubmissionVersion, found: Reading, at: datetime
) -> OpenedOffer:
    files = [
        {
            "name": file.name,
            "blob_sha256": store_blob(
                content=file.content, media_type=file.media_type
            ).sha256,
        }
        for file in found.offer.files
    ]
    opened = OpenedOffer.objects.create(
        submission=submission,
        version=version,
        technical=found.offer.technical,
        files=files,
        flaws=list(found.flaws),
        opened_at=at,
    )
    for price in found.offer.prices:
        OfferedRate.objects.create(
            offer=opened,
            line_id=price.line_id,
            model_id=price.model_id,
            usd_per_million_tokens=price.price.usd_per_million_tokens,
        )
    return opened
