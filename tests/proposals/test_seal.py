"""A draft that the browsers of its vendor seal: kept, and opened by nobody here."""

import json
from base64 import b64encode
from dataclasses import replace

import pytest
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.proposals.models import SealedDraft
from contracting.proposals.operations.discard import discard_draft
from contracting.proposals.operations.expire import expire_drafts
from contracting.proposals.operations.seal import seal_draft
from contracting.proposals.queries import sealed_draft_of
from contracting.proposals.refusals import (
    DraftChanged,
    DraftClosed,
    DraftNotSealed,
    DraftTooLarge,
)
from contracting.submissions.operations.rotate import rotate_offer_key
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens
from tests.offer_keys import chosen_passphrase, shared_offer_key
from tests.offers import after, before
from tests.proposals.drafts import sealed_content
from tests.submissions.test_sealed_box import everything_stored, found

pytestmark = pytest.mark.django_db

WORDS = "canary-of-a-sealed-draft"
DRAFT = {"fields": {"technical": WORDS}}


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.OPENER_KEY_ITERATIONS = 100


def sealed(solicitation, content, *, seen=0, by="vendor_a_member", at=None, **more):
    return seal_draft(
        solicitation_id=solicitation.pk,
        content=content,
        seen_version=seen,
        by=actor(by),
        at=at or before(solicitation, hours=3),
        **more,
    )


def test_what_a_browser_has_sealed_is_kept_for_the_vendor_and_read_by_nobody_here():
    # Given a member and a signer who hold the offer key
    shared_offer_key()
    solicitation = released_solicitation()

    # When the one saves and the other saves again, minutes later
    first = sealed(solicitation, sealed_content(DRAFT))
    second = sealed_content(DRAFT, version=2)
    at = before(solicitation, hours=2, minutes=58)
    kept = sealed(solicitation, second, seen=1, by="vendor_a_signer", at=at)

    # Then there is one, of the last version, and no word of it in any row
    assert (kept.pk, kept.version) == (first.pk, 2)
    assert bytes(SealedDraft.objects.get().sealed) == second.sealed
    assert not found(WORDS.encode(), everything_stored())
    assert sealed_draft_of(actor("vendor_b_signer"), solicitation) is None
    told = AuditEvent.objects.filter(subject_kind="proposals.sealed_draft")
    assert [each.event for each in told] == ["proposals.draft.begun"]
    vendor = actor("vendor_a_member").organization_id
    assert told[0].stream == f"organization:{vendor}"
    assert solicitation.public_id not in told[0].payload

    # And an alternate has one of its own, where alternates are taken
    discard_draft(solicitation_id=solicitation.pk, by=actor("vendor_a_member"), at=at)
    assert not SealedDraft.objects.exists()


def test_what_does_not_fit_is_not_kept():
    shared_offer_key()
    solicitation, content = released_solicitation(), sealed_content(DRAFT)

    # Of somebody who does not hold the key, of nobody's vendor, or too late
    for part in ("vendor_a_administrator", "contracting_officer", "vendor_b_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            sealed(solicitation, content, by=part)
    with nothing_happens(), pytest.raises(DraftClosed):
        sealed(solicitation, content, at=after(solicitation))

    # Of another form or size, or bound to another version
    for wrong, error in (
        (replace(content, sealed=content.sealed[:-1]), DraftNotSealed),
        (replace(content, wrapped_key=b""), DraftNotSealed),
        (replace(content, sealed=b"0" * 2_100_000), DraftTooLarge),
        (replace(content, version=2), DraftChanged),
    ):
        with nothing_happens(), pytest.raises(error):
            sealed(solicitation, wrong)

    # Over what a colleague has saved, or to a key that was replaced
    sealed(solicitation, content)
    with nothing_happens(), pytest.raises(DraftChanged, match="yours is not saved"):
        sealed(solicitation, content)
    signer, at = actor("vendor_a_signer"), before(solicitation, hours=2)
    again = sealed_content(DRAFT, version=2)
    rotate_offer_key(by=signer, at=at)
    with nothing_happens(), pytest.raises(DraftNotSealed, match="replaced since"):
        sealed(solicitation, again, seen=1)


def test_it_is_deleted_thirty_days_after_the_deadline():
    chosen_passphrase()
    solicitation = released_solicitation()
    by = "vendor_a_signer"
    sealed(solicitation, sealed_content(DRAFT, by=by), by=by)

    with nothing_happens():
        assert expire_drafts(by=SYSTEM, at=after(solicitation, days=29)) == 0
    assert expire_drafts(by=SYSTEM, at=after(solicitation, days=31)) == 1
    assert not SealedDraft.objects.exists()


def test_its_pages_are_for_holders_and_its_script(monkeypatch):
    # Given somebody who holds the offer key, on the page
    chosen_passphrase()
    solicitation, by = released_solicitation(), "vendor_a_signer"
    instant = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    browser = client_for(actor(by))
    url, facts = (
        reverse(f"proposals:{name}", args=[solicitation.public_id])
        for name in ("seal_draft", "sealed_draft")
    )
    assert "This page needs JavaScript" in browser.get(url).content.decode()
    assert browser.get(facts).json()["version"] == 0

    # When the script sends what is damaged, and then what is whole
    assert browser.post(url, {"made": "{", "seen_version": 0}).status_code == 422
    content = sealed_content(DRAFT, by=by)
    made = {
        "version": 1,
        "sealed": b64encode(content.sealed).decode(),
        "wrapped_key": b64encode(content.wrapped_key).decode(),
        "offer_key": content.offer_key,
    }
    sent = {"made": json.dumps(made), "seen_version": 0}
    reply = browser.post(url, sent)
    assert reply.json()["version"] == 1
    assert reply.json()["message"].endswith("sealed")

    # Then the same again is refused in words, and the bytes come back as they are
    again = browser.post(url, sent)
    assert (again.status_code, again.json()["code"]) == (409, "draft_changed")
    assert browser.get(facts).json()["sealed"] == made["sealed"]
    assert "Version 1 was saved" in browser.get(url).content.decode()

    # And who holds no key is told so; who is of no vendor finds nothing
    assert client_for(actor("vendor_a_member")).get(url).status_code == 403
    for address in (url, facts):
        stranger = client_for(actor("contracting_officer"))
        assert stranger.get(address).status_code == 404
