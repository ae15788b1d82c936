"""Reading one's own sealed offer again, and nobody else's."""

import base64
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.submissions.calculations import OfferedFile, place_of
from contracting.submissions.models import ContentKeyWrap
from contracting.submissions.operations.reread import reread_version
from contracting.submissions.operations.rotate import rotate_offer_key
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.refusals import (
    KeySwapped,
    NotReadable,
    NotReceiptable,
    SealBroken,
    WrongPassphrase,
)
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.offers import WRAPPED_KEY_BYTES
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.documents import files
from tests.offer_keys import (
    READING,
    chosen_passphrase,
    private_halves,
    shared_offer_key,
    the_offer_key,
)
from tests.offers import (
    before,
    latest_version,
    offer_on,
    opened_offers,
    submitted_offer,
)
from tests.sealed_offers import priced_rows, sealed_offer
from tests.submissions.test_doors import filled_in

pytestmark = pytest.mark.django_db

WORDS = "Ours is the best, and nobody else knows why."


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.OPENER_KEY_ITERATIONS = 100


def own_offer(solicitation):
    plan = OfferedFile("our plan.txt", "text/plain", b"how we go about it")
    first = solicitation.lines.order_by("slin")[0].slin
    return offer_on(
        solicitation, technical=WORDS, prices={first: "1234.5"}, files=[plan]
    )


def handed_in(**more):
    """Meridian's offer on a new solicitation, and its version."""
    solicitation = released_solicitation()
    offer = own_offer(solicitation)
    return latest_version(submitted_offer(on=solicitation, offer=offer, **more))


def read(version, part="vendor_a_signer", passphrase=READING):
    return reread_version(
        version_id=version.pk,
        passphrase=passphrase,
        by=actor(part),
        at=before(version.submission.solicitation),
    )


def wrap_of(version):
    wrapped = ContentKeyWrap.objects.get(version=version).wrapped_for_vendor
    assert wrapped is not None
    return bytes(wrapped)


def sealed_by_a_browser(solicitation, own=None, **more):
    """An offer that a browser has sealed, to the offer key of its vendor as well."""
    key = keys.new_key()
    offer = sealed_offer(solicitation, key=key, own=key, **more)
    place = f"{solicitation.public_id}/{offer.submission}/{offer.version}"
    held = own or the_offer_key()
    wrapped = keys.encrypt_to(
        bytes(held.public_key), key, binding=f"drawdown/v1/offer-key/{place}"
    )
    return replace(offer, offer_key=held.fingerprint, wrapped_for_vendor=wrapped)


def hand_in(offer, solicitation):
    return submit_submission(
        solicitation_id=solicitation.pk,
        offer=offer,
        acknowledged=[],
        by=actor("vendor_a_signer"),
        at=before(solicitation),
    )


def test_every_holder_reads_again_what_was_handed_in():
    # Given two of a vendor who hold its offer key, and an offer
    shared_offer_key()
    version = handed_in()

    # When each reads it, under a passphrase of their own
    for part in ("vendor_a_signer", "vendor_a_member"):
        offer = read(version, part)

        # Then it is what was handed in
        assert offer.technical == WORDS
        assert offer.files == [("our plan.txt", b"how we go about it")]
        assert offer.prices[0][2] == "1234.50"
        assert len(offer.prices) == version.submission.solicitation.lines.count()
        assert all(model.startswith("gpt-4o") for _line, model, _price in offer.prices)

    # And the record of it names a pseudonym
    told = AuditEvent.objects.filter(event="submissions.version.reread")
    assert {each.actor_kind for each in told} == {"PSEUDONYM"}
    assert {each.stream for each in told} == {version.submission.stream}


def test_what_a_browser_has_sealed_is_read_again_too():
    chosen_passphrase()
    solicitation = released_solicitation()
    offer = sealed_by_a_browser(
        solicitation,
        technical=WORDS,
        prices=priced_rows(solicitation, "000002.500000"),
        files={"our plan.txt": b"how we go about it"},
    )

    version = latest_version(hand_in(offer, solicitation))

    found = read(version)
    assert found.technical == WORDS
    assert found.files == [("our plan.txt", b"how we go about it")]
    assert {price for _line, _model, price in found.prices} == {"2.50"}
    assert "?" not in {line for line, _model, _price in found.prices}


def test_another_passphrase_reads_nothing():
    chosen_passphrase()
    version = handed_in()

    with nothing_happens(), pytest.raises(WrongPassphrase):
        read(version, passphrase="not the right words")


def test_a_rival_and_the_government_do_not_find_it():
    chosen_passphrase()
    chosen_passphrase(by="vendor_b_signer")
    version = handed_in()

    for part in ("vendor_b_signer", "contracting_officer", "administrator"):
        with nothing_happens(), pytest.raises(NotAllowed):
            read(version, part)
        browser = client_for(actor(part))
        for name in ("reread_version", "sealed_bytes"):
            url = reverse(f"submissions:{name}", args=[version.public_id])
            assert browser.get(url).status_code == 404


def test_a_colleague_who_does_not_hold_the_key_is_told_why():
    chosen_passphrase()
    version = handed_in()

    with nothing_happens(), pytest.raises(NotAllowed, match="hold no offer key"):
        read(version, "vendor_a_member")


def test_what_was_handed_in_before_there_was_a_key_stays_sealed():
    version = handed_in()
    chosen_passphrase()

    with nothing_happens(), pytest.raises(NotReadable, match="none when it was handed"):
        read(version)


def test_no_row_tells_whether_an_offer_is_sealed_to_a_key():
    # Given a vendor with an offer key and one without
    chosen_passphrase()
    solicitation = released_solicitation()
    one = latest_version(submitted_offer(on=solicitation))
    other = latest_version(submitted_offer(on=solicitation, by="vendor_b_signer"))

    # Then what stands beside both is of one form, and so is all that is printed of them
    for version in (one, other):
        wrapped = wrap_of(version)
        assert len(wrapped) == WRAPPED_KEY_BYTES
        assert keys.is_point(wrapped[:65])
    labels = [
        [fact["label"] for fact in paper.context["facts"]]
        for paper in Document.objects.filter(kind="receipt")
    ]
    assert labels[0] == labels[1]

    # And no row of an offer names the key, nor one of the key an offer
    prints = the_offer_key().fingerprint
    assert not AuditEvent.objects.filter(
        stream__startswith="submission:", payload__contains=prints
    ).exists()


@pytest.mark.rule("R-SUB-04", case="allowed")
def test_a_withdrawal_deletes_the_key_to_the_vendor_too():
    chosen_passphrase()
    version = handed_in()

    withdraw_submission(
        submission_id=version.submission_id,
        by=actor("vendor_a_signer"),
        at=before(version.submission.solicitation),
    )

    assert not ContentKeyWrap.objects.filter(version=version).exists()
    with nothing_happens(), pytest.raises(NotAllowed, match="withdrawn"):
        read(version)


def test_whoever_was_taken_off_reads_neither_earlier_nor_later_versions(
    vendor_a_signer, at
):
    # Given a version from before, and one from after a colleague was taken off
    colleague = shared_offer_key()
    earlier = handed_in()
    kept = private_halves("vendor_a_member")
    rotate_offer_key(leaving=[colleague.public_id], by=vendor_a_signer, at=at)
    later = handed_in()

    # Then who stays reads both, and who left neither
    for version in (earlier, later):
        assert read(version).technical == WORDS
        with nothing_happens(), pytest.raises(NotAllowed):
            read(version, "vendor_a_member")

    # And a key that they kept opens the earlier one alone
    (old,) = kept
    binding = place_of(earlier).vendor_binding
    assert keys.decrypt_from(wrap_of(earlier), private=old, binding=binding)
    binding = place_of(later).vendor_binding
    with pytest.raises(SealBroken):
        keys.decrypt_from(wrap_of(later), private=old, binding=binding)


def test_it_is_read_after_the_opening_as_well_and_opens_as_ever():
    chosen_passphrase()
    version = handed_in()
    submitted_offer(on=version.submission.solicitation, by="vendor_b_signer")

    opened_offers(on=version.submission.solicitation)

    assert read(version).technical == WORDS
    version.submission.refresh_from_db()
    assert version.submission.opened_offer.technical == WORDS


def test_a_browser_seals_to_the_offer_key_in_force_alone(vendor_a_signer, at):
    # Given a page that was loaded before the offer key was replaced
    chosen_passphrase()
    solicitation = released_solicitation()
    old = the_offer_key()
    rotate_offer_key(by=vendor_a_signer, at=at)

    with nothing_happens(), pytest.raises(KeySwapped, match="not in force"):
        hand_in(sealed_by_a_browser(solicitation, old), solicitation)
    broken = replace(sealed_by_a_browser(solicitation), wrapped_for_vendor=b"short")
    with nothing_happens(), pytest.raises(NotReceiptable, match="your own people"):
        hand_in(broken, solicitation)


def test_nothing_is_sealed_to_an_offer_key_that_was_exchanged(monkeypatch):
    chosen_passphrase()
    solicitation = released_solicitation()
    monkeypatch.setattr(
        "contracting.submissions.sealing.holders.recorded_fingerprint",
        lambda _key: "0" * 64,
    )

    with nothing_happens(), pytest.raises(KeySwapped, match="recorded"):
        hand_in(own_offer(solicitation), solicitation)


def test_the_page_shows_it_once_and_gives_a_file(vendor_a_signer, monkeypatch):
    # Given an offer that was handed in on the page, which says who can read it again
    chosen_passphrase()
    solicitation = released_solicitation()
    monkeypatch.setattr("contracting.core.clock.now", lambda: before(solicitation))
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:submit_submission", args=[solicitation.public_id])
    assert "1 of us can read it again" in _words(browser.get(url))
    body = files.pdf()
    plan = SimpleUploadedFile("our plan.pdf", body, "application/pdf")
    sent = filled_in(solicitation, technical=WORDS, attachments=[plan])
    receipt = submit(browser, url, sent).url
    assert "Read this version again" in browser.get(receipt).content.decode()

    # When the passphrase is typed
    again = f"{receipt}/reread"
    assert "our plan" not in browser.get(again).content.decode()
    with nothing_happens():
        reply = submit(browser, again, {"passphrase": "not the right words"})
    assert reply.status_code == 403
    reply = submit(browser, again, {"passphrase": READING})

    # Then text, prices and names are shown, in an answer that nobody keeps
    assert reply.status_code == 200
    assert reply["Cache-Control"] == "private, no-store"
    for said in (WORDS, "our plan.pdf", "2.50", "shown once"):
        assert said in reply.content.decode()
    assert READING not in reply.content.decode()

    # And a file is fetched with the passphrase alone
    reply = submit(browser, again, {"passphrase": READING, "part": "1"})
    assert reply.content == body
    assert reply["Cache-Control"] == "private, no-store"
    assert 'filename="our plan.pdf"' in reply["Content-Disposition"]


def test_a_browser_gets_what_it_needs_to_decrypt(vendor_a_signer):
    chosen_passphrase()
    version = handed_in()
    browser = client_for(vendor_a_signer)
    url = reverse("submissions:reread_version", args=[version.public_id])

    page = browser.get(url).content.decode()

    assert base64.b64encode(wrap_of(version)).decode() in page
    raw = browser.get(reverse("submissions:sealed_bytes", args=[version.public_id]))
    assert raw["Cache-Control"] == "private, no-store"
    assert WORDS.encode() not in raw.content
    assert len(raw.content) == version.sealed_blob.size_bytes


def _words(page) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
