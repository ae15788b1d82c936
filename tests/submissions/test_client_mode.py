"""An offer that its vendor has sealed: received unread, read after the opening."""

import base64
import hashlib
import json
from dataclasses import asdict, replace

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.documents.models import Document
from contracting.evaluations.calculations import prices_of
from contracting.evaluations.models import RegistrationSnapshot
from contracting.submissions.calculations import Place
from contracting.submissions.models import OpenedOffer, Submission
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.refusals import (
    AmendmentNotAcknowledged,
    KeySwapped,
    NotReceiptable,
    NotScanned,
    SealBroken,
    SealedElsewhere,
)
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.offers import Part
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.documents import files
from tests.offers import (
    after,
    amended_solicitation,
    before,
    latest_version,
    opened_offers,
    submitted_offer,
)
from tests.sealed_offers import priced_rows, sealed_offer
from tests.submissions.test_sealed_box import everything_stored, found

pytestmark = pytest.mark.django_db

SECRETS = (b"canary-of-the-text", b"canary-name", b"canary-in-a-file", b"004321.987654")


def hand_in(
    solicitation, offer=None, *, by="vendor_a_signer", at=None, acknowledged=()
):
    return submit_submission(
        solicitation_id=solicitation.pk,
        offer=offer or sealed_offer(solicitation, by=by),
        acknowledged=list(acknowledged),
        by=actor(by),
        at=at or before(solicitation),
    )


def opened(submission):
    return OpenedOffer.objects.get(submission=submission)


@pytest.mark.rule("R-SUB-07", case="allowed")
def test_a_sealed_offer_is_receipted_by_what_can_be_told_of_it(vendor_a_signer):
    # Given an offer with a file that its vendor has sealed
    solicitation = released_solicitation()
    offer = sealed_offer(solicitation, files={"plan.txt": b"our plan"})

    # When it is handed in
    submission = hand_in(solicitation, offer)

    # Then its receipt has the declared parts, no name at all, and says the mode
    version = latest_version(submission)
    assert submission.vendor_id is None
    assert submission.public_id == offer.submission
    assert version.mode == "CLIENT"
    assert version.plain_sha256 == offer.content_sha256
    assert [part["name"] for part in version.files] == [
        "Technical proposal",
        "Price schedule",
        "File 1",
    ]
    assert version.files[2]["sha256"] == hashlib.sha256(b"our plan").hexdigest()
    facts = Document.objects.get(kind="receipt").context["facts"]
    told = {fact["label"]: fact["value"] for fact in facts}
    assert told["Sealed in"] == "client mode"
    assert told["Mode of sealing"] == "by the offeror's browser, before it was sent"
    page = client_for(vendor_a_signer).get(
        reverse("submissions:receipt", args=[version.public_id])
    )
    assert "Client mode protects against" in page.content.decode()
    assert "Server mode protects against" not in page.content.decode()


def test_it_opens_with_the_others_and_matches_its_receipt():
    # Given one offer sealed by its vendor, and one by the server
    solicitation = released_solicitation()
    own = hand_in(
        solicitation, sealed_offer(solicitation, files={"plan.txt": b"our plan"})
    )
    submitted_offer(on=solicitation, by="vendor_b_signer")

    # When a quorum opens
    opened_offers(on=solicitation)

    # Then both lie open with every price, and nothing is wrong with either
    offer = opened(own)
    assert offer.flaws == []
    assert offer.technical.startswith("We serve the snapshot")
    assert [file["name"] for file in offer.files] == ["plan.txt"]
    assert offer.rates.count() == solicitation.lines.count()
    assert OpenedOffer.objects.count() == 2


def test_no_row_and_no_file_holds_a_canary_before_the_opening(settings, tmp_path):
    # Given storage of its own, and an offer with a canary in each of its parts
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path, "base_url": None},
        },
    }
    solicitation = released_solicitation()
    hand_in(
        solicitation,
        sealed_offer(
            solicitation,
            technical="Ours: canary-of-the-text.",
            prices=priced_rows(solicitation, "004321.987654"),
            files={"canary-name.txt": b"canary-in-a-file"},
        ),
    )

    # Then it is nowhere, and after the opening it is there
    sealed = everything_stored()
    assert not any(found(secret, sealed) for secret in SECRETS)
    opened_offers(on=solicitation)
    laid_open = everything_stored()
    assert all(found(secret.lstrip(b"0"), laid_open) for secret in SECRETS)


def test_a_sealed_offer_after_the_deadline_is_late_and_stays_sealed():
    solicitation = released_solicitation()

    submission = hand_in(solicitation, at=after(solicitation))

    assert latest_version(submission).is_late
    opened_offers(on=solicitation)
    assert not OpenedOffer.objects.filter(submission=submission).exists()


def test_a_replacement_is_bound_to_the_next_version(vendor_a_signer):
    solicitation = released_solicitation()
    submission = hand_in(solicitation)

    replace_submission(
        submission_id=submission.pk,
        offer=sealed_offer(solicitation, technical="The second one."),
        acknowledged=[],
        by=vendor_a_signer,
        at=before(solicitation, minutes=5),
    )

    opened_offers(on=solicitation)
    assert opened(submission).technical == "The second one."


def test_bytes_that_are_bound_to_another_version_are_refused(vendor_a_signer):
    # Given an offer, and a page that was loaded before it arrived
    solicitation = released_solicitation()
    submission = hand_in(solicitation)
    stale = Place(solicitation.public_id, submission.public_id, 1)

    with nothing_happens(), pytest.raises(SealedElsewhere):
        replace_submission(
            submission_id=submission.pk,
            offer=sealed_offer(solicitation, place=stale),
            acknowledged=[],
            by=vendor_a_signer,
            at=before(solicitation, minutes=5),
        )


def test_the_place_of_another_vendor_is_refused():
    solicitation = released_solicitation()
    rival = hand_in(solicitation, by="vendor_b_signer")
    taken = Place(solicitation.public_id, rival.public_id, 2)

    with nothing_happens(), pytest.raises(SealedElsewhere):
        hand_in(solicitation, sealed_offer(solicitation, place=taken))


@pytest.mark.rule("R-SUB-03", case="refused")
def test_an_offer_that_is_sealed_to_another_key_is_refused():
    solicitation = released_solicitation()
    other = keys.new_pair().public
    offer = replace(
        sealed_offer(solicitation, public=other), fingerprint=keys.fingerprint(other)
    )

    with nothing_happens(), pytest.raises(KeySwapped) as refusal:
        hand_in(solicitation, offer)

    assert refusal.value.rule == "R-SUB-03"


@pytest.mark.rule("R-SUB-05", case="refused")
def test_a_sealed_offer_acknowledges_every_amendment_too():
    solicitation = amended_solicitation()

    with nothing_happens(), pytest.raises(AmendmentNotAcknowledged):
        hand_in(solicitation)


def test_a_name_that_no_address_can_hold_is_refused():
    # Given bytes that are bound to a name with letters that no public id has
    solicitation = released_solicitation()
    odd = Place(solicitation.public_id, f"sub_{'l' * 26}", 1)

    with nothing_happens(), pytest.raises(SealedElsewhere):
        hand_in(solicitation, sealed_offer(solicitation, place=odd))


def _parts(offer, **more):
    return replace(offer, parts=[replace(offer.parts[0], **more), *offer.parts[1:]])


@pytest.mark.rule("R-SUB-07", case="refused")
@pytest.mark.parametrize(
    "altered",
    [
        lambda offer: replace(offer, wrapped_key=offer.wrapped_key[:-1]),
        lambda offer: replace(offer, wrapped_key=b"\x04" + bytes(124)),
        lambda offer: replace(offer, sealed=offer.sealed[:-1]),
        lambda offer: replace(offer, parts=()),
        lambda offer: _parts(offer, name="canary-name.txt"),
        lambda offer: _parts(offer, size_bytes=0),
        lambda offer: _parts(offer, size_bytes=10**6),
        lambda offer: replace(
            offer,
            parts=[
                *offer.parts,
                *(Part(f"File {n + 1}", 1, "0" * 64) for n in range(11)),
            ],
        ),
        lambda offer: replace(
            offer,
            sealed=bytes(28 + 4096 * 6000),
            parts=[*offer.parts, Part("File 1", 21 * 1024 * 1024, "0" * 64)],
        ),
        lambda offer: replace(offer, sealed=bytes(28 + 4096 * 10_400)),
    ],
    ids=[
        "a short key",
        "no point",
        "cut off",
        "no parts",
        "a name",
        "nothing in it",
        "more than there is",
        "too many files",
        "too large a file",
        "too large",
    ],
)
def test_what_is_no_sealed_offer_from_outside_is_refused(altered):
    solicitation = released_solicitation()
    offer = altered(sealed_offer(solicitation))

    with nothing_happens(), pytest.raises(NotReceiptable) as refusal:
        hand_in(solicitation, offer)

    assert refusal.value.rule == "R-SUB-07"


@pytest.mark.parametrize(
    ("sealed", "said"),
    [
        (lambda s: sealed_offer(s, key=keys.new_key()), "cannot be decrypted"),
        (lambda s: sealed_offer(s, key=b"short" + bytes(27)), "cannot be decrypted"),
        (
            lambda s: sealed_offer(s, public=keys.new_pair().public),
            "cannot be decrypted",
        ),
        (
            lambda s: replace(sealed_offer(s), sealed=bytes(28 + 4096)),
            "cannot be decrypted",
        ),
        (lambda s: sealed_offer(s, head=b"{}"), "Its salt is no text"),
        (lambda s: sealed_offer(s, head=b"[" * 5000), "not JSON"),
        (lambda s: sealed_offer(s, head=b"[1]"), "not an object"),
        (lambda s: sealed_offer(s, head=b" " * 2_100_000), "longer than that of any"),
        (lambda s: sealed_offer(s, prices=priced_rows(s)[:1] * 1001), "more than 1000"),
        (lambda s: sealed_offer(s, technical="a\x00b"), "Its technical is no text"),
        (lambda s: sealed_offer(s, technical=" "), "technical proposal is empty"),
        (lambda s: sealed_offer(s, technical="a" * 200_001), "200,001 characters"),
        (lambda s: sealed_offer(s, prices=priced_rows(s)[1:]), "Not priced: "),
        (lambda s: sealed_offer(s, prices=priced_rows(s, "1")), "six decimals"),
        (lambda s: sealed_offer(s, prices=priced_rows(s) * 2), "more than once"),
        (
            lambda s: sealed_offer(s, prices=[{**priced_rows(s)[0], "line": "sln_x"}]),
            "has not",
        ),
        (
            lambda s: sealed_offer(s, prices=[{**priced_rows(s)[0], "model": "mdl_x"}]),
            "no model",
        ),
        (lambda s: sealed_offer(s, files={"run.exe": b"MZ"}), "run.exe"),
        (
            lambda s: sealed_offer(s, files={"plan.pdf": files.pdf_with_script()}),
            "has a script",
        ),
        (lambda s: sealed_offer(s, files={"Price schedule": b"a"}), "Another part"),
        (lambda s: replace(sealed_offer(s), content_sha256="0" * 64), "other hashes"),
    ],
)
def test_an_offer_that_fails_its_check_lies_open_with_what_is_wrong(sealed, said):
    # Given an offer that only its opening can tell is wrong, and a good one
    solicitation = released_solicitation()
    wrong = hand_in(solicitation, sealed(solicitation))
    good = submitted_offer(on=solicitation, by="vendor_b_signer")

    # When a quorum opens
    opened_offers(on=solicitation)

    # Then it is open, names its vendor and says what is wrong; the good one as ever
    wrong.refresh_from_db()
    assert wrong.vendor_id == actor("vendor_a_signer").own_organization_id
    assert RegistrationSnapshot.objects.filter(submission=wrong).exists()
    assert said in " ".join(opened(wrong).flaws)
    assert opened(good).flaws == []
    page = client_for(actor("contracting_officer")).get(
        reverse("submissions:opening", args=[solicitation.public_id])
    )
    assert "Something is wrong with 1 of them" in page.content.decode()


def test_what_was_altered_since_it_was_received_stops_the_opening(monkeypatch):
    # Given a key that opens nothing, and a record of another one that was received
    solicitation = released_solicitation()
    hand_in(solicitation, sealed_offer(solicitation, key=keys.new_key()))
    recorded = "contracting.submissions.operations.lay_open.received_key_sha256"
    monkeypatch.setattr(recorded, lambda _version: "0" * 64)

    with pytest.raises(SealBroken):
        opened_offers(on=solicitation)

    assert not OpenedOffer.objects.exists()


def test_nothing_is_laid_open_unscanned_while_the_scanner_is_silent(settings):
    solicitation = released_solicitation()
    hand_in(solicitation, sealed_offer(solicitation, files={"plan.txt": b"a plan"}))
    settings.CLAMD_URL = "tcp://127.0.0.1:1"

    with pytest.raises(NotScanned):
        opened_offers(on=solicitation)

    assert not OpenedOffer.objects.exists()


def _form(offer, **more):
    told = {
        "submission": offer.submission,
        "version": offer.version,
        "fingerprint": offer.fingerprint,
        "wrapped_key": base64.b64encode(offer.wrapped_key).decode(),
        "content_sha256": offer.content_sha256,
        "sealed_sha256": hashlib.sha256(offer.sealed).hexdigest(),
        "parts": [asdict(part) for part in offer.parts],
        **more,
    }
    return {
        "envelope": json.dumps(told),
        "sealed": SimpleUploadedFile("sealed", offer.sealed),
    }


def test_the_same_page_takes_the_sealed_form(vendor_a_signer, monkeypatch):
    # Given the page of the form, which tells what a browser needs
    solicitation = released_solicitation()
    monkeypatch.setattr("contracting.core.clock.now", lambda: before(solicitation))
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    browser = client_for(vendor_a_signer)
    page = browser.get(url).content.decode()
    assert "Your offer is encrypted in the server's memory" in page
    assert 'data-version="1"' in page
    offer = sealed_offer(solicitation)

    # When damaged bytes are sent, and an envelope of another form
    for more in (
        {"sealed_sha256": "0" * 64},
        {"version": float("inf")},
        {"parts": 1},
        {"content_sha256": "x"},
    ):
        with nothing_happens():
            reply = submit(browser, url, _form(offer, **more))
        assert reply.status_code == 422
    assert Submission.objects.count() == 0

    # Then the whole one is receipted
    reply = submit(browser, url, _form(offer))
    assert reply.status_code == 303
    version = latest_version(Submission.objects.get())
    assert version.mode == "CLIENT"
    assert default_storage.exists(version.sealed_blob.name)


def test_the_pages_of_the_evaluation_bear_an_offer_that_nobody_can_read():
    # Given one offer that does not open, and a good one
    solicitation = released_solicitation()
    wrong = hand_in(solicitation, sealed_offer(solicitation, key=keys.new_key()))
    submitted_offer(on=solicitation, by="vendor_b_signer")
    opened_offers(on=solicitation)

    # Then every page of it answers, and the other one alone is ranked
    officer = client_for(actor("contracting_officer"))
    for name in ("offers", "price", "exchanges", "determine_range"):
        url = reverse(f"evaluations:{name}", args=[solicitation.public_id])
        assert officer.get(url).status_code == 200, name
    url = reverse("evaluations:offer", args=[wrong.public_id])
    assert "Something is wrong with it" in officer.get(url).content.decode()
    ranked = prices_of(solicitation, after(solicitation).date())
    assert ranked["lowest"]["vendors"] == ["Larkspur AI"]
