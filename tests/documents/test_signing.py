"""The organization's seal: on receipts, over every byte, from a key of its own."""

import hashlib
import io
import json
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from contracting.audit.queries import events_of
from contracting.documents import rendering
from contracting.documents.models import Document
from contracting.documents.operations.render import _sheet, render_document
from contracting.documents.queries import read_blob
from contracting.documents.signing import keys, orders, signatures
from contracting.documents.states import DocumentState
from tests.architecture.tree import ROOT
from tests.documents import files
from tests.documents.papers import printed, request

SEALS = True


@pytest.fixture(autouse=True)
def seal_file(settings, tmp_path):
    """A place for the key of this test alone."""
    place = tmp_path / "keys" / "seal.pem"
    settings.SEAL_FILE, settings.SEAL_IS_MADE = str(place), True
    return place


def status_of(content, seal_file):
    """What a verifier says who trusts this seal's certificate and nothing else."""
    pem = seal_file.read_bytes()
    blocks = [found[0] for found in keys._BLOCK.finditer(pem)]
    roots = list(load_certs_from_pemder_data(blocks[-1]))
    (embedded,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    context = ValidationContext(trust_roots=roots, allow_fetching=False)
    return embedded, validate_pdf_signature(embedded, context, skip_diff=True)


def test_a_verifier_finds_the_whole_file_sealed_and_unchanged(seal_file):
    sealed = signatures.seal(printed("receipt"), reason="Issued by the department")

    embedded, status = status_of(sealed.content, seal_file)
    assert embedded.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert embedded.sig_object["/Reason"] == "Issued by the department"
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert embedded.docmdp_level == MDPPerm.NO_CHANGES


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_one_changed_byte_breaks_the_seal(seal_file, part):
    plain = printed("receipt")
    sealed = bytearray(signatures.seal(plain, reason="Issued").content)
    at = plain.index(b"stream", int(len(plain) * part)) + 20
    sealed[at] ^= 1

    _embedded, status = status_of(bytes(sealed), seal_file)
    assert not status.intact


def test_what_is_added_behind_the_seal_is_not_covered(seal_file):
    sealed = signatures.seal(printed("receipt"), reason="Issued").content

    embedded, _status = status_of(sealed + b"\n% more", seal_file)
    assert embedded.compute_integrity_info(skip_diff=True) is None
    assert embedded.coverage != SignatureCoverageLevel.ENTIRE_FILE


def test_the_print_lies_unchanged_in_the_sealed_file(seal_file):
    plain = printed("receipt")

    sealed = signatures.seal(plain, reason="Issued")

    assert sealed.content.startswith(plain)
    assert sealed.unsealed_sha256 == hashlib.sha256(plain).hexdigest()


def test_a_key_is_made_once_and_for_its_owner_alone(seal_file):
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(lambda _: keys._bytes_of(keys._file()), range(8)))

    assert len(made) == 1
    assert stat.S_IMODE(seal_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(seal_file.parent.stat().st_mode) == 0o700
    assert [file.name for file in seal_file.parent.iterdir()] == ["seal.pem"]


def test_a_key_under_a_passphrase_seals_with_it_only(seal_file, settings):
    pem = keys._bytes_of(keys._file())
    key = load_pem_private_key(pem, None)
    hidden = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open sesame"),
    )
    certificate = list(keys._BLOCK.finditer(pem))[-1][0]
    seal_file.write_bytes(certificate + hidden)

    with pytest.raises(keys.SealMissing, match="SEAL_PASSPHRASE"):
        signatures.seal(files.pdf(), reason="Issued")
    settings.SEAL_PASSPHRASE = "open sesame"
    assert signatures.seal(files.pdf(), reason="Issued").content


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----"])
def test_a_file_that_holds_no_key_says_what_it_must_hold(seal_file, content):
    seal_file.parent.mkdir()
    seal_file.write_bytes(content)

    with pytest.raises(keys.SealMissing, match="one private key and its"):
        signatures.seal(files.pdf(), reason="Issued")


@pytest.mark.django_db
def test_a_receipt_is_sealed_and_both_hashes_are_kept(
    contracting_officer, vendor_a, at, seal_file
):
    paper = request(contracting_officer, at, kind="receipt", vendor_id=vendor_a.pk)

    render_document(document_id=paper.pk)

    made = Document.objects.get(pk=paper.pk).rendering
    assert made is not None
    content = read_blob(made.blob)
    assert status_of(content, seal_file)[1].trusted
    assert made.is_sealed
    told = json.loads(list(events_of(paper.as_subject))[-1].payload)["data"]
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert told["unsealed_sha256"] == made.unsealed_sha256
    assert told["seal_certificate_sha256"] == made.seal_certificate_sha256

    # And the print can be repeated: it is what the sealed file begins with
    again = rendering.render(_sheet(Document.objects.get(pk=paper.pk)))
    assert hashlib.sha256(again).hexdigest() == made.unsealed_sha256
    assert content.startswith(again)


def test_every_kind_of_paper_is_sealed_or_signed():
    assert [each.kind for each in orders.papers().values() if not each.is_sealed] == []


@pytest.mark.django_db
def test_without_a_seal_a_receipt_waits_uncounted_and_says_why(
    contracting_officer, vendor_a, at, settings, seal_file, monkeypatch
):
    # Given a site without a seal
    print_of_it = printed("receipt")
    monkeypatch.setattr(rendering, "render", lambda sheet: print_of_it)
    paper = request(contracting_officer, at, kind="receipt", vendor_id=vendor_a.pk)
    settings.SEAL_FILE = ""

    render_document(document_id=paper.pk)
    paper.refresh_from_db()
    assert (paper.state, paper.attempts) == (DocumentState.REQUESTED, 0)
    assert "No seal is configured" in paper.last_error

    # When it gets one
    settings.SEAL_FILE = str(seal_file)
    render_document(document_id=paper.pk)

    paper.refresh_from_db()
    assert paper.state == DocumentState.RENDERED


def test_a_key_is_never_made_where_it_must_be_configured(settings, seal_file):
    settings.SEAL_IS_MADE = False

    with pytest.raises(keys.SealMissing, match="cannot be read"):
        signatures.seal(files.pdf(), reason="Issued")
    assert not seal_file.exists()


def test_a_process_that_serves_pages_knows_neither_press_nor_seal_nor_parser():
    code = (
        "import contracting.wsgi, contracting.urls, sys;"
        "print([n for n in ('pyhanko', 'weasyprint', 'pikepdf') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PATH": "/usr/bin:/bin",
            "HOME": str(Path.home()),
        },
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "[]"
