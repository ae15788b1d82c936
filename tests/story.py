"""The demo's story, played once for a run; tests read it and are rolled back."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from contracting.operate.story import play
from contracting.operate.story.play import Told
from contracting.operate.story.times import Calendar
from contracting.reconciliation.operations.reconcile_all import reconcile_all
from tests.databases import pointing_at
from tests.locks import Watch, watching_locks

ANCHOR = date(2026, 11, 20)


class QuietStage:
    """Tells the story without a word; the nightly job runs in this process."""

    def say(self, text: str) -> None:
        """Say nothing."""

    def progress(self, label: str, done: int, total: int) -> None:
        """Draw nothing."""

    def reconcile(self, at: str) -> None:
        """What the nightly task calls."""
        reconcile_all(at=datetime.fromisoformat(at))


@pytest.fixture(scope="session")
def locks_of_the_story() -> Watch:
    """The locks of each transaction of the story, once it is played."""
    return Watch()


@pytest.fixture(scope="session")
def played(story_database, django_db_blocker, locks_of_the_story) -> Told:
    """What the story tells when it has come to its end on 20 November 2026."""
    with (
        django_db_blocker.unblock(),
        pointing_at(story_database),
        watching_locks(locks_of_the_story),
    ):
        return play.play(Calendar(ANCHOR), QuietStage())


@pytest.fixture
def told(played: Told, db: None) -> Told:
    """The story as it was played, in a test that is rolled back."""
    return played
