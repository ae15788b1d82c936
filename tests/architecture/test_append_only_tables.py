"""What is evidence is only ever added to: the database sees to it."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from contracting.core.models import AppendOnly

TABLES = sorted(
    model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly)
)


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_a_trigger_refuses_every_change(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trigger_name, event_manipulation, action_timing "
            "FROM information_schema.triggers WHERE event_object_table = %s",
            [table],
        )
        rows = {(event, timing) for _name, event, timing in cursor.fetchall()}
        cursor.execute(
            "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass "
            "AND tgtype & 32 <> 0 AND tgtype & 2 <> 0 AND tgenabled = 'O'",
            [table],
        )
        refuses_truncate = cursor.fetchone()[0]

    assert {("UPDATE", "BEFORE"), ("DELETE", "BEFORE")} <= rows
    assert refuses_truncate


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_site_has_no_right_to_change_it(table):
    if not settings.DATABASE_OWNER_URL:
        pytest.skip("one role owns the schema and serves the site")

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_remove(ARRAY["
            "CASE WHEN has_any_column_privilege(%s, 'UPDATE') THEN 'UPDATE' END, "
            "CASE WHEN has_table_privilege(%s, 'DELETE') THEN 'DELETE' END, "
            "CASE WHEN has_table_privilege(%s, 'TRUNCATE') THEN 'TRUNCATE' END], NULL)",
            [table, table, table],
        )
        rights = cursor.fetchone()[0]
        cursor.execute(
            "SELECT count(*) FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE t.tgrelid = %s::regclass AND p.proname = %s",
            [table, f"{table}_set_once"],
        )
        sets_once = cursor.fetchone()[0]

    # A column that may be set once needs the right; the trigger watches over the rest.
    assert rights == (["UPDATE"] if sets_once else [])


def test_the_evidence_is_on_the_list():
    assert {
        "audit_auditevent",
        "ledger_transfer",
        "metering_usageevent",
        "metering_usageline",
        "approvals_decision",
        "documents_rendering",
    } <= set(TABLES)
