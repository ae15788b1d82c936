"""From a sealed draft to an offer sealed anew, in browsers: nothing leaves them."""

from base64 import b64encode

import pytest
from django.urls import reverse

from contracting.core import clock
from contracting.documents.queries import read_blob
from contracting.proposals.models import SealedDraft, SealedDraftFile
from contracting.submissions.calculations import place_of
from contracting.submissions.models import Submission
from contracting.submissions.queries import box_of_version
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.openers import boxes_of
from tests.browser.conftest import Site, Visits
from tests.browser.test_sealing import BODY, NAME, PRICE, SECRETS, WORDS, fill_in
from tests.browser.wire import holds, spelled
from tests.offer_keys import READING, shared_offer_key
from tests.offers import latest_version, replaced_openers, the_private_half

KEPT = [*SECRETS, *spelled(READING)]


@pytest.fixture
def visit(wire, chromium):
    """Visits to the site of sealed offers, over a wire that is listened to."""
    visits = Visits(Site(wire.address), chromium)
    yield visits
    for visitor in visits.visitors:
        visitor.context.close()


def drafted(visitor, path: str) -> None:
    """Somebody types into the sealed draft until it has saved itself."""
    page = visitor.page
    visitor.go(path)
    page.get_by_text("Client mode.", exact=True).wait_for()
    page.get_by_label("Technical proposal").fill(f"Ours is the best. {WORDS}.")
    page.locator("input[name^=price_]").first.fill(PRICE)
    page.get_by_role("button", name="Save, sealed").click()
    page.locator("[data-saved]", has_text="Saved ").wait_for()
    page.get_by_label("Attach files").set_input_files(
        [
            {"name": name, "mimeType": "text/plain", "buffer": body}
            for name, body in (
                (NAME, BODY),
                ("canary-notes.txt", b"to be removed" * 120_000),
            )
        ]
    )
    page.get_by_text("The files are kept, sealed.").wait_for()
    page.get_by_role("button", name="Remove canary-notes.txt").click()
    page.get_by_text("canary-notes.txt is removed.").wait_for()


def test_a_draft_is_sealed_taken_over_handed_in_and_sealed_anew(visit, wire, sealing):
    # Given a member and a signer who hold the offer key, and the member's sealed draft
    solicitation = sealing.to_reseal
    with sealing.database_of_it():
        shared_offer_key()
    member = visit().log_in("vendor_a_member")
    path = reverse("proposals:seal_draft", args=[solicitation.public_id])
    drafted(member, path)

    # When it is opened again, a wrong passphrase first
    page = member.page
    member.go(path)
    for typed in ("not these words", READING):
        page.get_by_label("Your passphrase for reading our offers").fill(typed)
        page.get_by_role("button", name="Open our draft").click()
        if typed != READING:
            page.get_by_text("This passphrase does not open your key.").wait_for()
    page.get_by_role("button", name="Save, sealed").wait_for()
    assert WORDS in page.get_by_label("Technical proposal").input_value()
    assert page.get_by_text(f"{NAME}, {len(BODY)} bytes").is_visible()
    assert page.get_by_text("1 of 10 files").is_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name=f"Save a copy of {NAME}").click()
    assert saved.value.path().read_bytes() == BODY

    # Then its bytes are kept, and no word of it was sent or is in the server's memory
    with sealing.database_of_it():
        assert SealedDraft.objects.get().version >= 1
        assert SealedDraftFile.objects.count() == 1
    assert b"wrapped_key" in wire.sent
    assert not any(secret in wire.sent for secret in KEPT)
    for worker in sealing.workers():
        assert not any(holds(worker, secret) for secret in KEPT)

    # When the signer takes it over, and hands the rest in with it
    signer = visit().log_in("vendor_a_signer")
    page = signer.page
    signer.go(reverse("submissions:submit_submission", args=[solicitation.public_id]))
    page.get_by_label("Your passphrase for reading our offers").fill(READING)
    page.get_by_role("button", name="Take over our draft").click()
    page.get_by_text("The draft is in the form below, with its file.").wait_for()
    assert WORDS in page.get_by_label("Technical proposal", exact=True).input_value()
    input_ = page.locator("input[type=file]")
    assert input_.evaluate("(each) => each.files[0].name") == NAME
    fill_in(page, with_file=False)
    page.get_by_role("button", name="Submit this offer").click()
    page.wait_for_url("**/receipts/*")

    # And openers are replaced, and the signer seals it anew
    with sealing.database_of_it():
        replaced_openers(on=solicitation, at=clock.now())
        version = latest_version(Submission.objects.get(solicitation=solicitation))
        box, former = boxes_of(solicitation)
        assert box_of_version(version) == former
    signer.go(reverse("submissions:submission", args=[version.submission.public_id]))
    page.get_by_role("link", name="Seal it to the new key").click()
    page.get_by_text("Client mode.", exact=True).wait_for()
    page.get_by_label("Your passphrase for reading our offers").fill(READING)
    page.get_by_role("button", name="Seal it to the new key").click()
    page.wait_for_url("**/submissions/*")

    # Then neither passphrase nor key was sent, and the new openers read what was typed
    assert b"rewrapped" in wire.sent
    assert signer.complaints == member.complaints == []
    with sealing.database_of_it():
        assert box_of_version(version) == box
        place = place_of(version)
        own = keys.decrypt_from(
            bytes(version.key_wrap.wrapped_key),
            private=the_private_half(solicitation),
            binding=place.key_binding,
        )
        raw = keys.decrypt(
            read_blob(version.sealed_blob), key=own, binding=place.binding
        )
    assert WORDS.encode() in raw
    assert BODY in raw
    for secret in (*KEPT, own, own.hex().encode(), b64encode(own)[:-1]):
        assert secret not in wire.sent
