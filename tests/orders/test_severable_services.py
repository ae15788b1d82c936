"""Annual funds buy a service that begins in their year and lasts twelve months."""

from datetime import date
from typing import Any

import pytest

from contracting.contracts.models import Contract
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.queries.guards import require_funds_of_the_year
from contracting.core.quantities import Dollars
from contracting.ledger.calculations import a_year_after
from contracting.ledger.models import LineOfAccounting
from contracting.ledger.refusals import SeverableServiceTooLong
from contracting.ledger.states import FundsType
from contracting.orders.operations.certify import certify_task_order_funds
from contracting.orders.operations.certify_modification import (
    certify_modification_funds,
)
from contracting.orders.operations.issue import issue_task_order
from contracting.orders.operations.issue_modification import issue_modification
from contracting.orders.operations.sign import sign_modification
from contracting.orders.states import EffectDraft, FundsDraft
from tests.builders_orders import (
    AWARDED_AT,
    FUNDED,
    ISSUED_AT,
    MODIFIED_AT,
    ORDERED_AT,
    approved_order,
    certified,
    drafted_contract,
    drafted_modification,
    line,
    line_of_accounting,
)
from tests.cast import actor, nothing_happens

BEGINS = date(2026, 4, 13)
NEXT_YEAR: dict[str, Any] = {
    "label": "Claims, next year",
    "treasury_account_symbol": "020-2027/2027-0101-000",
    "funds_available_from": date(2026, 10, 1),
    "funds_available_to": date(2027, 9, 30),
    "fund_year": 2027,
}
TWO_YEARS: dict[str, Any] = {
    "label": "Claims, two years",
    "treasury_account_symbol": "020-2026/2027-0101-000",
    "funds_available_to": date(2027, 9, 30),
}


def ordered(contract, begins, ends, funds=None):
    """An approved order of these days, on funds of fiscal year 2026 unless told."""
    account = funds or line_of_accounting()
    return approved_order(
        on=contract,
        lines=[line(funds=[FundsDraft("AA", account.pk, FUNDED)])],
        period_start=begins,
        period_end=ends,
    )


def certify(order):
    return certify_task_order_funds(
        order_id=order.pk,
        by=actor("funds_certifier"),
        at=ORDERED_AT,
        seen_version=order.version,
    )


def issue(order):
    return issue_task_order(
        order_id=order.pk,
        by=actor("contracting_officer"),
        at=ISSUED_AT,
        seen_version=order.version,
    )


def extended(order, ends, effects=(), **terms):
    """A supplemental agreement that moves the last day of performance."""
    return drafted_modification(
        on=order,
        authority="C",
        citation="FAR 43.103(a)",
        description="The pilot continues.",
        terms={"period_end": ends},
        effects=effects,
        **terms,
    )


def sign_both(modification):
    sign_modification(
        modification_id=modification.pk,
        by=actor("vendor_a_signer"),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )
    return issue_modification(
        modification_id=modification.pk,
        by=actor("contracting_officer"),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )


@pytest.mark.rule("R-FND-04", case="allowed")
def test_a_service_of_twelve_months_may_cross_the_fiscal_year(contract):
    # Given an order of a whole year on funds of 2026, into fiscal year 2027
    order = ordered(contract, BEGINS, date(2027, 4, 12))

    # When its funds are certified and it is signed, then it is in force
    certify(order)
    assert issue(order).is_issued

    # And a longer one of another year is bought by funds that are not annual
    two = line_of_accounting(**TWO_YEARS)
    assert two.type_of_funds == FundsType.MULTI_YEAR
    certify(ordered(contract, date(2026, 10, 1), date(2027, 12, 31), funds=two))


@pytest.mark.rule("R-FND-04", case="refused")
@pytest.mark.parametrize(
    ("begins", "ends", "words"),
    [
        (BEGINS, date(2027, 4, 13), "twelve months at most"),
        (date(2026, 10, 1), date(2026, 12, 31), "in fiscal year 2027"),
    ],
)
def test_annual_funds_buy_no_longer_and_no_later_service(contract, begins, ends, words):
    order = ordered(contract, begins, ends)

    with nothing_happens(), pytest.raises(SeverableServiceTooLong) as refusal:
        certify(order)

    assert refusal.value.rule == "R-FND-04"
    assert words in str(refusal.value)
    assert refusal.value.data["line_of_accounting"] == "Claims modernization"


@pytest.mark.rule("R-FND-04", case="refused")
def test_the_signature_looks_at_the_days_again(contract):
    # Given a certified order whose funds turn out to end a year earlier
    order = certified(ordered(contract, BEGINS, date(2026, 9, 30)))
    LineOfAccounting.objects.update(
        funds_available_from=date(2024, 10, 1), funds_available_to=date(2025, 9, 30)
    )

    with nothing_happens(), pytest.raises(SeverableServiceTooLong):
        issue(order)


@pytest.mark.rule("R-FND-04", case="allowed")
def test_an_extension_within_twelve_months_stays_with_its_funds(order):
    modification = extended(order, date(2027, 3, 31))

    assert sign_both(modification).order.period_end == date(2027, 3, 31)


@pytest.mark.rule("R-FND-04", case="refused")
def test_an_extension_beyond_twelve_months_is_no_matter_of_annual_funds(order):
    # Given one more day than a year, though only funds of two years are added to it
    two = line_of_accounting(**TWO_YEARS)
    added = EffectDraft(
        "0001",
        "AB",
        add_dollars=Dollars(10),
        add_ceiling_dollars=Dollars(10),
        line_of_accounting_id=two.pk,
    )
    modification = extended(order, date(2027, 4, 13), effects=[added])

    with nothing_happens(), pytest.raises(SeverableServiceTooLong) as refusal:
        certify_modification_funds(
            modification_id=modification.pk,
            by=actor("funds_certifier"),
            at=MODIFIED_AT,
            seen_version=modification.version,
        )

    assert "Claims modernization" in str(refusal.value)


@pytest.mark.rule("R-FND-04", case="allowed")
def test_next_years_funds_pay_from_the_first_day_of_their_year(order):
    # Given money of 2027 for an order that began in 2026, from October on
    coming = line_of_accounting(**NEXT_YEAR)
    added = EffectDraft(
        "0001",
        "AB",
        add_dollars=Dollars(10),
        add_ceiling_dollars=Dollars(10),
        line_of_accounting_id=coming.pk,
    )
    modification = extended(
        order, date(2027, 3, 31), effects=[added], effective_on=date(2026, 10, 1)
    )

    # Then it can be certified; it is signed once it may be obligated
    certify_modification_funds(
        modification_id=modification.pk,
        by=actor("funds_certifier"),
        at=MODIFIED_AT,
        seen_version=modification.version,
    )


@pytest.mark.rule("R-FND-04", case="refused")
def test_the_minimum_is_borne_by_funds_of_the_year_of_the_first_order(db):
    # Given a draft award whose ordering period begins in fiscal year 2027
    drafted = drafted_contract()
    require_funds_of_the_year(drafted)
    Contract.objects.filter(pk=drafted.pk).update(ordering_start=date(2026, 10, 1))

    with nothing_happens(), pytest.raises(SeverableServiceTooLong) as refusal:
        certify_contract_funds(
            contract_id=drafted.pk,
            by=actor("funds_certifier"),
            at=AWARDED_AT,
            seen_version=drafted.version,
        )

    assert refusal.value.rule == "R-FND-04"


def test_a_year_after_a_leap_day_ends_on_the_first_of_march():
    assert a_year_after(date(2028, 2, 29)) == date(2029, 3, 1)
    assert a_year_after(date(2026, 4, 13)) == date(2027, 4, 13)
