"""An order starts from a workload estimate, and keeps which one, to the hash."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse

from contracting.contracts.models import Contract, ContractLine, RateRow
from contracting.core import clock
from contracting.core.canonical import content_sha256
from contracting.core.errors import Stale
from contracting.core.quantities import Dollars, Tokens
from contracting.orders import calculations
from contracting.orders.models import TaskOrder
from contracting.orders.queries.estimates import (
    _in_force,
    coverage_of,
    estimate_behind,
    estimated,
)
from contracting.orders.refusals import NoEstimate
from contracting.requisitions.models import Requisition
from contracting.requisitions.operations.draft import draft_requisition
from contracting.requisitions.operations.estimate import estimate_workload
from tests.builders import row
from tests.builders_orders import (
    ORDERED_AT,
    awarded_contract,
    drafted_order,
    issued_order,
    line,
    line_of_accounting,
)
from tests.cast import actor, client_for, nothing_happens, submit

pytestmark = pytest.mark.django_db

YEAR = {"first": date(2026, 4, 1), "last": date(2027, 3, 31)}
BOUNDARY = "FEDRAMP_MOD"


def need(rows=None, title="Tokens for the second pilot"):
    """A need of two million uncached and half a million output tokens at P50."""
    drafted = draft_requisition(
        title=title,
        need="Answers about claims.",
        planned_dollars=Dollars("50.00"),
        by=actor("program_manager"),
        at=ORDERED_AT - timedelta(days=1),
    )
    return estimate_workload(
        requisition_id=drafted.pk,
        rows=rows or [row("IN_UNCACHED", 2_000_000), row("OUT_TEXT", 500_000)],
        by=actor("program_manager"),
        at=ORDERED_AT - timedelta(hours=1),
        seen_version=drafted.version,
    )


@pytest.fixture
def contract():
    return awarded_contract()


def test_a_price_begins_on_its_day_in_the_zone_of_the_contract():
    # Given a contract in Guam, and prices from 1 April and from 1 May there
    contract = Contract(time_zone="Pacific/Guam")
    april, may = (
        RateRow(
            line=ContractLine(contract=contract),
            in_force=DateTimeTZRange(start, None, "[)"),
        )
        for start in (
            datetime(2026, 3, 31, 14, 0, tzinfo=UTC),
            datetime(2026, 4, 30, 14, 0, tzinfo=UTC),
        )
    )

    # Then the later one is the price of May and of no day before
    assert _in_force([april, may], date(2026, 4, 1)) is april
    assert _in_force([april, may], date(2026, 5, 1)) is may


def test_an_estimate_is_priced_at_the_contracts_prices(contract):
    # Given 2 MTOK at $2 and 0.5 MTOK at $8 at P50, twice that at P90
    found = estimated(need(), contract, boundary=BOUNDARY, **YEAR)

    # Then it comes to $8 and $16 on line 0001, exactly
    assert found is not None
    (only,) = found.lines
    assert (only.clin, only.p50, only.p90) == (
        "0001",
        Tokens(2_500_000),
        Tokens(5_000_000),
    )
    assert (only.p50_dollars, only.p90_dollars) == (Dollars("8.00"), Dollars("16.00"))
    assert found.unpriced == []

    # And with ceilings of P90 and funds of P50 the funds end first
    assert only.drafted is not None
    assert (only.drafted.binding, only.drafted.tokens) == ("funds", Tokens(2_500_000))


def test_what_the_contract_does_not_price_is_said_and_never_priced_at_nothing(contract):
    found = estimated(
        need(
            [
                row("IN_UNCACHED", 1_000_000),
                row("IN_UNCACHED", 3_000_000, model="gpt-4o-mini-2024-07-18"),
            ]
        ),
        contract,
        boundary=BOUNDARY,
        **YEAR,
    )

    assert found is not None
    assert found.p50 == Tokens(1_000_000)
    (words,) = found.unpriced
    assert "gpt-4o-mini-2024-07-18: 6,000,000 tokens at P90" in words


def test_months_outside_the_period_do_not_count(contract):
    months = [
        row("OUT_TEXT", 1_000_000, month=date(2026, month, 1)) for month in (4, 5, 6)
    ]
    found = estimated(
        need(months),
        contract,
        boundary=BOUNDARY,
        first=date(2026, 5, 31),
        last=date(2026, 6, 1),
    )

    assert found is not None
    assert found.p50 == Tokens(2_000_000)


def test_in_another_boundary_nothing_has_a_price(contract):
    found = estimated(need(), contract, boundary="IL5", **YEAR)

    assert found is not None
    assert found.lines == []
    assert len(found.unpriced) == 2


def test_the_order_keeps_the_version_and_the_hash_of_its_estimate(contract):
    # Given an order that starts from an estimate
    requisition = need()
    order = drafted_order(
        on=contract,
        requisition_id=requisition.pk,
        estimate_version=requisition.version,
    )

    # Then it names it in what is reviewed and signed
    assert order.estimate_sha256 == requisition.content_sha256
    content = calculations.content(order)
    assert content["estimate"] == {
        "requisition": requisition.number,
        "version": requisition.version,
        "sha256": requisition.content_sha256,
    }
    assert order.content_sha256 == content_sha256(content)

    # And when the need changes, the order still shows what it started from
    estimate_workload(
        requisition_id=requisition.pk,
        rows=[row("OUT_TEXT", 9_000_000)],
        by=actor("program_manager"),
        at=ORDERED_AT,
        seen_version=requisition.version,
    )
    behind = estimate_behind(TaskOrder.objects.get(pk=order.pk))
    assert behind is not None
    assert behind.p50_dollars == Dollars("8.00")


def test_the_limit_that_binds_first_is_that_of_the_estimates_own_mix(contract):
    # Given a signed order of 20 million tokens and $60, funded for $40
    requisition = need()
    order = issued_order(on=contract, requisition_id=requisition.pk)

    # Then at $3.20 a million the funds end first, after 12.5 million tokens
    behind = estimate_behind(order)
    assert behind is not None
    (covered,) = coverage_of(order, behind, ORDERED_AT)
    assert covered.covers_p90
    assert covered.reach is not None
    assert (covered.reach.binding, covered.reach.tokens) == (
        "funds",
        Tokens(12_500_000),
    )


def test_ceilings_below_p90_are_said(contract):
    order = drafted_order(
        on=contract,
        lines=[line(tokens=Tokens(4_999_999))],
        requisition_id=need().pk,
    )
    behind = estimate_behind(order)
    assert behind is not None

    assert not coverage_of(order, behind, ORDERED_AT)[0].covers_p90


def test_an_estimate_that_moved_on_is_not_taken_unread(contract):
    requisition = need()

    with nothing_happens(), pytest.raises(Stale):
        drafted_order(
            on=contract,
            requisition_id=requisition.pk,
            estimate_version=requisition.version - 1,
        )


def test_a_need_without_an_estimate_starts_no_order(contract):
    bare = draft_requisition(
        title="A need",
        need="Words.",
        planned_dollars=Dollars("1.00"),
        by=actor("program_manager"),
        at=ORDERED_AT,
    )

    with nothing_happens(), pytest.raises(NoEstimate):
        drafted_order(on=contract, requisition_id=bare.pk)


def test_another_agencys_need_starts_no_order(contract):
    other = need()
    stranger = actor("other_agency_officer")
    Requisition.objects.filter(pk=other.pk).update(agency_id=stranger.organization_id)

    with nothing_happens(), pytest.raises(NoEstimate):
        drafted_order(on=contract, requisition_id=other.pk)


def test_a_program_fills_in_an_order_from_its_estimate(contract, monkeypatch):
    # Given a need with an estimate, and the page on which an order is drafted
    monkeypatch.setattr(clock, "now", lambda: ORDERED_AT)
    requisition = need()
    url = reverse("orders:draft_task_order", args=[contract.public_id])
    browser = client_for(actor("program_manager"))
    assert requisition.number in browser.get(url).content.decode()

    # When it is chosen, the page has its lines and what they come to
    page = browser.get(f"{url}?requisition={requisition.public_id}").content.decode()
    assert "$8.00" in page
    assert "$16.00" in page
    assert 'value="5000000"' in page

    # And saving it keeps the link
    answer = submit(
        browser,
        url,
        {
            "title": "Second pilot",
            "description": "Answers about claims.",
            "period_start": "2026-04-13",
            "period_end": "2026-09-30",
            "boundary": BOUNDARY,
            "risk": "LOW",
            "place": "Agency AI gateway",
            "requisition": requisition.public_id,
            "estimate_version": requisition.version,
            "rows-TOTAL_FORMS": "1",
            "rows-INITIAL_FORMS": "0",
            "rows-0-clin": "0001",
            "rows-0-acrn": "AA",
            "rows-0-line_of_accounting": line_of_accounting().pk,
            "rows-0-ceiling_tokens": "5000000",
            "rows-0-ceiling_dollars": "16.00",
            "rows-0-dollars": "8.00",
        },
    )
    assert answer.status_code == 303, answer.content.decode()
    order = TaskOrder.objects.get()
    assert order.requisition == requisition
    assert order.current_lines()[0].ceiling_dollars == Decimal("16.00")
    shown = browser.get(order.path).content.decode()
    assert "Workload estimate" in shown
    assert requisition.content_sha256[:12] in shown


def test_an_estimate_of_somebody_else_does_not_exist(contract, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: ORDERED_AT)
    other = need()
    stranger = actor("other_agency_officer")
    Requisition.objects.filter(pk=other.pk).update(agency_id=stranger.organization_id)
    url = reverse("orders:draft_task_order", args=[contract.public_id])

    answer = client_for(actor("program_manager")).get(
        f"{url}?requisition={other.public_id}"
    )

    assert answer.status_code == 404
