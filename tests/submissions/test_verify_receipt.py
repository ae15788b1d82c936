"""A vendor proves a receipt without the site: the JSON and a verifier of one file."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from contracting.core.actors import SYSTEM
from contracting.submissions.calculations import OfferedFile
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.sealing.tree import leaf_of
from tests.builders import released_solicitation
from tests.cast import client_for
from tests.offers import after, latest_version, offer_on, submitted_offer

pytestmark = pytest.mark.django_db

BODY = "A plan for every day of the year: ½ a page.".encode()
STARTED_ALONE = ("-I", "-S")
"""Python without the project, without installed packages and without its variables."""


def offered(solicitation, **when):
    file = OfferedFile("plan é.txt", "text/plain", BODY)
    offer = offer_on(solicitation, files=[file])
    return latest_version(submitted_offer(on=solicitation, offer=offer, **when))


def closed(solicitation):
    return close_receipts(
        solicitation_id=solicitation.pk, by=SYSTEM, at=after(solicitation, minutes=1)
    )


def download(version, by):
    return client_for(by).get(
        reverse("submissions:download_receipt", args=[version.public_id])
    )


@pytest.fixture
def receipt(vendor_a_member):
    """The JSON of a receipt in time, as its vendor downloads it."""
    solicitation = released_solicitation()
    version = offered(solicitation)
    closed(solicitation)
    return json.loads(download(version, vendor_a_member).content)


@pytest.fixture
def plan(tmp_path):
    """The file of the offer, as its vendor has kept it."""
    kept = tmp_path / "plan é.txt"
    kept.write_bytes(BODY)
    return kept


@pytest.fixture
def verify(tmp_path):
    """Run the verifier that is downloaded, on a receipt and files; code and words."""
    downloaded = Path(finders.find("drawdown/verify_receipt.py") or "")

    def run(whole, *more):
        paper = tmp_path / "receipt.json"
        paper.write_text(json.dumps(whole), encoding="utf-8")
        command = [sys.executable, *STARTED_ALONE, str(downloaded), str(paper), *more]
        done = subprocess.run(command, capture_output=True, check=False)
        return done.returncode, done.stdout.decode()

    return run


def test_a_good_receipt_is_proved_and_what_is_not_is_said(receipt, verify, plan):
    code, words = verify(receipt, str(plan), "--root", receipt["root"])

    assert code == 0, words
    assert "PROVED: it was there" in words
    assert "PROVED: the root is the one you read" in words
    assert "PROVED: its time lies up to the deadline" in words
    assert "is the file that was received" in words
    assert "NOT CHECKED: Price schedule" in words
    assert "Not proved by this: that the clock was right" in words


def test_without_files_and_root_it_says_that_they_were_not_checked(receipt, verify):
    code, words = verify(receipt)

    assert code == 0
    assert "NOT PROVED: that this root is the published one" in words
    assert "NOT CHECKED: File 1" in words


def altered_time(whole):
    whole["receipt"]["received_at"] = "2026-01-01T00:00:00.000000Z"


def altered_time_and_leaf(whole):
    altered_time(whole)
    whole["leaf"] = leaf_of(whole["receipt"]).hex()


def altered_deadline(whole):
    whole["receipt"]["deadline"] = "2026-01-01T00:00:00.000000Z"


def altered_hash(whole):
    whole["receipt"]["files"][2]["sha256"] = "0" * 64


def altered_proof(whole):
    whole["proof"]["path"][5] = "0" * 64


def altered_position(whole):
    whole["proof"]["position"] ^= 1


def shorter_proof(whole):
    del whole["proof"]["path"][0]


def altered_root(whole):
    whole["root"] = "0" * 64


@pytest.mark.parametrize(
    "alter",
    [
        altered_time,
        altered_time_and_leaf,
        altered_deadline,
        altered_hash,
        altered_proof,
        altered_position,
        shorter_proof,
        altered_root,
    ],
)
def test_what_was_altered_does_not_fit(receipt, verify, alter):
    alter(receipt)

    code, words = verify(receipt)

    assert code == 1
    assert "DOES NOT FIT" in words


def test_an_altered_file_does_not_fit(receipt, verify, plan):
    plan.write_bytes(BODY + b" ")

    code, words = verify(receipt, str(plan))

    assert code == 1
    assert "plan é.txt is, byte for byte, no file that was received" in words


def test_another_root_than_the_published_one_does_not_fit(receipt, verify):
    code, words = verify(receipt, "--root", "0" * 64)

    assert code == 1
    assert "another one than the one you read" in words


def test_what_is_no_receipt_is_said_in_words(verify):
    code, words = verify({"format": "something else"})

    assert code == 1
    assert "NOT PROVED: this is no receipt" in words


def test_a_late_receipt_has_no_proof_and_says_so(vendor_a_member, verify):
    solicitation = released_solicitation()
    version = offered(solicitation, at=after(solicitation, seconds=1))
    closed(solicitation)

    whole = json.loads(download(version, vendor_a_member).content)
    code, words = verify(whole)

    assert (code, whole["proof"]) == (0, None)
    assert "NOT PROVED: the receipt is late" in words
    assert "its time lies after the deadline" in words


def test_before_the_closing_the_page_says_when_there_is_a_proof(vendor_a_member):
    # Given a receipt before the closing, whose JSON is refused in words
    solicitation = released_solicitation()
    version = offered(solicitation)
    browser = client_for(vendor_a_member)
    url = reverse("submissions:receipt", args=[version.public_id])
    assert "From then on you can download this receipt" in (
        browser.get(url).content.decode()
    )
    refused = download(version, vendor_a_member)
    assert refused.status_code == 409
    assert "No root is published yet" in refused.content.decode()

    # When receipts are closed, then the page offers both and shows the root
    closing = closed(solicitation)
    page = browser.get(url).content.decode()
    assert closing.root in page
    assert reverse("submissions:download_receipt", args=[version.public_id]) in page
    assert "verify_receipt" in page
    answer = download(version, vendor_a_member)
    assert answer["Content-Disposition"].startswith("attachment")


def test_nobody_else_downloads_a_receipt(vendor_b_signer, contracting_officer):
    solicitation = released_solicitation()
    version = offered(solicitation)
    closed(solicitation)

    for stranger in (vendor_b_signer, contracting_officer):
        assert download(version, stranger).status_code == 404
