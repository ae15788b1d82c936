"""What is evidence is only ever added to: the database sees to it."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from contracting.core.models import AppendOnly

TABLES = {
    model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)
}
CHANGES = {"UPDATE": 16, "DELETE": 8, "TRUNCATE": 32}
"""The bit of each change in ``pg_trigger.tgtype``; 2 is the bit of BEFORE."""


def test_triggers_refuse_every_change(db):
    guarded = {
        (table, change)
        for table, kind in rows(
            "SELECT tgrelid::regclass::text, tgtype FROM pg_trigger "
            "WHERE tgenabled = 'O' AND tgtype & 2 <> 0 "
            "AND tgname LIKE '%_is_append_only_%'"
        )
        for change, bit in CHANGES.items()
        if kind & bit
    }

    assert {
        (table, change) for table in TABLES for change in CHANGES
    } - guarded == set()


def test_the_site_has_no_right_to_change_them(db):
    if not settings.DATABASE_OWNER_URL:
        pytest.skip("one role owns the schema and serves the site")

    # A column that may be set once needs UPDATE; its trigger watches over the rest.
    set_once = rows(
        "SELECT t.tgrelid::regclass::text, 'UPDATE' FROM pg_trigger t "
        "JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE p.proname = t.tgrelid::regclass::text || '_set_once'"
    )
    rights = {
        (table, change)
        for table in TABLES
        for change in CHANGES
        if rows("SELECT has_table_privilege(%s, %s)", table, change) == {(True,)}
    }

    assert rights - set_once == set()


def test_the_evidence_is_on_the_list():
    assert {
        "approvals_decision",
        "audit_auditevent",
        "documents_rendering",
        "ledger_transfer",
        "metering_usageevent",
        "metering_usageline",
    } <= TABLES


def rows(query: str, *values: str) -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(query, values or None)
        return set(cursor.fetchall())
