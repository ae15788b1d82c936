"""``check --deploy`` refuses a demonstration and warns of a role that is too mighty."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection

from contracting.operate.management import deploy_checks
from tests.documents.signers import authority, person


def found():
    messages = run_checks(include_deployment_checks=True)
    return [each.id for each in messages if (each.id or "").startswith("drawdown.")]


@pytest.fixture(autouse=True)
def stretched(settings):
    """Passphrases are stretched as in a deployment: those of tests are not."""
    settings.OPENER_KEY_ITERATIONS = 600_000


@pytest.fixture
def unreachable(monkeypatch):
    def fail():
        raise DatabaseError

    monkeypatch.setattr(deploy_checks, "_rights_over_the_audit_table", fail)


def test_the_site_as_it_should_be_deployed_is_right(db):
    assert found() == []


def test_a_demonstration_is_refused(db, settings):
    settings.DEMO = True

    assert found() == ["drawdown.E001"]


@pytest.mark.parametrize("place", ["", "/nowhere/seal.pem"])
def test_a_site_that_cannot_seal_receipts_is_refused(db, settings, place):
    settings.SEAL_FILE, settings.SEAL_IS_MADE = place, False

    assert found() == ["drawdown.E002"]


@pytest.mark.parametrize(
    ("days", "warned"), [(-1, ["drawdown.W003"]), (30, ["drawdown.W003"]), (90, [])]
)
def test_a_seal_that_ends_soon_is_warned_of(db, settings, tmp_path, days, warned):
    last = datetime.fromtimestamp(time.time(), UTC) + timedelta(days=days)
    seal = person("Seal", authority(), last=last)
    place = tmp_path / "seal.pem"
    place.write_bytes(seal.private() + seal.public())
    settings.SEAL_FILE = str(place)

    assert found() == warned


def test_a_seal_on_a_token_needs_no_file(db, settings):
    settings.SEAL_FILE, settings.SEAL_IS_MADE = "", False
    settings.SEAL_PKCS11_MODULE = "/usr/lib/softhsm/libsofthsm2.so"

    assert found() == []


def test_a_role_that_owns_the_audit_table_is_warned_of(db):
    # Given that what goes by the table's name is the site's own
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE audit_auditevent (id int)")

    assert found() == ["drawdown.W001"]


def test_two_roles_are_needed_before_the_tables_are_there(unreachable, settings):
    settings.DATABASE_OWNER_URL = "postgresql://owner@db/drawdown"
    assert found() == []

    settings.DATABASE_OWNER_URL = ""
    assert found() == ["drawdown.W002"]
