"""Every holder is told the same, and there is somebody to choose from."""

from datetime import date

import pytest

from contracting.contracts.models import Contract
from contracting.fair_opportunity.refusals import (
    NoHolders,
)
from tests.builders_fair import (
    LARKSPUR,
    held_by,
    notified,
)
from tests.cast import nothing_happens


@pytest.mark.rule("R-TO-06", case="refused")
def test_one_holder_alone_is_no_competition(contract):
    Contract.objects.filter(pk=held_by(LARKSPUR, contract).pk).update(
        ordering_start=date(2026, 5, 1)
    )

    with nothing_happens(), pytest.raises(NoHolders):
        notified(contract)
