"""Another quantity is in force from a day on; charges follow it."""

from datetime import date
from typing import Any

import pytest

from contracting.charges.models import QuantityChange
from contracting.charges.operations.change import change_quantity
from contracting.charges.refusals import DayOutside, QuantityInvalid, WordsMissing
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from tests.builders_charges import charged, in_force, line_of, noon, unit_order
from tests.cast import actor, nothing_happens
from tests.charges.test_charge import amounts, broken

APRIL = date(2026, 4, 13)


def test_of_one_day_the_last_word_counts_and_every_word_is_kept(contract):
    # Given ten seats, then twelve from the same day
    order = unit_order(on=contract)
    in_force(order, 10, APRIL)
    in_force(order, 12, APRIL, by="contracting_officer")

    # When April is over
    charged(order, date(2026, 5, 1))

    # Then it owes twelve, and both rows stand
    assert amounts(order) == [Dollars("223.20")]
    assert QuantityChange.objects.count() == 2
    assert broken() == []


def test_seats_that_end_owe_nothing_more(contract):
    order = unit_order(on=contract)
    in_force(order, 10, APRIL)
    in_force(order, 0, date(2026, 5, 1))
    charged(order, date(2026, 7, 1))
    assert amounts(order) == [Dollars("186.00")]


def test_a_change_that_cannot_be_is_refused(contract):
    order = unit_order(on=contract)
    said: dict[str, Any] = {
        "order_line_id": line_of(order).pk,
        "effective_on": APRIL,
        "quantity": 10,
        "reason": "As asked.",
        "by": actor("contracting_officer"),
        "at": noon(APRIL),
    }
    for change, refusal in (
        ({"effective_on": date(2026, 4, 12)}, DayOutside),
        ({"effective_on": date(2026, 10, 1)}, DayOutside),
        ({"quantity": -1}, QuantityInvalid),
        ({"quantity": 10**9}, QuantityInvalid),
        ({"reason": " "}, WordsMissing),
        ({"by": actor("program_manager")}, NotAllowed),
        ({"by": actor("other_agency_officer")}, NotAllowed),
    ):
        with pytest.raises(refusal), nothing_happens():
            change_quantity(**(said | change))
    assert change_quantity(**said).quantity == 10
