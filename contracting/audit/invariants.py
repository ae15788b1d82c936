"""What must always hold of the audit table."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.audit.queries import verify_chains
from contracting.core.invariants import Invariant


def _broken_links() -> Iterator[str]:
    for link in verify_chains():
        yield f"{link.stream} entry {link.seq}: {link.what}"


INVARIANTS = [
    Invariant(
        code="AUD-1",
        sentence="Every chain of events holds from its first link to its head.",
        check=_broken_links,
    ),
]
