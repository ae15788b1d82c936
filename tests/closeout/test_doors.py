"""The pages of close-out."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from contracting.closeout.models import CompletionStatement
from contracting.orders.states import TaskOrderState
from tests.builders_settlement import (
    CONTRACT_ENDED_AT,
    ENDED_AT,
    PAYABLE,
    closed_order,
    completed_order,
    reported,
    used_order,
)
from tests.cast import actor, client_for, nothing_happens, submit

CLOSE_OUTS = reverse("closeout:close_outs")
OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")


def complete_page(order):
    return reverse("closeout:complete_order", args=[order.public_id])


def close_page(order):
    return reverse("closeout:close_out_order", args=[order.public_id])


def contract_page(contract):
    return reverse("closeout:close_out_contract", args=[contract.public_id])


def statement_page(statement):
    return reverse("closeout:completion_statement", args=[statement.public_id])


def answer(page) -> str:
    text = page.content.decode()
    return " ".join(text.split("data-answer>")[1].split("</div>")[0].split())


def test_an_order_is_completed_and_closed_out_on_the_pages(
    paid, told_the_time, cor, contracting_officer
):
    # Given a representative who says that performance has ended
    response = submit(client_for(cor), complete_page(paid), {"confirm": "on"})
    assert response.status_code == 303
    paid.refresh_from_db()
    assert paid.state == TaskOrderState.COMPLETED

    # When the officer reads what goes back, and signs
    browser = client_for(contracting_officer)
    page = browser.get(close_page(paid))
    assert "gives <strong>$30.08</strong> back to the funds" in answer(page)
    response = submit(
        browser, close_page(paid), {"remarks": "All is well.", "confirm": "on"}
    )

    # Then the statement says what became of everything
    statement = CompletionStatement.objects.get(order=paid)
    assert response.status_code == 303
    assert response["Location"] == statement_page(statement)
    page = browser.get(statement_page(statement))
    assert f"<strong>${PAYABLE}</strong> was paid and nothing is owed" in answer(page)
    assert "17,000,001 tokens were not used" in answer(page)
    text = page.content.decode()
    for words in (
        "All is well.",
        "Ada Officer, contracting officer",
        "$9.925924",
        "-$0.005924",
        "2,999,999",
        "Completion statement of order",
        "unused funds went back",
    ):
        assert words in text, words


def test_each_thing_in_the_way_stands_there_with_its_rule_and_no_button(
    db, told_the_time, contracting_officer
):
    # Given a used order whose period runs, and nothing invoiced
    order = used_order()
    reported(order)
    browser = client_for(contracting_officer)

    # Then both pages name what is open
    told_the_time(ENDED_AT - timedelta(days=30))
    page = browser.get(complete_page(order))
    assert "Not yet: 1 thing stands in the way." in answer(page)
    assert "runs until 30 Sep 2026" in page.content.decode()
    assert "R-CLO-01" in page.content.decode()
    assert "form_token" not in page.content.decode()

    completed_order(order=order)
    page = browser.get(close_page(order))
    assert "$9.925924 is not invoiced and accepted yet" in page.content.decode()
    assert "R-CLO-04" in page.content.decode()
    assert "form_token" not in page.content.decode()

    # And sending the form all the same is refused with the rule
    with nothing_happens():
        read = page.context["form"]["seen_sha256"].value()
        response = browser.post(
            close_page(order),
            {"confirm": "on", "seen_sha256": read, "form_token": "a" * 20},
        )
    assert response.status_code == 409
    assert "R-CLO-04" in response.content.decode()


def test_a_contract_shows_what_it_still_owes(
    closed, told_the_time, contracting_officer
):
    told_the_time(CONTRACT_ENDED_AT)

    page = client_for(contracting_officer).get(contract_page(closed.contract))

    assert "Not yet: 1 thing stands in the way." in answer(page)
    assert "$990.08 is owed to the vendor" in page.content.decode()
    assert "R-CLO-03" in page.content.decode()


def test_what_is_closed_already_leads_to_its_statement(
    closed, told_the_time, contracting_officer
):
    browser = client_for(contracting_officer)

    page = browser.get(close_page(closed.order))

    assert "closed out already" in answer(page)
    assert statement_page(closed) in page.content.decode()
    completed = browser.get(complete_page(closed.order))
    assert "only an issued order is completed" in answer(completed)


@pytest.mark.parametrize("part", ["contracting_officer", "cor", "auditor"])
def test_the_list_says_what_has_ended_and_what_is_next(paid, told_the_time, part):
    # Given an order that has ended today
    told_the_time(ENDED_AT)
    browser = client_for(actor(part))

    # Then it is listed until it is closed out, with its next step
    page = browser.get(CLOSE_OUTS)
    assert "1 order and 0 contracts have ended" in answer(page)
    assert (complete_page(paid) in page.content.decode()) is (part != "auditor")

    completed_order(order=paid)
    page = browser.get(CLOSE_OUTS)
    may_sign = part == "contracting_officer"
    assert (close_page(paid) in page.content.decode()) is may_sign

    statement = closed_order(order=paid)
    page = browser.get(CLOSE_OUTS)
    assert "Nothing that has ended is still open. 1 is closed out." in answer(page)
    assert statement_page(statement) in page.content.decode()


def test_a_contract_is_listed_when_its_ordering_period_has_ended(
    closed, told_the_time, contracting_officer
):
    told_the_time(CONTRACT_ENDED_AT)

    page = client_for(contracting_officer).get(CLOSE_OUTS)

    assert "0 orders and 1 contract have ended" in answer(page)
    assert contract_page(closed.contract) in page.content.decode()


def test_the_vendor_reads_its_statements_and_no_work_of_the_agency(
    closed, told_the_time, vendor_a_signer
):
    browser = client_for(vendor_a_signer)

    listed = browser.get(CLOSE_OUTS)
    page = browser.get(statement_page(closed))

    assert statement_page(closed) in listed.content.decode()
    assert "To close out" not in listed.content.decode()
    assert page.status_code == 200
    assert "Timeline" not in page.content.decode()
    assert "/ledger/" not in page.content.decode()


@pytest.mark.parametrize(
    ("part", "pages"),
    [
        ("auditor", (complete_page, close_page)),
        ("cor", (close_page,)),
        ("vendor_a_signer", (complete_page, close_page)),
    ],
)
def test_who_may_see_and_not_sign_is_told_why(paid, told_the_time, part, pages):
    browser = client_for(actor(part))

    with nothing_happens():
        for page in pages:
            response = submit(browser, page(paid), {"confirm": "on"})
            assert response.status_code == 403
            assert "Only a contracting officer" in response.content.decode()


@pytest.mark.parametrize("part", OUTSIDERS)
def test_for_an_outsider_there_is_nothing_to_close(closed, told_the_time, part):
    browser = client_for(actor(part))

    with nothing_happens():
        for address in (
            statement_page(closed),
            complete_page(closed.order),
            close_page(closed.order),
            contract_page(closed.contract),
        ):
            assert browser.get(address).status_code == 404
            assert browser.post(address, {"form_token": "x"}).status_code in {404, 405}
    listed = browser.get(CLOSE_OUTS)
    assert "Nothing is closed out yet" in listed.content.decode()


def test_the_operator_has_a_window_and_no_door(closed):
    operator = User.objects.create_superuser("root@example.test", "x", name="Root")
    browser = Client()
    browser.force_login(operator)

    listed = browser.get(reverse("admin:closeout_completionstatement_changelist"))
    added = browser.get(reverse("admin:closeout_completionstatement_add"))

    assert listed.status_code == 200
    assert closed.closed in listed.content.decode()
    assert added.status_code == 403
