"""A month is read, signed off, closed and opened again on its pages."""

from datetime import timedelta

import pytest

from contracting.billing.calculations import (
    StatedLine,
    read_invoice_file,
    read_lines,
)
from contracting.periods import views
from contracting.periods.models import Entry
from contracting.periods.operations.accrue_all import accrue_all
from contracting.periods.queries import months_to_close
from tests.builders_billing import Call, reported, used
from tests.builders_orders import issued_order
from tests.builders_periods import (
    APRIL_ENDED_AT,
    CLOSED_AT,
    LATE_AT,
    closed_month,
    ready_month,
)
from tests.cast import actor, client_for, key_client, machine, submit

NIGHT = APRIL_ENDED_AT + timedelta(hours=5)


def browser_of(part):
    return client_for(actor(part))


def page_of(order, verb="periods"):
    return f"/orders/{order.public_id}/{verb}?month=2026-04"


def sent(browser, url, **data):
    return submit(browser, url, {"month": "2026-04", **data})


def test_a_month_goes_from_open_to_closed_and_back_on_its_pages(
    accepted, told_the_time
):
    # Given a month that is not whole yet: the page says what is in the way
    officer = browser_of("contracting_officer")
    page = officer.get(page_of(accepted))
    assert b"2 things stand in the way of closing April 2026" in page.content
    assert b"Explain it" in page.content

    # When everything has come, two people sign it off in their browsers
    ready_month(accepted)
    assert b"It waits for two words" in officer.get(page_of(accepted)).content
    for part in ("cor", "payment_certifier"):
        browser = browser_of(part)
        url = page_of(accepted, "sign_off_period")
        form = browser.get(url).context["form"]
        answered = sent(
            browser,
            url,
            seen_sha256=form.initial["seen_sha256"],
            confirm="on",
        )
        assert answered.status_code == 303, answered.content

    # And the officer closes it
    closed = sent(officer, page_of(accepted, "close_period"), confirm="on")
    assert closed.status_code == 303
    link = officer.get(closed["Location"])
    assert b"Lee Representative" in link.content
    assert b"Ned Payment" in link.content
    assert b"is closed: " in officer.get(page_of(accepted)).content
    assert b"2026</a></th>" in officer.get("/periods/").content

    # And opens it again
    again = sent(officer, page_of(accepted, "reopen_period"), reason="Restated.")
    assert again.status_code == 303
    assert b"was opened again: Restated." in officer.get(again["Location"]).content
    assert Entry.objects.count() == 2


def test_a_refusal_stays_in_the_form_and_loses_nothing(accepted, told_the_time):
    officer = browser_of("contracting_officer")

    refused = sent(officer, page_of(accepted, "close_period"), confirm="on")

    assert refused.status_code == 409
    assert b"April 2026 cannot be closed yet" in refused.content
    assert b"R-REC-01" in refused.content


def test_a_condition_is_explained_on_its_page(accepted, told_the_time):
    browser = browser_of("cor")
    url = page_of(accepted, "explain_period")
    assert b"has never said up to when" in browser.get(url).content

    answered = sent(browser, url, condition="WATERMARK", reason="Its own log is whole.")

    assert answered.status_code == 303
    assert b"Its own log is whole." in browser.get(page_of(accepted)).content


def test_an_outsider_finds_no_month(
    order, told_the_time, other_agency_officer, other_vendor_signer
):
    entry = closed_month(order)
    verbs = ("explain_period", "sign_off_period", "close_period", "reopen_period")
    pages = [page_of(order), entry.path, *(page_of(order, verb) for verb in verbs)]
    for outsider in (
        other_agency_officer,
        other_vendor_signer,
        actor("vendor_a_signer"),
    ):
        browser = client_for(outsider)
        assert {browser.get(each).status_code for each in pages} == {404}
    # A colleague may read, and is told why not
    auditor = browser_of("auditor")
    assert auditor.get(page_of(order)).status_code == 200
    assert {auditor.get(page_of(order, verb)).status_code for verb in verbs} == {403}


def test_an_agency_without_months_is_told_what_they_are(told_the_time, db):
    page = browser_of("contracting_officer").get("/periods/")
    assert b"Every month of use that is over is closed" in page.content
    assert b"No month is closed yet" in page.content
    assert browser_of("vendor_a_signer").get("/periods/").status_code == 404


@pytest.mark.rule("R-MET-05", case="allowed")
def test_the_vendor_reads_what_came_late_and_gets_it_as_invoice_lines(
    order, told_the_time, other_vendor_signer
):
    # Given usage that both learn of after its hour was accepted
    late = Call("r-late", {"OUT_TEXT": 12_345}, minute=50)
    used(order, [late], at=LATE_AT)
    reported(order, [late], label="R-2", at=LATE_AT)
    told_the_time(LATE_AT)

    # When the vendor reads it
    vendor, url = browser_of("vendor_a_signer"), page_of(order, "late_usage")
    page = vendor.get(url)
    assert b"12,345 tokens</strong> that came late" in page.content
    assert b"MM-2604-001" in page.content

    # Then the file is one of invoice lines, as the door of invoices reads them
    figures = vendor.get(url + "&format=csv")
    (line,) = read_lines(read_invoice_file(figures.content))
    assert isinstance(line, StatedLine)
    assert (line.tokens, line.amount.plain(), line.is_adjustment) == (
        12_345,
        "0.1",
        True,
    )
    door = key_client(machine("vendor_a_machine"))
    told = door.get(f"/api/v1/orders/{order.public_id}/late_usage").json()
    assert told["data"][0]["tokens_left"] == 12_345
    assert client_for(other_vendor_signer).get(url).status_code == 404


def test_accruals_are_read_and_handed_to_the_finance_system(order, told_the_time):
    browser = browser_of("payment_certifier")
    assert b"Nothing is accrued yet" in browser.get("/accruals/").content
    used(order, [Call("r-new", {"OUT_TEXT": 1_111}, minute=50)], at=APRIL_ENDED_AT)
    accrue_all(at=NIGHT)
    told_the_time(CLOSED_AT)

    page = browser.get("/accruals/")
    assert b"2 rows are posted; every accrual is taken back" in page.content
    figures = browser.get("/accruals/?format=csv&month=2026-04").content.decode()
    rows = [row.split(",") for row in figures.splitlines()]
    assert [row[0] for row in rows[1:]] == ["2026-04-30", "2026-05-01"]
    assert [row[7:10] for row in rows[1:]] == [
        ["4801", "4901", "0.01"],
        ["4901", "4801", "0.01"],
    ]
    assert browser_of("vendor_a_signer").get("/accruals/").status_code == 404


def test_the_months_to_close_are_asked_for_in_two_questions(
    accepted, told_the_time, monkeypatch, django_assert_num_queries
):
    # Given two orders that were used in April
    other = issued_order(on=accepted.contract)
    for day in range(3):
        used(other, [Call(f"o-{day}", {"OUT_TEXT": 100}, minute=day)])
    browser = browser_of("cor")
    at = CLOSED_AT + timedelta(days=40)
    told_the_time(at)

    # Then both are named at the price of one, a page at a time
    with django_assert_num_queries(2):
        assert len(months_to_close([accepted], at)) == 1
    with django_assert_num_queries(2):
        rows = months_to_close([accepted, other], at)
    assert [(row.order, f"{row.month:%Y-%m}") for row in rows] == [
        (accepted, "2026-04"),
        (other, "2026-04"),
    ]
    monkeypatch.setattr(views, "PER_PAGE", 1)
    page = browser.get("/periods/").content.decode()
    assert "2 months of use are over and not closed" in page
    assert "Page 1 of 2" in page
    closed_month(ready_month(accepted))
    assert [row.order for row in months_to_close([accepted, other], at)] == [other]
