"""A large offer, sealed in a browser whose line breaks and whose page is lost."""

import pytest
from django.urls import reverse

from contracting.proposals.models import DraftUpload, SealedDraft
from contracting.submissions.models import Submission
from contracting.submissions.sealing.offers import ENVELOPE
from tests.browser.conftest import Site, Visits
from tests.browser.test_sealing import NAME, SECRETS, fill_in
from tests.offer_keys import READING, chosen_passphrase
from tests.offers import latest_version
from tests.proposals.test_submit_upload import envelope_of
from tests.sealed_offers import sealed_offer

SIZE = 2_500_000


@pytest.fixture
def visit(wire, chromium):
    """Visits to the site of sealed offers, over a wire that is listened to."""
    visits = Visits(Site(wire.address), chromium)
    yield visits
    for visitor in visits.visitors:
        visitor.context.close()


def breaking_after_the_first(page) -> list[str]:
    """The line of this page breaks after one piece: which pieces were tried."""
    tried: list[str] = []

    def broken(route):
        tried.append(route.request.headers["content-range"])
        if len(tried) > 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/append", broken)
    return tried


def reopened(visitor, path: str):
    """Another page of the same browser, and which pieces it sends."""
    visitor.page.close()
    page, sent = visitor.context.new_page(), []
    page.on("request", lambda told: sent.append(told.headers.get("content-range")))
    page.goto(f"{visitor.site.address}{path}")
    return page, sent


def starts_of(sent) -> list[str]:
    return [each.split("-")[0] for each in sent if each]


def test_an_offer_goes_on_where_it_was_when_the_page_was_lost(visit, wire, sealing):
    # Given a signer whose line breaks after the first piece of a sealed offer
    path = reverse("submissions:submit_submission", args=[sealing.to_send.public_id])
    visitor = visit().log_in("vendor_b_signer")
    page = visitor.page
    breaking_after_the_first(page)
    visitor.go(path)
    fill_in(page, with_file=False)
    page.locator("input[type=file]").set_input_files(
        {"name": NAME, "mimeType": "text/plain", "buffer": b"1 line.\n" * (SIZE // 8)}
    )
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Submit this offer").click()
    page.get_by_text("Your offer, sealed: 1.0 of 2.5 MB have come.").wait_for()

    # When the page is lost, and another one of the same browser is opened
    page, sent = reopened(visitor, path)
    page.get_by_text("An offer of 2.5 MB that you sealed here at").wait_for()
    with sealing.database_of_it():
        assert not Submission.objects.filter(solicitation=sealing.to_send).exists()
    page.get_by_role("button", name="Go on and hand it in").click()
    page.wait_for_url("**/receipts/*")

    # Then no byte that had come was sent again, and nothing of it was in the clear
    assert starts_of(sent) == ["bytes 1048576", "bytes 2097152"]
    assert not any(secret in wire.sent for secret in SECRETS)
    with sealing.database_of_it():
        version = latest_version(Submission.objects.get(solicitation=sealing.to_send))
        assert version.mode == "CLIENT"
        assert version.first_byte_at is not None
        assert version.first_byte_at < version.received_at
        assert version.files[2]["size_bytes"] == SIZE
        assert not DraftUpload.objects.exists()

    # And nothing is left to go on with
    page.goto(f"{wire.address}{path}")
    page.get_by_text("Client mode.", exact=True).wait_for()
    page.wait_for_timeout(300)
    assert not page.get_by_text("Go on and hand it in").is_visible()


def test_a_sealed_file_of_a_program_comes_in_pieces_too(visit, sealing, tmp_path):
    # Given what drawdown-offer has written, with an annex of two megabytes
    with sealing.database_of_it():
        offer = sealed_offer(
            sealing.to_send, files={"plan.txt": b"1 line.\n" * 250_000}
        )
        told = envelope_of(offer)
    packet = tmp_path / "offer.sealed"
    packet.write_bytes(f"{ENVELOPE}\n{told}\n".encode() + offer.sealed)
    visitor = visit().log_in("vendor_a_signer")
    page, sent = visitor.page, []
    page.on("request", lambda told: sent.append(told.headers.get("content-range")))
    path = reverse("submissions:submit_submission", args=[sealing.to_send.public_id])
    visitor.go(f"{path}?as=packet")

    # When another file is chosen first, and then that one
    field = page.locator("input[name=sealed]")
    field.set_input_files(
        {"name": "x", "mimeType": "text/plain", "buffer": b"no offer" * 200_000}
    )
    page.get_by_role("button", name="Submit this offer").click()
    page.get_by_text("This is no file that drawdown-offer has sealed.").wait_for()
    assert starts_of(sent) == []
    field.set_input_files(packet)
    page.get_by_role("button", name="Submit this offer").click()
    page.wait_for_url("**/receipts/*")

    # Then it came in pieces, and is the offer that was sealed
    assert starts_of(sent)[:2] == ["bytes 0", "bytes 1048576"]
    with sealing.database_of_it():
        made = Submission.objects.get(public_id=offer.submission)
        assert latest_version(made).plain_sha256 == offer.content_sha256


def test_a_file_of_a_sealed_draft_goes_on_where_it_was(visit, sealing):
    # Given somebody who holds the offer key, and a file that has come by a third
    with sealing.database_of_it():
        chosen_passphrase(by="vendor_b_signer")
    path = reverse("proposals:seal_draft", args=[sealing.to_send.public_id])
    visitor = visit().log_in("vendor_b_signer")
    page = visitor.page
    breaking_after_the_first(page)
    visitor.go(path)
    page.get_by_text("Client mode.", exact=True).wait_for()
    with page.expect_event("requestfailed"):
        page.get_by_label("Attach files").set_input_files(
            {"name": NAME, "mimeType": "text/plain", "buffer": b"1 line.\n" * 312_500}
        )

    # When the page is lost, and another one goes on with it
    page, sent = reopened(visitor, path)
    page.get_by_text("A file of 2.5 MB that you attached here").wait_for()
    page.get_by_role("button", name="Go on with the file").click()
    page.get_by_label("Your passphrase for reading our offers").wait_for()
    page.get_by_text("Not attached yet").wait_for(state="hidden")

    # Then the rest was sent, and the file is in the draft when it is opened
    page.get_by_label("Your passphrase for reading our offers").fill(READING)
    page.get_by_role("button", name="Open our draft").click()
    page.get_by_text(f"{NAME}, 2,500,000 bytes").wait_for()
    assert starts_of(sent) == ["bytes 1048576", "bytes 2097152"]
    with sealing.database_of_it():
        SealedDraft.objects.get().erase()
