"""A private half cut into shares, of which any k give it back and k - 1 tell nothing.

The scheme is Shamir's over GF(2^128), which takes 16 bytes at once: the 32 bytes of a
private half are cut as two halves, each by a polynomial of its own. A share is the
value of both at its position.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from Crypto.Protocol.SecretSharing import Shamir

_HALF: Final = 16
_LABEL: Final = "drawdown/v1/commitment"


@dataclass(frozen=True, slots=True)
class Share:
    """One opener's part of a private half: 32 bytes, at a position from 1 to n."""

    position: int
    value: bytes


def split(secret: bytes, *, needed: int, people: int) -> list[Share]:
    """Cut 32 bytes into ``people`` shares, any ``needed`` of which give them back."""
    halves = [
        dict(Shamir.split(needed, people, half, ssss=False))
        for half in (secret[:_HALF], secret[_HALF:])
    ]
    positions = range(1, people + 1)
    return [Share(at, halves[0][at] + halves[1][at]) for at in positions]


def combine(shares: Sequence[Share]) -> bytes:
    """The 32 bytes that these shares were cut from; other bytes if one is altered."""
    return b"".join(
        Shamir.combine([(share.position, share.value[part]) for share in shares])
        for part in (slice(_HALF), slice(_HALF, None))
    )


def share_binding(box: str, position: int) -> str:
    """What an encrypted share is, and where it belongs."""
    return f"drawdown/v1/share/{box}/{position}"


def commitment(share: Share, *, box: str) -> str:
    """The hash that is published of a share: it tells an altered one, and no more.

    :param box: the public id of the box, so that no share passes for one of another
    """
    label = f"{_LABEL}/{box}/{share.position}/".encode()
    return hashlib.sha256(label + share.value).hexdigest()
