"""An offer as values, its seal, and its price on the reference workload.

The seal is AES-256-GCM. Each version of an offer has a random key of its own, which is
stored only encrypted to the box of its solicitation. Sealed bytes are bound to their
solicitation, submission and version: they open in no other place.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contracting.core.canonical import canonical_json, content_sha256
from contracting.core.quantities import UnitPrice
from contracting.documents.checking.pdf import count_pages
from contracting.reference.models import AiModel
from contracting.reference.states import Boundary
from contracting.solicitations.models import Solicitation
from contracting.solicitations.publishing.costs import implausible
from contracting.solicitations.publishing.limits import (
    OfferLimits,
    SizedFile,
    kind_of_media_type,
    limits_of,
)
from contracting.solicitations.queries import lines_of
from contracting.submissions.health.models import LateRelief
from contracting.submissions.models import (
    Box,
    ContentKeyWrap,
    OfferKey,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.refusals import (
    AlternateNotTaken,
    ModelUnfit,
    NotReceiptable,
    OfferIncomplete,
    OverLimits,
    SealBroken,
)
from contracting.submissions.sealing.keys import (
    decrypt,
    encrypt,
    encrypt_to,
    new_key,
)
from contracting.submissions.sealing.offerors import Offeror, unseal_offeror
from contracting.submissions.sealing.offers import Part, SealedOffer

TECHNICAL: Final = "Technical proposal"
PRICES: Final = "Price schedule"
_PADDED_TO: Final = 4096
PRICE_LIMIT: Final = UnitPrice(1_000_000)
MAX_NAME: Final = 120


@dataclass(frozen=True, slots=True)
class OfferedFile:
    """A file of an offer, in memory only."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class OfferedPrice:
    """The figure quoted for a line of the price schedule, with its model.

    It is a price per million tokens, unless the line asks for another figure; where no
    tokens are bought no model is named.
    """

    line_id: int
    model_id: int | None
    price: UnitPrice


@dataclass(frozen=True, slots=True)
class Offer:
    """Everything a vendor hands in."""

    technical: str
    prices: Sequence[OfferedPrice]
    files: Sequence[OfferedFile] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where sealed bytes belong: they open nowhere else."""

    solicitation: str
    submission: str
    version: int

    @property
    def binding(self) -> str:
        """What the encrypted offer is, and where it belongs."""
        return f"drawdown/v1/offer/{self._address}"

    @property
    def key_binding(self) -> str:
        """What the encrypted content key is, and where it belongs."""
        return f"drawdown/v1/content-key/{self._address}"

    @property
    def offeror_binding(self) -> str:
        """What the encrypted offeror is, and where it belongs."""
        return f"drawdown/v1/offeror/{self._address}"

    @property
    def vendor_binding(self) -> str:
        """What the content key encrypted to the vendor is, and where it belongs."""
        return f"drawdown/v1/offer-key/{self._address}"

    @property
    def _address(self) -> str:
        return f"{self.solicitation}/{self.submission}/{self.version}"


def place_of(version: SubmissionVersion) -> Place:
    """Where what is sealed of a version belongs."""
    submission = version.submission
    return Place(
        submission.solicitation.public_id, submission.public_id, version.number
    )


def offeror_of(wrap: ContentKeyWrap, private: bytes) -> Offeror:
    """Who handed in a version, with the private half of its box.

    :raises SealBroken: if what is sealed was altered or moved
    """
    binding = place_of(wrap.version).offeror_binding
    return unseal_offeror(bytes(wrap.sealed_offeror), private=private, binding=binding)


def is_past(solicitation: Solicitation, now: datetime) -> bool:
    """Whether the deadline, which is inclusive, has passed."""
    return solicitation.deadline is not None and now > solicitation.deadline


def content(offer: Offer) -> dict[str, Any]:
    """The offer as one plain dict, with a random part.

    The random part keeps the hash of the content from telling anything about a price:
    without it, somebody who reads the hash could try prices until one fits. Prices have
    a fixed width for the same reason.
    """
    return {
        "salt": secrets.token_hex(32),
        "technical": offer.technical,
        "prices": [
            {
                "line": price.line_id,
                "model": price.model_id,
                "usd_per_million_tokens": _fixed_width(price.price),
            }
            for price in sorted(offer.prices, key=lambda price: price.line_id)
        ],
        "files": [
            {
                "name": file.name,
                "media_type": file.media_type,
                "base64": base64.b64encode(file.content).decode(),
            }
            for file in offer.files
        ],
    }


def offer_of(plain: dict[str, Any]) -> Offer:
    """The offer that :func:`content` has made a dict of."""
    return Offer(
        technical=plain["technical"],
        prices=tuple(
            OfferedPrice(
                line_id=row["line"],
                model_id=row["model"],
                price=UnitPrice(row["usd_per_million_tokens"]),
            )
            for row in plain["prices"]
        ),
        files=tuple(
            OfferedFile(
                name=row["name"],
                media_type=row["media_type"],
                content=base64.b64decode(row["base64"]),
            )
            for row in plain["files"]
        ),
    )


def parts(plain: dict[str, Any]) -> list[dict[str, Any]]:
    """What the receipt lists: every part with its size and SHA-256.

    The hash of the price schedule covers the random part too. Names of files are sealed
    with them, for a name can say much: a file is listed by its place and its hash.
    """
    files = [base64.b64decode(row["base64"]) for row in plain["files"]]
    technical = plain["technical"].encode()
    prices = canonical_json([plain["salt"], plain["prices"]]).encode()
    named = zip(part_names(len(files)), [technical, prices, *files], strict=True)
    return [part_of(name, raw) for name, raw in named]


def part_names(files: int) -> list[str]:
    """What a receipt calls the parts of an offer with so many files."""
    return [TECHNICAL, PRICES, *(f"File {number + 1}" for number in range(files))]


def counts_as_late(version: SubmissionVersion) -> bool:
    """Whether a version came late and no outage has moved its deadline since."""
    relieved = LateRelief.objects.filter(version=version)
    return version.is_late and not relieved.exists()


def receipt_content(version: SubmissionVersion) -> dict[str, Any]:
    """What a leaf of the tree is the hash of: the receipt with its three times.

    The first byte is nothing where nobody knows when it came: a proxy hands a request
    over when all of it has arrived, and may not tell when it began. Every value is one
    that never changes once it is closed. A base offer says no number, as its receipts
    always have.
    """
    solicitation, number = version.submission.solicitation, version.submission.alternate
    return {
        "receipt": version.public_id,
        "solicitation": solicitation.public_id,
        "piid": solicitation.piid,
        "submission": version.submission.public_id,
        **({"alternate": number} if number else {}),
        "version": version.number,
        "first_byte_at": version.first_byte_at,
        "received_at": version.received_at,
        "recorded_at": version.recorded_at,
        "deadline": solicitation.deadline,
        "is_late": counts_as_late(version),
        "mode": version.mode,
        "acknowledged": version.acknowledged,
        "files": version.files,
        "content_sha256": version.plain_sha256,
        "sealed_sha256": version.sealed_blob.sha256,
    }


def part_of(name: str, raw: bytes) -> dict[str, Any]:
    """A part as a receipt lists it, with its size in bytes and its SHA-256."""
    return {
        "name": name,
        "size_bytes": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
    }


def seal(plain: dict[str, Any], *, key: bytes, place: Place) -> bytes:
    """Encrypt the content for one place, padded so that its length tells less."""
    raw = canonical_json(plain).encode()
    step = max(_PADDED_TO, 1 << max(len(raw).bit_length() - 4, 0))
    raw += b" " * (-len(raw) % step)
    return encrypt(raw, key=key, binding=place.binding)


def sealed_here(
    offer: Offer, place: Place, box: Box, own: OfferKey | None
) -> SealedOffer:
    """The offer, encrypted here and now, in memory, as a browser would send it.

    :param own: the offer key of its vendor, to which its key is encrypted too
    """
    plain, key = content(offer), new_key()
    return SealedOffer(
        submission=place.submission,
        version=place.version,
        fingerprint=box.fingerprint,
        sealed=seal(plain, key=key, place=place),
        wrapped_key=encrypt_to(bytes(box.public_key), key, binding=place.key_binding),
        content_sha256=content_sha256(plain),
        parts=[Part(**part) for part in parts(plain)],
        wrapped_for_vendor=b""
        if own is None
        else encrypt_to(bytes(own.public_key), key, binding=place.vendor_binding),
    )


def unseal(sealed: bytes, *, key: bytes, place: Place, sha256: str) -> dict[str, Any]:
    """Decrypt the content and check it against the hash on the receipt.

    :raises SealBroken: if the bytes, their place or their hash do not fit
    """
    raw = decrypt(sealed, key=key, binding=place.binding)
    plain: dict[str, Any] = json.loads(raw)
    if content_sha256(plain) != sha256:
        message = "A sealed offer does not match the hash on its receipt."
        raise SealBroken(message, submission=place.submission, version=place.version)
    return plain


def _fixed_width(price: UnitPrice) -> str:
    return format(price.usd_per_million_tokens, "013.6f")


def require_whole(solicitation: Solicitation, offer: Offer, at: datetime) -> None:
    """Insist on an offer that could be awarded: prices, models and files.

    :raises OfferIncomplete: unless every line has one price
    :raises ModelUnfit: unless each CLIN has one model, authorized for its boundary
    :raises NotReceiptable: for an empty file, or two files of one name
    :raises OverLimits: for more than the solicitation takes
    """
    _require_prices(solicitation, offer)
    _require_models(solicitation, offer, at)
    _require_files(offer)
    _require_within_limits(solicitation, offer)


def _require_prices(solicitation: Solicitation, offer: Offer) -> None:
    lines = {line.pk: line for line in solicitation.lines.filter(is_removed=False)}
    priced = [price.line_id for price in offer.prices]
    missing = [line.slin for pk, line in sorted(lines.items()) if pk not in priced]
    if missing:
        message = f"Quote a price for every line; missing: {', '.join(missing)}."
        raise OfferIncomplete(message, missing=missing)
    if len(set(priced)) != len(priced) or not set(priced) <= set(lines):
        message = "Quote one price for each line of the price schedule, and no other."
        raise OfferIncomplete(message)
    if any(price.price >= PRICE_LIMIT for price in offer.prices):
        message = (
            f"Quote less than {PRICE_LIMIT.usd_per_million_tokens:,} for each line."
        )
        raise OfferIncomplete(message)
    figures = {
        lines[price.line_id].slin: price.price.usd_per_million_tokens
        for price in offer.prices
    }
    if dear := implausible(lines.values(), figures):
        message = (
            f"What {', '.join(dear)} burns, at the price of its unit, comes to a "
            "million dollars per million tokens or more. Look at both figures."
        )
        raise OfferIncomplete(message, lines=dear)
    if not offer.technical.strip():
        message = "The technical proposal is empty."
        raise OfferIncomplete(message)


def _require_models(solicitation: Solicitation, offer: Offer, at: datetime) -> None:
    """One model for each CLIN, authorized for the data boundary of each of its lines.

    A contract line is one model's rate card: where two share it, neither has a price
    for every class, and what a call costs cannot be told.
    """
    serving = [line for line in lines_of(solicitation) if line.names_a_model]
    by_line = {price.line_id: price.model_id for price in offer.prices}
    named = {by_line[line.pk] for line in serving}
    known = AiModel.objects.in_force(at.date()).in_bulk(named - {None})
    if len(known) != len(named):
        message = "Name a model of the reference list, in force today, for every line."
        raise OfferIncomplete(message)
    served: dict[str, AiModel] = {}
    for line in serving:
        model = known[by_line[line.pk]]
        first = served.setdefault(line.clin, model)
        if first != model:
            message = (
                f"CLIN {line.clin} is served by one model, and you name {first} and "
                f"{model}. Name one for all of its lines."
            )
            raise ModelUnfit(message, clin=line.clin)
        if line.asks_boundary and line.boundary not in model.boundaries:
            boundary = Boundary(line.boundary).label
            message = (
                f"{model} is not authorized for the data boundary of line {line.slin}, "
                f"{boundary}. Name a model that is."
            )
            raise ModelUnfit(message, slin=line.slin, boundary=line.boundary)


def _require_files(offer: Offer) -> None:
    names = [TECHNICAL, PRICES]
    words = [offer.technical]
    words += [word for file in offer.files for word in (file.name, file.media_type)]
    if any("\x00" in word for word in words):
        message = "The offer has a character that no page or paper can show (NUL)."
        raise NotReceiptable(message)
    for file in offer.files:
        if not 0 < len(file.name) <= MAX_NAME or len(file.media_type) > MAX_NAME:
            message = f"The name of a file has 1 to {MAX_NAME} characters."
            raise NotReceiptable(message)
        if not file.content:
            message = f"The file {file.name} is empty; a receipt cannot prove it."
            raise NotReceiptable(message, file=file.name)
        if file.name in names:
            message = f"Two parts of the offer are called {file.name}; rename one."
            raise NotReceiptable(message, file=file.name)
        names.append(file.name)


def next_alternate(solicitation: Solicitation, own: Iterable[Submission]) -> int:
    """The number of a vendor's next alternate; 0 if no more is taken.

    :param own: the offers of that vendor, the base offer among them
    """
    last = max((each.alternate for each in own), default=0)
    return last + 1 if last < solicitation.alternates_taken else 0


def require_alternate_taken(
    solicitation: Solicitation, pseudonym: str, alternate: int
) -> None:
    """Insist on a base offer, or on an alternate of a number that can be.

    Alternates are numbered in the order in which they are handed in. No base offer is
    asked for: FAR 52.212-1(e) takes several offers, not one and others beside it.

    :raises AlternateNotTaken: for any other (R-SUB-10)
    """
    require_numbered(solicitation, alternate)
    own = Submission.objects.filter(solicitation=solicitation, pseudonym=pseudonym)
    if alternate > 1 and not own.filter(alternate=alternate - 1).exists():
        message = (
            "Alternates are numbered in the order in which they are handed in: hand in "
            f"alternate {alternate - 1} first. Nothing of this one was kept."
        )
        raise AlternateNotTaken(message, alternate=alternate)


def require_numbered(solicitation: Solicitation, alternate: int) -> None:
    """Insist on a number that the solicitation takes; 0 is the base offer.

    :raises AlternateNotTaken: for any other (R-SUB-10)
    """
    most = solicitation.alternates_taken
    if 0 <= alternate <= most:
        return
    if most:
        message = (
            f"This solicitation takes alternates 1 to {most} from each vendor, and "
            "nothing of yours was kept. Replace or withdraw one of them, or ask the "
            "contracting officer to amend the solicitation so that it takes more."
        )
    else:
        message = (
            "This solicitation takes no alternate offers, and nothing of yours was "
            "kept. Hand it in as your base offer, or ask the contracting officer to "
            "amend the solicitation so that it takes alternates."
        )
    raise AlternateNotTaken(message, alternate=alternate, taken=most)


def _require_within_limits(solicitation: Solicitation, offer: Offer) -> None:
    limits = limits_of(solicitation)
    characters = len(offer.technical.replace("\r\n", "\n"))
    over = limits.over(sized(limits, offer.files), characters=characters)
    if over:
        raise OverLimits(" ".join(over))


def sized(limits: OfferLimits, files: Sequence[OfferedFile]) -> list[SizedFile]:
    """The files as far as limits are concerned; pages only where they are limited."""
    found = []
    for file in files:
        kind = kind_of_media_type(file.media_type)
        counts = kind == "pdf" and limits.pages is not None
        pages = count_pages(file.content) if counts else None
        found.append(SizedFile(file.name, kind, len(file.content), pages))
    return found
