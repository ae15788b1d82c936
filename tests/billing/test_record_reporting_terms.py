"""Usage is forfeited only where a clause says so, and only when it is too late."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from contracting.billing.models import ReportingTerms
from contracting.billing.operations.record_reporting_terms import (
    record_reporting_terms,
)
from contracting.billing.refusals import ReportingTermsIncomplete, UsageForfeited
from contracting.core.errors import NotAllowed
from tests.builders_billing import INVOICED_AT, invoiced, reported
from tests.builders_modifications import issued_contract_modification
from tests.cast import actor, client_for, nothing_happens, submit

DAY = timedelta(days=1)


def recorded(order, *, days=5, clause="clause TOK-9", by="contracting_officer", **more):
    return record_reporting_terms(
        contract_id=order.contract_id,
        forfeits_after_days=days,
        clause=clause,
        by=actor(by),
        **{"at": INVOICED_AT, "valid_from": date(2026, 4, 1), **more},
    )


def test_usage_that_is_not_reported_in_time_is_forfeited_by_the_clause(order):
    # Given a clause that forfeits after five days, and an invoice on the seventh
    recorded(order)

    with nothing_happens(), pytest.raises(UsageForfeited) as refusal:
        invoiced(order)

    assert "clause TOK-9" in refusal.value.message
    assert "2026-04-25" in refusal.value.message


@pytest.mark.parametrize(
    ("days", "since", "report_after"),
    [
        (5, date(2026, 4, 1), 5),
        (None, date(2026, 4, 1), None),
        (5, date(2026, 4, 21), None),
        (90, date(2026, 4, 1), None),
    ],
    ids=["in time", "no forfeiture", "terms of later", "not that late yet"],
)
def test_nothing_else_is_forfeited(order, days, since, report_after):
    recorded(order, days=days, valid_from=since)
    if report_after is not None:
        reported(order, at=INVOICED_AT - timedelta(days=7 - report_after))

    assert invoiced(order).lines.count() == 4


@pytest.mark.parametrize("changed", [{"clause": " "}, {"days": 0}])
def test_terms_name_their_clause_and_their_days(order, changed):
    with nothing_happens(), pytest.raises(ReportingTermsIncomplete):
        recorded(order, **changed)


def test_terms_of_a_day_are_recorded_once(order):
    recorded(order)

    with nothing_happens(), pytest.raises(ReportingTermsIncomplete):
        recorded(order, days=90)


@pytest.mark.parametrize("outsider", ["cor", "other_agency_officer", "vendor_a_signer"])
def test_nobody_else_records_terms(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        recorded(order, by=outsider)


def test_the_officer_records_them_on_the_page(order, told_the_time):
    page = reverse("billing:record_reporting_terms", args=[order.public_id])

    answer = submit(
        client_for(actor("contracting_officer")),
        page,
        {
            "valid_from": "2026-05-01",
            "clause": "clause TOK-9",
            "forfeits_after_days": "90",
        },
    )

    assert answer.status_code == 303
    assert ReportingTerms.objects.get().forfeits_after_days == 90


def test_months_that_are_over_change_only_by_a_modification(order):
    # Given a modification of April, and June
    modification = issued_contract_modification(on=order.contract)
    first = modification.effective_on
    june = INVOICED_AT + timedelta(days=45)

    # Then what held in April changes by it alone, and not from a day before it
    for day, number in ((first, ""), (first, "P00009"), (first - DAY, "P00001")):
        with nothing_happens(), pytest.raises(ReportingTermsIncomplete) as refusal:
            recorded(order, valid_from=day, modification=number, at=june)
        assert refusal.value.data["pointer"] == "/valid_from"
    terms = recorded(order, valid_from=first, modification="p00001", at=june)
    assert terms.modification == modification

    # And the present month needs none
    recorded(order, valid_from=date(2026, 6, 1), at=june)
