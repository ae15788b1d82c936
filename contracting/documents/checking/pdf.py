"""A PDF, opened by a parser of its own in a process with little time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from contracting.documents.checking.findings import Unfit

READER: Final = Path(__file__).with_name("read_pdf.py")
SECONDS: Final = 15.0
_ANEW: Final = "Print or save it to PDF anew."
_FOUND: Final = {
    "encrypted": (
        "It is protected by a password.",
        "Nobody who opens the offer has it, and it cannot be checked.",
        "Save it without a password or restrictions.",
    ),
    "damaged": (
        "It is damaged or cut off.",
        "Nobody could read it.",
        f"{_ANEW} Then open it once before you hand it in.",
    ),
    "too_heavy": (
        "It took too much time or memory to open.",
        "It would stop a reader's computer.",
        f"{_ANEW} Split it if it is very long.",
    ),
    "javascript": (
        "It has a script.",
        "Opened, it could run on a reader's computer.",
        f"{_ANEW} That leaves the script out.",
    ),
    "launch": (
        "It starts a program, or sends or fetches data.",
        "Opened, it could act on a reader's computer.",
        f"{_ANEW} That leaves the action out.",
    ),
    "attachment": (
        "Files are attached to it.",
        "They are easily overlooked, and no receipt lists them.",
        "Hand them in as files of their own.",
    ),
    "pinned": (
        "Files are pinned to its pages.",
        "They are easily overlooked, and no receipt lists them.",
        "Hand them in as files of their own.",
    ),
    "xfa": (
        "It is a dynamic form (XFA).",
        "Most programs show it empty, or each shows something else.",
        f"{_ANEW} That keeps what is filled in.",
    ),
    "media": (
        "It has film, sound or 3D content.",
        "It needs a player and cannot be checked.",
        f"{_ANEW} That leaves it out.",
    ),
}


def check_pdf(content: bytes, *, seconds: float = SECONDS) -> None:
    """Refuse a PDF that cannot be read, or that does more than be read.

    :param seconds: how long it may take
    :raises Unfit: for the first thing found
    """
    for code in _looked_at(content, min(seconds, SECONDS)):
        if code in _FOUND:
            raise Unfit(f"pdf_{code}", *_FOUND[code])


def count_pages(content: bytes, *, seconds: float = SECONDS) -> int | None:
    """The pages of a PDF; ``None`` where they cannot be counted."""
    found = _read(content, seconds, "pages")
    return found if isinstance(found, int) else None


def _looked_at(content: bytes, seconds: float) -> list[str]:
    """What the reader reports; a reader that ends before it reports is an answer."""
    found = _read(content, seconds)
    if not isinstance(found, list):
        return ["too_heavy"]
    return [str(code) for code in found]


def _read(content: bytes, seconds: float, *asked: str) -> object:
    """What the process reports, or nothing if it ends before."""
    try:
        done = subprocess.run(  # noqa: S603 (ours, by its own path)
            [sys.executable, "-I", "-B", str(READER), *asked],
            input=content,
            capture_output=True,
            timeout=max(seconds, 0.1),
            check=False,
            env={},
            cwd="/",
        )
        return json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError, OSError):
        return None
