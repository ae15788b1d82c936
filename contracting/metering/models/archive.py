"""The owner's function that puts the partitions of a closed source away."""

from __future__ import annotations

from django.db import connection


def detach_partition(source_id: int) -> None:
    """Move the partitions of a closed source from the open tables to the archive.

    The owner's function does it, since the site has no right to change tables. Nothing
    is copied: the same rows are part of another table.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT metering_detach_partition(%s)", [source_id])
