"""The memory that one paper may take of the process that prints it."""

from __future__ import annotations

import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def bounded_memory(megabytes: int) -> Iterator[None]:
    """Let this process take so much more memory than it has, and no more.

    Beyond it Python raises ``MemoryError`` and a C library ends the process: the paper
    fails, or its worker ends, and the machine goes on. Where the system does not say
    what a process has (macOS), nothing is bounded.
    """
    now = data_bytes()
    if not now:
        yield
        return
    before, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = now + megabytes * 1024 * 1024
    ends = [each for each in (before, hard) if each != resource.RLIM_INFINITY]
    resource.setrlimit(resource.RLIMIT_DATA, (min([most, *ends]), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (before, hard))


def data_bytes() -> int:
    """What the process has of its own, as Linux counts it; 0 elsewhere."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    found = re.search(r"^VmData:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0
