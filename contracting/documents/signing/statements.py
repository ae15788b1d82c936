"""Sign plain bytes, such as a list of statuses, with the key of the seal."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from contracting.documents.signing.keys import opened


@dataclass(frozen=True, slots=True)
class Statement:
    """A signature over plain bytes, how it was made, and by which certificate."""

    signature: bytes
    algorithm: str
    certificate: bytes


def sign_statement(content: bytes) -> Statement:
    """Sign plain bytes with the key of the seal; SHA-256 of them is what is signed.

    :returns: with an algorithm such as ``sha256_ecdsa``, named as in CMS
    :raises SealMissing: if no key is configured, or it cannot be read
    """
    with opened() as key:
        mechanism = key.signer.get_signature_mechanism_for_digest("sha256")
        return Statement(
            signature=asyncio.run(key.signer.async_sign_raw(content, "sha256")),
            algorithm=str(mechanism["algorithm"].native),
            certificate=key.certificate,
        )
