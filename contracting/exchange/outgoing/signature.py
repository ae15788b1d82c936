"""Signatures of messages by Standard Webhooks 1.0.0, and how their keys are kept.

Two signatures of one text, ``id.timestamp.body``: ``v1a`` by Ed25519, which a receiver
checks with a public key and no secret, and ``v1`` by HMAC-SHA256 with a shared secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

_BYTES: Final = 32
_INFO: Final = b"drawdown/webhook-secrets/1"


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a webhook's messages are signed with."""

    shared: bytes = field(repr=False)
    private: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The shared secret as its receiver types it: ``whsec_…``."""
        return f"whsec_{base64.b64encode(self.shared).decode()}"

    @property
    def public_text(self) -> str:
        """The public key, which is no secret: ``whpk_…``."""
        public = Ed25519PrivateKey.from_private_bytes(self.private).public_key()
        return f"whpk_{base64.b64encode(public.public_bytes_raw()).decode()}"

    def sealed(self) -> bytes:
        """Encrypted under a key of the site, as it is stored."""
        return _site_keys().encrypt(self.shared + self.private)


def new_secrets() -> Secrets:
    """256 random bits for each of the two."""
    return Secrets(secrets.token_bytes(_BYTES), secrets.token_bytes(_BYTES))


def unsealed(sealed: bytes | memoryview) -> Secrets:
    """What was stored.

    :raises ValueError: if the site's key is another one now: rotate the secret
    """
    try:
        both = _site_keys().decrypt(bytes(sealed))
    except InvalidToken as error:
        message = "the site's SECRET_KEY has changed: rotate the secret of this webhook"
        raise ValueError(message) from error
    return Secrets(both[:_BYTES], both[_BYTES:])


def headers_of(
    message_id: str, body: bytes, keys: list[Secrets], at: datetime
) -> dict[str, str]:
    """The three headers of a message that is sent at ``at``.

    :param keys: the present secrets first, then those that still hold
    """
    timestamp = str(int(at.timestamp()))
    text = f"{message_id}.{timestamp}.".encode() + body
    signatures = [signature for each in keys for signature in _signed(each, text)]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(signatures),
    }


def _signed(keys: Secrets, text: bytes) -> tuple[str, str]:
    private = Ed25519PrivateKey.from_private_bytes(keys.private)
    asymmetric = base64.b64encode(private.sign(text)).decode()
    digest = hmac.new(keys.shared, text, hashlib.sha256).digest()
    return f"v1a,{asymmetric}", f"v1,{base64.b64encode(digest).decode()}"


def _site_keys() -> MultiFernet:
    known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derived(str(each))) for each in known])


def _derived(site_key: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO)
    return base64.urlsafe_b64encode(made.derive(site_key.encode()))
