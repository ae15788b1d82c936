"""How much time and memory a file may take: whoever made it may wish us ill."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final, NoReturn

if sys.platform != "win32":
    import resource

MOST_MEMORY: Final = 2 * 1024 * 1024 * 1024
MOST_SECONDS: Final = 120


class TooHeavy(Exception):
    """A file takes more than any paper that was issued."""


@contextmanager
def bounded(
    *, memory: int = MOST_MEMORY, seconds: float = MOST_SECONDS
) -> Iterator[None]:
    """Let what is done here take so many bytes more, and so much of the processor.

    Where the system has no such limits nothing is bounded. Processor time is bounded in
    the main thread alone, which is the one that is interrupted.

    :raises TooHeavy: beyond the time
    :raises MemoryError: beyond the memory
    """
    with _little_memory(memory), _little_time(seconds):
        yield


@contextmanager
def _little_memory(more: int) -> Iterator[None]:
    if sys.platform == "win32":  # it has no limits for a process
        yield
        return
    before, hard = resource.getrlimit(resource.RLIMIT_DATA)
    ends = [each for each in (before, hard) if each != resource.RLIM_INFINITY]
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (min([more, *ends]), hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


@contextmanager
def _little_time(seconds: float) -> Iterator[None]:
    in_main = threading.current_thread() is threading.main_thread()
    if sys.platform == "win32" or not in_main:
        yield
        return
    before = signal.signal(signal.SIGPROF, _too_long)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _too_long(_signal: int, _frame: FrameType | None) -> NoReturn:
    message = "It takes more time to read than any paper does."
    raise TooHeavy(message)
