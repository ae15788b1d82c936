"""Everything is done without a script: log in, read, act, search, log out."""

import pytest

from tests.browser.pages import walk

PARTS = ("contracting_officer", "cor", "vendor_a_signer", "demo:northlight_signer")


@pytest.mark.parametrize("part", PARTS)
def test_a_role_reads_every_page_without_a_script(visit, part):
    visitor = visit(javascript=False).log_in(part)

    for _, path in walk(visitor):
        answer = visitor.page.locator("[data-answer]")
        assert answer.inner_text().strip(), path
        assert visitor.page.locator("h1").count() == 1, path
    assert visitor.complaints == [
        text for text in visitor.complaints if "status of 403" in text
    ]


def test_an_account_of_the_demo_logs_in_from_the_list(visit):
    page = visit(javascript=False).page
    page.goto(f"{visit.site.address}/accounts/login/")
    row = page.get_by_role("row").filter(has_text="Maria Ortiz")
    password = page.locator("section code").first.inner_text()

    page.get_by_label("Email", exact=True).fill(row.locator("code").inner_text())
    page.get_by_label("Password", exact=True).fill(password)
    page.locator("main").get_by_role("button", name="Log in").click()

    assert page.locator("h1").inner_text() == "What needs my signature?"
    assert "Maria Ortiz" in page.locator("header").inner_text()


def test_a_notice_is_marked_as_read_without_a_script(visit):
    page = visit(javascript=False).log_in("program_manager").page
    count = page.locator(".dd-nav .dd-count")
    before = int(count.inner_text())

    page.get_by_role("link", name="Inbox").click()
    page.get_by_role("button", name="Mark as read").first.click()

    assert "marked as read" in page.locator("main").inner_text()
    assert int(count.inner_text()) == before - 1


def test_a_form_with_a_gap_says_so_above_the_fields_and_links_there(visit):
    visitor = visit(javascript=False).log_in("program_manager")
    visitor.go("/requisitions/draft")
    page = visitor.page

    page.locator("main form").get_by_role("button").last.click()

    assert page.title().startswith("Error:")
    summary = page.locator("#error-summary")
    target = summary.get_by_role("link").first.get_attribute("href")
    assert target is not None
    assert page.locator(target).count() == 1


def test_a_search_leads_to_the_order_and_to_nothing_for_a_stranger(visit):
    visitor = visit(javascript=False).log_in("contracting_officer")
    page = visitor.page
    page.get_by_label("Search by number or word").fill("75d301-26-f00001")
    page.get_by_role("button", name="Search").click()
    assert page.locator("h1").inner_text().startswith("75D30126F00001")

    stranger = visit(javascript=False).log_in("other_vendor_signer")
    stranger.go("/search?q=75D30126F00001")
    assert "Nothing that you may see" in stranger.page.locator("main").inner_text()


def test_whoever_logs_out_is_back_at_the_first_page(visit):
    page = visit(javascript=False).log_in("auditor").page

    page.get_by_role("button", name="Log out").click()

    assert page.locator("header").get_by_role("link", name="Log in").first.is_visible()
    assert "accounted for to the cent" in page.locator("h1").inner_text()
