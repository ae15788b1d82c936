"""A final revision that its vendor has sealed: taken unread, read at the opening."""

import json
from base64 import b64encode
from dataclasses import asdict, replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.core.canonical import canonical_json
from contracting.documents.queries import documents_of
from contracting.evaluations.calculations import prices_of
from contracting.evaluations.discussions.exchanges import next_place
from contracting.evaluations.models import FinalRevision, RevisedOffer
from contracting.evaluations.operations.revise import revise_submission
from contracting.evaluations.pricing.gaps import gaps_of
from contracting.submissions.calculations import Place
from contracting.submissions.refusals import (
    KeySwapped,
    NotReceiptable,
    SealBroken,
    SealedElsewhere,
)
from contracting.submissions.sealing import keys
from tests.cast import actor, client_for, nothing_happens
from tests.documents import files
from tests.evaluations.exchanges import (
    cutoff_of,
    offer_of,
    revised,
    revisions_due,
    revisions_opened_by,
)
from tests.offer_keys import chosen_passphrase, private_halves
from tests.offers import after
from tests.sealed_offers import priced_rows, sealed_offer
from tests.submissions.test_sealed_box import everything_stored, found

pytestmark = pytest.mark.django_db

SIGNER = "vendor_b_signer"
SECRETS = (b"canary-of-the-text", b"canary-name", b"canary-in-a-file", b"004321.987654")


def sealed_revision(solicitation, **more):
    """A final revision of Larkspur as its browser seals it."""
    where = more.pop("place", None) or next_place(offer_of(solicitation, SIGNER))
    return sealed_offer(solicitation, by=SIGNER, place=where, **more)


def handed_in(solicitation, offer):
    return revise_submission(
        submission_id=offer_of(solicitation, SIGNER).pk,
        offer=offer,
        by=actor(SIGNER),
        at=cutoff_of(solicitation) - timedelta(hours=1),
    )


def opened_by_both(solicitation):
    opened = []
    for part in ("contract_specialist", "contracting_officer"):
        opened = revisions_opened_by(solicitation, part)
    return opened


@pytest.mark.rule("R-EVL-04", case="allowed")
def test_a_revision_that_a_browser_has_sealed_counts_once_it_is_open():
    # Given final revisions that are due
    solicitation = revisions_due()

    # When Larkspur's browser seals one, with a canary in each part
    revision = handed_in(
        solicitation,
        sealed_revision(
            solicitation,
            technical="Ours: canary-of-the-text.",
            prices=priced_rows(solicitation, "004321.987654"),
            files={"canary-name.txt": b"canary-in-a-file"},
        ),
    )

    # Then no row holds any of it, and the receipt says the mode and what it protects
    stored = everything_stored()
    assert not any(found(secret, stored) for secret in SECRETS)
    assert revision.mode == "CLIENT"
    said = json.dumps(documents_of(revision.subject).get().context)
    assert "by the offeror's browser, before it was sent" in said
    assert "Client mode protects against" in said
    assert "sealed in memory on receipt" not in said

    # And after the quorum it is rated and priced, with its file to download
    (opened,) = opened_by_both(solicitation)
    assert opened.flaws == []
    assert opened.technical == "Ours: canary-of-the-text."
    offered = {rate.usd_per_million_tokens for rate in opened.rates.all()}
    assert offered == {Decimal("4321.987654")}
    officer = client_for(actor("contracting_officer"))
    offer = offer_of(solicitation, SIGNER).public_id
    page = officer.get(reverse("evaluations:offer", args=[offer])).content.decode()
    address = reverse("evaluations:revised_file", args=[offer, 0])
    assert address in page
    assert officer.get(address).content == b"canary-in-a-file"
    assert (
        officer.get(reverse("evaluations:revised_file", args=[offer, 1])).status_code
        == 404
    )
    for outsider in (SIGNER, "vendor_a_signer", "administrator"):
        assert client_for(actor(outsider)).get(address).status_code in (403, 404)


def test_one_mode_after_the_other_the_last_counts():
    solicitation = revisions_due()
    handed_in(solicitation, sealed_revision(solicitation, technical="The first."))
    revised(solicitation, technical="The second.")
    handed_in(solicitation, sealed_revision(solicitation, technical="The third."))

    (opened,) = opened_by_both(solicitation)

    assert opened.technical == "The third."
    assert FinalRevision.objects.count() == 3


@pytest.mark.parametrize(
    ("sealed", "said"),
    [
        (lambda s: sealed_revision(s, key=keys.new_key()), "cannot be decrypted"),
        (lambda s: sealed_revision(s, head=b"{}"), "Its salt is no text"),
        (lambda s: sealed_revision(s, prices=priced_rows(s)[1:]), "Not priced: "),
        (
            lambda s: sealed_revision(s, files={"plan.pdf": files.pdf_with_script()}),
            "has a script",
        ),
        (
            lambda s: replace(sealed_revision(s), content_sha256="0" * 64),
            "other hashes",
        ),
    ],
)
def test_one_that_fails_its_check_lies_open_with_what_is_wrong(sealed, said):
    # Given a revision that only its opening can tell is wrong, and a good one
    solicitation = revisions_due()
    handed_in(solicitation, sealed(solicitation))
    revised(solicitation, part="vendor_a_signer")

    # When a quorum opens
    opened = opened_by_both(solicitation)

    # Then both are open, the officer and the vendor read what is wrong with the one
    assert len(opened) == 2
    wrong = RevisedOffer.objects.get(submission=offer_of(solicitation, SIGNER))
    assert said in " ".join(wrong.flaws)
    for part, address in (
        ("contracting_officer", "evaluations:offer"),
        (SIGNER, "evaluations:discussion"),
    ):
        url = reverse(address, args=[wrong.submission.public_id])
        page = client_for(actor(part)).get(url).content.decode()
        assert said.replace("'", "&#x27;") in page


def test_a_revision_that_leaves_a_line_open_is_ranked_by_nobody():
    solicitation = revisions_due()
    rows = priced_rows(solicitation, "000000.010000")
    handed_in(solicitation, sealed_revision(solicitation, prices=rows[1:]))

    opened_by_both(solicitation)

    (gap,) = gaps_of(solicitation)
    assert gap.words == "not priced"
    prices = prices_of(solicitation, after(solicitation).date())
    assert prices["lowest"]["vendors"] == ["Meridian Models"]


@pytest.mark.rule("R-SUB-03", case="refused")
def test_one_that_is_sealed_to_another_key_is_refused():
    solicitation = revisions_due()
    other = keys.new_pair().public
    offer = sealed_revision(solicitation, public=other)

    with nothing_happens(), pytest.raises(KeySwapped) as refusal:
        handed_in(solicitation, replace(offer, fingerprint=keys.fingerprint(other)))
    assert refusal.value.rule == "R-SUB-03"

    # And to an offer key that the vendor has not
    own = replace(sealed_revision(solicitation), wrapped_for_vendor=b"a key")
    with nothing_happens(), pytest.raises(KeySwapped):
        handed_in(solicitation, own)


def test_one_that_is_bound_elsewhere_is_refused():
    # Given a page that was loaded before another revision arrived
    solicitation = revisions_due()
    stale = next_place(offer_of(solicitation, SIGNER))
    first = handed_in(solicitation, sealed_revision(solicitation))

    # Then neither its number nor the name of that one is taken again
    taken = Place(solicitation.public_id, first.public_id, 2)
    first_offer = Place(
        solicitation.public_id, offer_of(solicitation, SIGNER).public_id, 2
    )
    odd = Place(solicitation.public_id, f"frv_{'l' * 26}", 2)
    for place in (stale, taken, first_offer, odd):
        with nothing_happens(), pytest.raises(SealedElsewhere):
            handed_in(solicitation, sealed_revision(solicitation, place=place))


@pytest.mark.rule("R-SUB-07", case="refused")
@pytest.mark.parametrize(
    "altered",
    [
        lambda offer: replace(offer, wrapped_key=offer.wrapped_key[:-1]),
        lambda offer: replace(offer, sealed=offer.sealed[:-1]),
        lambda offer: replace(offer, parts=()),
    ],
    ids=["a short key", "cut off", "no parts"],
)
def test_what_is_no_sealed_offer_from_outside_is_refused(altered):
    solicitation = revisions_due()
    offer = altered(sealed_revision(solicitation))

    with nothing_happens(), pytest.raises(NotReceiptable):
        handed_in(solicitation, offer)


def test_bytes_that_were_altered_after_their_receipt_open_nothing(monkeypatch):
    solicitation = revisions_due()
    revision = handed_in(solicitation, sealed_revision(solicitation))
    assert revision.mode == "CLIENT"
    monkeypatch.setattr(
        "contracting.evaluations.operations.open_revisions.received_key_sha256",
        lambda _revision: "0" * 64,
    )
    monkeypatch.setattr(
        "contracting.evaluations.operations.open_revisions.read_blob",
        lambda _blob: bytes(28 + 4096),
    )
    revisions_opened_by(solicitation, "contract_specialist")

    with nothing_happens(), pytest.raises(SealBroken):
        revisions_opened_by(solicitation, "contracting_officer")


def test_the_page_takes_what_a_browser_has_sealed(monkeypatch):
    # Given the page of the revision, with the place that it names
    solicitation = revisions_due()
    at = cutoff_of(solicitation) - timedelta(hours=1)
    monkeypatch.setattr("contracting.core.clock.now", lambda: at)
    browser = client_for(actor(SIGNER))
    offer = offer_of(solicitation, SIGNER).public_id
    url = reverse("evaluations:revise_submission", args=[offer])
    page = browser.get(url)
    place = page.context["place"]
    assert f'data-submission="{place.submission}"' in page.content.decode()

    # When the script sends the sealed bytes
    sealed = sealed_revision(solicitation, place=place)
    envelope = {
        "submission": sealed.submission,
        "version": sealed.version,
        "fingerprint": sealed.fingerprint,
        "wrapped_key": b64encode(sealed.wrapped_key).decode(),
        "content_sha256": sealed.content_sha256,
        "sealed_sha256": keys.fingerprint(sealed.sealed),
        "parts": [asdict(part) for part in sealed.parts],
    }
    reply = browser.post(
        url,
        {
            "form_token": page.context["form_token"],
            "envelope": canonical_json(envelope),
            "sealed": SimpleUploadedFile("sealed", sealed.sealed),
        },
    )

    # Then it is taken under that name, and the page of the discussion shows it
    assert reply.status_code == 303
    assert reply.headers["Location"] == reverse("evaluations:discussion", args=[offer])
    assert FinalRevision.objects.get().public_id == place.submission
    assert (
        "sealed in client mode"
        in browser.get(reply.headers["Location"]).content.decode()
    )


def test_a_revision_is_read_again_by_who_holds_the_offer_key_alone(settings):
    # Given a signer who holds the offer key, and a revision that was sealed to it here
    settings.OPENER_KEY_ITERATIONS = 100
    chosen_passphrase(by=SIGNER)
    solicitation = revisions_due()
    revision = revised(solicitation)
    ids = [revision.submission.public_id, revision.public_id]
    page, sealed = (
        reverse(f"evaluations:{name}", args=ids)
        for name in ("revision", "sealed_revision")
    )

    # Then its page gives that person what a browser needs, which opens the bytes
    browser = client_for(actor(SIGNER))
    assert (
        page
        in browser.get(reverse("evaluations:discussion", args=ids[:1])).content.decode()
    )
    shown = browser.get(page)
    assert "This page needs JavaScript" in shown.content.decode()
    raw = browser.get(sealed).content
    place = Place(solicitation.public_id, revision.public_id, revision.number)
    opened = []
    for private in private_halves(SIGNER):
        key = keys.decrypt_from(
            bytes(revision.wrapped_for_vendor),
            private=private,
            binding=place.vendor_binding,
        )
        opened.append(keys.decrypt(raw, key=key, binding=place.binding))
    assert b"named engineer" in opened[0]

    # And nobody else has a page of it
    for part, status in (
        ("vendor_b_member", 403),
        ("vendor_a_signer", 404),
        ("contracting_officer", 404),
        ("administrator", 404),
    ):
        for address in (page, sealed):
            assert client_for(actor(part)).get(address).status_code == status, part
