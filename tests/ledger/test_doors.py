"""The pages of funds and statements."""

from datetime import timedelta

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.ledger.models import FundsBalance, LineOfAccounting
from contracting.ledger.operations.allot import allot_funds
from contracting.notices.models import Notice
from contracting.operate.tasks import tell_of_imbalances
from tests.cast import client_for, nothing_happens, submit
from tests.ledger.conftest import usd


@pytest.fixture
def busy(burning):
    """Usage beyond the funds, part of it accepted and paid."""
    burning.use(("output", "10", 1_234_567), ("input", "2", 500_000))
    burning.accept("12.34567", "12.35", 1_234_567)
    burning.pay("10")
    burning.use(("output", "10", 9_000_000))
    return burning


def funds_page():
    return reverse("ledger:funds")


def line_page(books):
    return reverse("ledger:line_of_accounting", args=[books.funds.public_id])


def allot_page(books):
    return reverse("ledger:allot_funds", args=[books.funds.public_id])


def statement_page(books):
    return reverse("ledger:statement", args=[books.line().public_id])


def answer(page) -> str:
    text = page.content.decode()
    return " ".join(text.split("data-answer>")[1].split("</div>")[0].split())


@pytest.mark.parametrize("role", ["funds_certifier", "contracting_officer", "auditor"])
def test_funds_are_shown_to_those_who_certify_bind_or_audit_them(busy, request, role):
    page = client_for(request.getfixturevalue(role)).get(funds_page())

    assert page.status_code == 200
    assert "<strong>$55.00</strong> of $100.00 allotted is free" in answer(page)
    assert "$45.00 obligated" in answer(page)
    assert "$12.35 accepted and $10.00 paid" in answer(page)
    assert "AI pilot" in page.content.decode()


def test_an_agency_without_funds_is_told_what_they_are(other_agency_officer):
    page = client_for(other_agency_officer).get(funds_page())

    assert page.status_code == 200
    assert "Bureau of Elsewhere keeps no line of accounting" in answer(page)
    assert "No lines of accounting yet" in page.content.decode()


@pytest.mark.parametrize("role", ["program_manager", "vendor_a_signer"])
def test_others_find_no_funds_page(busy, request, role):
    browser = client_for(request.getfixturevalue(role))

    for url in (funds_page(), line_page(busy), allot_page(busy)):
        assert browser.get(url).status_code == 404


def test_a_line_of_accounting_shows_what_it_pays_for_and_every_row(busy, auditor):
    page = client_for(auditor).get(line_page(busy))

    text = page.content.decode()
    assert "<strong>$55.00</strong> of $100.00 is free" in answer(page)
    assert "until" in answer(page)
    assert statement_page(busy) in text
    assert "Allotment" in text


@pytest.mark.parametrize(
    ("figure", "exact"),
    [
        ("available_dollars", "$100.00"),
        ("obligated_dollars", "$45.00"),
        ("paid_dollars", "$10.00"),
    ],
)
def test_an_amount_of_the_funds_opens_the_rows_behind_it(busy, auditor, figure, exact):
    page = client_for(auditor).get(line_page(busy), {"figure": figure})

    assert f"sum to exactly <strong>{exact}</strong>" in page.content.decode()


@pytest.mark.parametrize(
    ("figure", "exact"),
    [
        ("consumed_dollars", "$44.99567"),
        ("unfunded_dollars", "$58.35"),
        ("accepted_dollars", "$12.35"),
        ("rounding_dollars", "$0.00433"),
        ("consumed_tokens", "4,899,567 tokens"),
    ],
)
def test_an_amount_of_a_statement_opens_the_rows_behind_it(busy, cor, figure, exact):
    page = client_for(cor).get(statement_page(busy), {"figure": figure, "acrn": "AA"})

    assert f"sum to exactly <strong>{exact}</strong>" in page.content.decode()


def test_a_statement_says_what_binds_and_what_is_not_payable(busy, program_manager):
    page = client_for(program_manager).get(statement_page(busy))

    assert page.status_code == 200
    assert "the obligated funds will bind first" in answer(page)
    assert "recorded, not payable" in answer(page)


def test_a_statement_before_any_usage_is_empty_and_whole(books, cor):
    books.open("60")

    page = client_for(cor).get(statement_page(books))

    assert page.status_code == 200
    assert "No transfers here yet" in page.content.decode()


def test_the_funds_at_the_end_of_a_day_count_what_was_posted_until_then(
    busy, auditor, funds_certifier
):
    # Given twenty dollars more that are allotted a day later
    allot_funds(
        line_of_accounting_id=busy.funds.pk,
        dollars=usd(20),
        by=funds_certifier,
        at=busy.at + timedelta(days=1),
    )
    browser = client_for(auditor)

    # When the funds are asked for that day and for the days around it
    answers = {
        day: answer(browser.get(funds_page(), {"until": day}))
        for day in ("2026-03-01", "2026-03-02", "2026-03-03")
    }

    # Then each counts its own entries
    assert "$0.00</strong> of $0.00 allotted" in answers["2026-03-01"]
    assert "$55.00</strong> of $100.00 allotted" in answers["2026-03-02"]
    assert "$75.00</strong> of $120.00 allotted" in answers["2026-03-03"]
    assert "$12.35 accepted and $10.00 paid, at the end of" in answers["2026-03-02"]


def test_books_that_do_not_add_up_can_only_be_read(
    busy, funds_certifier, administrator
):
    # Given a figure that is not the sum of its rows
    FundsBalance.objects.update(obligated_dollars=46)
    browser = client_for(funds_certifier)

    # When its pages are read, they say so plainly and offer nothing to do
    for url in (funds_page(), line_page(busy)):
        text = browser.get(url).content.decode()
        assert "do not add up: they can only be read" in text
        assert "kept as $45.00 and $46.00; its rows sum to $45.00" in text
    with nothing_happens(), pytest.raises(NotAllowed):
        allot_funds(
            line_of_accounting_id=busy.funds.pk,
            dollars=usd(1),
            by=funds_certifier,
            at=busy.at,
        )

    # And the nightly check tells the administrators where to look
    tell_of_imbalances()
    told = Notice.objects.get(recipient_user_id=administrator.user_id)
    assert client_for(administrator).get(told.url_path).status_code == 200
    FundsBalance.objects.update(obligated_dollars=45)


@pytest.mark.parametrize(
    "question", [{"figure": "salary"}, {"acrn": "ZZ"}, {"figure": "available_dollars"}]
)
def test_a_figure_that_does_not_exist_has_no_rows(busy, cor, question):
    assert client_for(cor).get(statement_page(busy), question).status_code == 404


@pytest.mark.parametrize("outsider", ["other_agency_officer", "other_vendor_signer"])
def test_an_outsider_finds_neither_line_nor_statement(busy, request, outsider):
    browser = client_for(request.getfixturevalue(outsider))

    for url in (line_page(busy), allot_page(busy), statement_page(busy)):
        assert browser.get(url).status_code == 404


def test_a_visitor_is_sent_to_login(client, busy):
    for url in (funds_page(), line_page(busy), statement_page(busy)):
        assert client.get(url).status_code == 302


def test_a_funds_certifier_creates_a_line_and_allots_funds(books, funds_certifier):
    browser = client_for(funds_certifier)

    created = submit(
        browser,
        reverse("ledger:create_line_of_accounting"),
        {
            "label": "Research cloud",
            "treasury_account_symbol": "020-2026/2027-0102-000",
            "appropriation": "Research",
            "funds_available_from": "2025-10-01",
            "funds_available_to": "2027-09-30",
            "acrn_hint": "ab",
        },
    )
    line = LineOfAccounting.objects.get(label="Research cloud")
    allotted = submit(
        browser,
        reverse("ledger:allot_funds", args=[line.public_id]),
        {"dollars": "1234.50"},
    )

    assert (created.status_code, allotted.status_code) == (303, 303)
    assert line.acrn_hint == "AB"
    assert line.funds.free.plain() == "1234.5"
    assert "$1,234.50" in answer(browser.get(allotted.url))


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("label", ""),
        ("funds_available_to", "2020-01-01"),
        ("acrn_hint", "IO"),
        ("fund_year", "12"),
    ],
)
def test_what_is_typed_wrongly_is_said_beside_its_field(
    books, funds_certifier, field, typed
):
    browser = client_for(funds_certifier)
    filled = {
        "label": "Research cloud",
        "treasury_account_symbol": "020-2026/2027-0102-000",
        "appropriation": "Research",
        "funds_available_from": "2025-10-01",
    }

    page = submit(
        browser, reverse("ledger:create_line_of_accounting"), filled | {field: typed}
    )

    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


def test_a_name_that_is_taken_is_refused(books, funds_certifier):
    with nothing_happens():
        page = submit(
            client_for(funds_certifier),
            reverse("ledger:create_line_of_accounting"),
            {
                "label": "AI pilot",
                "treasury_account_symbol": "020-2026/2027-0102-000",
                "appropriation": "Research",
                "funds_available_from": "2025-10-01",
            },
        )

    assert page.status_code == 409


def test_an_allotment_of_nothing_is_refused_on_its_page(books, funds_certifier):
    with nothing_happens():
        page = submit(client_for(funds_certifier), allot_page(books), {"dollars": "0"})

    assert page.status_code == 422
    assert "more than nothing" in page.content.decode()


def test_an_officer_sees_why_not_to_allot(books, contracting_officer):
    browser = client_for(contracting_officer)

    page = browser.get(line_page(books))
    refused = browser.get(allot_page(books))

    assert "Only a funds certifier of the agency keeps its funds." in (
        page.content.decode()
    )
    assert refused.status_code == 403
