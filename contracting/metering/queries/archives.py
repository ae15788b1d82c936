"""What is put away of a source, and whether it is what was put away."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from contracting.metering.models import SourceArchive, UsageSource
from contracting.metering.queries import held_events


class Contents(NamedTuple):
    """What the calls of a source come to, corrections of them apart."""

    events: int
    lines: int
    tokens: Decimal
    checksum: Decimal


_CONTENTS = """
SELECT (SELECT count(*) FROM {events} WHERE source_id = %(source)s),
  (SELECT count(*) FROM {lines} WHERE source_id = %(source)s),
  (SELECT coalesce(sum(tokens), 0) FROM {lines} WHERE source_id = %(source)s),
  (SELECT coalesce(sum(('x' || left(payload_sha256, 15))::bit(60)::bigint::numeric), 0)
     FROM {events} WHERE source_id = %(source)s)
"""


def contents_of(source_id: int, *, is_archived: bool) -> Contents:
    """What lies in the open tables, or in the archive, of a source."""
    kind = "archived" if is_archived else "usage"
    with connection.cursor() as cursor:
        cursor.execute(
            _CONTENTS.format(
                events=f"metering_{kind}event", lines=f"metering_{kind}line"
            ),
            {"source": source_id},
        )
        events, lines, tokens, checksum = cursor.fetchone()
    return Contents(events, lines, Decimal(tokens), Decimal(checksum))


def open_suspense_of_source(source: UsageSource) -> int:
    """How many of its calls somebody still has to decide on."""
    return held_events(source.agency_id).filter(source_id=source.pk).count()


def archives_that_changed() -> Iterator[str]:
    """Archives that do not have what was put away, each with a sentence."""
    for row in SourceArchive.objects.select_related("source").order_by("pk"):
        found = contents_of(row.source_id, is_archived=True)
        kept = Contents(row.events, row.lines, row.tokens, row.checksum)
        if found != kept:
            yield f"{row.source}: put away {kept}, in the archive {found}"
