"""What every test may ask for."""

from hypothesis import settings as hypothesis_settings

from tests.cast import *  # noqa: F403
from tests.databases import (  # noqa: F401
    _django_db_helper,
    django_db_setup,
    in_the_story,
    own_database,
    story_database,
)
from tests.garbage import (  # noqa: F401
    pytest_collection_finish,
    pytest_sessionstart,
)
from tests.halves import (  # noqa: F401
    pytest_collection_modifyitems,
    pytest_xdist_make_scheduler,
)
from tests.rules import pytest_runtest_call  # noqa: F401
from tests.story import locks_of_the_story, played, told  # noqa: F401
from tests.workers import worker  # noqa: F401

# A slow machine is no error: no example has a limit of time.
hypothesis_settings.register_profile("drawdown", deadline=None)
hypothesis_settings.load_profile("drawdown")
