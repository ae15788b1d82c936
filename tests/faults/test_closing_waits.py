"""Receipts are closed while an offer in time is still on its way to the commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from time import monotonic, sleep
from typing import Any

import pytest
from django.db import connection, transaction

from contracting.core.actors import SYSTEM
from contracting.submissions.invariants import INVARIANTS
from contracting.submissions.models import InclusionProof
from contracting.submissions.operations.close import close_receipts
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.queries import hold_receiving
from tests.builders import released_solicitation
from tests.cast import actor
from tests.offers import deadline, latest_version, offer_on

INSTANT = timedelta(microseconds=1)
PATIENCE = 4
"""Seconds, less than the database lets a lock be waited for."""

WAITING = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND mode = %s AND NOT granted
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def waits_for_the_lock(mode):
    """Whether within some seconds another connection waits for an advisory lock."""
    end = monotonic() + PATIENCE
    while monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(WAITING, [mode])
            if cursor.fetchone()[0]:
                return True
        sleep(0.02)
    return False


def on_its_own_connection(work: Callable[[], Any]) -> Any:
    try:
        return work()
    finally:
        connection.close()


@pytest.fixture
def solicitation(own_database):
    return released_solicitation()


def test_the_closing_waits_for_a_commit_that_comes_after_the_deadline(solicitation):
    # Given an offer stamped at the very deadline, whose commit is held up
    offer, stamped, may_commit = offer_on(solicitation), Event(), Event()
    in_time, late = actor("vendor_a_signer"), actor("vendor_b_signer")

    def slow_vendor():
        with transaction.atomic():
            hold_receiving(solicitation.pk)
            submission = hand_in(in_time, deadline(solicitation))
            stamped.set()
            assert may_commit.wait(timeout=2 * PATIENCE)
        return submission

    def late_vendor():
        return hand_in(late, deadline(solicitation) + 2 * INSTANT)

    def hand_in(by, at):
        return submit_submission(
            solicitation_id=solicitation.pk,
            offer=offer,
            acknowledged=[],
            by=by,
            at=at,
        )

    def closing():
        return close_receipts(
            solicitation_id=solicitation.pk,
            by=SYSTEM,
            at=deadline(solicitation) + INSTANT,
        )

    with ThreadPoolExecutor(3) as pool:
        slow = pool.submit(on_its_own_connection, slow_vendor)
        assert stamped.wait(timeout=30)

        # When receipts are closed meanwhile, and one more offer arrives after that
        closed = pool.submit(on_its_own_connection, closing)
        is_waiting = waits_for_the_lock("ExclusiveLock")
        behind = pool.submit(on_its_own_connection, late_vendor)
        is_behind = waits_for_the_lock("ShareLock")
        was_done = closed.done()
        may_commit.set()
        submission, root = slow.result(30), closed.result(30).root
        too_late = behind.result(30)

    # Then the closing waited for the commit, and the later offer for the closing
    assert (is_waiting, is_behind, was_done) == (True, True, False)

    # And the offer in time is under the root; the late one is kept, and not under it
    proof = InclusionProof.objects.select_related("closing").get()
    assert proof.version == latest_version(submission)
    assert proof.closing.root == root
    assert not proof.version.is_late
    assert latest_version(too_late).is_late
    assert [each.code for each in INVARIANTS if list(each.check())] == []
