"""Who hands in an offer: a pseudonym until the opening, and the name inside a seal.

A pseudonym is told from the organization only with ``SEALING_KEY``, and is another one
on each solicitation. The name is encrypted to the box, as the key of the offer is.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.conf import settings

from contracting.core.canonical import canonical_json
from contracting.submissions.refusals import SealBroken
from contracting.submissions.sealing.keys import decrypt_from, encrypt_to

_PURPOSE: Final = "drawdown/v1/pseudonym"
_PADDED_TO: Final = 512


@dataclass(frozen=True, slots=True)
class Offeror:
    """Which organization handed in a version, through whom, and how it was registered.

    The numbers are primary keys.
    """

    organization: int
    membership: int
    registration: dict[str, Any]


def pseudonym_of(solicitation: str, organization_id: int) -> str:
    """64 hexadecimal digits that stand for an organization on one solicitation.

    HMAC-SHA-256, with a key derived from ``SEALING_KEY``, of both.
    """
    key = hmac.digest(settings.SEALING_KEY, _PURPOSE.encode(), "sha256")
    of_both = f"{_PURPOSE}/{solicitation}/{organization_id}"
    return hmac.digest(key, of_both.encode(), "sha256").hex()


def offeror_words(pseudonym: str) -> str:
    """How a record calls whoever bears it."""
    return f"offeror {pseudonym[:16]}"


def seal_offeror(offeror: Offeror, *, public: bytes, binding: str) -> bytes:
    """The offeror encrypted to a box, at one length whoever it is."""
    raw = canonical_json(asdict(offeror)).encode()
    return encrypt_to(public, raw + b" " * (-len(raw) % _PADDED_TO), binding=binding)


def unseal_offeror(sealed: bytes, *, private: bytes, binding: str) -> Offeror:
    """The offeror that :func:`seal_offeror` has sealed.

    :raises SealBroken: with another private half, for another place, or if altered
    """
    try:
        return Offeror(
            **json.loads(decrypt_from(sealed, private=private, binding=binding))
        )
    except (TypeError, ValueError) as error:
        raise SealBroken(SealBroken.WORDS) from error
