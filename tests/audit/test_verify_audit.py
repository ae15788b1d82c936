"""Whoever changes the record, even as the owner of the database, is found out."""

import functools
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from psycopg import connect, errors
from psycopg.conninfo import make_conninfo

from contracting.audit.invariants import INVARIANTS
from contracting.audit.models import AuditEvent
from contracting.audit.queries import Broken, verify_chains
from tests.audit.conftest import TABLES, record, run_as_owner
from tests.databases import another_database, pointing_at

SWAP = [
    f"UPDATE audit_auditevent SET seq = {new} WHERE seq = {old}"
    for old, new in [(2, -1), (3, 2), (-1, 3)]
]


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker):
    """A database of this file alone, with four events in one stream, one in another."""
    with (
        another_database() as made,
        django_db_blocker.unblock(),
        pointing_at(made.name),
    ):
        for number in range(1, 5):
            record(number)
        record(1, stream="contract:2")
        run_as_owner(made, *(f"CREATE TABLE kept_{t} AS TABLE {t}" for t in TABLES))
        yield made


@pytest.fixture
def written(database, django_db_blocker):
    """The five events as they were written; what a test does to them is put right."""
    with django_db_blocker.unblock(), pointing_at(database.name):
        yield database
    run_as_owner(
        database,
        *(f"DELETE FROM {table}" for table in TABLES),
        *(f"INSERT INTO {table} SELECT * FROM kept_{table}" for table in TABLES),
    )


@pytest.fixture
def as_owner(written):
    """Run SQL as the owner, who may switch triggers off."""
    return functools.partial(run_as_owner, written)


def verify():
    words = StringIO()
    call_command("verify_audit", stdout=words)
    return words.getvalue()


def test_an_unbroken_record_verifies_and_says_what_that_proves(written):
    words = verify()

    assert "audit: ok (5 entries in 2 chains)" in words
    assert "only a published head proves" in words


def test_an_empty_record_verifies(db):
    assert "audit: ok (0 entries in 0 chains)" in verify()


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        (
            "UPDATE audit_auditevent SET payload = replace(payload, 'tried', 'done')"
            " WHERE seq = 2",
            Broken("contract:1", 2, "tampered"),
        ),
        (
            "UPDATE audit_auditevent SET actor_name = 'Nobody' WHERE seq = 3",
            Broken("contract:1", 3, "tampered"),
        ),
        (
            "UPDATE audit_auditevent SET at = at + interval '1 microsecond'"
            " WHERE seq = 4",
            Broken("contract:1", 4, "tampered"),
        ),
        (
            "UPDATE audit_auditevent SET recorded_at = recorded_at"
            " - interval '1 microsecond' WHERE seq = 3",
            Broken("contract:1", 3, "tampered"),
        ),
        (
            "UPDATE audit_auditevent SET scheme = 1 WHERE seq = 3",
            Broken("contract:1", 3, "tampered"),
        ),
        (
            "DELETE FROM audit_auditevent WHERE seq = 2",
            Broken("contract:1", 2, "missing or reordered"),
        ),
        (
            "DELETE FROM audit_auditevent WHERE stream = 'contract:1' AND seq = 1",
            Broken("contract:1", 1, "missing or reordered"),
        ),
        (
            "DELETE FROM audit_auditevent WHERE seq = 4",
            Broken("contract:1", 4, "the tail is missing or differs from the head"),
        ),
        (
            "DELETE FROM audit_auditevent WHERE stream = 'contract:2'",
            Broken("contract:2", 1, "the whole stream is missing"),
        ),
        (
            "DELETE FROM audit_audithead WHERE stream = 'contract:2'",
            Broken("contract:2", 1, "has no head"),
        ),
        (
            "UPDATE audit_audithead SET seq = 9 WHERE stream = 'contract:2'",
            Broken("contract:2", 9, "the tail is missing or differs from the head"),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else value.what,
)
def test_what_the_owner_changed_is_found(written, as_owner, statement, what):
    # When the owner of the database switches the trigger off and changes a row
    as_owner(statement)

    # Then the place is named, and the command fails
    assert what in list(verify_chains())
    with pytest.raises(SystemExit) as ended:
        verify()
    assert ended.value.code == 1
    assert INVARIANTS[0].exceptions()


def test_rows_in_another_order_are_found(written, as_owner):
    as_owner(*SWAP)

    found = {(link.seq, link.what) for link in verify_chains()}

    assert (2, "does not follow the link before it") in found
    assert (2, "tampered") in found


def test_a_row_that_was_recomputed_is_found_by_the_next(written, as_owner):
    """A forger who also computes the row's own hash breaks the link after it."""
    as_owner(
        "UPDATE audit_auditevent SET payload = '{}' WHERE seq = 2",
        "UPDATE audit_auditevent SET hash = sha256('\\x00'::bytea || prev"
        " || audit_part(stream) || audit_part(seq::text) || audit_part(event)"
        " || audit_part(subject_kind) || audit_part(subject_id::text)"
        " || audit_part(actor_kind) || audit_part(actor_user_id::text)"
        " || audit_part(actor_membership_id::text) || audit_part(actor_key_id::text)"
        " || audit_part(actor_organization_id::text) || audit_part(actor_name)"
        " || audit_part(actor_role)"
        " || audit_part(((extract(epoch FROM at) * 1000000)::bigint)::text)"
        " || audit_part(payload) || audit_part(scheme::text)"
        " || audit_part(((extract(epoch FROM recorded_at) * 1000000)::bigint)::text))"
        " WHERE seq = 2",
    )

    assert list(verify_chains()) == [
        Broken("contract:1", 3, "does not follow the link before it")
    ]


def test_only_the_streams_asked_for_are_walked(written, as_owner):
    as_owner("DELETE FROM audit_auditevent WHERE seq = 2")

    assert list(verify_chains(["contract:2"])) == []
    assert len(list(verify_chains(["contract:1"]))) == 2


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_auditevent SET payload = '{}'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
    ],
)
def test_the_owner_too_is_refused_while_the_trigger_is_on(written, change):
    address = settings.DATABASE_OWNER_URL or written.url

    with (
        connect(make_conninfo(address, dbname=written.name)) as session,
        pytest.raises(errors.RestrictViolation, match="only ever added"),
    ):
        session.execute(change)

    assert AuditEvent.objects.count() == 5


def test_what_was_written_before_the_instant_was_hashed_still_verifies(
    written, as_owner
):
    as_owner(
        "UPDATE audit_auditevent SET scheme = 1, hash = sha256('\\x00'::bytea || prev"
        " || audit_part(stream) || audit_part(seq::text) || audit_part(event)"
        " || audit_part(subject_kind) || audit_part(subject_id::text)"
        " || audit_part(actor_kind) || audit_part(actor_user_id::text)"
        " || audit_part(actor_membership_id::text) || audit_part(actor_key_id::text)"
        " || audit_part(actor_organization_id::text) || audit_part(actor_name)"
        " || audit_part(actor_role)"
        " || audit_part(((extract(epoch FROM at) * 1000000)::bigint)::text)"
        " || audit_part(payload)) WHERE stream = 'contract:2'",
        "UPDATE audit_audithead SET hash = (SELECT hash FROM audit_auditevent"
        " WHERE stream = 'contract:2') WHERE stream = 'contract:2'",
    )
    record(2, stream="contract:2")

    assert list(verify_chains()) == []


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE audit_audithead SET seq = 9",
        "DELETE FROM audit_audithead",
        "TRUNCATE audit_audithead",
        "INSERT INTO audit_audithead VALUES ('contract:9', 4, '')",
    ],
)
def test_a_head_moves_only_with_its_chain(written, change):
    owner = settings.DATABASE_OWNER_URL or written.url
    for address in (owner, written.url):
        with (
            connect(make_conninfo(address, dbname=written.name)) as session,
            pytest.raises((errors.RestrictViolation, errors.InsufficientPrivilege)),
        ):
            session.execute(change)

    record(5)
    assert list(verify_chains()) == []
