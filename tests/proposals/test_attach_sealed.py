"""Files of a draft that the browsers of its vendor seal."""

import json
from base64 import b64encode
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from contracting.audit.models import AuditEvent
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.proposals.models import SealedDraftFile
from contracting.proposals.operations.attach_sealed import attach_sealed_file
from contracting.proposals.operations.discard import discard_draft
from contracting.proposals.operations.expire import expire_drafts
from contracting.proposals.operations.seal import seal_draft
from contracting.proposals.refusals import (
    DraftClosed,
    DraftFileUnfit,
    DraftMissing,
    DraftNotSealed,
    DraftTooLarge,
)
from contracting.submissions.operations.rotate import rotate_offer_key
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens
from tests.offer_keys import chosen_passphrase, shared_offer_key
from tests.offers import after, before
from tests.proposals.drafts import sealed_content, sealed_file
from tests.submissions.test_sealed_box import everything_stored, found

pytestmark = pytest.mark.django_db

DRAFT = {"fields": {"technical": "Ours."}}


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.OPENER_KEY_ITERATIONS = 100


def with_a_draft(by="vendor_a_member"):
    """A solicitation on which this member has a sealed draft of text."""
    if by == "vendor_a_member":
        shared_offer_key()
    else:
        chosen_passphrase()
    solicitation = released_solicitation()
    seal_draft(
        solicitation_id=solicitation.pk,
        content=sealed_content(DRAFT, by=by),
        seen_version=0,
        by=actor(by),
        at=before(solicitation, hours=3),
    )
    return solicitation


def attached(solicitation, file, *, by="vendor_a_member", at=None):
    return attach_sealed_file(
        solicitation_id=solicitation.pk,
        file=file,
        by=actor(by),
        at=at or before(solicitation, hours=2),
    )


def test_a_file_is_kept_sealed_with_its_name_and_goes_with_the_draft():
    # Given a sealed draft
    solicitation = with_a_draft()

    # When a member attaches a file that their browser has sealed
    secret = b"canary-of-a-sealed-file"
    file = sealed_file("canary-name.txt", secret)
    kept = attached(solicitation, file)

    # Then its bytes are kept as they came, and no word of it is in any row
    assert bytes(kept.sealed_content) == file.sealed
    stored = everything_stored()
    assert not any(found(word, stored) for word in (secret, b"canary-name"))
    told = AuditEvent.objects.filter(event="proposals.draft.attached").get()
    vendor = actor("vendor_a_member").organization_id
    assert told.stream == f"organization:{vendor}"
    assert solicitation.public_id not in told.payload

    # And it goes when the draft is discarded
    discard_draft(
        solicitation_id=solicitation.pk,
        by=actor("vendor_a_signer"),
        at=before(solicitation, hours=1),
    )
    assert not SealedDraftFile.objects.exists()


def test_it_goes_with_the_draft_thirty_days_after_the_deadline():
    solicitation = with_a_draft("vendor_a_signer")
    attached(solicitation, sealed_file(by="vendor_a_signer"), by="vendor_a_signer")

    assert expire_drafts(by=SYSTEM, at=after(solicitation, days=31)) == 1

    assert not SealedDraftFile.objects.exists()


@pytest.mark.rule("R-SUB-12", case="refused")
def test_more_files_or_bytes_than_the_solicitation_takes_are_refused():
    # Given as many files as are taken
    solicitation = with_a_draft()
    for _each in range(10):
        attached(solicitation, sealed_file())

    with nothing_happens(), pytest.raises(DraftTooLarge) as refusal:
        attached(solicitation, sealed_file())
    assert refusal.value.rule == "R-SUB-12"

    # And one that alone is over the limit
    SealedDraftFile.objects.all().delete()
    large = replace(sealed_file(), sealed=bytes(28 + 4096 * 6000))
    with nothing_happens(), pytest.raises(DraftTooLarge):
        attached(solicitation, large)


@pytest.mark.rule("R-SUB-12", case="refused")
def test_a_name_that_is_taken_or_of_another_form_is_refused():
    solicitation = with_a_draft()
    there = sealed_file()
    attached(solicitation, there)

    for name in (there.name, "plan.txt", "sdf_../../x", f"sdf_{'l' * 26}"):
        with nothing_happens(), pytest.raises(DraftFileUnfit) as refusal:
            attached(solicitation, replace(sealed_file(), name=name))
        assert refusal.value.rule == "R-SUB-12"


def test_what_does_not_fit_is_not_kept():
    solicitation = with_a_draft()
    file = sealed_file()

    # Of who does not hold the key, of nobody's vendor, or too late
    for part in ("vendor_a_administrator", "contracting_officer", "vendor_b_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            attached(solicitation, file, by=part)
    with nothing_happens(), pytest.raises(DraftClosed):
        attached(solicitation, file, at=after(solicitation))

    # Of another form
    for wrong in (
        replace(file, sealed=file.sealed[:-1]),
        replace(file, sealed=b""),
        replace(file, facts=b""),
        replace(file, facts=bytes(5000)),
        replace(file, wrapped_key=bytes(125)),
    ):
        with nothing_happens(), pytest.raises(DraftNotSealed):
            attached(solicitation, wrong)

    # Before there is a draft, or to a key that was replaced
    discard_draft(
        solicitation_id=solicitation.pk,
        by=actor("vendor_a_member"),
        at=before(solicitation, hours=2),
    )
    with nothing_happens(), pytest.raises(DraftMissing):
        attached(solicitation, file)
    rotate_offer_key(by=actor("vendor_a_signer"), at=before(solicitation, hours=2))
    seal_draft(
        solicitation_id=solicitation.pk,
        content=sealed_content(DRAFT),
        seen_version=0,
        by=actor("vendor_a_member"),
        at=before(solicitation, hours=1),
    )
    with nothing_happens(), pytest.raises(DraftNotSealed, match="not in force"):
        attached(solicitation, file)


def test_the_script_of_the_page_sends_fetches_and_removes_it(monkeypatch):
    # Given a sealed draft of somebody who holds the offer key
    by = "vendor_a_signer"
    solicitation = with_a_draft(by)
    instant = before(solicitation, minutes=5)
    monkeypatch.setattr("contracting.core.clock.now", lambda: instant)
    browser = client_for(actor(by))
    where = [solicitation.public_id]
    facts = reverse("proposals:sealed_draft", args=where)
    attach = reverse("proposals:attach_sealed_file", args=where)

    # When the script sends what is damaged, and then what is whole
    assert browser.post(attach, {"made": "{"}).status_code == 422
    file = replace(sealed_file(by=by), name=browser.get(facts).json()["next_file"])
    made = {
        "name": file.name,
        "facts": b64encode(file.facts).decode(),
        "wrapped_key": b64encode(file.wrapped_key).decode(),
        "offer_key": file.offer_key,
    }
    sealed = SimpleUploadedFile("sealed", file.sealed)
    reply = browser.post(attach, {"made": json.dumps(made), "sealed": sealed})

    # Then it is listed, its bytes come back as they are, and it can be removed
    assert reply.json()["next_file"] != file.name
    listed = browser.get(facts).json()["files"]
    assert [each["name"] for each in listed] == [file.name]
    assert browser.get(listed[0]["url"]).content == file.sealed
    detach = reverse("proposals:detach_sealed_file", args=[*where, file.name])
    assert browser.get(attach).status_code == browser.get(detach).status_code == 302
    strangers = {"vendor_b_signer": 403, "contracting_officer": 404}
    for part, status in strangers.items():
        assert client_for(actor(part)).get(listed[0]["url"]).status_code == status
    assert browser.post(detach, {}).json()["message"] == "Removed"
    assert browser.get(listed[0]["url"]).status_code == 404
    assert browser.get(facts).json()["files"] == []
