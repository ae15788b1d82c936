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
    chat,
    drafted_requisition,
    estimated_requisition,
    list_prices,
    row,
    submitted_requisition,
)
from tests.cast import client_for, key_client, nothing_happens, submit

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
    assert b"Ready to buy: 4 of 6" in shown.content


@pytest.mark.parametrize(
    "name",
    [
        "requisition",
        "estimate_workload",
        "build_estimate",
        "compare_ownership",
        "submit_requisition",
        "discard_requisition",
    ],
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


# Workloads and owned capacity ---------------------------------------------------------


def typed(**other):
    """One workload as a browser posts it."""
    row = {
        "name": "Chat assistant",
        "model": chat().model_id,
        "first_month": "2026-04",
        "months": 2,
        "calls_p10": 100,
        "calls_p50": 200,
        "calls_p90": 400,
        "day_count": "CALENDAR",
        "uncached_input_tokens": 1_500,
        "cached_input_tokens": 3_000,
        "output_tokens": 350,
        "reasoning_tokens": 0,
        "growth_percent": "10",
    } | other
    fields = {f"rows-0-{name}": value for name, value in row.items()}
    return {**fields, "rows-TOTAL_FORMS": 1, "rows-INITIAL_FORMS": 0, "seen_version": 1}


GPUS = {
    "gpus": 8,
    "gpu_hour_dollars": "2.50",
    "tokens_per_gpu_second": 1_000,
    "utilization_percent": "50",
    "seen_version": 2,
}


def test_an_estimate_is_built_and_shown_with_what_it_hangs_on(program_manager, at):
    # Given a draft, and a program manager at a browser
    list_prices()
    requisition = drafted_requisition(at)
    browser = client_for(program_manager)

    # When they describe a workload
    built = submit(browser, page("build_estimate", requisition), typed())
    assert built.status_code == 303

    # Then the page says its price by class, what it hangs on, and the formula
    shown = browser.get(page("requisition", requisition)).content.decode()
    assert "is estimated at $141.02 at public list prices" in shown
    assert "Most of all on “Chat assistant”, calls a day" in shown
    assert "between $70.51 and $282.04" in shown
    assert "<svg" in shown
    assert "Total at most" in shown
    assert "Only the sum is rounded, up to whole tokens" in shown

    # And the form has what was typed, to be changed
    again = browser.get(page("build_estimate", requisition))
    assert again.context["form"].grid.forms[0].initial["calls_p50"] == 200
    built = submit(
        browser,
        page("build_estimate", requisition),
        {**typed(calls_p50=300), "rows-INITIAL_FORMS": 1, "seen_version": 2},
    )
    assert built.status_code == 303
    assert Requisition.objects.get().version == 3


def test_a_row_is_added_and_nothing_is_saved_or_forgotten(program_manager, at):
    requisition = drafted_requisition(at)
    half = {**typed(calls_p10="many", output_tokens=""), "add_row": "1"}

    with nothing_happens():
        answered = client_for(program_manager).post(
            page("build_estimate", requisition), half
        )

    # Then what was typed stands there unjudged, above an empty row
    assert answered.status_code == 200
    assert b"There is a problem" not in answered.content
    first, second = answered.context["form"].grid.forms
    assert (first["calls_p10"].value(), first["name"].value()) == (
        "many",
        "Chat assistant",
    )
    assert second["name"].value() is None


def test_an_example_is_copied_without_a_model_and_says_that_it_is_one(
    program_manager, at
):
    requisition = drafted_requisition(at)
    browser = client_for(program_manager)
    url = page("build_estimate", requisition)
    assert b"nobody has measured them" in browser.get(url).content

    with nothing_happens():
        answered = browser.post(url, {**typed(), "sample": "classification"})

    first, copied = answered.context["form"].grid.forms
    assert first["name"].value() == "Chat assistant"
    assert copied["name"].value() == "Batch classification"
    assert copied["calls_p50"].value() == 50_000
    assert copied["model"].value() is None


def test_a_row_that_is_taken_out_is_not_copied_on(program_manager, at):
    requisition = drafted_requisition(at)

    answered = client_for(program_manager).post(
        page("build_estimate", requisition),
        {**typed(DELETE="on"), "sample": "chat"},
    )

    (copied,) = answered.context["form"].grid.forms
    assert copied["calls_p50"].value() == 4_000


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"output_tokens": "-1"}, "Row 1, Output tokens per call: "),
        ({"model": ""}, "Row 1, Model: This field is required."),
        ({"calls_p90": "1"}, "Row 1: Calls a day rise from P10 through P50 to P90."),
        (
            {
                "uncached_input_tokens": 0,
                "cached_input_tokens": 0,
                "output_tokens": 0,
            },
            "Row 1, Output tokens per call: a call has some tokens.",
        ),
    ],
)
def test_a_wrong_workload_is_named_by_its_row_and_field(
    program_manager, at, wrong, said
):
    list_prices(at)
    requisition = drafted_requisition(at)
    url = page("build_estimate", requisition)
    browser = client_for(program_manager)
    token = browser.get(url).context["form_token"]

    with nothing_happens():
        answered = browser.post(url, {**typed(**wrong), "form_token": token})

    assert answered.status_code == 422
    assert said in answered.content.decode()


def test_owning_is_compared_beside_the_estimate(program_manager, at):
    requisition = estimated_requisition(at)
    browser = client_for(program_manager)
    before = browser.get(page("requisition", requisition)).content.decode()
    assert "Nobody has compared this estimate" in before

    compared = submit(browser, page("compare_ownership", requisition), GPUS)

    assert compared.status_code == 303
    shown = browser.get(page("requisition", requisition)).content.decode()
    assert (
        "Owning breaks even above 4.4 billion tokens a month; the estimate&#x27;s P50 "
        "is 2.9 billion: buy by the token."
    ) in shown
    assert "$1.388889" in shown
    assert "What it leaves out:" in shown
    assert "staff, power" in shown


def test_figures_of_owned_capacity_stay_in_the_form_when_they_are_wrong(
    program_manager, at
):
    requisition = estimated_requisition(at)

    answered = submit(
        client_for(program_manager),
        page("compare_ownership", requisition),
        {**GPUS, "utilization_percent": "101"},
    )

    assert answered.status_code == 422
    assert b"Utilization in percent" in answered.content


@pytest.mark.parametrize("name", ["build_estimate", "compare_ownership"])
def test_a_colleague_is_told_why_not_and_an_outsider_finds_nothing(
    cor, other_agency_officer, vendor_a_signer, at, name
):
    requisition = estimated_requisition(at)

    for sent in ({}, {"add_row": "1"}):
        with nothing_happens():
            told = client_for(cor).post(page(name, requisition), sent)
        assert told.status_code == 403
        assert b"Only a program manager" in told.content
        for outsider in (other_agency_officer, vendor_a_signer):
            answered = client_for(outsider).post(page(name, requisition), sent)
            assert answered.status_code == 404
