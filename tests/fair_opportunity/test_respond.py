"""A holder answers as often as it likes until it is due, never above its rates."""

from decimal import Decimal

import pytest

from contracting.core.errors import NotAllowed
from contracting.fair_opportunity.refusals import (
    PriceAboveContract,
)
from tests.builders_fair import (
    MERIDIAN,
    notified,
    responded,
)
from tests.cast import nothing_happens


@pytest.mark.rule("R-TO-10", case="refused")
def test_a_response_asks_no_more_than_the_contract(contract, vendor_a_member):
    opportunity = notified(contract)
    rate = contract.lines.get().rate_rows.order_by("slin").first()
    above = {rate.slin: rate.usd_per_million_tokens + Decimal("0.000001")}

    with nothing_happens(), pytest.raises(PriceAboveContract):
        responded(opportunity, MERIDIAN, prices=above)
    with nothing_happens(), pytest.raises(NotAllowed):
        responded(opportunity, "vendor_a_member")
    # And what replaces a response is another version of it
    responded(opportunity, MERIDIAN)
    assert responded(opportunity, MERIDIAN, words="Sooner.").version == 2
