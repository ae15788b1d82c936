"""A final revision in client mode in a real browser: it leaves only as sealed bytes."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest

from contracting.documents.models import Blob
from contracting.documents.queries import read_blob
from contracting.evaluations.models import FinalRevision, RevisedOffer
from tests.browser.conftest import Site, visiting
from tests.browser.stage import Stage
from tests.browser.test_sealing import BODY, NAME, PRICE, SECRETS, WORDS, fill_in
from tests.browser.wire import Wire, spelled
from tests.evaluations.exchanges import (
    cutoff_of,
    offer_of,
    revisions_due,
    revisions_opened_by,
)
from tests.offer_keys import READING, chosen_passphrase


@pytest.fixture
def heard(staged_site) -> Iterator[Wire]:
    """A wire to that site, which is listened to."""
    with Wire(staged_site.address) as wire:
        threading.Thread(target=wire.serve_forever, daemon=True).start()
        yield wire
        wire.shutdown()


@pytest.fixture
def stage(request, heard, chromium) -> Iterator[Stage]:
    """The site, its clock, and people with scripts."""
    with visiting(Site(heard.address), chromium, request.node) as visits:
        yield Stage(visits)


def test_a_final_revision_leaves_the_browser_sealed_and_opens_to_what_was_typed(
    stage, heard
):
    # Given final revisions that are due, and Larkspur's signer on the page of theirs,
    # who holds the offer key
    solicitation = revisions_due()
    chosen_passphrase(by="vendor_b_signer")
    stage.at(cutoff_of(solicitation) - timedelta(hours=1))
    offer = offer_of(solicitation, "vendor_b_signer").public_id
    screen = stage.see(
        "vendor_b_signer", "evaluations:revise_submission", offer, script=True
    )
    page = screen.page
    page.get_by_text("Client mode.", exact=True).wait_for()
    assert not page.get_by_text("Take over our draft").count()

    # When it is handed in
    fill_in(page)
    page.get_by_role("button", name="Hand in our final revision").click()
    page.wait_for_url("**/discussions/*")

    # Then it is received in client mode, and nothing that was typed was sent or kept
    assert "sealed in client mode" in screen.main.inner_text()
    revision = FinalRevision.objects.get()
    assert b"wrapped_for_vendor" in heard.sent
    assert len(heard.sent) > 4096
    for held in (heard.sent, read_blob(revision.sealed_blob)):
        assert not any(secret in held for secret in SECRETS)

    # And its vendor reads it again in the browser, whose passphrase stays there
    screen.follow("read revision 1 again")
    page.get_by_label("Your passphrase for reading our offers").fill(READING)
    page.get_by_role("button", name="Read it").click()
    page.get_by_text("Decrypted in this browser.").wait_for()
    shown = page.locator("#own-offer").inner_text()
    for each in (WORDS, NAME, PRICE):
        assert each in shown
    assert not any(each in heard.sent for each in spelled(READING))

    # And the quorum reads what was typed, to the byte
    for part in ("contract_specialist", "contracting_officer"):
        revisions_opened_by(solicitation, part)
    opened = RevisedOffer.objects.get()
    assert opened.flaws == []
    assert opened.technical == f"Ours is the best. {WORDS}."
    assert [file["name"] for file in opened.files] == [NAME]
    prices = opened.rates.order_by("line__slin").values_list(
        "usd_per_million_tokens", flat=True
    )
    assert str(prices[0]) == PRICE
    blob = Blob.objects.get(sha256=opened.files[0]["blob_sha256"])
    assert read_blob(blob) == BODY
