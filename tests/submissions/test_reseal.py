"""A vendor seals its offer anew, to the key that came with an amendment."""

import json
from base64 import b64encode
from hashlib import sha256

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.submissions.calculations import place_of
from contracting.submissions.models import ContentKeyWrap, OpenedOffer, Resealing
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.reread import content_key, reread_version
from contracting.submissions.operations.reseal import reseal_version
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.queries import box_of_version, unacknowledged
from contracting.submissions.refusals import (
    DeadlinePassed,
    KeySwapped,
    NotReadable,
    NotReceiptable,
    WrongPassphrase,
)
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.offers import Rewrapped
from contracting.submissions.sealing.openers import boxes_of
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offer_keys import READING, chosen_passphrase, shared_offer_key
from tests.offers import (
    OTHERS,
    PASSPHRASE,
    after,
    before,
    latest_version,
    replaced_openers,
    submitted_offer,
    the_box,
)

pytestmark = pytest.mark.django_db

ACTS = "submissions.version.resealed"


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.OPENER_KEY_ITERATIONS = 100


def overtaken():
    """Meridian's offer, readable for its signer and member, under a former key."""
    shared_offer_key()
    solicitation = released_solicitation()
    version = latest_version(
        submitted_offer(on=solicitation, at=before(solicitation, days=4))
    )
    replaced_openers(on=solicitation)
    return version


def resealed(version, *, by="vendor_a_signer", at=None, **how):
    solicitation = version.submission.solicitation
    return reseal_version(
        version_id=version.pk,
        by=actor(by),
        at=at or before(solicitation),
        **(how or {"passphrase": READING}),
    )


def rewrapped(version, *, key=None):
    """What a browser makes of the key of a version, or of another one."""
    box = the_box(version.submission.solicitation)
    own = key or content_key(version, actor("vendor_a_signer"), READING)
    binding = place_of(version).key_binding
    wrapped = keys.encrypt_to(bytes(box.public_key), own, binding=binding)
    return Rewrapped(box.fingerprint, wrapped)


def all_opened(solicitation):
    for part in OTHERS[:2]:
        open_submissions(
            solicitation_id=solicitation.pk,
            passphrase=PASSPHRASE,
            by=actor(part),
            at=after(solicitation),
        )


@pytest.mark.parametrize("in_browser", [False, True])
def test_the_new_openers_open_what_was_sealed_anew_and_nothing_else_has_changed(
    in_browser,
):
    # Given an offer that lies under a former key
    version = overtaken()
    solicitation, kept = version.submission.solicitation, version.sealed_blob
    box, former = boxes_of(solicitation)
    assert box_of_version(version) == former
    assert unacknowledged(version) == ["0001"]
    receipts = version.submission.versions.count()

    # When its signer seals it anew
    how = {"rewrapped": rewrapped(version)} if in_browser else {"passphrase": READING}
    told = resealed(version, **how)

    # Then its key is encrypted to the new box, and the amendment is acknowledged
    version.refresh_from_db()
    assert box_of_version(version) == box
    assert unacknowledged(version) == []
    assert told.mode == ("CLIENT" if in_browser else "SERVER")
    assert version.sealed_blob == kept
    assert version.submission.versions.count() == receipts
    event = AuditEvent.objects.get(event=ACTS)
    assert event.actor_kind == "PSEUDONYM"
    assert event.stream == version.submission.stream
    assert actor("vendor_a_signer").name not in event.payload

    # And holders read it again, and the new openers open it; the former have nothing
    at = before(solicitation)
    for part in ("vendor_a_signer", "vendor_a_member"):
        by = actor(part)
        reread_version(version_id=version.pk, passphrase=READING, by=by, at=at)
    all_opened(solicitation)
    offer = OpenedOffer.objects.get()
    assert offer.flaws == []
    assert offer.submission.vendor_id == actor("vendor_a_signer").organization_id
    with nothing_happens(), pytest.raises(NotAllowed):
        open_submissions(
            solicitation_id=solicitation.pk,
            passphrase=PASSPHRASE,
            by=actor("legal_reviewer"),
            at=after(solicitation),
        )


def test_who_may_not_seal_it_anew_changes_nothing():
    version = overtaken()
    solicitation = version.submission.solicitation

    # A colleague who does not sign, a rival, the Government; a wrong passphrase
    for part in ("vendor_a_member", "vendor_b_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            resealed(version, by=part)
    with nothing_happens(), pytest.raises(WrongPassphrase):
        resealed(version, passphrase="another one that is long")

    # What is no key, or is one to the former box
    former = boxes_of(solicitation)[1]
    made = rewrapped(version)
    for wrong, error in (
        (Rewrapped(former.fingerprint, made.wrapped_key), KeySwapped),
        (Rewrapped(made.fingerprint, made.wrapped_key[:-1]), NotReceiptable),
    ):
        with nothing_happens(), pytest.raises(error):
            resealed(version, rewrapped=wrong)

    # After the deadline; and once it is done, or was withdrawn
    with nothing_happens(), pytest.raises(DeadlinePassed, match="stays under the key"):
        resealed(version, at=after(solicitation))
    resealed(version)
    with nothing_happens(), pytest.raises(NotAllowed, match="nothing is to do"):
        resealed(version)
    withdraw_submission(
        submission_id=version.submission_id,
        by=actor("vendor_a_signer"),
        at=before(solicitation),
    )
    assert not ContentKeyWrap.objects.filter(version=version).exists()
    with nothing_happens(), pytest.raises(NotAllowed):
        resealed(version)


def test_whoever_holds_no_offer_key_is_told_to_hand_in_once_more():
    solicitation = released_solicitation()
    submission = submitted_offer(on=solicitation, at=before(solicitation, days=4))
    chosen_passphrase()  # too late for what was handed in
    replaced_openers(on=solicitation)
    version = latest_version(submission)

    with nothing_happens(), pytest.raises(NotReadable, match="It is not sealed to an"):
        resealed(version)


def test_another_key_from_a_browser_costs_its_vendor_and_stops_nobody():
    # Given an offer that the site has sealed, and another key for it from a browser
    version = overtaken()
    solicitation = version.submission.solicitation
    submitted_offer(on=solicitation, by="vendor_b_signer")
    resealed(version, rewrapped=rewrapped(version, key=keys.new_key()))

    # When the openers open
    all_opened(solicitation)

    # Then that one cannot be decrypted, and the other lies open
    flawed, whole = sorted(OpenedOffer.objects.all(), key=lambda each: not each.flaws)
    assert flawed.version == version
    assert "cannot be decrypted" in flawed.flaws[0]
    assert whole.flaws == []


def test_the_database_lets_nothing_but_a_sealing_anew_change_a_key():
    version = overtaken()
    solicitation = version.submission.solicitation
    box = the_box(solicitation)
    wrap = ContentKeyWrap.objects.get(version=version)
    other = keys.encrypt_to(bytes(box.public_key), keys.new_key(), binding="x")

    # Neither a key without a record of it, nor one that is recorded otherwise
    with pytest.raises(IntegrityError), transaction.atomic():
        ContentKeyWrap.objects.filter(pk=wrap.pk).update(box=box, wrapped_key=other)
    row = {
        "version": version,
        "mode": "CLIENT",
        "wrapped_key_sha256": sha256(b"another").hexdigest(),
        "resealed_at": before(solicitation),
    }
    Resealing.objects.create(box=box, **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        ContentKeyWrap.objects.filter(pk=wrap.pk).update(box=box, wrapped_key=other)

    # Nor a record of a box of the release, or after the deadline
    former = boxes_of(solicitation)[1]
    for changed in ({"box": former}, {"box": box, "resealed_at": after(solicitation)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Resealing.objects.create(**{**row, **changed})


def test_the_vendor_s_page_says_so_and_does_it(monkeypatch):
    # Given an offer under a former key, on its vendor's page
    version = overtaken()
    solicitation = version.submission.solicitation
    instant = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    browser = client_for(actor("vendor_a_signer"))
    page = reverse("submissions:submission", args=[version.submission.public_id])
    url = reverse("submissions:reseal_version", args=[version.public_id])
    told = browser.get(page).content.decode()
    assert "Sealed to the former key." in told
    assert "is not acknowledged" not in told  # sealing it anew acknowledges it
    assert url in told
    form = browser.get(url).content.decode()
    assert "Server mode." in form
    assert the_box(solicitation).fingerprint in form

    # When a rival asks for it, what is sent is damaged, and then is whole
    assert client_for(actor("vendor_b_signer")).get(url).status_code == 404
    assert submit(browser, url, {"rewrapped": "{"}).status_code == 422
    made = rewrapped(version)
    sent = {
        "fingerprint": made.fingerprint,
        "wrapped_key": b64encode(made.wrapped_key).decode(),
    }
    reply = submit(browser, url, {"rewrapped": json.dumps(sent)})

    # Then it is done, and its page and receipt say when
    assert (reply.status_code, reply.url) == (303, page)
    told = browser.get(page).content.decode()
    assert "Sealed to the former key." not in told
    assert "sealed anew" in told
    receipt = reverse("submissions:receipt", args=[version.public_id])
    assert "to the key of amendment 0001" in browser.get(receipt).content.decode()
