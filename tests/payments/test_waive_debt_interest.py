"""Interest that costs more to collect than it is worth is waived, with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from contracting.closeout.queries import blockers_of_order
from contracting.core.errors import NotAllowed, Stale
from contracting.core.quantities import Dollars
from contracting.payments.operations.waive_debt_interest import waive_debt_interest
from contracting.payments.refusals import NoInterestOwed, ReasonMissing
from tests.cast import actor, nothing_happens
from tests.payments.test_record_debt_interest import (
    LATE_AT,
    both_rates,
    left_of,
    owes,
    paid_back,
)

__all__ = ["owes"]


def test_what_costs_more_than_it_is_worth_is_waived_by_the_officer(order, owes):
    both_rates()
    waive: dict[str, Any] = {"by": actor("contracting_officer"), "at": LATE_AT}
    with nothing_happens(), pytest.raises(NoInterestOwed, match="runs on"):
        waive_debt_interest(credit_id=owes.pk, reason="Small.", **waive)
    paid_back(owes)
    with nothing_happens(), pytest.raises(ReasonMissing):
        waive_debt_interest(credit_id=owes.pk, reason=" ", **waive)
    with nothing_happens(), pytest.raises(Stale):
        waive_debt_interest(
            credit_id=owes.pk, reason="Small.", seen=Dollars("5.00"), **waive
        )

    waive_debt_interest(credit_id=owes.pk, reason="Below the cost.", **waive)

    assert left_of(owes) == Dollars()
    assert not any("of interest" in each.what for each in blockers_of_order(order))


def test_finance_waives_nothing(owes):
    both_rates()
    paid_back(owes)
    with nothing_happens(), pytest.raises(NotAllowed):
        waive_debt_interest(
            credit_id=owes.pk,
            reason="Small.",
            by=actor("payment_certifier"),
            at=LATE_AT,
        )
