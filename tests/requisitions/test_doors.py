"""The pages of a need render, save, refuse, and are shown to their agency only."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiKey
from accounts.states import Scope
from contracting.requisitions.models import Requisition
from contracting.requisitions.states import RequisitionState
from tests.builders import (
    WORKLOAD,
    drafted_requisition,
    estimated_requisition,
    list_prices,
    row,
    submitted_requisition,
)
from tests.cast import client_for, key_client, submit

pytestmark = pytest.mark.django_db


def page(name, requisition):
    return reverse(f"requisitions:{name}", args=[requisition.public_id])


def grid(*rows):
    """The grid of the workload as a browser posts it."""
    fields: dict[str, Any] = {"rows-TOTAL_FORMS": len(rows), "rows-INITIAL_FORMS": 0}
    for number, each in enumerate(rows):
        fields |= {
            f"rows-{number}-model": each.model_id,
            f"rows-{number}-token_class": each.token_class_id,
            f"rows-{number}-month": f"{each.month:%Y-%m}",
            f"rows-{number}-months": 2,
            f"rows-{number}-p10_tokens": each.p10.count,
            f"rows-{number}-p50_tokens": each.p50.count,
            f"rows-{number}-p90_tokens": each.p90.count,
        }
    return fields


def test_a_need_goes_from_draft_to_the_contracting_office_in_the_browser(
    program_manager,
):
    # Given list prices, and a program manager at a browser
    list_prices()
    browser = client_for(program_manager)

    # When they draft, estimate and submit
    drafted = submit(
        browser,
        reverse("requisitions:draft_requisition"),
        {"title": "Tokens", "need": "Summaries.", "planned_dollars": "400000.00"},
    )
    assert drafted.status_code == 303
    requisition = Requisition.objects.get()
    estimated = submit(
        browser,
        page("estimate_workload", requisition),
        {**grid(row("IN_UNCACHED", 1000)), "seen_version": 1},
    )
    assert estimated.status_code == 303
    submitted = submit(
        browser, page("submit_requisition", requisition), {"seen_version": 2}
    )

    # Then it is with the contracting office, for two months
    assert submitted.status_code == 303
    requisition.refresh_from_db()
    assert requisition.state == RequisitionState.SUBMITTED
    assert requisition.estimate_rows.count() == 2
    shown = browser.get(page("requisition", requisition))
    assert b"with the contracting office" in shown.content


@pytest.mark.parametrize(
    "name",
    ["requisition", "estimate_workload", "submit_requisition", "discard_requisition"],
)
def test_each_page_of_a_draft_renders(program_manager, at, name):
    requisition = estimated_requisition(at)

    answered = client_for(program_manager).get(page(name, requisition))

    assert answered.status_code == 200
    assert requisition.title in answered.content.decode()
    assert b"data-answer" in answered.content


def test_the_list_is_helpful_when_it_is_empty(program_manager):
    answered = client_for(program_manager).get(reverse("requisitions:requisitions"))

    assert answered.status_code == 200
    assert b"No requisitions yet" in answered.content


def test_rows_that_cannot_be_right_stay_in_the_form(program_manager, at):
    requisition = drafted_requisition(at)
    wrong = {**grid(row("OUT_TEXT", 10)), "rows-0-p90_tokens": 1, "seen_version": 1}

    answered = submit(
        client_for(program_manager), page("estimate_workload", requisition), wrong
    )

    assert answered.status_code == 422
    assert b"rises from P10" in answered.content
    assert requisition.estimate_rows.count() == 0


def test_a_missing_list_price_is_shown_on_the_page(program_manager, at):
    requisition = drafted_requisition(at)

    answered = submit(
        client_for(program_manager),
        page("estimate_workload", requisition),
        {**grid(row("OUT_TEXT", 10)), "seen_version": 1},
    )

    assert answered.status_code == 422
    assert b"No public list price is known" in answered.content


def test_who_may_see_and_not_do_is_told_why(cor, at):
    requisition = drafted_requisition(at)

    answered = client_for(cor).get(page("submit_requisition", requisition))

    assert answered.status_code == 403
    assert b"Only a program manager" in answered.content


@pytest.mark.parametrize("outsider", ["other_agency_officer", "vendor_a_signer"])
def test_an_outsider_finds_nothing(request, outsider, at):
    requisition = submitted_requisition(at)
    browser = client_for(request.getfixturevalue(outsider))

    for name in ("requisition", "estimate_workload", "submit_requisition"):
        assert browser.get(page(name, requisition)).status_code == 404


def test_somebody_who_is_not_signed_in_is_sent_to_the_login(at):
    requisition = drafted_requisition(at)

    answered = Client().get(page("requisition", requisition))

    assert answered.status_code == 302
    assert answered["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("month", ["9999-12", "2100-12", "0001-01"])
def test_a_month_that_no_estimate_names_is_refused_in_words(program_manager, at, month):
    list_prices(at)
    requisition = drafted_requisition(at)
    odd = {**grid(row("OUT_TEXT", 10)), "rows-0-month": month, "seen_version": 1}

    answered = submit(
        client_for(program_manager), page("estimate_workload", requisition), odd
    )

    assert answered.status_code == 422
    assert b"2000 to 2100" in answered.content
    assert requisition.estimate_rows.count() == 0


def test_a_key_reads_the_needs_of_its_own_agency(
    gateway, other_agency_gateway, vendor_a_machine
):
    # Given a need, and keys of three organizations, none of which has the scope yet
    requisition = submitted_requisition()
    one = f"/api/v1/requisitions/{requisition.public_id}"
    own, other, vendor = map(
        key_client, (gateway, other_agency_gateway, vendor_a_machine)
    )
    assert own.get("/api/v1/requisitions").status_code == 403
    assert own.get(one).status_code == 403

    # When they have it
    ApiKey.objects.update(scopes=[Scope.REQUISITIONS_READ])

    # Then the agency's machine reads the need whole, and the others nothing
    (listed,) = own.get("/api/v1/requisitions").json()["data"]
    read = own.get(one).json()
    assert listed["number"] == requisition.number
    assert listed["planned"] == {"amount": "400000.00", "currency": "USD"}
    assert read["need"] == requisition.need
    assert {each["token_class"] for each in read["estimate"]} == set(WORKLOAD)
    for stranger in (other, vendor):
        assert stranger.get("/api/v1/requisitions").json()["data"] == []
        assert stranger.get(one).status_code == 404
    assert Client().get(one).status_code == 401
