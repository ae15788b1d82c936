"""A draft that is typed: it saves itself, and says so, and when it could not."""

import pytest

from tests.browser.conftest import NARROW
from tests.browser.pages import look


@pytest.fixture
def drafting(visit):
    """``drafting(part)``: somebody on the draft of the opportunity due first."""

    def begin(part, **more):
        visitor = visit(**more).log_in(part)
        visitor.go("/opportunities")
        visitor.page.locator("section.dd-card h3 a").first.click()
        visitor.page.get_by_role("link", name="Draft our offer").click()
        visitor.page.get_by_role("link", name="Technical proposal").click()
        return visitor

    return begin


def text_of(page):
    return page.get_by_role("textbox", name="Technical proposal")


def test_what_is_typed_is_saved_and_a_lost_connection_loses_nothing(drafting):
    visitor = drafting("vendor_b_member")
    page = visitor.page

    # While somebody types, it is saved, and the page says when
    text_of(page).fill("We count what the tokenizer cuts.")
    page.get_by_text("Saved ", exact=False).and_(
        page.locator("[data-saved]")
    ).wait_for()

    # Without a connection it says that it keeps the text, and saves it later
    visitor.context.set_offline(True)
    text_of(page).fill("We count what the tokenizer cuts, to the token.")
    page.get_by_text("Connection lost: kept in this tab").wait_for()
    visitor.context.set_offline(False)
    page.locator("[data-saved]", has_text="Saved ").wait_for()

    # And whoever opens it elsewhere reads it
    other = drafting("vendor_b_signer", size=NARROW)
    assert text_of(other.page).input_value().endswith(", to the token.")

    # When both go on writing, the later one is told and both texts are shown
    with other.page.expect_response(lambda answer: answer.request.method == "POST"):
        text_of(other.page).fill("Hers.")
    text_of(page).fill("His.")
    page.get_by_text("Not saved:", exact=False).wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("heading", name="Two versions, nothing lost").wait_for()
    assert text_of(page).input_value() == "His."
    assert page.get_by_role("region", name="The text that is saved").is_visible()


def test_the_time_that_is_left_goes_down(drafting):
    page = drafting("vendor_b_member").page
    left = page.locator("[data-countdown]")

    before = left.inner_text()
    page.wait_for_timeout(2500)

    assert left.inner_text() < before


def test_cells_are_pasted_into_the_sheet(drafting, axe):
    visitor = drafting("vendor_b_member")
    page = visitor.page
    page.get_by_role("link", name="Our draft").click()
    page.get_by_role("link", name="Token price sheet").click()
    fields = page.locator("[data-sheet] input[type=text]")
    assert fields.count() > 1

    fields.first.focus()
    fields.first.evaluate(
        """field => {
          const clip = new DataTransfer();
          clip.setData("text", "1.25\\t2.5");
          field.dispatchEvent(new ClipboardEvent("paste", {
            clipboardData: clip, bubbles: true, cancelable: true}));
        }"""
    )

    assert [fields.nth(at).input_value() for at in (0, 1)] == ["1.25", "2.5"]
    page.locator("[data-saved]", has_text="Saved ").wait_for()
    assert look(visitor, axe) == []


def test_a_large_file_comes_in_pieces_over_a_connection_that_breaks(drafting, axe):
    # Given somebody whose connection breaks with the second piece of a file
    visitor = drafting("vendor_b_member")
    page = visitor.page
    page.get_by_role("link", name="Our draft").click()
    page.get_by_role("link", name="Files").click()
    sent = []

    def carry(route):
        sent.append(route.request.headers["content-range"])
        if len(sent) == 2:
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/append", carry)
    plan = b"One line of a plan that is megabytes long.\n" * 60_000

    # When they attach a file of two and a half megabytes
    page.get_by_label("Add files").set_input_files(
        {"name": "large-plan.txt", "mimeType": "text/plain", "buffer": plan}
    )
    page.get_by_role("button", name="Attach").click()
    page.get_by_text("large-plan.txt: 1.0 of 2.5 MB have come.").wait_for()
    assert page.get_by_role("progressbar").is_visible()

    # Then it goes on where it ended, and is attached
    page.get_by_role("link", name="Remove large-plan.txt").wait_for()
    assert sent[1] == sent[2]
    assert len(sent) == 4
    visitor.complaints.clear()  # the browser has said that the connection broke
    assert look(visitor, axe) == []
