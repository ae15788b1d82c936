"""Final revisions are opened while one in time is still on its way to the commit."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import transaction

from contracting.evaluations.models import RevisedOffer
from contracting.submissions.queries import hold_receiving
from tests.evaluations.exchanges import (
    cutoff_of,
    revised,
    revisions_due,
    revisions_opened_by,
)
from tests.faults.test_closing_waits import (
    PATIENCE,
    on_its_own_connection,
    waits_for_the_lock,
)


@pytest.fixture
def solicitation(own_database):
    return revisions_due()


def test_the_opening_waits_for_a_revision_that_was_stamped_in_time(solicitation):
    # Given one opener's share, and a revision stamped at the very cutoff, whose commit
    # is held up
    stamped, may_commit = Event(), Event()
    cutoff = cutoff_of(solicitation)
    later = cutoff + timedelta(milliseconds=1)
    revisions_opened_by(solicitation, "contract_specialist", at=later)

    def slow_vendor():
        with transaction.atomic():
            hold_receiving(solicitation.pk)
            stamped.set()
            assert may_commit.wait(timeout=2 * PATIENCE)
            return revised(solicitation, at=cutoff)

    def opening():
        return revisions_opened_by(solicitation, "contracting_officer", at=later)

    # When the quorum is completed meanwhile
    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(on_its_own_connection, slow_vendor)
        assert stamped.wait(timeout=30)
        opened = pool.submit(on_its_own_connection, opening)
        is_waiting = waits_for_the_lock("ExclusiveLock")
        was_done = opened.done()
        may_commit.set()
        revision = slow.result(30)
        laid_open = opened.result(30)

    # Then the opening waited, and what was in time is open
    assert (is_waiting, was_done) == (True, False)
    assert [each.revision_id for each in laid_open] == [revision.pk]
    assert RevisedOffer.objects.get().technical == "We add a named engineer."
