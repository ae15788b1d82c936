"""Open the final revisions: a quorum, after the one cutoff, once and for good."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.store import store_blob
from contracting.documents.queries import read_blob
from contracting.evaluations import events, permissions, queries
from contracting.evaluations.discussions.exchanges import (
    last_revisions,
    received_key_sha256,
    require_cutoff_passed,
)
from contracting.evaluations.models import FinalRevision, RevisedOffer, RevisedRate
from contracting.solicitations.models import Solicitation
from contracting.submissions.calculations import Place, offer_of, unseal
from contracting.submissions.client import (
    Declared,
    Reading,
    read,
    scanned,
    unreadable,
)
from contracting.submissions.models import Opening
from contracting.submissions.operations.give import give_share
from contracting.submissions.queries import box_of, end_receiving
from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing.keys import decrypt, decrypt_from
from contracting.submissions.states import OpeningPurpose, SealingMode


@transaction.atomic
def open_revisions(
    *,
    solicitation_id: int,
    passphrase: str = "",
    share: bytes = b"",
    by: Actor,
    at: datetime,
) -> list[RevisedOffer]:
    """Give a share to the opening of the final revisions; the last one lays them open.

    Of each offer in the range the last revision is decrypted in memory and checked
    against its hash; its prices count from then on. What its vendor's browser has
    sealed is looked into here for the first time: what is wrong with it lies open
    beside it. The key is discarded again. A revision that is stamped in time and not
    committed yet is waited for.

    :param share: the opened share, in place of the passphrase
    :returns: what was laid open; empty until the quorum is complete
    :raises NotAllowed: unless ``by`` is an opener who has not given a share (R-SUB-03)
    :raises NotOpened: unless the offers are open
    :raises AlreadyDecided: once the selection is decided
    :raises DiscussionsOpen: up to and including the cutoff, whoever asks (R-EVL-04)
    :raises AlreadyOpened: if they were opened before
    :raises WrongPassphrase: if the passphrase does not give the opener's key back
    :raises ShareAltered: if a share is not the one that was committed to
    :raises SealBroken: if sealed bytes were altered or moved since they were received
    :raises NotScanned: while the malware scanner is silent
    """
    end_receiving(solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_open_revisions(by, solicitation))
    queries.require_undecided(solicitation)
    require_cutoff_passed(solicitation, at)
    opening, _is_new = Opening.objects.get_or_create(
        box=box_of(solicitation),
        purpose=OpeningPurpose.REVISIONS,
        defaults={"solicitation": solicitation, "begun_at": at},
    )
    private = give_share(
        opening_id=opening.pk, passphrase=passphrase, share=share, by=by, at=at
    )
    if private is None:
        return []
    opened = [
        _laid_open(solicitation, each, private, at)
        for each in last_revisions(solicitation)
    ]
    record_event(
        events.REVISIONS_OPENED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={
            "opened": [
                {
                    "revision": each.revision.public_id,
                    "content_sha256": each.revision.plain_sha256,
                    "flaws": each.flaws,
                }
                for each in opened
            ]
        },
    )
    return opened


def _laid_open(
    solicitation: Solicitation, revision: FinalRevision, private: bytes, at: datetime
) -> RevisedOffer:
    found = _read(solicitation, revision, private)
    offer = found.offer
    opened = RevisedOffer.objects.create(
        submission=revision.submission,
        revision=revision,
        technical=offer.technical,
        files=[
            {
                "name": file.name,
                "blob_sha256": store_blob(
                    content=file.content, media_type=file.media_type
                ).sha256,
            }
            for file in offer.files
        ],
        flaws=list(found.flaws),
        opened_at=at,
    )
    for price in offer.prices:
        RevisedRate.objects.create(
            offer=opened,
            line_id=price.line_id,
            model_id=price.model_id,
            usd_per_million_tokens=price.price.usd_per_million_tokens,
        )
    return opened


def _read(
    solicitation: Solicitation, revision: FinalRevision, private: bytes
) -> Reading:
    """What is sealed; that it does not open stops the others only if we sealed it."""
    place = Place(solicitation.public_id, revision.public_id, revision.number)
    wrapped, sealed = bytes(revision.wrapped_key), read_blob(revision.sealed_blob)
    try:
        key = decrypt_from(wrapped, private=private, binding=place.key_binding)
        raw = decrypt(sealed, key=key, binding=place.binding)
    except SealBroken:
        is_as_it_came = sha256(wrapped).hexdigest() == received_key_sha256(revision)
        if revision.mode == SealingMode.SERVER or not is_as_it_came:
            raise
        return unreadable()
    if revision.mode == SealingMode.CLIENT:
        told = Declared(
            solicitation, revision.received_at, revision.plain_sha256, revision.files
        )
        return read(raw, told)
    plain = unseal(sealed, key=key, place=place, sha256=revision.plain_sha256)
    return scanned(offer_of(plain))
