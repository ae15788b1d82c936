"""Events of an invented kind, in streams of their own."""

import functools

import pytest
from django.conf import settings
from django.db import transaction
from psycopg import connect
from psycopg.conninfo import make_conninfo

from contracting.audit.events import event_type
from contracting.audit.operations.record import record_event
from contracting.core.subjects import Subject
from tests.cast import AT, actor

TRIED = event_type("tests.thing.tried", "A thing was tried.")


def record(number=1, *, stream="contract:1", by=None, **data):
    """Record that thing ``number`` was tried."""
    with transaction.atomic():
        return record_event(
            TRIED,
            subject=Subject("tests.thing", number, stream),
            by=by or actor("cor"),
            at=AT,
            data=data,
        )


TABLES = ("audit_auditevent", "audit_audithead")


def run_as_owner(database, *statements):
    """Run SQL as the owner of the database, who may switch triggers off."""
    address = settings.DATABASE_OWNER_URL or database.url
    with connect(make_conninfo(address, dbname=database.name)) as session:
        for table in TABLES:
            session.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            session.execute(statement)
        for table in TABLES:
            session.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


@pytest.fixture
def as_owner(own_database):
    """Run SQL in the test's own database as the owner."""
    return functools.partial(run_as_owner, own_database)
