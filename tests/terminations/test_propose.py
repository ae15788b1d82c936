"""The vendor's signer proposes what is owed beside the usage, while there is time."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from contracting.terminations.operations.propose import propose_settlement
from contracting.terminations.refusals import SettlementRefused, WordsMissing
from tests.builders_orders import issued_order
from tests.cast import actor, days, nothing_happens
from tests.terminations.test_draft import ENDED_AT, drafted
from tests.terminations.test_sign import signed

pytestmark = pytest.mark.django_db

SETTLED_AT = ENDED_AT + days(10)


def proposed(termination, dollars="5.00", by="vendor_a_signer", at=SETTLED_AT):
    return propose_settlement(
        termination_id=termination.pk,
        dollars=Dollars(dollars),
        text="Reserved capacity that could not be given back.",
        by=actor(by),
        at=at,
    )


def test_it_is_proposed_in_cents_by_the_signer_within_a_year():
    draft = drafted(issued_order())
    with nothing_happens(), pytest.raises(NotAllowed):
        proposed(draft)
    termination = signed(draft)
    for part in ("vendor_a_member", "other_vendor_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            proposed(termination, by=part)
    for wrong in ("1.005", "-1"):
        with nothing_happens(), pytest.raises(WordsMissing):
            proposed(termination, wrong)
    with nothing_happens(), pytest.raises(SettlementRefused):
        proposed(termination, at=ENDED_AT + days(366))

    assert proposed(termination).dollars == Dollars("5.00").amount
