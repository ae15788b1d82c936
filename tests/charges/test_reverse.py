"""A wrong receipt is taken back whole, and the right one recorded anew."""

import pytest

from contracting.charges.operations.reverse import reverse_receipt
from contracting.charges.queries import charged_lines
from contracting.charges.refusals import AlreadyReversed, WordsMissing
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from tests.builders_charges import SERVICE, noon, received, unit_line, unit_order
from tests.cast import actor, nothing_happens
from tests.charges.test_charge import broken
from tests.charges.test_record import DAY, used


def test_a_wrong_receipt_is_reversed_whole_and_recorded_anew(contract):
    # Given two workshops recorded where one was held
    order = unit_order(unit_line(SERVICE), on=contract)
    wrong = received(order, "2", DAY)

    # When it is taken back and the right one recorded
    with pytest.raises(WordsMissing):
        reverse_receipt(receipt_id=wrong.pk, reason=" ", by=actor("cor"), at=noon(DAY))
    reverse_receipt(
        receipt_id=wrong.pk, reason="One was held.", by=actor("cor"), at=noon(DAY)
    )
    received(order, "1", DAY)

    # Then one is owed, both receipts are listed, and nothing is taken back twice
    assert used(order) == Dollars("1250.00")
    (line,) = charged_lines(order)
    assert [each.is_reversed for each in line.receipts] == [True, False]
    assert [line.units, line.units_left] == [1, 999]
    with pytest.raises(AlreadyReversed), nothing_happens():
        reverse_receipt(
            receipt_id=wrong.pk, reason="Again.", by=actor("cor"), at=noon(DAY)
        )
    assert broken() == []


def test_only_the_representative_takes_it_back(contract):
    order = unit_order(unit_line(SERVICE), on=contract)
    receipt = received(order, "1", DAY)
    for person in ("contracting_officer", "vendor_a_signer", "other_agency_officer"):
        with pytest.raises(NotAllowed), nothing_happens():
            reverse_receipt(
                receipt_id=receipt.pk, reason="No.", by=actor(person), at=noon(DAY)
            )
