"""Asking for work that takes longer than a request."""

from contracting.documents.queries import starter_of
from tests.documents.operations import started


def test_it_waits_and_knows_who_asked(db, steps, cor, gateway):
    theirs, its = started(by=cor), started(by=gateway)

    assert (theirs.state, theirs.done, theirs.total) == ("QUEUED", 0, 10)
    assert starter_of(theirs) == cor
    assert starter_of(its).key_id == gateway.key_id
