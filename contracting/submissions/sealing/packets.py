"""An offer that was sealed with a program: the one file that it hands in.

The program stands in ``clients/offer`` and knows no site. The file is a line that says
what it is, what is told of the offer as one line of JSON, and the sealed bytes, which
are those that a browser would have made.
"""

from __future__ import annotations

import json
from typing import Any, Final

from contracting.submissions.sealing.offers import ENVELOPE

_MAX_HEAD: Final = 64 * 1024


def told_packet(raw: bytes) -> tuple[dict[str, Any], bytes]:
    """What is told of the offer, and its sealed bytes.

    :raises ValueError: if the file is anything else
    """
    mark = f"{ENVELOPE}\n".encode()
    end = raw.find(b"\n", len(mark), len(mark) + _MAX_HEAD)
    if not raw.startswith(mark) or end < 0:
        message = "no sealed offer"
        raise ValueError(message)
    told: dict[str, Any] = json.loads(raw[len(mark) : end])
    return told, raw[end + 1 :]
