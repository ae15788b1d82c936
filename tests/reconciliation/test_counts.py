"""Whether meter, report and invoice agree: by step, by day, by key, by call."""

from __future__ import annotations

import re
from decimal import Decimal
from html import unescape

import pytest
from django.urls import reverse

from contracting.core.periods import Period
from contracting.core.quantities import Dollars, total_dollars
from contracting.reconciliation.matching.waterfall import Waterfall
from contracting.reconciliation.queries.counts import calls_of
from tests.builders_billing import CALLS, COUNTS, compared, invoiced, lines_of, reported
from tests.cast import actor, client_for

OUTSIDERS = ("other_agency_officer", "other_vendor_signer", "vendor_b_signer")
INSIDERS = ("cor", "contracting_officer", "auditor", "vendor_a_member")


@pytest.fixture
def differing(order):
    """An invoice of a call that the report lists twice, compared."""
    reported(order, [*CALLS, CALLS[1]])
    counts = {**COUNTS, "IN_UNCACHED": 900_001, "OUT_TEXT": 90_005}
    invoice = invoiced(order, lines_of(counts))
    compared(order, invoice)
    return invoice


@pytest.fixture
def run(differing):
    return differing.reconciliations.get()


def page_of(order):
    return reverse("reconciliation:order_reconciliation", args=[order.public_id])


def text_of(page):
    return " ".join(page.content.decode().split())


def links_to(page, part):
    found = re.findall(r'href="([^"]+)"', page.content.decode())
    return [unescape(url) for url in found if part in url]


def test_the_steps_of_an_invoice_lead_to_our_meter_and_leave_nothing(run, differing):
    made = Waterfall.read(run.waterfall)

    assert made.start == Dollars(differing.total_dollars)
    assert made.end == Dollars(run.a_dollars)
    assert made.start - total_dollars(s.amount for s in made.steps) == made.end
    assert [step.code for step in made.steps] == ["DUPLICATE", "CENTS", "UNEXPLAINED"]
    assert made.unexplained == Dollars()


def test_the_whole_order_leads_from_the_report_to_the_meter(order, differing):
    run = compared(order)

    made = Waterfall.read(run.waterfall)

    finding = order.findings.get()
    assert made.start - made.end == Dollars(finding.amount_dollars)
    assert made.unexplained == Dollars()


@pytest.mark.parametrize("part", INSIDERS)
def test_a_comparison_shows_its_steps_and_opens_their_rows(run, told_the_time, part):
    page = client_for(actor(part)).get(run.path)

    assert "Unexplained: $0.00 (0.000 %)." in text_of(page)
    assert any("code=DUPLICATE" in url for url in links_to(page, "/findings/"))
    file = client_for(actor(part)).get(f"{run.path}/waterfall.csv")
    assert file.status_code == 200
    rows = file.content.decode().splitlines()
    assert rows[0] == "Step,How many,Amount,Leaves"
    assert Decimal(rows[-1].split(",")[-1]) == run.a_dollars


def test_a_count_of_an_invoice_opens_its_calls_in_two_clicks(
    differing, run, told_the_time
):
    client = client_for(actor("cor"))
    clicked = links_to(client.get(differing.path), f"{run.path}/counts?")

    page = client.get(next(url for url in clicked if "IN_UNCACHED" in url))

    text = text_of(page)
    assert "650,001 tokens metered and 900,001 reported in 2 calls" in text
    assert "1 call differs." in text
    assert text.index("dd-row--differs") < text.index("</tbody>")


def test_the_calls_of_a_count_sum_to_it(order, run):
    for cell in run.cells.all():
        key = (cell.order_line_id, cell.model_id, cell.tier, cell.token_class_code)
        calls = calls_of(order, key, Period(cell.period_start, cell.period_end))

        assert sum(call.metered or 0 for call in calls) == cell.a_tokens
        assert sum(call.reported or 0 for call in calls) == cell.b_tokens
        assert calls == sorted(calls, key=lambda each: -abs(each.gap))


@pytest.mark.parametrize("part", INSIDERS)
def test_an_order_says_by_day_whether_all_agree(order, differing, told_the_time, part):
    compared(order)

    page = client_for(actor(part)).get(page_of(order))

    text = text_of(page)
    assert "0 of 1 day agree to the token. 1 discrepancy waits for an answer." in text
    assert "DUPLICATE" in text
    assert differing.number in text


def test_a_day_that_is_not_reported_is_a_gap_and_no_zero(order, told_the_time):
    compared(order)

    text = text_of(client_for(actor("cor")).get(page_of(order)))

    assert "0 of 1 day agree to the token; 1 is not reported yet." in text
    assert "<strong>not reported</strong>" in text


def test_an_order_that_was_not_compared_says_when_it_is(order, told_the_time):
    text = text_of(client_for(actor("cor")).get(page_of(order)))

    assert "This order is not compared yet." in text
    assert "Nothing to compare yet" in text


@pytest.mark.parametrize("part", OUTSIDERS)
def test_an_outsider_finds_none_of_it(order, differing, run, told_the_time, part):
    inside = client_for(actor("cor")).get(differing.path)
    client = client_for(actor(part))

    for url in (
        page_of(order),
        f"{run.path}/waterfall.csv",
        *links_to(inside, f"{run.path}/counts?")[:1],
    ):
        assert client.get(url).status_code == 404


@pytest.mark.parametrize(
    "asked",
    ["", "?line=0001", "?line=0001&start=now&end=then", "?line=9&model=x&tier=y"],
)
def test_a_count_that_is_not_there_is_not_found(run, told_the_time, asked):
    page = client_for(actor("cor")).get(f"{run.path}/counts{asked}")

    assert page.status_code == 404
