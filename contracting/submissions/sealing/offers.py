"""An offer as sealed bytes, and the content that a vendor's browser seals.

That content is the length of its head (4 bytes), the head as canonical JSON, the files
one after another, and zeros up to a round length. The head names every file with its
size and hash, so that the hash of the head is one of the whole content.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from contracting.submissions.sealing.keys import KEY_BYTES, PUBLIC_BYTES

ENVELOPE: Final = "drawdown/v1/sealed-offer"
STEP_BYTES: Final = 4096
AROUND: Final = 12 + 16
"""Bytes of the nonce and the tag around whatever is encrypted."""
WRAPPED_KEY_BYTES: Final = PUBLIC_BYTES + AROUND + KEY_BYTES
MAX_HEAD_BYTES: Final = 2 * 1024 * 1024
MAX_ROWS: Final = 1000
"""Of prices, and of files: more are read by nobody, and would keep an opening busy."""
_LENGTH_BYTES: Final = 4
_PRICE: Final = "usd_per_million_tokens"


class Malformed(ValueError):
    """The content is not what a browser seals; the words say where it ends to be."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a sealed offer, as it was declared; nobody can look inside."""

    name: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class SealedOffer:
    """An offer that was encrypted where it was written, with its key to the box.

    :param submission: public id of the submission that the bytes are bound to
    :param version: the number of the version that they are bound to
    :param fingerprint: of the public key to which the content key is encrypted
    :param offer_key: fingerprint of the offer key to which it is encrypted too, if any
    :param content_sha256: of the content before it was sealed, in hexadecimal
    """

    submission: str
    version: int
    fingerprint: str
    sealed: bytes
    wrapped_key: bytes
    content_sha256: str
    parts: Sequence[Part]
    offer_key: str = ""
    wrapped_for_vendor: bytes = b""


@dataclass(frozen=True, slots=True)
class Rewrapped:
    """The key of an offer, which a browser has encrypted to another box.

    :param fingerprint: of the public key of that box
    """

    fingerprint: str
    wrapped_key: bytes


@dataclass(frozen=True, slots=True)
class Content:
    """What a browser has sealed, cut into its parts and not judged yet."""

    sha256: str
    salt: str
    technical: str
    prices: Sequence[dict[str, str]]
    files: Sequence[tuple[str, bytes]]


def told_offer(told: dict[str, Any], sealed: bytes) -> SealedOffer:
    """The sealed bytes with what a browser tells of them.

    :raises AttributeError, KeyError, TypeError, ValueError: if it is something else
    """
    return SealedOffer(
        submission=str(told["submission"]),
        version=int(told["version"]),
        fingerprint=str(told["fingerprint"]),
        sealed=sealed,
        wrapped_key=base64.b64decode(told["wrapped_key"], validate=True),
        content_sha256=_sha256(told["content_sha256"]),
        parts=[
            Part(
                name=str(part["name"]),
                size_bytes=int(part["size_bytes"]),
                sha256=_sha256(part["sha256"]),
            )
            for part in told["parts"]
        ],
        offer_key=str(told.get("offer_key", "")),
        wrapped_for_vendor=base64.b64decode(
            told.get("wrapped_for_vendor", ""), validate=True
        ),
    )


def told_rewrapped(told: dict[str, Any]) -> Rewrapped:
    """The key of an offer as a browser has encrypted it to another box.

    :raises AttributeError, KeyError, TypeError, ValueError: if it is something else
    """
    wrapped = base64.b64decode(told["wrapped_key"], validate=True)
    return Rewrapped(str(told["fingerprint"]), wrapped)


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        message = "no SHA-256 in hexadecimal"
        raise ValueError(message)
    return text


def unpack(raw: bytes) -> Content:
    """Cut the decrypted bytes into their parts.

    :raises Malformed: if they are anything else, whatever it is
    """
    size = int.from_bytes(raw[:_LENGTH_BYTES], "big")
    if size > MAX_HEAD_BYTES:
        message = "Its head is longer than that of any offer within the limits."
        raise Malformed(message)
    head, rest = raw[_LENGTH_BYTES:][:size], raw[_LENGTH_BYTES + size :]
    if len(head) != size:
        message = "It ends before its head does."
        raise Malformed(message)
    plain = _parsed(head)
    return Content(
        sha256=hashlib.sha256(head).hexdigest(),
        salt=_text(plain, "salt"),
        technical=_text(plain, "technical"),
        prices=[
            {key: _text(row, key) for key in ("line", "model", _PRICE)}
            for row in _rows(plain, "prices")
        ],
        files=list(_files(_rows(plain, "files"), rest)),
    )


def _parsed(head: bytes) -> dict[str, Any]:
    try:
        plain = json.loads(head)
    except (ValueError, RecursionError) as error:
        message = "Its head is not JSON."
        raise Malformed(message) from error
    if not isinstance(plain, dict):
        message = "Its head is not an object."
        raise Malformed(message)
    return plain


def _text(plain: dict[str, Any], key: str) -> str:
    value = plain.get(key)
    if not isinstance(value, str) or not _can_be_shown(value):
        message = f"Its {key} is no text that a page or paper can show."
        raise Malformed(message)
    return value


def _can_be_shown(text: str) -> bool:
    try:
        return b"\x00" not in text.encode()
    except UnicodeEncodeError:
        return False


def _rows(plain: dict[str, Any], key: str) -> list[dict[str, Any]]:
    rows = plain.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        message = f"Its {key} are not a list of objects."
        raise Malformed(message)
    if len(rows) > MAX_ROWS:
        message = f"It has more than {MAX_ROWS} {key}."
        raise Malformed(message)
    return rows


def _files(rows: list[dict[str, Any]], rest: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    for row in rows:
        name, size = _text(row, "name"), row.get("size_bytes")
        if type(size) is not int or not 0 <= size <= len(rest) - at:
            message = "It ends before its files do."
            raise Malformed(message)
        content = rest[at : at + size]
        if hashlib.sha256(content).hexdigest() != row.get("sha256"):
            message = "One of its files is another one than its head says."
            raise Malformed(message)
        yield name, content
        at += size
