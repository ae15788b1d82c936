"""Who sees which report and invoice, and what the rows say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contracting.billing import queries
from contracting.core.actors import ANONYMOUS
from contracting.core.errors import NotVisible
from contracting.core.periods import Period
from tests.builders_billing import CALLS, HOUR, invoiced, reported
from tests.cast import actor, machine

INSIDERS = ("cor", "contracting_officer", "auditor", "vendor_a_member")
OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")


@pytest.mark.parametrize("part", INSIDERS)
def test_agency_and_vendor_see_reports_and_invoices(order, part):
    report, invoice = reported(order), invoiced(order)
    by = actor(part)

    assert queries.get_report_for(by, report.public_id) == report
    assert queries.get_invoice_for(by, invoice.public_id) == invoice


@pytest.mark.parametrize("part", OUTSIDERS)
def test_outsiders_see_neither(order, part):
    report, invoice = reported(order), invoiced(order)
    by = actor(part)

    assert not queries.reports_visible_to(by).exists()
    assert not queries.invoices_visible_to(by).exists()
    with pytest.raises(NotVisible):
        queries.get_report_for(by, report.public_id)
    with pytest.raises(NotVisible):
        queries.get_invoice_for(by, invoice.public_id)


def test_the_public_sees_nothing(order):
    reported(order)
    invoiced(order)

    assert not queries.reports_visible_to(ANONYMOUS).exists()
    assert not queries.invoices_visible_to(ANONYMOUS).exists()


def test_a_machine_sees_what_its_organization_sees(order):
    invoice = invoiced(order)

    seen = queries.invoices_visible_to(machine("vendor_a_machine"))
    assert list(seen) == [invoice]
    assert not queries.invoices_visible_to(machine("other_vendor_machine")).exists()


def test_a_report_is_due_whole_days_after_the_local_day(order):
    # Three days after Monday in Washington: midnight from Thursday to Friday
    due = datetime(2026, 4, 24, 4, 0, tzinfo=UTC)

    assert queries.report_due_at(order, HOUR[0]) == due
    last_of_monday = datetime(2026, 4, 21, 3, 59, 59, tzinfo=UTC)
    assert queries.report_due_at(order, last_of_monday) == due
    tuesday = datetime(2026, 4, 21, 4, 0, tzinfo=UTC)
    assert queries.report_due_at(order, tuesday) == due + timedelta(days=1)


@pytest.mark.parametrize(
    ("used_at", "due"),
    [
        # Friday, 6 March; on the 8th a day has 23 hours
        (datetime(2026, 3, 6, 17, 0, tzinfo=UTC), datetime(2026, 3, 10, 4, tzinfo=UTC)),
        # Thursday, 29 October; on 1 November a day has 25 hours
        (
            datetime(2026, 10, 29, 17, 0, tzinfo=UTC),
            datetime(2026, 11, 2, 5, tzinfo=UTC),
        ),
    ],
)
def test_a_report_is_due_at_midnight_whatever_the_clocks_did(order, used_at, due):
    assert queries.report_due_at(order, used_at) == due


def test_totals_are_by_class(order):
    totals = queries.totals_of(reported(order))

    assert {
        (row["token_class_code"], row["rows"], row["tokens"]) for row in totals
    } == {
        ("IN_CACHE_READ", 2, 130_000),
        ("IN_UNCACHED", 2, 650_001),
        ("OUT_REASONING", 1, 12_345),
        ("OUT_TEXT", 2, 70_004),
    }


def test_rows_of_several_reports_come_in_their_order(order):
    reported(order, CALLS[1:], label="R-1")
    reported(order, CALLS[:1], label="R-2")

    rows = queries.report_rows(order, *HOUR)

    assert [row.request_id for row in rows] == ["r-2"] * 2 + ["r-3"] * 2 + ["r-1"] * 3


def test_a_report_touches_a_period_with_which_it_shares_an_instant(order):
    report = reported(order)
    after = Period(HOUR[1], HOUR[1] + timedelta(hours=1))
    into = Period(HOUR[1] - timedelta(microseconds=1), HOUR[1] + timedelta(hours=1))

    assert not queries.reports_touching(order, after).exists()
    assert list(queries.reports_touching(order, into)) == [report]


def test_prices_are_those_of_the_order(order):
    prices = queries.prices_of(order)

    (price,) = prices["0001", "gpt-4o-2024-08-06", "OUT_TEXT", "STANDARD"]
    assert str(price.price) == "$8.000000 per MTOK"
    assert price.overlaps(*HOUR)
