"""A large offer, sealed in a browser whose line breaks and whose page is lost."""

import pytest
from django.urls import reverse

from contracting.proposals.models import DraftUpload
from contracting.submissions.models import Submission
from tests.browser.conftest import Site, Visits
from tests.browser.test_sealing import NAME, SECRETS, fill_in
from tests.offers import latest_version

SIZE = 2_500_000


@pytest.fixture
def visit(wire, chromium):
    """Visits to the site of sealed offers, over a wire that is listened to."""
    visits = Visits(Site(wire.address), chromium)
    yield visits
    for visitor in visits.visitors:
        visitor.context.close()


def test_an_offer_goes_on_where_it_was_when_the_page_was_lost(visit, wire, sealing):
    # Given a signer whose line breaks after the first piece of a sealed offer
    path = reverse("submissions:submit_submission", args=[sealing.to_send.public_id])
    visitor = visit().log_in("vendor_b_signer")
    page, sent = visitor.page, []

    def breaking(route):
        sent.append(route.request.headers["content-range"])
        if len(sent) > 1:
            route.abort()
        else:
            route.continue_()

    page.route("**/append", breaking)
    visitor.go(path)
    fill_in(page, with_file=False)
    page.locator("input[type=file]").set_input_files(
        {"name": NAME, "mimeType": "text/plain", "buffer": b"1 line.\n" * (SIZE // 8)}
    )
    with page.expect_event("requestfailed"):
        page.get_by_role("button", name="Submit this offer").click()
    page.get_by_text("Your offer, sealed: 1.0 of 2.5 MB have come.").wait_for()

    # When the page is lost, and another one of the same browser is opened
    page.close()
    page = visitor.context.new_page()
    page.on("request", lambda told: sent.append(told.headers.get("content-range")))
    page.goto(f"{wire.address}{path}")
    page.get_by_text("An offer of 2.5 MB that you sealed here at").wait_for()
    with sealing.database_of_it():
        assert not Submission.objects.filter(solicitation=sealing.to_send).exists()
    sent.clear()
    page.get_by_role("button", name="Go on and hand it in").click()
    page.wait_for_url("**/receipts/*")

    # Then no byte that had come was sent again, and nothing of it was in the clear
    starts = [each.split("-")[0] for each in sent if each]
    assert starts == ["bytes 1048576", "bytes 2097152"]
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
