"""The mark of a story that has begun in a database and has not been told to its end.

It is a file whose name is the database's own identity, so that no mark can ever be
taken for that of another database, and whose text is when the story began.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

from accounts.models import ApiKey, User
from contracting.audit.models import AuditEvent
from contracting.core import clock
from contracting.documents.events import DOCUMENT_FAILED, DOCUMENT_RENDERED
from contracting.operate.management.demo_database import is_embedded
from contracting.operate.story.cast import PARTS

_PRINTED = (DOCUMENT_RENDERED.code, DOCUMENT_FAILED.code)


def begin() -> None:
    """Write that the story has begun in the present database, if it is embedded.

    On other servers nothing is ever told anew.
    """
    if not is_embedded():
        return
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(clock.now().isoformat() + "\n")


def end() -> None:
    """Write that it has been told, or that its database is gone."""
    if is_embedded():
        _path().unlink(missing_ok=True)


def is_unfinished() -> bool:
    """Whether a story has begun in the present database and has not come to its end."""
    return is_embedded() and _path().exists()


def somebody_was_here() -> bool:
    """Whether anybody but the story has done anything in its database.

    The story never logs in, plays nobody but its cast, and ends on the day before it
    begins: whatever happened at an instant after its beginning was done by others, but
    for its papers, which workers print when they come to it. When that beginning cannot
    be read, somebody was.
    """
    try:
        begun = datetime.fromisoformat(_path().read_text().strip())
    except (OSError, ValueError):
        return True
    cast = {part.email for part in PARTS.values()}
    return (
        User.objects.filter(last_login__isnull=False).exists()
        or User.objects.exclude(email__in=cast).exists()
        or ApiKey.objects.filter(last_used_at__isnull=False).exists()
        or AuditEvent.objects.filter(at__gte=begun).exclude(event__in=_PRINTED).exists()
    )


def _path() -> Path:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_identifier || '-' || (SELECT oid FROM pg_database "
            "WHERE datname = current_database()) FROM pg_control_system()"
        )
        (identity,) = cursor.fetchone()
    return settings.BASE_DIR / "var" / "serve" / f"story-unfinished-{identity}"
