"""What must always hold of the audit table."""

from __future__ import annotations

import json
from collections.abc import Iterator

from contracting.audit.models import AuditEvent, RowVersion
from contracting.audit.queries import verify_chains
from contracting.core.canonical import content_sha256
from contracting.core.invariants import Invariant


def _broken_links() -> Iterator[str]:
    for link in verify_chains():
        yield f"{link.stream} entry {link.seq}: {link.what}"


def _versions_not_kept() -> Iterator[str]:
    kept: dict[str, str] = {}
    for row in RowVersion.objects.order_by("pk").iterator(chunk_size=2000):
        found = content_sha256({"kind": row.kind, "content": json.loads(row.content)})
        if found != row.sha256:
            yield f"version {row.sha256[:8]} of {row.kind} {row.row_id} is altered"
        kept[row.sha256] = row.kind
    naming = AuditEvent.objects.filter(payload__contains='"under":[')
    for event in naming.order_by("pk").iterator(chunk_size=2000):
        for kind, row_id, sha256 in event.read["under"]:
            if kept.get(sha256) != kind:
                yield (
                    f"{event.stream} entry {event.seq} names version {sha256[:8]} of "
                    f"{kind} {row_id}, which is not kept"
                )


INVARIANTS = [
    Invariant(
        code="AUD-1",
        sentence="Every chain of events holds from its first link to its head.",
        check=_broken_links,
    ),
    Invariant(
        code="AUD-2",
        sentence="Every row that somebody decided by is kept under its hash.",
        check=_versions_not_kept,
    ),
]
