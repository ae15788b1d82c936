"""The representative receives a service: as much as was in order is charged."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracting.charges.models import Charge, Receipt
from contracting.charges.operations.record import record_receipt
from contracting.charges.operations.reverse import reverse_receipt
from contracting.charges.refusals import (
    DayOutside,
    NotOfThisStructure,
    QuantityInvalid,
    WordsMissing,
)
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import balances_of
from tests.builders_charges import (
    LINES,
    SEATS,
    SERVICE,
    STORAGE,
    in_force,
    line_of,
    noon,
    received,
    unit_line,
    unit_order,
)
from tests.cast import actor, nothing_happens
from tests.charges.test_charge import broken

DAY = date(2026, 5, 4)


def used(order, clin=SERVICE):
    """What the ledger has drawn on a line, funded and not."""
    rows = balances_of(line_of(order, clin).holder)
    return Dollars(sum(row.consumed_dollars + row.unfunded_dollars for row in rows))


def test_what_is_received_in_order_is_charged_and_what_is_rejected_is_not(contract):
    # Given workshops at $1,250.00
    order = unit_order(unit_line(SERVICE), on=contract)

    # When three are held, one of them badly
    receipt = received(order, "2", DAY, rejected="1")

    # Then two are owed, at the price of the day, and the third is on record
    (charge,) = Charge.objects.filter(receipt=receipt)
    assert Dollars(charge.dollars) == Dollars("2500.00")
    assert used(order) == Dollars("2500.00")
    assert receipt.rejected_units == 1
    assert broken() == []


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"received_on": date(2026, 4, 12)}, DayOutside),
        ({"received_on": DAY + timedelta(days=1)}, DayOutside),
        ({"received": Decimal("0.5")}, QuantityInvalid),
        ({"received": Decimal(-1)}, QuantityInvalid),
        ({"received": Decimal("0.0000001")}, QuantityInvalid),
        ({"received": Decimal(0)}, QuantityInvalid),
        ({"rejected": Decimal(10) ** 9}, QuantityInvalid),
        ({"words": "  "}, WordsMissing),
        ({"evidence": ""}, WordsMissing),
    ],
)
def test_a_receipt_that_cannot_be_is_refused(contract, change, refusal):
    order = unit_order(unit_line(SERVICE), on=contract)
    said: dict[str, Any] = {
        "order_line_id": line_of(order, SERVICE).pk,
        "received_on": DAY,
        "received": Decimal(1),
        "words": "Held.",
        "evidence": "List of attendance",
        "by": actor("cor"),
        "at": noon(DAY),
    }
    with pytest.raises(refusal), nothing_happens():
        record_receipt(**(said | change))
    assert record_receipt(**said).units == 1


def test_only_the_designated_representative_receives(contract):
    order = unit_order(unit_line(SERVICE), on=contract)
    for person in ("program_manager", "contracting_officer", "vendor_a_signer"):
        with pytest.raises(NotAllowed), nothing_happens():
            received(order, "1", DAY, by=person)
    assert received(order, "1", DAY)


def test_seats_are_not_received_and_services_are_not_in_force(contract):
    order = unit_order(unit_line(SEATS), unit_line(SERVICE), on=contract)
    with pytest.raises(NotOfThisStructure), nothing_happens():
        received(order, "1", DAY, clin=SEATS)
    with pytest.raises(NotOfThisStructure), nothing_happens():
        in_force(order, 1, DAY, clin=SERVICE)
    assert not Receipt.objects.exists()


RECEIPTS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.decimals("0.000001", "5000", places=6),
        st.decimals("0", "50", places=6),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=RECEIPTS, order_of_days=st.randoms(use_true_random=False))
def test_receipts_and_corrections_in_any_order_owe_the_same(
    stored, rows, order_of_days
):
    # Given receipts of gigabyte-months, some of which are taken back
    before = used(stored, STORAGE)
    price = Decimal(LINES[STORAGE][3])
    owed = sum((units * price for _, units, _, gone in rows if not gone), Decimal(0))

    # When they are recorded in any order, corrections in between
    shuffled = list(rows)
    order_of_days.shuffle(shuffled)
    for days, units, rejected, gone in shuffled:
        receipt = received(
            stored,
            str(units),
            date(2026, 4, 13) + timedelta(days=days),
            clin=STORAGE,
            rejected=str(rejected),
            at=noon(date(2026, 6, 1)),
        )
        if gone:
            reverse_receipt(
                receipt_id=receipt.pk,
                reason="Counted wrongly.",
                by=actor("cor"),
                at=noon(date(2026, 6, 1)),
            )

    # Then what stands is owed to the last digit
    assert used(stored, STORAGE) - before == Dollars(owed)


@pytest.fixture
def stored(contract):
    """An order of storage that is never beyond its quantity."""
    return unit_order(unit_line(STORAGE, units="10000000"), on=contract)
