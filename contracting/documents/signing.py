"""The organization's seal on a printed paper: PAdES B-B. pyHanko lives here only.

The seal is added behind the printed bytes, which stay as they were: whoever cuts the
file at their length has the print again. It says who issued the paper and that nothing
has changed since; it is nobody's signature.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings

from contracting.documents.states import DocumentKind

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

SEALED: Final = frozenset({DocumentKind.RECEIPT})
"""The papers that are sealed when they are printed."""

FIELD: Final = "Seal"
_BLOCK: Final = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]+)-----.+?-----END \1-----\r?\n?", re.DOTALL
)
_YEARS: Final = timedelta(days=10 * 365)


class SealMissing(RuntimeError):
    """There is no key to seal with: papers that need it wait, others are printed."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file, what it was before, and the certificate that seals it."""

    content: bytes
    unsealed_sha256: str
    certificate_sha256: str


def is_sealed(kind: str) -> bool:
    """Whether a paper of this kind bears the seal."""
    return kind in SEALED


def seal(pdf: bytes, *, reason: str) -> Sealed:
    """Seal the printed bytes; the seal allows no later change, visible or not.

    The signing time is that of this machine: no authority for time is asked.

    :raises SealMissing: if no key is configured, or the file of it cannot be read
    """
    signer, certificate = _signer(_pem())
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    about = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
    )
    sealed = signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer)
    return Sealed(
        content=sealed.getvalue(),
        unsealed_sha256=hashlib.sha256(pdf).hexdigest(),
        certificate_sha256=hashlib.sha256(certificate).hexdigest(),
    )


def _pem() -> bytes:
    """The file of the key and its certificates; made once where that is allowed."""
    place = settings.SEAL_FILE
    if not place:
        message = (
            "No seal is configured: SEAL_FILE names no file. deploy/runbook.md says "
            "how to get one; receipts wait until then and are printed by themselves."
        )
        raise SealMissing(message)
    path = Path(place)
    if not path.exists() and settings.SEAL_IS_MADE:
        _make(path)
    try:
        return path.read_bytes()
    except OSError as error:
        message = f"The file that SEAL_FILE names cannot be read: {error.strerror}."
        raise SealMissing(message) from error


def _signer(pem: bytes) -> tuple[SimpleSigner, bytes]:
    """The signer of the one key, and its certificate; further ones are the chain."""
    from pyhanko.keys import (
        load_certs_from_pemder_data,
        load_private_key_from_pemder_data,
    )
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    blocks = [(found[1], found[0]) for found in _BLOCK.finditer(pem)]
    keys = [block for name, block in blocks if name.endswith(b"PRIVATE KEY")]
    chain = b"".join(block for name, block in blocks if name == b"CERTIFICATE")
    try:
        (key,) = keys
        phrase = settings.SEAL_PASSPHRASE.encode() or None
        first, *others = load_certs_from_pemder_data(chain)
        private = load_private_key_from_pemder_data(key, passphrase=phrase)
    except (ValueError, TypeError) as error:
        message = (
            "The file that SEAL_FILE names must hold one private key and its "
            "certificate, in PEM; SEAL_PASSPHRASE opens the key if it is encrypted."
        )
        raise SealMissing(message) from error
    store_of: Any = SimpleCertificateStore.from_certs
    store = store_of(others)
    signer = SimpleSigner(signing_cert=first, signing_key=private, cert_registry=store)
    return signer, first.dump()


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
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

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
