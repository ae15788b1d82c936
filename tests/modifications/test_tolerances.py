"""Tolerances are signed: at the award, and later by a modification from a day on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from contracting.contracts.calculations import content
from contracting.contracts.invariants import INVARIANTS
from contracting.contracts.models import ToleranceTerms
from contracting.contracts.paperwork import contract_sheet
from contracting.modifications import calculations
from contracting.modifications.refusals import TermInvalid
from contracting.solicitations.models.tolerances import EXACT
from tests.builders_modifications import (
    drafted_contract_modification,
    issued_contract_modification,
)
from tests.builders_orders import MODIFIED_AT
from tests.cast import actor, nothing_happens

STATED = {
    "tolerance_percent": Decimal("0.5"),
    "tolerance_dollars": Decimal("25"),
    "tolerance_month_dollars": Decimal("250"),
    "tolerance_cap_percent": Decimal("0.25"),
}


def test_an_award_without_tolerances_states_that_nothing_is_tolerated(contract):
    row = contract.tolerance_terms.get()

    assert (row.source, row.from_day) == ("award", contract.ordering_start)
    assert (row.tolerance_tokens, row.tolerance_dollars) == (0, 0)
    assert row.tolerance_percent is row.tolerance_cap_percent is None
    assert "tolerance_percent" not in content(contract)
    assert contract.tolerances_said == f"Per line and day: 0 TOK, $0.00. {EXACT}"


def test_both_sign_a_tolerance_and_it_holds_from_its_day_on(contract):
    awarded = content(contract)

    # When both sides sign tolerances
    signed = issued_contract_modification(on=contract, terms=STATED)

    # Then the contract says them, and what was signed before is as it was
    contract.refresh_from_db()
    first, second = contract.tolerance_terms.order_by("pk")
    assert (first.source, first.tolerance_percent) == ("award", None)
    assert (second.source, second.from_day) == (signed.number, signed.effective_on)
    assert (second.tolerance_percent, second.tolerance_dollars) == (
        Decimal("0.5000"),
        Decimal("25.00"),
    )
    assert content(contract) == {**awarded, **signed.terms}
    assert all(not list(each.check()) for each in INVARIANTS)
    # And both texts are compared in words
    changes = {each.term: (each.old, each.new) for each in _changes(signed)}
    assert changes["Tolerance per line and day, percent of the tokens"] == (
        "",
        "0.5 percent",
    )
    assert changes["Tolerance per line and day in dollars"] == ("$0.00", "$25.00")
    figures = {each.label: each.change for each in calculations.figures(signed)}
    assert figures["All that is tolerated, percent of the order's value"]
    # And the paper prints them
    rows = contract_sheet(contract, signer=actor("contracting_officer"))["tolerances"]
    assert [row["measure"] for row in rows] == [
        "per line and day",
        "per line and month",
        "all that is tolerated, of the value of an order",
    ]
    assert rows[0]["percent"] == Decimal("0.5000")


def _changes(signed):
    return calculations.changes_of(signed)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tolerance_percent": Decimal("100.0001")},
        {"tolerance_percent": Decimal("0.00001")},
        {"tolerance_cap_percent": Decimal(-1)},
        {"tolerance_month_dollars": Decimal("0.001")},
        {"write_off_cap_dollars": Decimal(-1)},
    ],
)
def test_a_tolerance_that_cannot_be_is_refused(contract, wrong):
    with nothing_happens(), pytest.raises(TermInvalid):
        drafted_contract_modification(on=contract, terms=wrong, at=MODIFIED_AT)

    assert ToleranceTerms.objects.count() == 1
