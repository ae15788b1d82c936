"""Boxes as a browser has made them: what can be told of them from outside."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from contracting.core.identifiers import is_public_id
from contracting.submissions.sealing.keys import PUBLIC_BYTES, is_point
from contracting.submissions.sealing.offers import AROUND, WRAPPED_KEY_BYTES
from contracting.submissions.states import SealingMode

_HASH: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class MadeShare:
    """One share, encrypted to the key of its opener.

    :param opener: fingerprint of that key
    """

    opener: str
    sealed: bytes
    commitment: str


@dataclass(frozen=True, slots=True)
class MadeBox:
    """A public key and the shares of its private half, the first opener's first.

    :param mode: where it was made
    """

    public_id: str
    public_key: bytes
    shares: Sequence[MadeShare]
    mode: str = SealingMode.CLIENT

    def wrong(self, openers: Sequence[str]) -> str:
        """What does not fit, in words; or nothing.

        :param openers: fingerprints of the keys of those who were named, in order
        """
        is_named = is_public_id(self.public_id, "box")
        if not is_named or not is_point(self.public_key):
            return "it has no key"
        if [share.opener for share in self.shares] != list(openers):
            return "its shares are not for the openers who are named, with their keys"
        if not all(_is_wrapped(share.sealed) for share in self.shares):
            return "one of its shares is not encrypted to a key"
        told = {share.commitment for share in self.shares}
        if len(told) != len(openers) or not all(map(_HASH.fullmatch, told)):
            return "its shares have no commitments of their own"
        return ""


@dataclass(frozen=True, slots=True)
class MadeBoxes:
    """The box of a rehearsal with what lies in it, and the one for the offers."""

    rehearsal: MadeBox
    offers: MadeBox
    sample: bytes
    sample_key: bytes
    sample_sha256: str

    def wrong(self, openers: Sequence[str]) -> str:
        """What does not fit, in words; or nothing."""
        both = (self.rehearsal, self.offers)
        found = next(filter(None, (box.wrong(openers) for box in both)), "")
        if found:
            return found
        if self.rehearsal.public_key == self.offers.public_key:
            return "the rehearsal would open the box of the offers"
        is_hash = _HASH.fullmatch(self.sample_sha256)
        is_sealed = AROUND < len(self.sample) <= 4096 and _is_wrapped(self.sample_key)
        return "" if is_hash and is_sealed else "nothing is sealed for the rehearsal"


def made_box(told: dict[str, Any]) -> MadeBox:
    """The box that a browser tells of, or that was kept as :func:`plain_box`.

    :raises KeyError, TypeError, ValueError: if it tells of something else
    """
    return MadeBox(
        public_id=str(told["public_id"]),
        public_key=base64.b64decode(told["public_key"], validate=True),
        shares=[
            MadeShare(
                opener=str(share["opener"]),
                sealed=base64.b64decode(share["sealed"], validate=True),
                commitment=str(share["commitment"]),
            )
            for share in told["shares"]
        ],
    )


def made_boxes(told: dict[str, Any]) -> MadeBoxes:
    """Both boxes that a browser tells of.

    :raises KeyError, TypeError, ValueError: if it tells of something else
    """
    return MadeBoxes(
        rehearsal=made_box(told["rehearsal"]),
        offers=made_box(told["offers"]),
        sample=base64.b64decode(told["sample"], validate=True),
        sample_key=base64.b64decode(told["sample_key"], validate=True),
        sample_sha256=str(told["sample_sha256"]),
    )


def plain_box(box: MadeBox) -> dict[str, Any]:
    """The box as plain JSON values, bytes in base64."""
    shares = [{**asdict(share), "sealed": _text(share.sealed)} for share in box.shares]
    return {**asdict(box), "public_key": _text(box.public_key), "shares": shares}


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _is_wrapped(secret: bytes) -> bool:
    is_point_first = is_point(secret[:PUBLIC_BYTES])
    return len(secret) == WRAPPED_KEY_BYTES and is_point_first
