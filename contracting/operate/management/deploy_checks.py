"""What ``manage.py check --deploy`` must know besides Django's own checks."""

from __future__ import annotations

import os
import time
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError, connection

from contracting.audit.models import AuditEvent
from contracting.documents.signing.keys import SealMissing, certificates

_FEWEST_ITERATIONS = 600_000
_SEAL_DAYS = 60
_HINT = (
    "Create the two roles with deploy/roles.sql, give the site DATABASE_URL and "
    "`manage.py migrate` DATABASE_OWNER_URL."
)


@register(deploy=True)
def check_that_this_is_no_demonstration(**_: Any) -> list[CheckMessage]:
    """A demonstration has accounts whose password everybody knows."""
    if not settings.DEMO:
        return []
    return [
        Error(
            "DRAWDOWN_DEMO=1 shows accounts and their password on the login page and "
            "uses secrets that everybody knows.",
            hint="Unset DRAWDOWN_DEMO.",
            id="drawdown.E001",
        )
    ]


@register(deploy=True)
def check_that_passphrases_of_openers_are_stretched(**_: Any) -> list[CheckMessage]:
    """Whoever copies the database may guess passphrases at leisure."""
    if settings.OPENER_KEY_ITERATIONS >= _FEWEST_ITERATIONS:
        return []
    return [
        Error(
            f"OPENER_KEY_ITERATIONS is {settings.OPENER_KEY_ITERATIONS}: the "
            "passphrases of those who open offers could be guessed from a copy of the "
            "database.",
            hint=f"Leave it out, or set it to {_FEWEST_ITERATIONS} or more.",
            id="drawdown.E002",
        )
    ]


@register(deploy=True)
def check_that_the_site_cannot_rewrite_evidence(**_: Any) -> list[CheckMessage]:
    """The role that serves the site neither owns nor may change the audit table.

    The database is asked. Where it cannot be, or is not migrated yet, the addresses
    tell whether there are two roles at all.
    """
    try:
        rights = _rights_over_the_audit_table()
    except DatabaseError:
        rights = None
    if rights:
        return [
            Warning(
                f"The role that serves the site {rights}: only triggers, which an "
                "owner can drop, keep its rows from being changed.",
                hint=_HINT,
                id="drawdown.W001",
            )
        ]
    owner = settings.DATABASE_OWNER_URL
    if rights is None and not owner:
        return [
            Warning(
                "Only one database address is set: the role that serves the site would "
                "own the audit table.",
                hint=_HINT,
                id="drawdown.W002",
            )
        ]
    return []


@register(deploy=True)
def check_that_receipts_can_be_sealed(**_: Any) -> list[CheckMessage]:
    """Receipts wait until there is a seal: a site without one proves nothing."""
    place = settings.SEAL_FILE
    if settings.SEAL_PKCS11_MODULE:
        return []
    if place and (os.path.isfile(place) or settings.SEAL_IS_MADE):
        return []
    return [
        Error(
            "SEAL_FILE names no file: no receipt of an offer could be sealed, nothing "
            "that binds could be signed, and none of it would be printed.",
            hint="deploy/runbook.md says how to get a key and a certificate.",
            id="drawdown.E002",
        )
    ]


@register(deploy=True)
def check_that_the_seal_outlives_the_next_weeks(**_: Any) -> list[CheckMessage]:
    """Papers wait once the certificate has expired; a new one takes time to get.

    Only what this process may read is looked at: on a token, or where the paper worker
    alone reads the file, nothing is known here.
    """
    if settings.SEAL_PKCS11_MODULE or not os.path.isfile(settings.SEAL_FILE):
        return []
    try:
        last = certificates()[0].not_valid_after_utc
    except (SealMissing, IndexError):
        return []
    days = int((last.timestamp() - time.time()) // 86_400)
    if days >= _SEAL_DAYS:
        return []
    when = f"ends on {last:%d %b %Y}" if days >= 0 else f"has ended on {last:%d %b %Y}"
    return [
        Warning(
            f"The certificate of the seal {when}: papers that bear it wait from then "
            "on.",
            hint="deploy/runbook.md says how to get a new one and how to put it in.",
            id="drawdown.W003",
        )
    ]


def _rights_over_the_audit_table() -> str | None:
    """What the present role may do to it, in words; ``None`` before there is one."""
    table = AuditEvent._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'MEMBER'), "
            "has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE') "
            "FROM pg_class WHERE oid = to_regclass(%s)",
            [table],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    owns, may_change = row
    if owns:
        return f"owns the table {table}"
    return f"may change rows of {table}" if may_change else ""
