"""A run on two cores is divided by files, and the one long story begins at once."""

import pytest
from xdist.scheduler import LoadFileScheduling

STORY = (
    "tests/journeys/",
    "tests/architecture/test_locks_are_taken_in_one_order.py",
    "tests/operate/test_verdict.py",
)


class StoryInOneHalf(LoadFileScheduling):
    """Whole files; those that read the story go together, so that it is played once."""

    def _split_scope(self, nodeid: str) -> str:
        return STORY[0] if nodeid.startswith(STORY) else super()._split_scope(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Called by xdist in place of its own choice."""
    return StoryInOneHalf(config, log)


def pytest_collection_modifyitems(items):
    """What takes longest is not left for the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(STORY))
