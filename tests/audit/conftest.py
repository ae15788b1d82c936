"""Events of an invented kind, in streams of their own."""

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


@pytest.fixture
def as_owner(own_database):
    """Run SQL in the test's own database as the owner, who may switch triggers off."""

    def run(*statements):
        address = settings.DATABASE_OWNER_URL or own_database.url
        with connect(make_conninfo(address, dbname=own_database.name)) as session:
            for table in ("audit_auditevent", "audit_audithead"):
                session.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                session.execute(statement)
            for table in ("audit_auditevent", "audit_audithead"):
                session.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run
