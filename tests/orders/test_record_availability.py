"""An order is signed before its funds are there, and locked until they are."""

from datetime import UTC, date, datetime, timedelta

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars, Tokens, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger.operations.draw import draw_usage
from contracting.ledger.queries import balances_of
from contracting.ledger.refusals import PeriodOfAvailabilityEnded
from contracting.ledger.states import Consumption
from contracting.notices.models import Notice
from contracting.orders.invariants import INVARIANTS
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.record_availability import record_availability
from contracting.orders.queries import totals_of
from contracting.orders.refusals import (
    FundsNotAvailable,
    FundsNotCertified,
    NotRatified,
    NotWaitingForFunds,
    TermInvalid,
)
from contracting.orders.states import EffectDraft, FundsDraft
from tests.builders_orders import (
    FUNDED,
    ISSUED_AT,
    approved_order,
    drafted_modification,
    line,
    line_of_accounting,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.ratified import ratified

IN_OCTOBER = datetime(2026, 10, 5, 15, 0, tzinfo=UTC)
BATCH = Subject("metering.batch", 1, "contract:1")
NOTICE = "Funds of fiscal year 2027 are apportioned from 1 October on."


@pytest.fixture
def locked(contract):
    """An order for fiscal year 2027, signed in April under clause 52.232-18."""
    coming = line_of_accounting(
        "Claims, next year",
        treasury_account_symbol="020-2027/2027-0101-000",
        funds_available_from=date(2026, 10, 1),
        funds_available_to=date(2027, 9, 30),
        fund_year=2027,
    )
    order = approved_order(
        on=contract,
        lines=[line(funds=[FundsDraft("AA", coming.pk, FUNDED)])],
        period_start=date(2026, 10, 1),
        period_end=date(2027, 3, 31),
        funds_clause="52.232-18",
    )
    return issue_task_order(
        order_id=order.pk,
        by=actor("contracting_officer"),
        at=ISSUED_AT,
        seen_version=order.version,
    )


def use(order, tokens):
    """Usage at ten dollars a million tokens; what of it is funded."""
    holder = order.current_lines()[0].holder
    drawn = draw_usage(
        by_holder={holder: [Consumption("output", UnitPrice("10"), Tokens(tokens))]},
        because=BATCH,
        by=actor("contracting_officer"),
        at=IN_OCTOBER,
    )
    return [(each.funded_dollars, each.unfunded_dollars) for each in drawn[holder]]


def certified(order):
    return certify_task_order_funds(
        order_id=order.pk,
        by=actor("funds_certifier"),
        at=IN_OCTOBER,
        seen_version=order.version,
    )


def noticed(order, by="contracting_officer", at=IN_OCTOBER, text=NOTICE):
    return record_availability(
        order_id=order.pk,
        text=text,
        by=actor(by),
        at=at,
        seen_version=order.version,
    )


@pytest.mark.rule("R-FND-06", case="allowed")
def test_the_notice_funds_an_order_that_waited(locked, monkeypatch):
    # Given a signed order that binds nothing and funds no usage
    assert locked.is_locked
    assert totals_of(locked).funded_dollars == Dollars()
    (row,) = balances_of(locked.current_lines()[0].holder)
    assert (row.obligated_dollars, row.committed_dollars) == (0, 0)
    assert use(locked, 100_000) == [(Dollars(), Dollars(1))]
    assert [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)

    # And its pages and its vendor's say so
    monkeypatch.setattr("contracting.core.clock.now", lambda: IN_OCTOBER)
    for who in ("contracting_officer", "vendor_a_signer"):
        page = client_for(actor(who)).get(locked.path).content.decode()
        assert "Locked until funds are available" in page

    # When the funds are certified, what was used before them is ratified, and the
    # officer records the notice on the page
    certified(locked)
    with nothing_happens(), pytest.raises(NotRatified):
        noticed(locked)
    ratified(locked, Dollars("1.00"), at=IN_OCTOBER)
    browser = client_for(actor("contracting_officer"))
    word = {"text": NOTICE, "seen_version": locked.version}
    submit(browser, f"{locked.path}/record_availability", word)

    # Then forty dollars are obligated, and only later usage is funded
    locked.refresh_from_db()
    (row,) = balances_of(locked.current_lines()[0].holder)
    assert (row.obligated_dollars, row.unfunded_dollars) == (40, 1)
    assert use(locked, 100_000) == [(Dollars(1), Dollars())]
    assert NOTICE in browser.get(locked.path).content.decode()
    assert Notice.objects.filter(title__startswith="Funds are available").exists()
    assert [each.exceptions() for each in INVARIANTS] == [[]] * len(INVARIANTS)


@pytest.mark.rule("R-FND-06", case="refused")
def test_no_modification_changes_funds_that_are_not_there(locked):
    more = EffectDraft("0001", "AA", add_dollars=Dollars(10))

    with nothing_happens(), pytest.raises(FundsNotAvailable) as refusal:
        drafted_modification(on=locked, effects=[more])

    assert refusal.value.rule == "R-FND-06"


@pytest.mark.rule("R-FND-06", case="refused")
def test_an_order_with_funds_waits_for_no_notice(order):
    with nothing_happens(), pytest.raises(NotWaitingForFunds) as refusal:
        noticed(order)

    assert refusal.value.rule == "R-FND-06"


def test_the_notice_needs_certified_funds_in_their_period_and_a_text(locked):
    # Given an order that waits: without certification nothing is bound
    with nothing_happens(), pytest.raises(FundsNotCertified):
        noticed(locked)
    certified(locked)

    # Then neither before the funds begin, nor without words, nor by somebody else
    early = datetime(2026, 9, 30, 15, 0, tzinfo=UTC) + timedelta(hours=1)
    with nothing_happens(), pytest.raises(PeriodOfAvailabilityEnded):
        noticed(locked, at=early)
    with nothing_happens(), pytest.raises(TermInvalid):
        noticed(locked, text=" ")
    for outsider in ("funds_certifier", "program_manager", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            noticed(locked, by=outsider)


@pytest.mark.rule("R-FND-03", case="refused")
def test_without_the_clause_an_order_is_not_signed_on_next_years_funds(contract):
    coming = line_of_accounting(
        "Claims, next year",
        funds_available_from=date(2026, 10, 1),
        funds_available_to=date(2027, 9, 30),
    )
    order = approved_order(
        on=contract,
        lines=[line(funds=[FundsDraft("AA", coming.pk, FUNDED)])],
        period_start=date(2026, 10, 1),
        period_end=date(2027, 3, 31),
    )
    certified(order)

    with nothing_happens(), pytest.raises(PeriodOfAvailabilityEnded):
        issue_task_order(
            order_id=order.pk,
            by=actor("contracting_officer"),
            at=ISSUED_AT,
            seen_version=order.version,
        )
