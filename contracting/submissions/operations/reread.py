"""Read one's own sealed offer again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.queries import read_blob
from contracting.reference.models import AiModel
from contracting.submissions import calculations, events, permissions
from contracting.submissions.calculations import offer_of
from contracting.submissions.models import (
    ContentKeyWrap,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.refusals import NotReadable, SealBroken
from contracting.submissions.sealing.holders import (
    copies_of,
    holder_key_of,
    opened_by,
)
from contracting.submissions.sealing.keys import decrypt, decrypt_from
from contracting.submissions.sealing.offers import Malformed, unpack
from contracting.submissions.states import SealingMode


@dataclass(frozen=True, slots=True)
class OwnOffer:
    """A vendor's own offer as its people read it again, unjudged.

    :param prices: line, model, and the figure that the line asks for, each as text
    """

    technical: str
    prices: Sequence[tuple[str, str, str]]
    files: Sequence[tuple[str, bytes]]


def _own_offer(raw: bytes, version: SubmissionVersion) -> OwnOffer:
    """The decrypted content of a version, in whichever mode it was sealed.

    :raises Malformed: if its vendor's browser has sealed something else
    """
    if version.mode == SealingMode.CLIENT:
        content = unpack(raw)
        rows = [(row["line"], row["model"], row) for row in content.prices]
        technical, files = content.technical, content.files
        named = "public_id"
    else:
        plain = json.loads(raw)
        rows = [(row["line"], row["model"], row) for row in plain["prices"]]
        offer, named = offer_of(plain), "pk"
        technical = offer.technical
        files = [(file.name, file.content) for file in offer.files]
    lines = {
        getattr(each, named): each.numbered
        for each in version.submission.solicitation.lines.all()
    }
    models = {getattr(each, named): str(each) for each in AiModel.objects.all()}
    prices = [
        (
            lines.get(line, "?"),
            models.get(model, "?") if model else "",
            _shown(row["usd_per_million_tokens"]),
        )
        for line, model, row in rows
    ]
    return OwnOffer(technical, sorted(prices), files)


def _shown(price: str) -> str:
    """A price of fixed width without the zeros that say nothing: ``2.50``."""
    whole, _point, rest = price.partition(".")
    return f"{whole.lstrip('0') or '0'}.{rest.rstrip('0').ljust(2, '0')}"


@transaction.atomic
def reread_version(
    *, version_id: int, passphrase: str, by: Actor, at: datetime
) -> OwnOffer:
    """Decrypt a version of the vendor's own offer, in memory, with its offer key.

    Nothing of it is kept. A browser does the same without the passphrase or the text
    reaching this site, and leaves no event; this one stands under the pseudonym.

    :raises NotAllowed: unless ``by`` is a member or signer of this vendor, and holds an
        offer key
    :raises WrongPassphrase: with another passphrase than they have chosen
    :raises NotReadable: if it was sealed to none of the keys that they hold
    :raises SealBroken: if sealed bytes were altered or moved
    """
    found = SubmissionVersion.objects.get(pk=version_id)
    Submission.objects.locked().get(pk=found.submission_id)
    version = SubmissionVersion.objects.select_related(
        "submission__solicitation", "sealed_blob"
    ).get(pk=version_id)
    require(permissions.can_reread_version(by, version))
    key = content_key(version, by, passphrase)
    place = calculations.place_of(version)
    raw = decrypt(read_blob(version.sealed_blob), key=key, binding=place.binding)
    try:
        offer = _own_offer(raw, version)
    except Malformed as error:
        message = f"It was decrypted and cannot be read. {error}"
        raise NotReadable(message) from error
    record_event(
        events.VERSION_REREAD,
        subject=version.subject,
        by=version.submission.recorded(by),
        at=at,
        data={"receipt": version.public_id},
    )
    return offer


def content_key(version: SubmissionVersion, by: Actor, passphrase: str) -> bytes:
    """The key of a version, with the offer key that it was sealed to.

    No row tells which that is: each that the acting person holds is tried.

    :raises WrongPassphrase: with another passphrase than they have chosen
    :raises NotReadable: if it was sealed to none of them
    """
    own = holder_key_of(by)
    private = opened_by(own, passphrase)
    wrap = ContentKeyWrap.objects.get(version=version)
    wrapped = bytes(wrap.wrapped_for_vendor or b"")
    binding = calculations.place_of(version).vendor_binding
    for copy in copies_of(own):
        half = copy.private_half(private)
        try:
            return decrypt_from(wrapped, private=half, binding=binding)
        except SealBroken:
            continue
    message = (
        "It is not sealed to an offer key that you hold: there was none when it was "
        "handed in, or another one. It is opened with the other offers all the same."
    )
    raise NotReadable(message)
