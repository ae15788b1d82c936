"""The representative signs the letter that was written to them, once."""

import pytest

from contracting.contracts.operations.accept_designation import accept_designation
from contracting.core.errors import NotAllowed
from tests.builders_orders import AWARDED_AT, awarded_contract
from tests.cast import actor, nothing_happens
from tests.contracts.seats import also_as


@pytest.mark.rule("R-ROL-05", case="refused")
def test_nobody_accepts_a_letter_that_was_not_written_to_them(decision):
    contract = awarded_contract(on=decision)

    for who in (also_as("technical_reviewer", "COR"), actor("cor")):
        with nothing_happens(), pytest.raises(NotAllowed) as refusal:
            accept_designation(contract_id=contract.pk, by=who, at=AWARDED_AT)
        assert refusal.value.rule == "R-ROL-05"
