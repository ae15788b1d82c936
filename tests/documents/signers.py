"""People who sign a copy with a key of their own, and who vouches for them."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from contracting.documents.signing import signatures

DER, PEM = serialization.Encoding.DER, serialization.Encoding.PEM
NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)
PARTIES = ("VENDOR", "OFFICER")


@dataclass(frozen=True)
class Person:
    """A key and its certificate."""

    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    certificate: x509.Certificate

    def private(self, phrase: bytes = b"") -> bytes:
        hidden = (
            serialization.BestAvailableEncryption(phrase)
            if phrase
            else serialization.NoEncryption()
        )
        shape = serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(PEM, shape, hidden)

    def public(self) -> bytes:
        return self.certificate.public_bytes(PEM)

    def signer(self, *others):
        """As pyHanko takes it."""
        from pyhanko.keys import (
            load_certs_from_pemder_data,
            load_private_key_from_pemder_data,
        )
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        (own,) = load_certs_from_pemder_data(self.public())
        above = [
            each
            for other in others
            for each in load_certs_from_pemder_data(other.public())
        ]
        return SimpleSigner(
            signing_cert=own,
            signing_key=load_private_key_from_pemder_data(
                self.private(), passphrase=None
            ),
            cert_registry=SimpleCertificateStore.from_certs([own, *above]),
        )


def person(
    name: str,
    by: Person | None = None,
    *,
    first: datetime = NOW - timedelta(days=400),
    last: datetime = datetime(2046, 1, 1, tzinfo=UTC),
    is_authority: bool = False,
    stamps: bool = False,
) -> Person:
    """Somebody whose certificate ``by`` has signed, or they themselves."""
    key = (
        rsa.generate_private_key(65537, 2048)
        if stamps  # the stamper of the tests knows no other
        else ec.generate_private_key(ec.SECP256R1())
    )
    named = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement"), False
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(named)
        .issuer_name(by.certificate.subject if by else named)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(first)
        .not_valid_after(last)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=not is_authority,
                key_cert_sign=is_authority,
                crl_sign=is_authority,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
    )
    if stamps:
        purpose = [x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]
        made = made.add_extension(x509.ExtendedKeyUsage(purpose), critical=True)
    if by is not None:
        where = [x509.UniformResourceIdentifier("http://crl.invalid/list.crl")]
        point = x509.DistributionPoint(where, None, None, None)
        made = made.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    signing = by.key if by else key
    return Person(key, made.sign(signing, hashes.SHA256()))


@cache
def authority() -> Person:
    return person("Authority of the tests", is_authority=True)


@cache
def vera() -> Person:
    return person("Vera Vendor", authority())


def revoked(*people: Person, until: datetime = datetime(2046, 1, 1, tzinfo=UTC)):
    """The authority's list of what it has revoked, in DER."""
    made = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority().certificate.subject)
        .last_update(NOW - timedelta(days=1))
        .next_update(until)
    )
    for each in people:
        made = made.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(each.certificate.serial_number)
            .revocation_date(NOW - timedelta(days=1))
            .build()
        )
    return made.sign(authority().key, hashes.SHA256()).public_bytes(DER)


def record(party: str, **more) -> str:
    """An approval record of that party."""
    said = {
        "action": "issue_modification" if party == "OFFICER" else "sign_modification",
        "version": 3,
        "signer": {"name": f"A {party.lower()}", "title": "Signer"},
    }
    return json.dumps(said | more, sort_keys=True)


def records(count: int = 2) -> list[str]:
    return [record(party) for party in PARTIES[:count]]


def signed_by(
    person: Person, copy: bytes, field: str, *others: Person, **more
) -> bytes:
    """The copy with that field signed, as any program for PDF does it."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    about = signers.PdfSignatureMetadata(
        field_name=field,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        **more,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(copy))
    made = signers.sign_pdf(writer, about, person.signer(authority(), *others))
    signed: bytes = made.getvalue()
    return signed


def issued(pdf: bytes, count: int) -> bytes:
    """What is handed out when ``count`` have signed."""
    made = signatures.sign_print(pdf, parties=PARTIES, records=records(count))
    return made.content[: made.revisions[count + 1]]


def changed(copy: bytes, change) -> bytes:
    """The copy with ``change(writer)`` added behind it, as an update."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(copy))
    change(writer)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
