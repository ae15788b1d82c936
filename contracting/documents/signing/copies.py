"""Is an uploaded copy our print with one party's own signature on it, and no more?"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from contracting.documents.signing import stamps

READER: Final = Path(__file__).with_name("read_copy.py")
SECONDS: Final = 90.0

SENTENCES: Final = {
    "other_paper": "It does not begin with the bytes of this paper: it is another "
    "paper, another version of it, or a byte of it was changed. Download the copy for "
    "your signature here, sign that file, and upload it.",
    "unsigned": "It is the paper as we issued it: nobody has signed it since.",
    "wrong_field": "Another field than yours is signed. Each party signs its own field "
    "only.",
    "changed": "Something else than your field was changed: a page was added, hidden, "
    "replaced or written over. Only the paper as it was issued may be signed.",
    "broken": "The signature does not match the bytes: they were changed after the "
    "signing.",
    "unreadable": "It cannot be read as a signed PDF.",
    "too_heavy": "It took too much time or memory to read.",
}
"""Why a copy is refused."""

DOUBTS: Final = {
    "expired": "the certificate has expired",
    "not_yet_valid": "the certificate is not valid yet",
    "self_made": "the certificate is signed by nobody but itself",
    "revoked": "the certificate was revoked",
    "unknown_issuer": "no certificate that this site trusts stands behind it",
}
"""Why a valid signature is not trusted."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: ``refused`` is a key of :data:`SENTENCES`, or empty."""

    refused: str
    signature: dict[str, Any]

    @property
    def is_trusted(self) -> bool:
        return bool(self.signature.get("is_trusted"))

    @property
    def sentence(self) -> str:
        """The finding in words."""
        if self.refused:
            return SENTENCES[self.refused]
        signer = self.signature["signer"]
        if self.is_trusted:
            return f"Valid, and trusted: signed by {signer}."
        return f"Valid, but not trusted: signed by {signer}, and {self._doubt()}."

    def _doubt(self) -> str:
        return DOUBTS[self.signature["doubt"]]


def look_at(copy: bytes, *, issued: bytes, field: str, at: float) -> Look:
    """Look at a copy in a process of its own; takes seconds, never in a web process.

    :param issued: the very bytes that were issued for this signature
    :param field: the one field that may be filled
    :param at: seconds since 1970, at which certificates must be in force
    """
    if not copy.startswith(issued):
        return Look("other_paper", {})
    asked = {
        "base": len(issued),
        "field": field,
        "anchors": _texts(stamps.anchors()),
        "crls": _texts(stamps.crls()),
        "at": at,
    }
    found = _read(json.dumps(asked).encode() + b"\n" + copy)
    if found is None or found.get("refused", "unreadable") not in {"", *SENTENCES}:
        return Look("too_heavy", {})
    return Look(found["refused"], found.get("signature", {}))


def _texts(files: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in files]


def _read(sent: bytes) -> dict[str, Any] | None:
    """What the process reports, or nothing if it ends before."""
    try:
        done = subprocess.run(  # noqa: S603 (ours, by its own path)
            [sys.executable, "-I", "-B", str(READER)],
            input=sent,
            capture_output=True,
            timeout=SECONDS,
            check=False,
            env={},
            cwd="/",
        )
        found = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError, OSError):
        return None
    return found if isinstance(found, dict) else None
