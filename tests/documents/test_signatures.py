"""Signatures on a print: in their order, each over all before it, and no more."""

import io
import shutil
import subprocess
from datetime import UTC, datetime
from typing import Any

import pytest
from asn1crypto import parser
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracting.documents.signing import keys, orders, signatures, stamps
from contracting.documents.states import DocumentKind, Party
from tests.documents import files
from tests.documents.signers import (
    PARTIES,
    authority,
    person,
    record,
    records,
    revoked,
    vera,
)

SEALS = True


@pytest.fixture(autouse=True)
def seal_file(settings, tmp_path):
    """A key that the authority of the tests vouches for."""
    seal = person("Department of the tests", authority())
    place = tmp_path / "seal.pem"
    place.write_bytes(seal.private() + seal.public() + authority().public())
    settings.SEAL_FILE, settings.SEAL_IS_MADE = str(place), False
    return place


def statuses(content, *, crls=()):
    """What a verifier says of each signature who trusts the authority of the tests."""
    roots = list(load_certs_from_pemder_data(authority().public()))
    reader = PdfFileReader(io.BytesIO(content))
    context = ValidationContext(
        trust_roots=roots, allow_fetching=False, crls=list(crls)
    )
    return [
        (each, validate_pdf_signature(each, context))
        for each in reader.embedded_regular_signatures
    ]


def test_one_signatory_signs_certifies_and_locks():
    signed = signatures.sign_print(
        files.pdf(), parties=("OFFICER",), records=[record("OFFICER")]
    )

    ((embedded, status),) = statuses(signed.content)
    assert embedded.field_name == "ContractingOfficer"
    assert embedded.docmdp_level == MDPPerm.NO_CHANGES
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert signed.content[: signed.revisions[0]] == files.pdf()


@pytest.mark.parametrize("is_long", [False, True], ids=["elliptic", "RSA, long names"])
def test_the_room_for_a_signature_holds_it_and_not_much_more(seal_file, is_long):
    # Given a key of either kind, and a record that is short or long
    if is_long:
        long_one = person("ü" * 32, person("ß" * 32, is_authority=True), stamps=True)
        seal_file.write_bytes(long_one.private() + long_one.public())
    said = record("OFFICER", memo="ü" * 3_000 if is_long else "")

    # When it signs
    signed = signatures.sign_print(files.pdf(), parties=("OFFICER",), records=[said])

    # Then the record is whole, and what is left over is filled with zeros
    assert [each.record for each in signatures.found_in(signed.content)] == [said]
    (embedded,) = PdfFileReader(io.BytesIO(signed.content)).embedded_signatures
    kept = bytes(embedded.sig_object["/Contents"])
    used = parser.peek(kept)
    assert 500 <= len(kept) - used <= 3_500
    assert not any(kept[used:])


def test_the_first_of_two_allows_the_field_that_is_left_and_nothing_else():
    signed = signatures.sign_print(files.pdf(), parties=PARTIES, records=records(1))

    ((embedded, status),) = statuses(signed.content)
    assert embedded.docmdp_level == MDPPerm.FILL_FORMS
    assert embedded.fieldmdp.fields == ["ContractingOfficer"]
    assert status.bottom_line


def test_the_last_one_locks_the_file_and_both_hold():
    signed = signatures.sign_print(files.pdf(), parties=PARTIES, records=records())

    (vendor, first), (officer, last) = statuses(signed.content)
    assert (vendor.field_name, officer.field_name) == (
        "Contractor",
        "ContractingOfficer",
    )
    assert first.bottom_line
    assert last.bottom_line
    assert first.coverage == SignatureCoverageLevel.ENTIRE_REVISION
    assert last.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert officer.docmdp_level == MDPPerm.NO_CHANGES


def test_poppler_agrees(tmp_path):
    if shutil.which("pdfsig") is None:
        pytest.skip("poppler's pdfsig is not installed")
    signed = signatures.sign_print(files.pdf(), parties=PARTIES, records=records())

    (tmp_path / "signed.pdf").write_bytes(signed.content)
    said = subprocess.run(
        ["pdfsig", "-nocert", str(tmp_path / "signed.pdf")],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said.count("Signature is Valid.") == 2
    assert said.count("- Not total document signed") == 1
    assert said.count("- Total document signed") == 1


def test_the_second_signature_is_added_behind_the_first():
    half = signatures.sign_print(files.pdf(), parties=PARTIES, records=records(1))

    whole = signatures.add_signatures(half, parties=PARTIES, records=records())

    assert whole.content.startswith(half.content)
    assert whole.revisions[:3] == half.revisions
    assert whole.unsealed_sha256 == half.unsealed_sha256
    assert [status.bottom_line for _, status in statuses(whole.content)] == [True, True]


def test_each_signature_holds_its_record_and_names_its_hash():
    signed = signatures.sign_print(files.pdf(), parties=PARTIES, records=records())

    found = signatures.found_in(signed.content)
    assert [each.record for each in found] == records()
    for each in found:
        assert each.record_sha256 in each.reason
        assert "Signed with the organization's key" in each.reason


def test_a_record_cannot_be_swapped():
    signed = signatures.sign_print(
        files.pdf(), parties=("OFFICER",), records=[record("OFFICER")]
    )
    plain = record("OFFICER").encode().hex().upper()
    other = plain.replace(b": 3".hex().upper(), b": 4".hex().upper())
    assert plain.encode() in signed.content

    changed = signed.content.replace(plain.encode(), other.encode())
    ((_embedded, status),) = statuses(changed)
    assert not status.valid


def test_more_records_than_places_are_refused():
    with pytest.raises(ValueError, match="more approval records"):
        signatures.sign_print(files.pdf(), parties=PARTIES[:1], records=records())


def stamping(monkeypatch, tmp_path, settings):
    """A time stamp authority in this process, and what vouches for it."""
    tsa = person("Clock of the tests", authority(), stamps=True)
    signer = tsa.signer(authority())
    stamper = DummyTimeStamper(
        tsa_cert=signer.signing_cert,
        tsa_key=signer.signing_key,
        certs_to_embed=SimpleCertificateStore.from_certs([signer.signing_cert]),
    )
    monkeypatch.setattr(stamps, "timestamper", lambda: stamper)
    trust = tmp_path / "trust"
    trust.mkdir()
    (trust / "anchor.pem").write_bytes(authority().public())
    settings.SIGNATURE_TRUST = str(trust)
    settings.SEAL_FETCHES_REVOCATION = False
    return trust


def test_a_configured_authority_stamps_each_signature(monkeypatch, tmp_path, settings):
    stamping(monkeypatch, tmp_path, settings)

    signed = signatures.sign_print(files.pdf(), parties=PARTIES, records=records())

    assert signed.level == "B-T"
    for _embedded, status in statuses(signed.content):
        assert status.bottom_line
        assert status.timestamp_validity.trusted


def test_validation_data_is_added_where_it_can_be_had(monkeypatch, tmp_path, settings):
    trust = stamping(monkeypatch, tmp_path, settings)
    settings.SEAL_LONG_TERM = True

    # Without any list of what was revoked there is nothing to add
    without = signatures.seal(files.pdf(), reason="Issued")
    assert without.level == "B-T"

    # With it the signatures prove themselves, and the last lock allows it
    (trust / "list.crl").write_bytes(revoked())
    signed = signatures.sign_print(files.pdf(), parties=PARTIES, records=records())
    assert signed.level == "B-LT"
    assert b"/DSS" in signed.content
    assert [each.bottom_line for _, each in statuses(signed.content)] == [True, True]


def test_papers_wait_for_an_authority_that_does_not_answer(monkeypatch, settings):
    class Silent:
        async def async_dummy_response(self, *_):
            raise TimestampRequestError("no answer")

        async_timestamp = async_dummy_response

    monkeypatch.setattr(stamps, "timestamper", Silent)
    with pytest.raises(keys.SealMissing, match="did not answer"):
        signatures.seal(files.pdf(), reason="Issued")

    settings.SEAL_TSA_REQUIRED = False
    assert signatures.seal(files.pdf(), reason="Issued").level == "B-B"


def test_an_authority_is_asked_at_its_address(settings):
    assert stamps.timestamper() is None

    settings.SEAL_TSA_URL = "https://tsa.example/"
    asked: Any = stamps.timestamper()
    assert asked.url == "https://tsa.example/"


def test_a_key_of_pkcs12_signs(settings, tmp_path):
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        pkcs12,
    )

    place = tmp_path / "seal.p12"
    packed = pkcs12.serialize_key_and_certificates(
        b"seal",
        vera().key,
        vera().certificate,
        [authority().certificate],
        BestAvailableEncryption(b"open sesame"),
    )
    place.write_bytes(packed)
    settings.SEAL_FILE = str(place)
    with pytest.raises(keys.SealMissing, match="PKCS#12"):
        signatures.seal(files.pdf(), reason="Issued")

    settings.SEAL_PASSPHRASE = "open sesame"
    signed = signatures.seal(files.pdf(), reason="Issued")
    ((_embedded, status),) = statuses(signed.content)
    assert status.bottom_line
    assert len(keys.certificates()) == 2


def test_an_expired_certificate_signs_nothing(seal_file):
    old = person("Seal of old", authority(), last=datetime(2026, 1, 1, tzinfo=UTC))
    seal_file.write_bytes(old.private() + old.public())

    with pytest.raises(keys.SealMissing, match="has expired on 01 Jan 2026"):
        signatures.seal(files.pdf(), reason="Issued")


def test_a_token_that_is_not_there_is_named(settings):
    settings.SEAL_PKCS11_MODULE = "/nowhere/module.so"

    with pytest.raises(keys.SealMissing, match="python-pkcs11|cannot be opened"):
        signatures.seal(files.pdf(), reason="Issued")


def test_every_kind_says_whether_it_is_sealed_who_signs_it_and_why():
    assert set(orders.papers()) == set(DocumentKind.values)
    for paper in orders.papers().values():
        assert paper.why
        assert paper.order in orders.orders()
    for parties in orders.orders().values():
        assert set(parties) <= set(Party.values) == set(orders.FIELDS)
