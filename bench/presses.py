"""Papers an hour by two workers, against those by one, on the same sheets.

Each worker is a process of its own, as a prefork worker of the paper queue is. It has
printed once before the clock starts. The two begin at the same word.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from typing import Any

from figures import spread

EACH = 12
ROUNDS = 3

_PRESS = """
import pickle, sys
import django
django.setup()
from contracting.documents import rendering
sheet, times = pickle.load(sys.stdin.buffer)
rendering.render(sheet)
for word in sys.stdin.buffer:
    for _ in range(times):
        rendering.render(sheet)
    sys.stdout.buffer.write(b"done\\n")
    sys.stdout.buffer.flush()
"""


def measure(sheet: Any) -> dict[str, Any]:
    """By turns one worker and two, each with the same number of papers to print."""
    presses = [_press(sheet) for _ in range(2)]
    gains = []
    try:
        _print_with(presses)
        for _ in range(ROUNDS):
            alone = _print_with(presses[:1])
            together = _print_with(presses)
            gains.append(2 * alone / together)
    finally:
        for press in presses:
            press.communicate()
    print(f"two presses: {spread(gains)['median']} times the papers of one")
    return {
        "what": "papers printed by two workers, against one",
        "papers_each": EACH,
        "gain": spread(gains),
        "goal": 1.8,
    }


def _press(sheet: Any) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", _PRESS],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdin
    process.stdin.write(pickle.dumps((sheet, EACH)))
    process.stdin.flush()
    return process


def _print_with(presses: list[subprocess.Popen[bytes]]) -> float:
    """Seconds from the word until the last has printed all of its papers."""
    start = time.perf_counter()
    for press in presses:
        assert press.stdin
        press.stdin.write(b"print\n")
        press.stdin.flush()
    for press in presses:
        assert press.stdout
        assert press.stdout.readline() == b"done\n"
    return time.perf_counter() - start
