"""The clock: the database's, read once by a door and handed to the verb as ``at``."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection


def now() -> datetime:
    """The database's wall clock in UTC, microseconds kept.

    Only doors call this; a verb receives the instant as ``at``.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    instant: datetime = row[0]
    return instant.astimezone(UTC)
