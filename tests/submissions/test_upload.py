"""Files of an offer are checked in the request, in memory, before they are sealed."""

import tempfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.documents.checking.malware import lies_in_memory
from contracting.submissions.models import (
    OpenedOffer,
    Submission,
    SubmissionVersion,
)
from contracting.submissions.refusals import NotScanned
from tests.builders import released_solicitation
from tests.cast import client_for, nothing_happens, submit
from tests.documents import files
from tests.offers import before, opened_offers
from tests.submissions.test_doors import filled_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def solicitation(monkeypatch):
    """A released solicitation, an hour before its deadline."""
    released = released_solicitation()
    monkeypatch.setattr("contracting.core.clock.now", lambda: before(released))
    return released


def hand_in(actor, solicitation, **named):
    """Send the form with these files, whatever the browser says that they are."""
    uploads = [
        SimpleUploadedFile(name.replace("_", "."), content, "application/pdf")
        for name, content in named.items()
    ]
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    return submit(client_for(actor), url, filled_in(solicitation, attachments=uploads))


@pytest.mark.rule("R-SUB-12", case="allowed")
def test_a_checked_offer_is_sealed_and_its_receipt_says_that_nobody_scanned_it(
    vendor_a_signer, solicitation
):
    reply = hand_in(
        vendor_a_signer,
        solicitation,
        plan_pdf=files.pdf(),
        more_zip=files.archive({"a/prices.csv": b"class,price\n"}),
    )

    assert reply.status_code == 303
    version = SubmissionVersion.objects.get()
    assert {"File 1", "File 2"} <= {part["name"] for part in version.files}
    page = client_for(vendor_a_signer).get(reply.url).content.decode()
    assert "The files were not scanned for malware: this site has no scanner." in page


@pytest.mark.rule("R-SUB-12", case="refused")
def test_a_refused_file_leaves_nothing_and_its_vendor_is_told_at_once(
    vendor_a_signer, solicitation
):
    # When one of three files has a script, and another has macros
    with nothing_happens():
        reply = hand_in(
            vendor_a_signer,
            solicitation,
            plan_pdf=files.pdf_with_script(),
            team_docx=files.office(files.MACROS),
            good_txt=b"a plan",
        )

    # Then both are named with what to do, what was typed is kept, and nothing else is
    assert reply.status_code == 422
    page = reply.content.decode()
    assert "plan.pdf: It has a script. Opened, it could run" in page
    assert "Print or save it to PDF anew." in page
    assert "team.docx &gt; [Content_Types].xml: It has macros." in page
    assert "good.txt:" not in page
    assert "Choose all of your files again:" in page
    assert 'value="2.5"' in page
    assert Submission.objects.count() == 0


def test_the_header_of_a_file_is_not_believed(vendor_a_signer, solicitation):
    with nothing_happens():
        reply = hand_in(vendor_a_signer, solicitation, plan_pdf=b"MZ\x90\0")

    assert "plan.pdf: Its name ends in .pdf; its content is a program." in (
        reply.content.decode()
    )


def test_a_large_file_is_never_written_before_it_is_sealed(
    vendor_a_signer, solicitation, monkeypatch
):
    # Given a machine on which nothing may be put aside
    def refuse(*_args, **_kwargs):
        raise AssertionError("a temporary file")

    for name in ("NamedTemporaryFile", "TemporaryFile", "mkstemp", "mkdtemp"):
        monkeypatch.setattr(tempfile, name, refuse)

    # Then eighteen megabytes are checked and sealed all the same
    reply = hand_in(vendor_a_signer, solicitation, plan_txt=b"plan " * 3_600_000)

    assert reply.status_code == 303


@pytest.fixture
def temp_in_memory(settings, monkeypatch):
    """The scanner's temporary folder lies on a tmpfs."""
    settings.CLAMD_TEMP = "/run/clamav/tmp"
    monkeypatch.setattr(
        "contracting.documents.queries.lies_in_memory",
        lambda folder: folder == "/run/clamav/tmp",
    )


def test_what_a_scanner_finds_is_refused_and_what_it_passes_is_said(
    vendor_a_signer, solicitation, settings, temp_in_memory
):
    with files.clamd() as settings.CLAMD_URL:
        with nothing_happens():
            refused = hand_in(vendor_a_signer, solicitation, plan_txt=files.EICAR)
        reply = hand_in(vendor_a_signer, solicitation, plan_txt=b"a plan")

    assert "found Eicar-Test-Signature" in refused.content.decode()
    page = client_for(vendor_a_signer).get(reply.url).content.decode()
    assert "Each file was scanned for malware on receipt" in page


def test_a_scanner_that_may_write_to_a_disk_reads_files_after_the_opening(
    vendor_a_signer, solicitation, settings
):
    # Given a scanner whose temporary folder nobody has named
    with files.clamd() as settings.CLAMD_URL:
        # When an offer is handed in with malware and a good file, and is opened
        reply = hand_in(
            vendor_a_signer, solicitation, plan_txt=files.EICAR, good_txt=b"a plan"
        )
        page = client_for(vendor_a_signer).get(reply.url).content.decode()
        opened_offers(on=solicitation)

    # Then it was sealed unscanned, and its receipt says so and why
    assert "The files were not scanned for malware: the scanner of this site" in page

    # And nobody downloads the malware; what it is is said
    offer = OpenedOffer.objects.get()
    assert [file["name"] for file in offer.files] == ["good.txt"]
    assert "Eicar-Test-Signature" in offer.flaws[0]


def test_nothing_is_opened_while_the_scanner_that_has_yet_to_read_it_is_silent(
    vendor_a_signer, solicitation, settings
):
    hand_in(vendor_a_signer, solicitation, plan_txt=b"a plan")
    settings.CLAMD_URL = "tcp://127.0.0.1:1"

    with pytest.raises(NotScanned):
        opened_offers(on=solicitation)

    assert not OpenedOffer.objects.exists()


@pytest.mark.parametrize(
    ("kind", "is_memory"), [("tmpfs", True), ("ramfs", True), ("ext4", False)]
)
def test_where_a_folder_lies_is_read_from_the_mounts(tmp_path, kind, is_memory):
    temp, mounts = tmp_path / "clam av" / "tmp", tmp_path / "mounts"
    temp.mkdir(parents=True)
    spelled = str(temp.parent).replace(" ", "\\040")
    mounts.write_text(f"/dev/vda / ext4 rw 0 0\nnone {spelled} {kind} rw 0 0\n")

    assert lies_in_memory(str(temp), str(mounts)) is is_memory
    unreadable = str(tmp_path / ("n" * 300))  # the system refuses to look there
    for unknown in ("", str(tmp_path), str(tmp_path / "nowhere"), unreadable):
        assert not lies_in_memory(unknown, str(mounts))
    assert not lies_in_memory(str(temp), str(tmp_path / "no mounts"))


def test_while_the_scanner_is_silent_no_file_is_taken(
    vendor_a_signer, solicitation, settings, temp_in_memory
):
    settings.CLAMD_URL = "tcp://127.0.0.1:1"

    with nothing_happens():
        reply = hand_in(vendor_a_signer, solicitation, plan_txt=b"a plan")

    assert "The malware scanner gave no answer." in reply.content.decode()
