"""A run leaves its lasting objects alone when it looks for garbage.

Whatever is imported and collected stays until the end. Python would walk through all of
it again and again, for a sixth of a run's time, and find nothing.
"""

import gc

RARELY = (100_000, 50, 100)


def pytest_sessionstart():
    """Look for garbage rarely: tests are short."""
    gc.set_threshold(*RARELY)


def pytest_collection_finish():
    """What is there now is there to stay."""
    gc.collect()
    gc.freeze()
