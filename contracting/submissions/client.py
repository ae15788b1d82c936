"""Client mode: what is told to a browser that seals an offer, and how it is read later.

Nobody can look inside before it is decrypted. Whatever is wrong with it is then said
in words and laid open with it; what fits is laid open all the same.
"""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.conf import settings

from contracting.audit.queries import events_of
from contracting.core.actors import Actor
from contracting.core.canonical import canonical_json
from contracting.core.models import new_public_id
from contracting.core.quantities import UnitPrice
from contracting.documents.checking.findings import MEGABYTE, FileVerdict
from contracting.documents.checking.malware import Scanner
from contracting.documents.checking.names import clean_name
from contracting.documents.checking.upload import check_upload
from contracting.documents.forms import MAX_BYTES
from contracting.documents.queries import scans_before_sealing
from contracting.reference.models import AiModel
from contracting.solicitations.models import Solicitation, SolicitationLine
from contracting.solicitations.publishing.costs import implausible
from contracting.solicitations.publishing.limits import (
    OfferLimits,
    SizedFile,
    limits_of,
)
from contracting.solicitations.queries import lines_of
from contracting.submissions import queries
from contracting.submissions.calculations import (
    PRICES,
    TECHNICAL,
    Offer,
    OfferedFile,
    OfferedPrice,
    Place,
    part_names,
    part_of,
    sized,
)
from contracting.submissions.events import VERSION_RECEIVED, VERSION_RESEALED
from contracting.submissions.models import (
    Box,
    BoxShare,
    HolderKey,
    OfferKey,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.refusals import (
    KeySwapped,
    NotReceiptable,
    NotScanned,
    SealedElsewhere,
)
from contracting.submissions.sealing.holders import (
    copies_of,
    holder_key_of,
    holders_of,
    is_wrapped,
    offer_key_of,
    recorded_fingerprint,
)
from contracting.submissions.sealing.models import PersonalKey
from contracting.submissions.sealing.offers import (
    AROUND,
    STEP_BYTES,
    Content,
    Malformed,
    SealedOffer,
    unpack,
)
from contracting.submissions.sealing.published import published_fingerprint

SECONDS: Final = 20.0
"""How long the files of one offer may keep an opening busy before the next is begun."""
MAX_FLAWS: Final = 50
_PRICE = re.compile(r"[0-9]{6}\.[0-9]{6}")
_NOTHING: Final = Offer(technical="", prices=())


@dataclass(frozen=True, slots=True)
class Reading:
    """What of an offer can be laid open, and what is wrong with the rest."""

    offer: Offer
    flaws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """What was declared of a sealed offer when it was received, for its receipt.

    :param parts: name, size and hash of each, in order
    """

    solicitation: Solicitation
    received_at: datetime
    content_sha256: str
    parts: Sequence[Mapping[str, Any]]


def next_place(by: Actor, solicitation: Solicitation, alternate: int = 0) -> Place:
    """Where the next version of the acting vendor's offer of that number belongs.

    A browser binds the offer to it.
    """
    submission = queries.submission_of(by, solicitation, alternate)
    if submission is None:
        return Place(solicitation.public_id, new_public_id(Submission.PREFIX), 1)
    number = submission.versions.count() + 1
    return Place(solicitation.public_id, submission.public_id, number)


def key_text(owner: Box | PersonalKey | OfferKey | None) -> str:
    """A public key as a page hands it to a browser: its 65 bytes in base64."""
    raw = b"" if owner is None else bytes(owner.public_key)
    return base64.b64encode(raw).decode()


def sealed_facts(by: Actor, version: SubmissionVersion) -> dict[str, Any]:
    """What the browser of a holder needs to open the key of a version."""
    own = holder_key_of(by)
    return {
        "receipt": version,
        "submission": version.submission,
        "solicitation": version.submission.solicitation,
        "locked": locked_facts(own),
        "copies": copy_facts(own),
        "wrapped": _base64(bytes(version.key_wrap.wrapped_for_vendor or b"")),
    }


def key_facts(version: SubmissionVersion) -> dict[str, Any]:
    """The key in force, to which a browser seals a version anew, and the former one."""
    solicitation = version.submission.solicitation
    box = queries.box_of(solicitation)
    return {
        "box": box,
        "key": key_text(box),
        "published": published_fingerprint(solicitation),
        "former": queries.box_of_version(version),
    }


def limits(solicitation: Solicitation) -> dict[str, Any]:
    """What the browser checks before it seals, for the vendor's sake alone."""
    stated = limits_of(solicitation)
    return {
        "technical": stated.characters,
        "files": stated.files,
        "bytes": stated.bytes,
        "kinds": " ".join(stated.suffixes),
    }


def share_facts(share: BoxShare | None) -> dict[str, Any]:
    """What an opener's browser needs to open their share; nothing of it is secret."""
    if share is None:
        return {}
    return {
        "box": share.box.public_id,
        "position": share.position,
        "commitment": share.commitment,
        "sealed": _base64(bytes(share.sealed_share)),
        **locked_facts(share.opener_key),
    }


def locked_facts(key: PersonalKey | None) -> dict[str, Any]:
    """What a person's browser needs to unlock their own key with the passphrase."""
    if key is None:
        return {}
    locked = key.locked
    return {
        "public": _base64(locked.public),
        "wrapped": _base64(locked.wrapped),
        "salt": _base64(locked.salt),
        "iterations": locked.iterations,
    }


def offer_key_facts(by: Actor) -> dict[str, Any]:
    """The offer key to which the acting vendor's browser seals its next version."""
    own = offer_key_of(by.organization_id)
    return {
        "offer_key": own,
        "offer_key_text": key_text(own),
        "offer_key_recorded": recorded_fingerprint(own) if own else "",
        "readers": holders_of(own) if own else [],
    }


def copy_facts(holder: HolderKey | None) -> list[dict[str, str]]:
    """The offer keys that a person holds, each encrypted to their own key."""
    return [
        {
            "key": copy.offer_key.public_id,
            "public": key_text(copy.offer_key),
            "wrapped": _base64(bytes(copy.wrapped)),
        }
        for copy in copies_of(holder)
    ]


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def require_sealed_whole(
    offer: SealedOffer, *, place: Place, box: Box, solicitation: Solicitation
) -> None:
    """What can be told of sealed bytes from outside: place, key, size, count, form.

    :param place: the one that is next, to which they have to be bound
    :raises SealedElsewhere: if they are bound to another place
    :raises KeySwapped: if their key is encrypted to another box
    :raises NotReceiptable: if they are no sealed offer, or more than is taken
    """
    if (offer.submission, offer.version) != (place.submission, place.version):
        message = (
            f"Your browser has sealed this as version {offer.version} and it would be "
            f"version {place.version}: another one has arrived meanwhile. Nothing of "
            "this one was kept. Load the page again and hand in once more."
        )
        raise SealedElsewhere(message, version=place.version)
    if offer.fingerprint != box.fingerprint:
        message = (
            "Your offer was sealed to another key than the one that is published with "
            "this solicitation: its openers could never read it. Nothing of it was "
            "kept. An amendment may have replaced the key since the page was loaded. "
            "Load the page again, and compare the fingerprint of the key."
        )
        raise KeySwapped(message, fingerprint=box.fingerprint)
    if not is_wrapped(offer.wrapped_key):
        message = "What arrived has no key for the openers. Nothing of it was kept."
        raise NotReceiptable(message)
    files = offer.parts[2:]
    size, declared = len(offer.sealed), sum(part.size_bytes for part in offer.parts)
    is_named = [part.name for part in offer.parts] == part_names(len(files))
    is_filled = all(part.size_bytes > 0 for part in offer.parts)
    is_padded = (size - AROUND) % STEP_BYTES == 0
    if not (is_named and is_filled and is_padded and declared <= size - AROUND):
        message = (
            "The parts that are declared for the receipt are not those of a sealed "
            "offer of this size. Nothing of it was kept."
        )
        raise NotReceiptable(message)
    declares = [SizedFile(file.name, "", file.size_bytes) for file in files]
    stated = replace(limits_of(solicitation), states_kinds=False)
    if over := stated.over(declares):
        raise NotReceiptable(" ".join(over))
    if size > 2 * MAX_BYTES:
        message = "The sealed offer is larger than any that is within the limits."
        raise NotReceiptable(message)


def require_own_key(offer: SealedOffer, own: OfferKey | None) -> None:
    """That what is encrypted to the vendor is so to the offer key in force.

    :raises KeySwapped: if it is to another one
    :raises NotReceiptable: if it is no key at all
    """
    if not offer.wrapped_for_vendor:
        return
    if own is None or offer.offer_key != own.fingerprint:
        message = (
            "Your browser has sealed this to an offer key that is not in force: it was "
            "replaced since the page was loaded. Nothing of the offer was kept. Load "
            "the page again and hand in once more."
        )
        raise KeySwapped(message)
    if not is_wrapped(offer.wrapped_for_vendor):
        message = "What arrived has no key for your own people. Nothing was kept."
        raise NotReceiptable(message)


def received_key_sha256(version: SubmissionVersion) -> str:
    """The hash of the wrapped content key as the audit recorded it last; or empty."""
    written = (VERSION_RECEIVED.code, VERSION_RESEALED.code)
    found = events_of(version.subject).filter(event__in=written).last()
    data = {} if found is None else found.read["data"]
    return str(data.get("wrapped_key_sha256", ""))


def unreadable() -> Reading:
    """Of bytes that do not open, as they came from the vendor."""
    return Reading(
        _NOTHING,
        (
            "It cannot be decrypted. The bytes and their key are those that were "
            "received, and the one does not open the other.",
        ),
    )


def declared(version: SubmissionVersion) -> Declared:
    """What was declared of a version of an offer."""
    return Declared(
        solicitation=version.submission.solicitation,
        received_at=version.received_at,
        content_sha256=version.plain_sha256,
        parts=version.files,
    )


def read(raw: bytes, told: Declared) -> Reading:
    """Check the decrypted content, before anybody downloads a part of it.

    :raises NotScanned: while the malware scanner is silent: then nothing is opened
    """
    try:
        content = unpack(raw)
    except Malformed as error:
        return Reading(_NOTHING, (f"It cannot be read. {error}",))
    solicitation = told.solicitation
    flaws = list(_against_the_receipt(content, told))
    technical, stated = content.technical, limits_of(solicitation)
    if not technical.strip():
        flaws.append("The technical proposal is empty.")
    if len(technical) > stated.characters:
        flaws.append(
            f"The technical proposal has {len(technical):,} characters; what is after "
            f"the first {stated.characters:,} is not considered."
        )
    prices, wrong_prices = _prices(content, solicitation, told.received_at)
    files, wrong_files = _files(content, stated)
    flaws += stated.over(sized(stated, files))
    offer = Offer(technical[: stated.characters], prices, files)
    found = dict.fromkeys((*flaws, *wrong_files, *wrong_prices))
    return Reading(offer, tuple(found)[:MAX_FLAWS])


def _against_the_receipt(content: Content, told: Declared) -> Iterator[str]:
    rows = [dict(row) for row in content.prices]
    parts = [
        content.technical.encode(),
        canonical_json([content.salt, rows]).encode(),
        *(raw for _name, raw in content.files),
    ]
    names = part_names(len(content.files))
    found = [part_of(name, raw) for name, raw in zip(names, parts, strict=True)]
    if content.sha256 != told.content_sha256 or found != list(told.parts):
        yield "Its content has other hashes than its sender declared for the receipt."


def _prices(
    content: Content, solicitation: Solicitation, at: datetime
) -> tuple[list[OfferedPrice], list[str]]:
    """The prices that fit their lines, and what is wrong with the others."""
    lines = {line.public_id: line for line in lines_of(solicitation)}
    in_force = AiModel.objects.in_force(at.date())
    models = {model.public_id: model for model in in_force}
    taken: dict[str, OfferedPrice] = {}
    served: dict[str, AiModel] = {}
    flaws = []
    for row in content.prices:
        line, model = lines.get(row["line"]), models.get(row["model"])
        if line is None:
            flaws.append("It has a price for a line that the price schedule has not.")
            continue
        if not line.names_a_model:
            model = None
        wrong = _wrong_price(row["usd_per_million_tokens"], line, model)
        if line.public_id in taken:
            wrong = "is priced more than once; the first price is shown"
        elif model is not None and served.setdefault(line.clin, model) != model:
            wrong = "names another model than the other lines of its CLIN"
        if wrong:
            flaws.append(f"Line {line.slin} {wrong}.")
            continue
        price = UnitPrice(row["usd_per_million_tokens"])
        served_by = None if model is None else model.pk
        taken[line.public_id] = OfferedPrice(line.pk, served_by, price)
    figures = {
        lines[key].slin: offered.price.usd_per_million_tokens
        for key, offered in taken.items()
    }
    dear = implausible(lines.values(), figures)
    for slin in dear:
        flaws.append(f"Line {slin} burns implausibly much at the price of its unit.")
    taken = {key: price for key, price in taken.items() if lines[key].slin not in dear}
    missing = [line.slin for key, line in lines.items() if key not in taken]
    if missing:
        flaws.append(f"Not priced: {', '.join(missing)}.")
    return list(taken.values()), flaws


def _wrong_price(price: str, line: SolicitationLine, model: AiModel | None) -> str:
    if line.names_a_model and model is None:
        return "names no model of the reference list that was in force on receipt"
    allowed = model.boundaries if model is not None else []
    if model is not None and line.asks_boundary and line.boundary not in allowed:
        return "names a model that is not authorized for its data boundary"
    if not _PRICE.fullmatch(price):
        return "has no figure with six decimals, below a million"
    return ""


def _files(
    content: Content, stated: OfferLimits
) -> tuple[list[OfferedFile], list[str]]:
    """The files that pass the check of every upload, and what was found in the others.

    A file that does not pass is not kept: it may be asked for again, and its hash on
    the receipt shows whether it is the same.
    """
    began, taken = time.monotonic(), list[OfferedFile]()
    flaws, names, room = [], [TECHNICAL, PRICES], stated.bytes
    for number, (name, raw) in enumerate(content.files, start=1):
        room -= len(raw)
        shown = clean_name(name) or f"File {number}"
        if number > stated.files or room < 0:
            limit = f"{stated.files} files and {stated.bytes // MEGABYTE} MB"
            flaws.append(f"{shown}: It is over the limit of {limit}, and is not shown.")
            continue
        if shown in names:
            flaws.append(f"{shown}: Another part has this name; it is not shown.")
            continue
        if time.monotonic() - began > SECONDS:
            flaws.append(
                f"{shown}: It was not checked, for the files before it took too long; "
                "it is not shown."
            )
            continue
        verdict = _checked(shown, raw)
        if not verdict.is_fit:
            flaws.append(f"{verdict.words} The file is not shown.")
            continue
        names.append(shown)
        taken.append(OfferedFile(shown, verdict.media_type, verdict.content))
    return taken, flaws


def scanned(offer: Offer) -> Reading:
    """What this site has sealed, once its files are scanned that were not before.

    :raises NotScanned: while the malware scanner is silent: then nothing is opened
    """
    if not settings.CLAMD_URL or scans_before_sealing():
        return Reading(offer)
    verdicts = [(file, _checked(file.name, file.content)) for file in offer.files]
    return Reading(
        replace(offer, files=tuple(file for file, told in verdicts if told.is_fit)),
        tuple(
            f"{told.words} The file is not shown."
            for _file, told in verdicts
            if not told.is_fit
        ),
    )


def _checked(name: str, raw: bytes) -> FileVerdict:
    scanner = Scanner(settings.CLAMD_URL) if settings.CLAMD_URL else None
    verdict = check_upload(name, raw, scanner=scanner)
    if any(finding.code == "not_scanned" for finding in verdict.findings):
        message = (
            "The malware scanner gives no answer, and no file is laid open unscanned. "
            "Nothing was opened and your share was not taken: give it again in a "
            "minute. If it goes on, tell whoever runs this site."
        )
        raise NotScanned(message)
    return verdict
