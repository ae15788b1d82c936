"""A draft is given up, and nothing was ended."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.terminations.operations.discard import discard_termination
from tests.builders_orders import issued_order
from tests.cast import actor, nothing_happens
from tests.terminations.test_draft import ENDED_AT, drafted

pytestmark = pytest.mark.django_db


def test_a_draft_is_given_up_once_and_another_may_follow():
    order = issued_order()
    draft = drafted(order)

    def discarded(by="contracting_officer"):
        return discard_termination(termination_id=draft.pk, by=actor(by), at=ENDED_AT)

    with nothing_happens(), pytest.raises(NotAllowed):
        discarded(by="other_agency_officer")
    discarded()
    with nothing_happens(), pytest.raises(NotAllowed):
        discarded()

    order.refresh_from_db()
    assert order.period_end > draft.stop_on
    assert drafted(order).state == "DRAFT"
