"""Parked usage waits for the roller again; see ``test_park`` for its way there."""

from contracting.core.actors import SYSTEM
from contracting.ledger.operations.unpark import unpark_delta
from tests.ledger.test_park import AT


def test_what_is_not_parked_is_not_put_back(burning):
    assert unpark_delta(parked_id=1, by=SYSTEM, at=AT) is None
