"""A vendor's detached signature of a report: Ed25519 over the hash of its file."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_KEY: Final = re.compile("[0-9a-f]{64}")
_SIGNATURE: Final = re.compile("[0-9a-f]{128}")


def message_of(sha256: str) -> bytes:
    """What is signed: the words ``sha256:`` and the file's hash in hexadecimal.

    The hash is kept for ever, and so the signature can be checked again when a file
    that may carry content is no longer there.
    """
    return f"sha256:{sha256}".encode()


def public_key_of(text: str) -> str | None:
    """The 32 bytes of a public key in hexadecimal, or ``None`` if they are none."""
    key = "".join(text.split()).lower()
    if not _KEY.fullmatch(key):
        return None
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
    except ValueError:
        return None
    return key


def is_signed(content: bytes, signature: str, public_key: str) -> bool:
    """Whether the key's owner has signed exactly this file.

    :param signature: 64 bytes in hexadecimal
    """
    return is_signature_of(hashlib.sha256(content).hexdigest(), signature, public_key)


def is_signature_of(sha256: str, signature: str, public_key: str) -> bool:
    """The same of a file of which only the hash is there."""
    if not _SIGNATURE.fullmatch(signature) or not _KEY.fullmatch(public_key):
        return False
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key))
    try:
        key.verify(bytes.fromhex(signature), message_of(sha256))
    except InvalidSignature:
        return False
    return True
