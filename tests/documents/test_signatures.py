"""Signatures on a print: in their order, each over all before it, and no more."""

import io
import json
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from contracting.audit.queries import events_of
from contracting.core.canonical import content_sha256
from contracting.core.subjects import Subject
from contracting.documents.models import Approval, Document, DocumentSignature
from contracting.documents.operations.approve import record_approval
from contracting.documents.operations.render import render_document
from contracting.documents.operations.request import request_document
from contracting.documents.operations.sign import sign_document
from contracting.documents.queries import issued_for, read_blob, rendering_of
from contracting.documents.refusals import NothingToSign, OutOfOrder
from contracting.documents.signing import keys, orders, signatures, stamps
from contracting.documents.states import DocumentKind, DocumentState, Party
from tests.cast import actor, nothing_happens
from tests.documents import files
from tests.documents.papers import PAPERS, context_of
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


# What is kept of it


def subject(number=7):
    return Subject("orders.task_order", number, "contract:1")


def approval(party, by, at, **more):
    action = "issue_modification" if party == "OFFICER" else "sign_modification"
    return record_approval(
        **{
            "action": action,
            "party": party,
            "subject": subject(),
            "version": 3,
            "content_sha256": "ab" * 32,
            "by": by,
            "at": at,
        }
        | more
    )


def requested(by, at, vendor, approvals, order="bilateral_modification"):
    context = context_of("modification")
    return request_document(
        kind="modification",
        subject=subject(),
        title=PAPERS["modification"]["title"],
        number=PAPERS["modification"]["number"],
        agency_id=by.own_organization_id,
        vendor_id=vendor.organization_id,
        context=context,
        content_sha256=content_sha256(context),
        version=3,
        by=by,
        at=at,
        order=order,
        approvals=approvals,
    )


@pytest.fixture
def signer(db):
    return actor("vendor_a_signer")


@pytest.fixture
def prints_quickly(monkeypatch):
    from contracting.documents import rendering

    monkeypatch.setattr(rendering, "render", lambda sheet: files.pdf())


@pytest.mark.django_db
def test_the_record_says_who_did_what_shown_what_and_how_they_proved_it(
    contracting_officer, at
):
    made = approval("OFFICER", contracting_officer.proven("password"), at)

    said = json.loads(made.record)
    assert said["statement"].startswith("I sign version 3 of this modification")
    assert said["signer"]["name"] == contracting_officer.name
    assert said["signer"]["role"] == "CONTRACTING_OFFICER"
    assert said["warrant"]["number"]
    assert said["authentication"] == "password"
    assert "organization's key" in said["signed_with"]
    assert made.sha256 == signatures.sha256_of(made.record)
    # And the same act is written down once
    assert approval("OFFICER", contracting_officer.proven("password"), at) == made
    # What nobody saw is said to be not recorded
    other = json.loads(approval("OFFICER", contracting_officer, at, version=4).record)
    assert other["authentication"] == "not recorded"


@pytest.mark.django_db
def test_two_signatures_given_before_the_print_are_on_it(
    contracting_officer, signer, at, prints_quickly
):
    given = [
        approval("VENDOR", signer, at),
        approval("OFFICER", contracting_officer, at),
    ]
    paper = requested(contracting_officer, at, signer, given)

    render_document(document_id=paper.pk)

    made = rendering_of(Document.objects.get(pk=paper.pk))
    found = signatures.found_in(read_blob(made.blob))
    assert [each.record for each in found] == [each.record for each in given]
    assert (made.signatures, made.level, made.base) == (2, "B-B", None)


@pytest.mark.django_db
def test_the_second_signature_is_a_revision_of_the_same_file(
    contracting_officer, signer, at, prints_quickly
):
    # Given an award that is offered, printed and signed by the contracting officer
    officer = approval("OFFICER", contracting_officer, at)
    paper = requested(contracting_officer, at, signer, [officer], "quoted_order")
    render_document(document_id=paper.pk)
    first = rendering_of(Document.objects.get(pk=paper.pk))
    assert first.signatures == 1

    # When the vendor accepts
    sign_document(document_id=paper.pk, approval=approval("VENDOR", signer, at))
    paper.refresh_from_db()
    assert paper.state == DocumentState.REQUESTED
    assert paper.rendering == first  # still there to be read
    render_document(document_id=paper.pk)

    # Then the file has grown behind what was there
    paper.refresh_from_db()
    second = rendering_of(paper)
    assert paper.state == DocumentState.RENDERED
    assert second.base == first
    assert second.signatures == 2
    assert read_blob(second.blob).startswith(read_blob(first.blob))
    assert second.unsealed_sha256 == first.unsealed_sha256
    assert [each.event for each in events_of(paper.as_subject)] == [
        "documents.document.rendered",
        "documents.document.signed",
    ]
    # And each party may have the file as it was before its own signature
    assert issued_for(paper, "VENDOR") == read_blob(first.blob)
    assert len(issued_for(paper, "OFFICER")) == first.revisions[1]


@pytest.mark.django_db
def test_a_signature_out_of_its_order_is_refused(contracting_officer, signer, at):
    officer = approval("OFFICER", contracting_officer, at)
    with nothing_happens(), pytest.raises(OutOfOrder, match="The contractor signs"):
        requested(contracting_officer, at, signer, [officer])

    both = [approval("VENDOR", signer, at), officer]
    paper = requested(contracting_officer, at, signer, both)
    once_more = approval("VENDOR", signer, at, version=9)
    with nothing_happens(), pytest.raises(OutOfOrder, match="Everybody"):
        sign_document(document_id=paper.pk, approval=once_more)


@pytest.mark.django_db
@pytest.mark.parametrize("place", [1, 2, 3])
def test_the_database_refuses_a_signature_out_of_its_order(
    contracting_officer, signer, at, place
):
    vendor = approval("VENDOR", signer, at)
    paper = requested(contracting_officer, at, signer, [vendor])
    wrong = approval("VENDOR", signer, at, version=8)

    with pytest.raises(DatabaseError), transaction.atomic():
        DocumentSignature.objects.create(document=paper, place=place, approval=wrong)


@pytest.mark.django_db
def test_an_approval_older_than_the_one_before_it_is_refused(
    contracting_officer, signer, at
):
    paper = requested(contracting_officer, at, signer, [approval("VENDOR", signer, at)])
    early = approval("OFFICER", contracting_officer, at - timedelta(hours=1))

    with (
        pytest.raises(DatabaseError, match="in its order"),
        transaction.atomic(),
    ):
        DocumentSignature.objects.create(document=paper, place=2, approval=early)


@pytest.mark.django_db
def test_an_approval_never_changes(contracting_officer, at):
    approval("OFFICER", contracting_officer, at)

    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Approval.objects.update(record="{}")


@pytest.mark.django_db
def test_who_signs_later_has_nothing_to_sign_yet(
    contracting_officer, signer, at, prints_quickly
):
    vendor = approval("VENDOR", signer, at)
    paper = requested(contracting_officer, at, signer, [vendor])
    render_document(document_id=paper.pk)
    three = [*paper.parties, "REPRESENTATIVE"]

    with pytest.raises(NothingToSign, match="no field"):
        issued_for(paper, "CERTIFIER")
    paper.parties = three
    with pytest.raises(NothingToSign, match="contracting officer signs this paper"):
        issued_for(paper, "REPRESENTATIVE")
