"""What must always hold of notices."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.core.invariants import Invariant
from contracting.notices.models import Notice


def _read_before_posted() -> Iterator[str]:
    for notice in Notice.objects.filter(read_at__isnull=False).iterator():
        if notice.read_at is not None and notice.read_at < notice.created_at:
            yield f"notice {notice.public_id}"


INVARIANTS = [
    Invariant(
        code="NTC-1",
        sentence="No notice was read before it was posted.",
        check=_read_before_posted,
    ),
]
