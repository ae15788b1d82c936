"""A database of the demo's own on the embedded server, made anew from a template."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from psycopg import sql

from accounts.models import User
from contracting.audit.models import AuditEvent
from contracting.embedded.places import socket_directory

DEMO: Final = "drawdown_demo"
TEMPLATE: Final = "drawdown_template"
_RIGHTS: Final = (
    "SELECT, INSERT, UPDATE, DELETE ON TABLES",
    "USAGE, SELECT ON SEQUENCES",
)
_APP: Final = "drawdown_app"
_RETIRED: Final = {"submissions_openingconsent", "submissions_sealingkey"}
"""Tables of an earlier seal: kept for what they say, and known to no model."""
_ARCHIVE: Final = {"metering_archivedevent", "metering_archivedline"}
"""Tables of calls that were put away: they are read through views alone."""

_SCHEMAS: Final = "schemaname <> 'information_schema' AND schemaname !~ '^pg_'"
_TABLES: Final = """
SELECT tablename FROM (
  SELECT relname AS tablename, nspname AS schemaname
    FROM pg_class JOIN pg_namespace ns ON ns.oid = relnamespace
   WHERE relkind IN ('r', 'p') AND NOT relispartition) AS tables
 WHERE {which}
"""
"""A partition belongs to its table, and is not named by itself."""


def is_embedded() -> bool:
    """Whether the present database lies on this checkout's own server."""
    host = str(settings.DATABASES["default"]["HOST"])
    return host == str(socket_directory())


def fresh_environment(say: Callable[[str], None]) -> dict[str, str]:
    """The addresses of an empty, migrated database and of a queue of its own.

    On a server that is not ours nothing is dropped or created: the database that
    ``DATABASE_URL`` names is used, and must be empty before it is migrated.

    :raises CommandError: while something still uses the demo's database, or if somebody
        else's holds anything
    """
    queue = {"REDIS_URL": _other_queue(settings.REDIS_URL), "DRAWDOWN_DEMO": "1"}
    if not is_embedded():
        insist_on_emptiness()
        _migrate(os.environ | queue)
        return queue
    with _owner("postgres") as session:
        if _stamp(session) != _wanted():
            say("Preparing a database for the demo …")
            _make_template(session)
        try:
            _execute(session, "DROP DATABASE IF EXISTS {}", DEMO)
        except psycopg.errors.ObjectInUse as error:
            message = f"The database {DEMO} is in use; end what uses it first."
            raise CommandError(message) from error
        _execute(session, f"CREATE DATABASE {{}} TEMPLATE {TEMPLATE}", DEMO)
    return queue | _addresses(DEMO)


def insist_on_emptiness() -> None:
    """Refuse a database that holds anybody's tables, or anything of ours.

    Our own tables, as ``migrate`` leaves them, hold nobody yet and do not matter.

    :raises CommandError: if there is anything else in it
    """
    with connection.cursor() as cursor:
        cursor.execute(_TABLES.format(which=_SCHEMAS))
        named = {name for (name,) in cursor.fetchall()}
    known = connection.introspection.django_table_names()
    ours = {*known, "django_migrations", *_RETIRED, *_ARCHIVE}
    strange = sorted(named - ours)
    begun = [
        model
        for model in (User, AuditEvent)
        if model._meta.db_table in named and model.objects.exists()
    ]
    if strange or begun:
        what = f"the table {strange[0]}" if strange else "people or events"
        message = (
            f"The database {connection.settings_dict['NAME']} is not empty: it holds "
            f"{what}. The demo tells its story in an empty one; nothing was changed."
        )
        raise CommandError(message)


def empty_the_site() -> None:
    """Drop the site's database on the embedded server and create it anew, empty."""
    site = str(settings.DATABASES["default"]["NAME"])
    with _owner("postgres") as session:
        _execute(session, "DROP DATABASE IF EXISTS {} WITH (FORCE)", site)
        _execute(session, "CREATE DATABASE {}", site)


def _other_queue(url: str) -> str:
    """The same server's database number 1, so that no other worker takes our tasks."""
    if url.startswith("unix:"):
        return f"{url.split('?')[0]}?db=1"
    return re.sub(r"(://[^/]+)(/\d*)?$", r"\1/1", url)


def _addresses(database: str) -> dict[str, str]:
    return {
        name: re.sub(r"(://[^/]*)/[^?]*", rf"\1/{database}", os.environ[name])
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL")
    }


def _owner(database: str) -> psycopg.Connection[Any]:
    url = re.sub(
        r"(://[^/]*)/[^?]*", rf"\1/{database}", os.environ["DATABASE_OWNER_URL"]
    )
    return psycopg.connect(url, autocommit=True)


def _make_template(session: psycopg.Connection[Any]) -> None:
    _execute(session, "DROP DATABASE IF EXISTS {} WITH (FORCE)", TEMPLATE)
    _execute(session, "CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", TEMPLATE)
    with _owner(TEMPLATE) as inside:
        for rights in _RIGHTS:
            inside.execute(
                f"ALTER DEFAULT PRIVILEGES GRANT {rights} TO {_APP}"  # noqa: S608
            )
    _migrate(os.environ | _addresses(TEMPLATE))
    session.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(
            sql.Identifier(TEMPLATE), sql.Literal(_wanted())
        )
    )


def _migrate(environment: dict[str, str]) -> None:
    words = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate"]
    done = subprocess.run(
        [*words, "--verbosity", "0", "--no-input"], env=dict(environment), check=False
    )
    if done.returncode:
        message = "The database of the demo could not be migrated."
        raise CommandError(message)


def _stamp(session: psycopg.Connection[Any]) -> str:
    row = session.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database "
        "WHERE datname = %s",
        [TEMPLATE],
    ).fetchone()
    return str(row[0]) if row and row[0] else ""


def _wanted() -> str:
    """A hash of every migration: another one makes the template anew."""
    digest = hashlib.sha256()
    folders = sorted(settings.BASE_DIR.glob("*/migrations/*.py")) + sorted(
        settings.BASE_DIR.glob("contracting/*/migrations/*.py")
    )
    for path in folders:
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def _execute(session: psycopg.Connection[Any], statement: str, name: str) -> None:
    session.execute(sql.SQL(statement).format(sql.Identifier(name)))
