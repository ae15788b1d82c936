"""A prepared re-rating is given up; its report stays and nothing else was done."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.metering.operations.discard import discard_rerating
from contracting.metering.states import RatingRunState
from tests.builders_metering import CALLED_AT, event, ingested
from tests.builders_reratings import APPROVED_AT, FALLS_ON, prepared, price_fell
from tests.cast import actor, nothing_happens


def test_a_run_is_given_up_once_and_never_posted(order, contract):
    # Given a run that waits
    ingested(event(1, order=order, at=CALLED_AT))
    price_fell(contract, first_day=FALLS_ON.replace(day=20))
    run = prepared(contract)

    def gives_up(by):
        return discard_rerating(run_id=run.pk, by=actor(by), at=APPROVED_AT)

    # When its preparer gives it up, after outsiders could not
    for outsider in ("vendor_a_signer", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            gives_up(outsider)
    assert gives_up("contract_specialist").state == RatingRunState.DISCARDED

    # Then its report stays, and it is decided
    assert run.differences.count() == 1
    with nothing_happens(), pytest.raises(NotAllowed):
        gives_up("contracting_officer")
