"""A run on two cores is divided by files, and the one long story begins at once.

While one half builds the database for the story, the other has what needs none.
"""

import pytest
from xdist.scheduler import LoadFileScheduling

STORY = ("tests/journeys/",)
PAPERS = (
    "tests/documents/test_rendering.py",
    "tests/documents/test_paperwork.py",
    "tests/documents/test_enclosures.py",
)
TOGETHER = (STORY, PAPERS)
DATABASES = {"db", "django_db_setup", "own_database", "story_database"}


class StoryInOneHalf(LoadFileScheduling):
    """Whole files; those that read the same thing together."""

    def _split_scope(self, nodeid: str) -> str:
        for files in TOGETHER:
            if nodeid.startswith(files):
                return files[0]
        scope: str = super()._split_scope(nodeid)
        return scope


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Called by xdist in place of its own choice."""
    return StoryInOneHalf(config, log)


def pytest_collection_modifyitems(items):
    """What takes longest is not left for the end; then what needs no database.

    In a file, what does not ask for the file's world comes before that is built: in the
    world without it, the worlds of other files are known and are put back.
    """
    long = TOGETHER
    first = {name: at for at, files in enumerate(long) for name in files}
    needing = {item.path for item in items if _needs_a_database(item)}
    files = {path: at for at, path in enumerate(dict.fromkeys(i.path for i in items))}
    items.sort(
        key=lambda item: (
            min(
                (at for name, at in first.items() if item.nodeid.startswith(name)),
                default=len(long),
            ),
            item.path in needing,
            files[item.path],
            _asks_for_a_world_of_its_file(item),
        )
    )


def _needs_a_database(item):
    return item.get_closest_marker("django_db") is not None or not DATABASES.isdisjoint(
        item.fixturenames
    )


def _asks_for_a_world_of_its_file(item):
    known = item._fixtureinfo.name2fixturedefs
    return any(defs[-1].scope == "module" for defs in known.values())
