"""Key pairs, what is encrypted to them, and a private half under a passphrase.

A public half is the uncompressed point of P-256, 65 bytes; a private half is its
scalar, 32 bytes, big-endian. Whatever is encrypted begins with its 12-byte nonce and
ends with its 16-byte tag, and is bound to a text that says what it is and where it
belongs.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from contracting.submissions.refusals import SealBroken, WrongPassphrase

KEY_BYTES: Final = 32
PUBLIC_BYTES: Final = 65
_NONCE_BYTES: Final = 12
SALT_BYTES: Final = 16
_CURVE: Final = ec.SECP256R1()
_HYBRID: Final = "drawdown/v1/to-public-key"
_LOCKED: Final = "drawdown/v1/opener-key"


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A pair of P-256; the private half stays in memory."""

    public: bytes
    private: bytes


@dataclass(frozen=True, slots=True)
class LockedKey:
    """A private half that only its passphrase gives back."""

    public: bytes
    wrapped: bytes
    salt: bytes
    iterations: int


def told_locked(told: dict[str, Any]) -> LockedKey:
    """The locked key that a browser tells of.

    :raises AttributeError, KeyError, TypeError, ValueError: if it is something else
    """
    return LockedKey(
        public=base64.b64decode(told["public"], validate=True),
        wrapped=base64.b64decode(told["wrapped"], validate=True),
        salt=base64.b64decode(told["salt"], validate=True),
        iterations=int(told["iterations"]),
    )


def new_key() -> bytes:
    """A random key of AES-256."""
    return AESGCM.generate_key(bit_length=256)


def new_pair() -> KeyPair:
    """A random key pair."""
    private = ec.generate_private_key(_CURVE)
    scalar = private.private_numbers().private_value.to_bytes(KEY_BYTES, "big")
    return KeyPair(_point(private.public_key()), scalar)


def public_of(private: bytes) -> bytes:
    """The public half that belongs to a private one.

    :raises SealBroken: if these bytes are no private half
    """
    return _point(_private(private).public_key())


def fingerprint(public: bytes) -> str:
    """SHA-256, in hexadecimal, of the 65 bytes of a public half."""
    return hashlib.sha256(public).hexdigest()


def is_point(public: bytes) -> bool:
    """Whether these bytes are a public half: a point of P-256, uncompressed."""
    try:
        return _point(_public(public)) == public
    except SealBroken:
        return False


def encrypt_to(public: bytes, secret: bytes, *, binding: str) -> bytes:
    """Encrypt to a public half: ephemeral point, nonce, ciphertext and tag.

    :param binding: what it is and where it belongs; it opens under no other text
    """
    ephemeral = ec.generate_private_key(_CURVE)
    shared = ephemeral.exchange(ec.ECDH(), _public(public))
    point = _point(ephemeral.public_key())
    key = _derived(shared, point, public)
    return point + encrypt(secret, key=key, binding=binding)


def decrypt_from(wrapped: bytes, *, private: bytes, binding: str) -> bytes:
    """Decrypt what was encrypted to the public half of ``private``.

    :raises SealBroken: with another private half, or for another place
    """
    own = _private(private)
    point, rest = wrapped[:PUBLIC_BYTES], wrapped[PUBLIC_BYTES:]
    shared = own.exchange(ec.ECDH(), _public(point))
    key = _derived(shared, point, _point(own.public_key()))
    return decrypt(rest, key=key, binding=binding)


def lock(pair: KeyPair, passphrase: str, *, iterations: int) -> LockedKey:
    """Encrypt the private half under a passphrase, which is kept nowhere."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = _stretched(passphrase, salt, iterations)
    binding = f"{_LOCKED}/{fingerprint(pair.public)}"
    wrapped = encrypt(pair.private, key=key, binding=binding)
    return LockedKey(pair.public, wrapped, salt, iterations)


def unlock(locked: LockedKey, passphrase: str) -> bytes:
    """The private half.

    :raises WrongPassphrase: with another passphrase, or if the bytes were altered
    """
    key = _stretched(passphrase, locked.salt, locked.iterations)
    binding = f"{_LOCKED}/{fingerprint(locked.public)}"
    try:
        return decrypt(locked.wrapped, key=key, binding=binding)
    except SealBroken as error:
        message = (
            "This passphrase does not open your opener's key. Nothing was opened and "
            "your share was not given. Type the passphrase you chose when you "
            "enrolled; it is not your login's password."
        )
        raise WrongPassphrase(message) from error


def encrypt(raw: bytes, *, key: bytes, binding: str) -> bytes:
    """Nonce, ciphertext and tag of AES-256-GCM."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, raw, binding.encode())


def decrypt(sealed: bytes, *, key: bytes, binding: str) -> bytes:
    """What was encrypted.

    :raises SealBroken: with another key, for another place, or if it was altered
    """
    nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, rest, binding.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(SealBroken.WORDS) from error


def _stretched(passphrase: str, salt: bytes, iterations: int) -> bytes:
    typed = unicodedata.normalize("NFKC", passphrase).encode()
    return hashlib.pbkdf2_hmac("sha256", typed, salt, iterations, KEY_BYTES)


def _derived(shared: bytes, ephemeral: bytes, recipient: bytes) -> bytes:
    info = _HYBRID.encode() + ephemeral + recipient
    return HKDF(SHA256(), length=KEY_BYTES, salt=None, info=info).derive(shared)


def _private(scalar: bytes) -> ec.EllipticCurvePrivateKey:
    try:
        return ec.derive_private_key(int.from_bytes(scalar, "big"), _CURVE)
    except ValueError as error:
        raise SealBroken(SealBroken.WORDS) from error


def _public(point: bytes) -> ec.EllipticCurvePublicKey:
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    except ValueError as error:
        raise SealBroken(SealBroken.WORDS) from error


def _point(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
