"""A novation or merger of the vendor is recorded."""

from datetime import timedelta
from typing import Any

import pytest

from contracting.options.operations.record import record_size_change
from contracting.options.queries import size_gap
from contracting.options.refusals import (
    RepresentationIncomplete,
)
from tests.builders_options import (
    EXERCISED_AT,
    TOLD_AT,
    represented_size,
)
from tests.cast import actor, nothing_happens


def test_after_a_novation_the_vendor_states_its_size_before_an_option(option):
    # Given a novation on record
    change = record_size_change(
        contract_id=option.contract_id,
        what="NOVATION",
        happened_on=TOLD_AT.date(),
        source="Novation agreement of 29 January 2027",
        by=actor("contract_specialist"),
        at=TOLD_AT,
    )
    assert change.due_on == TOLD_AT.date() + timedelta(days=30)

    # Then its size stands in the way until its signer has stated it
    assert "has not stated its size" in size_gap(option, EXERCISED_AT.date())
    represented_size(option.contract, at=EXERCISED_AT)
    assert size_gap(option, EXERCISED_AT.date()) == ""


def test_a_change_names_its_source_and_a_day_that_has_been(option):
    for other in ({"source": " "}, {"happened_on": EXERCISED_AT.date()}):
        terms: dict[str, Any] = {
            "what": "MERGER",
            "happened_on": TOLD_AT.date(),
            "source": "Notice of the vendor",
            **other,
        }
        with nothing_happens(), pytest.raises(RepresentationIncomplete):
            record_size_change(
                contract_id=option.contract_id,
                **terms,
                by=actor("contract_specialist"),
                at=TOLD_AT,
            )
