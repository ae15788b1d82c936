"""An offer that a program has sealed: handed in as one file, without a browser."""

import csv
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

import drawdown_offer
from contracting.submissions.models import OpenedOffer, Submission, SubmissionVersion
from tests.builders import released_solicitation
from tests.cast import client_for, nothing_happens, submit
from tests.offers import SNAPSHOT, amended_solicitation, before, opened_offers, the_box

pytestmark = pytest.mark.django_db


@pytest.fixture
def solicitation(monkeypatch):
    """Released, an hour before its deadline by the door's clock."""
    return told(monkeypatch, released_solicitation())


def told(monkeypatch, solicitation):
    at = before(solicitation)
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    return solicitation


def page_of(solicitation):
    return reverse("submissions:submit_submission", args=[solicitation.public_id])


def form_of(solicitation, who, tmp_path):
    """The form as the vendor's browser saves it."""
    reply = client_for(who).get(page_of(solicitation) + "?as=form")
    assert reply.status_code == 200
    assert reply["Content-Disposition"] == 'attachment; filename="offer-form.json"'
    path = tmp_path / "offer-form.json"
    path.write_bytes(reply.content)
    return path


def sealed_with(form, solicitation, tmp_path, *, fingerprint=None, price="2.5"):
    """What the program says to an offer at one price on every line."""
    sheet, plan = tmp_path / "prices.csv", tmp_path / "plan.md"
    annex = tmp_path / "Länderübersicht 東京.txt"
    assert drawdown_offer.main(["sheet", str(form), str(sheet)]) == 0
    with sheet.open(newline="") as file:
        rows = list(csv.reader(file))
    with sheet.open("w", newline="") as file:
        csv.writer(file).writerows(
            [rows[0], *([*row[:3], SNAPSHOT, price] for row in rows[1:])]
        )
    plan.write_text("We serve the snapshot — in the boundary asked for.\n")
    annex.write_text("our plan")
    return drawdown_offer.main(
        ["seal", str(form), "--technical", str(plan), "--prices", str(sheet)]
        + ["--fingerprint", fingerprint or the_box(solicitation).fingerprint]
        + ["--file", str(annex), str(tmp_path / "offer.sealed")]
    )


def packet_in(tmp_path):
    raw = (tmp_path / "offer.sealed").read_bytes()
    return SimpleUploadedFile("offer.sealed", raw)


@pytest.mark.rule("R-SUB-07", case="allowed")
def test_a_sealed_file_is_receipted_and_opens_like_any_other(
    solicitation, vendor_a_signer, tmp_path
):
    # Given an offer that a program has sealed, text, prices and a file
    form = form_of(solicitation, vendor_a_signer, tmp_path)
    assert sealed_with(form, solicitation, tmp_path) == 0
    raw = (tmp_path / "offer.sealed").read_bytes()
    assert b"our plan" not in raw
    assert "東京".encode() not in raw

    # When its signer hands the file in
    page = page_of(solicitation) + "?as=packet"
    reply = submit(client_for(vendor_a_signer), page, {"sealed": packet_in(tmp_path)})

    # Then it is received in client mode
    assert reply.status_code == 303
    version = SubmissionVersion.objects.get()
    assert version.mode == "CLIENT"

    # And a quorum opens it whole, to the sixth decimal
    opened_offers(on=solicitation)
    offer = OpenedOffer.objects.get()
    assert offer.flaws == []
    assert [file["name"] for file in offer.files] == ["Länderübersicht 東京.txt"]
    assert {str(x.usd_per_million_tokens) for x in offer.rates.all()} == {"2.500000"}
    assert offer.rates.count() == solicitation.lines.count()

    # And the receipt is that of the file, and of no other
    receipt = client_for(vendor_a_signer).get(
        reverse("submissions:download_receipt", args=[version.public_id])
    )
    (tmp_path / "receipt.json").write_bytes(receipt.content)
    check = ["check", str(tmp_path / "receipt.json"), str(tmp_path / "offer.sealed")]
    assert drawdown_offer.main(check) == 0
    other = json.loads(receipt.content)
    other["receipt"]["files"][0]["sha256"] = "0" * 64
    (tmp_path / "receipt.json").write_text(json.dumps(other))
    assert drawdown_offer.main(check) == 2


def test_a_second_version_is_sealed_from_a_new_form(
    solicitation, vendor_a_signer, tmp_path
):
    form = form_of(solicitation, vendor_a_signer, tmp_path)
    assert sealed_with(form, solicitation, tmp_path) == 0
    client = client_for(vendor_a_signer)
    page = page_of(solicitation) + "?as=packet"
    submit(client, page, {"sealed": packet_in(tmp_path)})
    replace = reverse(
        "submissions:replace_submission", args=[Submission.objects.get().public_id]
    )

    # The same file once more is bound to the first version
    with nothing_happens():
        reply = submit(client, replace + "?as=packet", {"sealed": packet_in(tmp_path)})
    assert reply.status_code == 409
    assert "would be version 2" in reply.content.decode()

    # From a new form it is the second
    form.write_bytes(client.get(replace + "?as=form").content)
    for name in ("offer.sealed", "prices.csv"):
        (tmp_path / name).unlink()
    assert sealed_with(form, solicitation, tmp_path, price="0.000001") == 0
    reply = submit(client, replace + "?as=packet", {"sealed": packet_in(tmp_path)})
    assert reply.status_code == 303
    assert [x.number for x in SubmissionVersion.objects.order_by("number")] == [1, 2]


def test_amendments_are_acknowledged_beside_the_file(
    vendor_a_signer, tmp_path, monkeypatch
):
    solicitation = told(monkeypatch, amended_solicitation())
    form = form_of(solicitation, vendor_a_signer, tmp_path)
    assert sealed_with(form, solicitation, tmp_path) == 0
    client, page = client_for(vendor_a_signer), page_of(solicitation) + "?as=packet"

    with nothing_happens():
        reply = submit(client, page, {"sealed": packet_in(tmp_path)})
    assert reply.status_code == 422

    data = {"sealed": packet_in(tmp_path), "acknowledged": ["0001"]}
    assert submit(client, page, data).status_code == 303


@pytest.mark.parametrize(
    ("fingerprint", "price", "words"),
    [
        ("0" * 64, "2.5", "If they differ, seal nothing"),
        ("abc", "2.5", "first 16 characters"),
        (None, "2,5", "no figure"),
        (None, "1000000", "no figure"),
        (None, "0.0000001", "no figure"),
        (None, "", "no figure"),
    ],
)
def test_the_program_seals_to_no_other_key_and_no_odd_price(
    solicitation, vendor_a_signer, tmp_path, capsys, fingerprint, price, words
):
    form = form_of(solicitation, vendor_a_signer, tmp_path)
    given = {"fingerprint": fingerprint, "price": price}
    assert sealed_with(form, solicitation, tmp_path, **given) == 1
    assert words in capsys.readouterr().err
    assert not (tmp_path / "offer.sealed").exists()


def test_the_form_says_what_is_asked_for(
    solicitation, vendor_a_signer, tmp_path, capsys
):
    form = form_of(solicitation, vendor_a_signer, tmp_path)
    assert drawdown_offer.main(["show", str(form)]) == 0
    said = capsys.readouterr().out
    assert the_box(solicitation).fingerprint in said
    assert all(line.slin in said for line in solicitation.lines.all())
    assert SNAPSHOT in said


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"PK\x03\x04",
        b"drawdown/v1/sealed-offer\n",
        b"drawdown/v1/sealed-offer\n[]\nx",
    ]
    + [b"drawdown/v1/sealed-offer\n{}\n", b"drawdown/v1/sealed-offer\n" + b"[" * 9000],
)
def test_another_file_is_refused_in_words(solicitation, vendor_a_signer, raw):
    page = page_of(solicitation) + "?as=packet"
    file = SimpleUploadedFile("offer.sealed", raw)
    with nothing_happens():
        reply = submit(client_for(vendor_a_signer), page, {"sealed": file})
    assert reply.status_code == 422
    words = ("no file that drawdown-offer has sealed", "Load it again", "is empty")
    assert any(each in reply.content.decode() for each in words)


def test_outsiders_get_no_form(solicitation, contracting_officer, vendor_a_signer):
    page = page_of(solicitation)
    assert client_for(contracting_officer).get(page + "?as=form").status_code == 403
    assert client_for(contracting_officer).get(page + "?as=packet").status_code == 403
    packet = client_for(vendor_a_signer).get(page + "?as=packet").content.decode()
    assert "Not submitted yet" in packet
