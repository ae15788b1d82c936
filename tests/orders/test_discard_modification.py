"""A draft modification is given up."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.ledger.queries import funds_of
from contracting.orders.operations.discard_modification import discard_modification
from contracting.orders.states import ModificationState
from tests.builders_orders import (
    MODIFIED_AT,
    drafted_modification,
    funded_modification,
    issued_modification,
)
from tests.cast import actor, nothing_happens


def discarded(modification, part="contract_specialist"):
    return discard_modification(
        modification_id=modification.pk, by=actor(part), at=MODIFIED_AT
    )


@pytest.mark.parametrize("state", [drafted_modification, funded_modification])
def test_a_draft_goes_with_what_was_certified_for_it(order, state):
    modification = state(on=order)

    done = discarded(modification)

    assert done.state == ModificationState.DISCARDED
    assert done.number == ""
    assert funds_of(order.contract.agency_id)[0].committed == Dollars(0)


def test_a_signed_modification_stays(order):
    modification = issued_modification(on=order)

    with nothing_happens(), pytest.raises(NotAllowed):
        discarded(modification)


@pytest.mark.parametrize(
    "outsider",
    ["technical_reviewer", "other_agency_officer", "vendor_a_signer"],
)
def test_an_outsider_discards_nothing(order, outsider):
    modification = drafted_modification(on=order)

    with nothing_happens(), pytest.raises(NotAllowed):
        discarded(modification, outsider)
