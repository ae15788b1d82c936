"""Seal an offer anew, to the key that came with an amendment."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.queries import read_blob
from contracting.solicitations.models import Solicitation
from contracting.submissions import calculations, events, permissions
from contracting.submissions.models import (
    Box,
    ContentKeyWrap,
    Resealing,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.operations.receive import offeror_for
from contracting.submissions.operations.reread import content_key
from contracting.submissions.queries import (
    deadline_of,
    hold_receiving,
    require_not_closed,
)
from contracting.submissions.refusals import DeadlinePassed, KeySwapped, NotReceiptable
from contracting.submissions.sealing.holders import is_wrapped
from contracting.submissions.sealing.keys import decrypt, encrypt_to
from contracting.submissions.sealing.offerors import seal_offeror
from contracting.submissions.sealing.offers import Rewrapped
from contracting.submissions.sealing.published import published_box
from contracting.submissions.states import SealingMode


@transaction.atomic
def reseal_version(
    *,
    version_id: int,
    passphrase: str = "",
    rewrapped: Rewrapped | None = None,
    by: Actor,
    at: datetime,
) -> Resealing:
    """Encrypt the key of one's own offer to the box in force, in place of a former one.

    The offer itself stays as it was received, byte for byte, with its receipt; only who
    can open it changes, and the amendments that changed it are acknowledged. Whoever
    does it signs for the offer: the opening names them. A browser does it without the
    passphrase, the key or the offer reaching this site; then nobody here can tell
    whether it is the right key.

    :param rewrapped: the key as a browser has encrypted it, in place of the passphrase
    :raises NotAllowed: unless ``by`` is a signer of this vendor who holds an offer key,
        and openers were replaced since this last version in time was sealed
    :raises DeadlinePassed: after the deadline
    :raises ReceiptsClosed: if it is stamped in time and receipts were closed
    :raises WrongPassphrase: with another passphrase than they have chosen
    :raises NotReadable: if it was sealed to none of the keys that they hold
    :raises KeySwapped: for another key than the one that is published
    :raises NotReceiptable: if what a browser has made is no key
    """
    found = SubmissionVersion.objects.select_related("submission").get(pk=version_id)
    hold_receiving(found.submission.solicitation_id)
    solicitation = Solicitation.objects.locked().get(
        pk=found.submission.solicitation_id
    )
    submission = Submission.objects.locked().get(pk=found.submission_id)
    version = submission.versions.select_related("sealed_blob").get(pk=version_id)
    require(permissions.can_reseal_version(by, version))
    _require_time(solicitation, at)
    box, wrap = published_box(solicitation), ContentKeyWrap.objects.get(version=version)
    former, place = wrap.box, calculations.place_of(version)
    if rewrapped is None:
        wrapped = _wrapped_here(version, box, content_key(version, by, passphrase))
    else:
        wrapped = _wrapped_there(box, rewrapped)
    resealing = Resealing.objects.create(
        version=version,
        box=box,
        mode=SealingMode.SERVER if rewrapped is None else SealingMode.CLIENT,
        wrapped_key_sha256=sha256(wrapped).hexdigest(),
        resealed_at=at,
    )
    wrap.box, wrap.wrapped_key = box, wrapped
    wrap.sealed_offeror = seal_offeror(
        offeror_for(by), public=bytes(box.public_key), binding=place.offeror_binding
    )
    wrap.save(update_fields=["box", "wrapped_key", "sealed_offeror"])
    record_event(
        events.VERSION_RESEALED,
        subject=version.subject,
        by=submission.recorded(by),
        at=at,
        data={
            "receipt": version.public_id,
            "former": former.public_id,
            "box": box.public_id,
            "mode": resealing.mode,
            "wrapped_key_sha256": resealing.wrapped_key_sha256,
        },
    )
    return resealing


def _require_time(solicitation: Solicitation, at: datetime) -> None:
    if at > deadline_of(solicitation):
        message = (
            "The deadline has passed: what lies sealed stays under the key it is "
            "sealed to, and is opened by the openers of that key."
        )
        raise DeadlinePassed(message, deadline=solicitation.deadline)
    require_not_closed(solicitation, at)


def _wrapped_here(version: SubmissionVersion, box: Box, key: bytes) -> bytes:
    """In memory; it is the key that opens the offer, or nothing is changed."""
    place = calculations.place_of(version)
    decrypt(read_blob(version.sealed_blob), key=key, binding=place.binding)
    return encrypt_to(bytes(box.public_key), key, binding=place.key_binding)


def _wrapped_there(box: Box, rewrapped: Rewrapped) -> bytes:
    if rewrapped.fingerprint != box.fingerprint:
        message = (
            "Your browser has sealed it to another key than the one that is published "
            "now. Nothing was changed. Load the page again."
        )
        raise KeySwapped(message, fingerprint=box.fingerprint)
    if not is_wrapped(rewrapped.wrapped_key):
        message = "What your browser has made is no key. Nothing was changed."
        raise NotReceiptable(message)
    return rewrapped.wrapped_key
