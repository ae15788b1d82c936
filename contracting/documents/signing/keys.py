"""The organization's key: from a PEM file, PKCS#12 or a PKCS#11 token.

It seals papers and signs them for acts that were recorded. The private keys of people
are never held here, nor asked for.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer

_BLOCK: Final = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]+)-----.+?-----END \1-----\r?\n?", re.DOTALL
)
_YEARS: Final = timedelta(days=10 * 365)
_PKCS12: Final = frozenset({".p12", ".pfx"})
_HOLD: Final = (
    "The file that SEAL_FILE names must hold one private key and its certificate, in "
    "PEM, or in PKCS#12 if its name ends in .p12 or .pfx; SEAL_PASSPHRASE opens it if "
    "it is encrypted."
)


class SealMissing(RuntimeError):
    """There is no key to sign with, or no stamp: the papers that need it wait."""


@dataclass(frozen=True, slots=True)
class Key:
    """The key as pyHanko takes it, and its certificate."""

    signer: Signer
    certificate: bytes

    @property
    def sha256(self) -> str:
        """SHA-256 of the certificate, hexadecimal."""
        return hashlib.sha256(self.certificate).hexdigest()


@contextmanager
def opened() -> Iterator[Key]:
    """The configured key, for as long as it is used; a token is logged out after it.

    :raises SealMissing: if none is configured, it cannot be read, or its certificate
        has expired
    """
    if settings.SEAL_PKCS11_MODULE:
        with _on_token() as key:
            yield _in_force(key)
        return
    place = _file()
    of_file = _pkcs12(place) if place.suffix in _PKCS12 else _pem(_bytes_of(place))
    yield _in_force(of_file)


def certificates() -> list[x509.Certificate]:
    """The certificate that signs, as far as a file holds it, and those above it.

    :raises SealMissing: if the file is missing or holds none
    """
    place = _file()
    content = _bytes_of(place)
    try:
        if place.suffix in _PKCS12:
            _key, first, others = pkcs12.load_key_and_certificates(content, _phrase())
            return [each for each in (first, *others) if each is not None]
        chain = b"".join(block for name, block in _blocks(content) if _is_public(name))
        return x509.load_pem_x509_certificates(chain)
    except ValueError as error:
        raise SealMissing(_HOLD) from error


def _in_force(key: Key) -> Key:
    last = x509.load_der_x509_certificate(key.certificate).not_valid_after_utc
    if last.timestamp() < time.time():
        message = (
            f"The certificate of the seal has expired on {last:%d %b %Y}. Papers that "
            "bear it wait until SEAL_FILE holds a new one."
        )
        raise SealMissing(message)
    return key


def _file() -> Path:
    """The place of the key; made once where that is allowed."""
    if not settings.SEAL_FILE:
        message = (
            "No seal is configured: SEAL_FILE names no file. deploy/runbook.md says "
            "how to get one; papers wait until then and are printed by themselves."
        )
        raise SealMissing(message)
    path = Path(settings.SEAL_FILE)
    if not path.exists() and settings.SEAL_IS_MADE:
        _make(path)
    return path


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"The file that SEAL_FILE names cannot be read: {error.strerror}."
        raise SealMissing(message) from error


def _phrase() -> bytes | None:
    return settings.SEAL_PASSPHRASE.encode() or None


def _blocks(pem: bytes) -> list[tuple[bytes, bytes]]:
    return [(found[1], found[0]) for found in _BLOCK.finditer(pem)]


def _is_public(name: bytes) -> bool:
    return name == b"CERTIFICATE"


def _pem(pem: bytes) -> Key:
    from pyhanko.keys import (
        load_certs_from_pemder_data,
        load_private_key_from_pemder_data,
    )

    blocks = _blocks(pem)
    private = [block for name, block in blocks if name.endswith(b"PRIVATE KEY")]
    chain = b"".join(block for name, block in blocks if _is_public(name))
    try:
        (key,) = private
        first, *others = load_certs_from_pemder_data(chain)
        opened_key = load_private_key_from_pemder_data(key, passphrase=_phrase())
    except (ValueError, TypeError) as error:
        raise SealMissing(_HOLD) from error
    return _key_of(first, opened_key, others)


def _pkcs12(place: Path) -> Key:
    from pyhanko.keys import (
        load_certs_from_pemder_data,
        load_private_key_from_pemder_data,
    )

    try:
        key, first, others = pkcs12.load_key_and_certificates(
            _bytes_of(place), _phrase()
        )
        if key is None or first is None:
            raise SealMissing(_HOLD)
    except ValueError as error:
        raise SealMissing(_HOLD) from error
    der = serialization.Encoding.DER
    plain = key.private_bytes(
        der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (signing,) = load_certs_from_pemder_data(first.public_bytes(der))
    above = [
        each
        for other in others
        for each in load_certs_from_pemder_data(other.public_bytes(der))
    ]
    private = load_private_key_from_pemder_data(plain, passphrase=None)
    return _key_of(signing, private, above)


def _key_of(certificate: Any, private: Any, others: list[Any]) -> Key:
    from pyhanko.sign.signers import SimpleSigner

    signer = SimpleSigner(
        signing_cert=certificate, signing_key=private, cert_registry=_store(others)
    )
    return Key(signer, certificate.dump())


def _store(certificates_above: list[Any]) -> Any:
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    store_of: Any = SimpleCertificateStore.from_certs
    return store_of(certificates_above)


@contextmanager
def _on_token() -> Iterator[Key]:
    """The key of a token, which never leaves it; SEAL_PASSPHRASE is its PIN."""
    try:
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError as error:
        message = (
            "SEAL_PKCS11_MODULE is set, and this installation has no python-pkcs11: "
            "install requirements-pkcs11.txt."
        )
        raise SealMissing(message) from error
    from pkcs11.exceptions import PKCS11Error

    try:
        session = open_pkcs11_session(
            settings.SEAL_PKCS11_MODULE,
            token_criteria=TokenCriteria(label=settings.SEAL_PKCS11_TOKEN),
            user_pin=settings.SEAL_PASSPHRASE or None,
        )
    except (PKCS11Error, RuntimeError, OSError) as error:
        message = (
            f"The token {settings.SEAL_PKCS11_TOKEN!r} of SEAL_PKCS11_MODULE cannot be "
            f"opened: {type(error).__name__}."
        )
        raise SealMissing(message) from error
    with session:
        try:
            label = settings.SEAL_PKCS11_KEY
            certificate = PKCS11Signer(session, cert_label=label).signing_cert
            # Every token signs a digest with an elliptic key; few make the digest.
            raw = certificate is not None and certificate.public_key.algorithm == "ec"
            signer = PKCS11Signer(session, cert_label=label, use_raw_mechanism=raw)
        except (PKCS11Error, LookupError) as error:
            message = (
                f"The token holds no key and certificate {settings.SEAL_PKCS11_KEY!r}, "
                "which SEAL_PKCS11_KEY names."
            )
            raise SealMissing(message) from error
        if certificate is None:
            message = f"The token holds no certificate {settings.SEAL_PKCS11_KEY!r}."
            raise SealMissing(message)
        yield Key(signer, certificate.dump())


def _make(path: Path) -> None:
    """A key and a certificate that it has signed itself, readable by the owner only.

    Whoever comes second finds the file of the first: a link never replaces a file.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(_self_signed())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()


def _self_signed() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Drawdown, not for production")]
    )
    begins = datetime.fromtimestamp(time.time(), UTC) - timedelta(days=1)
    usage: dict[str, Any] = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + _YEARS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, content_commitment=True, **usage),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    plain = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return plain + made.public_bytes(serialization.Encoding.PEM)
