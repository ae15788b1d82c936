"""A changed file is refused, by the page and by the program that asks nobody."""

import io
import json

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import drawdown_verify
from contracting.core.actors import SYSTEM
from contracting.core.canonical import canonical_json
from contracting.documents.models import Document
from contracting.documents.operations.render import render_document
from contracting.documents.signing import files
from contracting.documents.signing.signatures import sign_print
from contracting.verification.calculations import question_of
from contracting.verification.models import StatusList
from contracting.verification.operations.publish_status_list import (
    publish_status_list,
)
from contracting.verification.states import Answer
from tests.cast import AT, actor
from tests.documents.papers import printed, request
from tests.verification.printing import print_of
from tests.worlds import once_per_file

UNSEALED = "option_determination"


def build():
    """A sealed paper of a vendor; two from before every paper was sealed."""
    officer = actor("contracting_officer")
    vendor = actor("vendor_a_signer").organization_id
    made = [
        request(officer, AT, kind="receipt", vendor_id=vendor),
        request(officer, AT, kind=UNSEALED),
        request(officer, AT, kind=UNSEALED, is_public=True),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "is_sealed", lambda kind: kind != UNSEALED)
        for document in made:
            render_document(document_id=document.pk)
    publish_status_list(by=SYSTEM, at=AT)
    return made[0]


world = once_per_file(build)


@pytest.fixture
def sealed(world, db):
    return print_of(Document.objects.get(pk=world))[1]


@pytest.fixture
def unsealed(world, db):
    return print_of(Document.objects.get(kind=UNSEALED, is_public=False))[1]


@pytest.fixture
def public(world, db):
    return print_of(Document.objects.get(kind=UNSEALED, is_public=True))[1]


# What people do to files -------------------------------------------------------------


def flipped(content):
    """One bit of the first page's text is another."""
    place = content.index(b"stream") + 40
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def with_a_page_more(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.add_blank_page()
        return _saved(pdf)


def with_other_data(content):
    with pikepdf.open(io.BytesIO(content)) as pdf:
        (name,) = pdf.attachments
        said = json.loads(pdf.attachments[name].get_file().read_bytes())
        said["summary"] = "Two million dollars."
        pdf.attachments[name] = json.dumps(said).encode()
        return _saved(pdf)


def _saved(pdf):
    output = io.BytesIO()
    pdf.save(output)
    return output.getvalue()


def with_something_behind(content):
    return content + b"\n99 0 obj\n<< /Type /Annot >>\nendobj\n%%EOF\n"


CHANGES = [flipped, with_a_page_more, with_other_data]


# The page ----------------------------------------------------------------------------


def answer_of(content):
    browser = Client()
    sent = browser.post(
        reverse("verification:verify"),
        {"file": SimpleUploadedFile("p.pdf", content, "application/pdf")},
    )
    return browser.get(sent["Location"])


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("which", ["sealed", "unsealed", "public"])
def test_a_changed_file_is_refused_with_a_reason(which, change, request):
    page = answer_of(change(request.getfixturevalue(which)))

    assert page.context["found"].answer == Answer.CHANGED
    told = page.content.decode()
    assert "Do not rely on this file" in told
    assert "at least one byte differs from what was issued" in told


def test_a_changed_public_paper_leads_to_the_one_of_record(public):
    told = answer_of(flipped(public)).content.decode()

    assert "The paper of record" in told
    assert question_of(public).sha256 in told


def test_the_whole_file_and_its_parts_are_told_apart(sealed, unsealed, public):
    before_the_seal = sealed[: sealed.index(b"%%EOF") + len(b"%%EOF\n")]
    told = {
        "sealed": answer_of(sealed),
        "unsealed": answer_of(unsealed),
        "public": answer_of(public),
        "cut": answer_of(before_the_seal),
        "added": answer_of(with_something_behind(sealed)),
        "ours": answer_of(b"%PDF-1.7 of another"),
    }

    assert {name: page.context["found"].answer for name, page in told.items()} == {
        "sealed": Answer.ISSUED,
        "unsealed": Answer.ISSUED,
        "public": Answer.OF_RECORD,
        "cut": Answer.CUT,
        "added": Answer.ADDED_TO,
        "ours": Answer.UNKNOWN,
    }


# The program -------------------------------------------------------------------------


class Program:
    """The program, with the files that came from the site once."""

    def __init__(self, place, capsys):
        self.place, self.capsys = place / "paper.pdf", capsys
        self.trust, self.statuses = place / "trust.json", place / "statuses.json"
        for name, file in (("trust", self.trust), ("statuses", self.statuses)):
            address = reverse(f"verification:{name}")
            file.write_bytes(Client().get(address).content)

    def __call__(self, content, *, with_list=False):
        """Its exit, and what it says of a file with these bytes."""
        self.place.write_bytes(content)
        more = ["--statuses", str(self.statuses)] if with_list else []
        asked = ["--trust", str(self.trust), "--json", *more, str(self.place)]
        ended = drawdown_verify.main(asked)
        (report,) = json.loads(self.capsys.readouterr().out)
        return ended, report


@pytest.fixture
def verified(world, db, tmp_path, capsys):
    return Program(tmp_path, capsys)


def test_a_sealed_paper_is_proved_without_asking_anybody(sealed, verified):
    ended, report = verified(sealed)

    assert (ended, report["verdict"], report["reasons"]) == (0, "proved", [])
    (seal,) = report["signatures"]
    assert (seal["is_intact"], seal["is_known"], seal["covers_whole_file"]) == (
        True,
    ) * 3
    assert list(report["content"]) == ["receipt.json"]
    assert report["status"] == "not checked"


@pytest.mark.parametrize("change", [*CHANGES, with_something_behind])
def test_a_changed_sealed_paper_is_refused_by_the_program(change, sealed, verified):
    ended, report = verified(change(sealed))

    assert (ended, report["verdict"]) == (1, "refused")
    assert report["reasons"]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("which", ["unsealed", "public"])
def test_a_changed_paper_without_a_seal_is_refused_by_the_list(
    which, change, verified, request
):
    content = change(request.getfixturevalue(which))
    ended, report = verified(content, with_list=True)

    assert (ended, report["verdict"]) == (1, "refused")
    assert report["status"] == "not listed"
    assert "its bytes are not those that were issued" in report["reasons"][0]
    ended, report = verified(content)
    assert ended == 1
    assert "bears no seal" in report["reasons"][0]


def test_the_list_proves_what_bears_no_seal_and_says_how_it_stands(
    public, unsealed, verified
):
    ended, report = verified(public, with_list=True)
    assert (ended, report["status"]) == (0, "unsaid")
    assert "on list 1 of 2026-03-02 15:00 UTC" in report["status_words"]
    assert "a newer one is made every day" in report["status_words"]

    ended, report = verified(unsealed, with_list=True)
    assert (ended, report["status"]) == (0, "issued")
    ended, report = verified(unsealed)
    assert ended == 1
    assert "verify it with that" in report["reasons"][0]


def test_two_signatures_with_their_records_are_proved_and_told(world, db, verified):
    records = [
        canonical_json(
            {
                "action": action,
                "version": 3,
                "time": "2026-03-02T15:00:00Z",
                "signer": {"name": name, "title": "", "party": party},
            }
        )
        for action, name, party in (
            ("sign_contract", "Quin Meridian", "VENDOR"),
            ("award_contract", "Ada Officer", "OFFICER"),
        )
    ]
    parties = ("VENDOR", "OFFICER")
    both = sign_print(printed(UNSEALED), parties=parties, records=records)

    ended, report = verified(both.content)

    assert (ended, report["reasons"]) == (0, [])
    assert [
        (each["record"]["signer"]["name"], each["covers_whole_file"])
        for each in report["signatures"]
    ] == [("Quin Meridian", False), ("Ada Officer", True)]
    first_alone = both.content[: both.revisions[-2]]
    assert verified(first_alone)[1]["verdict"] == "proved"


def test_a_seal_that_nobody_trusts_is_refused(sealed, verified):
    from contracting.documents.signing import keys

    other = keys._self_signed()
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    der = x509.load_pem_x509_certificates(other)[0].public_bytes(Encoding.DER)
    import base64

    said = json.loads(verified.trust.read_text())
    said["certificates"] = [base64.b64encode(der).decode()]
    verified.trust.write_text(json.dumps(said))

    ended, report = verified(sealed)
    assert (ended, report["verdict"]) == (1, "refused")
    assert "that the trust file lacks" in report["reasons"][0]


def test_a_list_that_was_changed_is_not_used(sealed, verified, capsys):
    said = json.loads(verified.statuses.read_text())
    said["list"] = said["list"].replace('"number":1', '"number":2')
    verified.statuses.write_text(json.dumps(said))
    verified.place.write_bytes(sealed)

    ended = drawdown_verify.main(
        [
            *("--trust", str(verified.trust), "--statuses", str(verified.statuses)),
            str(verified.place),
        ]
    )

    assert ended == 2
    assert "does not hold: it was changed" in capsys.readouterr().err


def test_what_is_cut_off_before_its_seal_is_refused_without_a_list(sealed, verified):
    before_the_seal = sealed[: sealed.index(b"%%EOF") + len(b"%%EOF\n")]

    ended, report = verified(before_the_seal)

    assert ended == 1
    assert "the seal was cut off" in report["reasons"][0]


def test_what_is_no_pdf_is_neither_proved_nor_refused(verified):
    assert verified(b"GIF89a")[0] == 2


def test_people_read_the_same_in_lines(sealed, verified, capsys):
    verified.place.write_bytes(sealed)

    ended = drawdown_verify.main(["--trust", str(verified.trust), str(verified.place)])

    told = capsys.readouterr().out
    assert ended == 0
    assert "PROVED" in told
    assert "Status not checked: no status list was given." in told
    assert StatusList.objects.count() == 1
