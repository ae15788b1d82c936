"""What the scripts add, and that the keyboard reaches everything."""

from tests.browser.conftest import NARROW
from tests.browser.pages import look


def focused(page, what="element => element.id || element.className"):
    return page.evaluate(f"({what})(document.activeElement)")


def test_the_first_stop_of_the_keyboard_skips_to_the_content(visit):
    visitor = visit()
    visitor.go("/")

    visitor.page.keyboard.press("Tab")
    assert focused(visitor.page) == "usa-skipnav"
    visitor.page.keyboard.press("Enter")

    assert focused(visitor.page) == "main-content"


def test_a_slash_leads_to_the_search_but_not_while_somebody_types(visit):
    visitor = visit()
    visitor.go("/")
    page = visitor.page

    page.keyboard.press("/")
    assert focused(page) == "site-search"
    page.keyboard.type("a/b")

    assert page.get_by_label("Search by number or word").input_value() == "a/b"


def test_an_error_takes_the_focus(visit):
    visitor = visit().log_in("program_manager")
    visitor.go("/requisitions/draft")

    visitor.page.locator("main form").get_by_role("button").last.click()
    visitor.page.wait_for_load_state()

    assert focused(visitor.page) == "error-summary"


def test_a_form_is_sent_once_however_often_it_is_clicked(visit):
    visitor = visit().log_in("program_manager")
    visitor.go("/inbox")
    page = visitor.page
    before = int(page.locator(".dd-nav .dd-count").inner_text())

    page.get_by_role("button", name="Mark as read").first.dblclick()
    page.get_by_text("The notice is marked as read.").wait_for()

    assert int(page.locator(".dd-nav .dd-count").inner_text()) == before - 1


def test_pages_of_refusal_have_no_barrier_either(visit, axe):
    visitor = visit().log_in("vendor_a_member")

    for path, status in (
        ("/orders/ord_0000000000000000000000000g", 404),
        ("/no-such-page", 404),
        ("/submissions", 200),
    ):
        answer = visitor.go(path)
        assert answer.status == status
        visitor.complaints.clear()  # the browser itself complains about a 404
        assert look(visitor, axe) == []


def test_a_desk_is_complete_on_a_phone(visit):
    visitor = visit(size=NARROW).log_in("contracting_officer")
    page = visitor.page

    box = page.locator("[data-answer]").bounding_box()
    assert box["y"] < 2 * NARROW["height"]
    first = page.locator(".desk-item a").first
    assert first.bounding_box()["height"] >= 24
    first.click()

    assert page.locator("h1").is_visible()


def test_a_picture_of_every_width_has_no_second_scroll_bar(visit):
    visitor = visit().log_in("cor")
    page = visitor.page

    for width in (320, 768, 1366):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
