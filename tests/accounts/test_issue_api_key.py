"""A machine's key is shown once, stored hashed, scoped and short-lived."""

import hashlib

import pytest

from accounts.models import ApiKey
from accounts.operations.issue_api_key import issue_api_key
from accounts.refusals import WrongPeriod, WrongScope
from accounts.states import Scope
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from tests.cast import days, nothing_happens


def issued(by, at, **change):
    terms = {
        "organization_id": by.organization_id,
        "label": "night gateway",
        "scopes": [Scope.USAGE_WRITE],
        "sources": ["night"],
        "expires_at": at + days(90),
    }
    return issue_api_key(**{**terms, **change}, by=by, at=at)


def test_only_a_hash_of_the_secret_is_kept(administrator, at):
    # When a key is issued
    made = issued(administrator, at)

    # Then its text holds 256 random bits, of which the database knows only the hash
    prefix, lookup, secret = made.text.split("_", 2)
    assert (prefix, lookup) == ("ddk", made.key.lookup)
    assert len(secret) == 43
    stored = ApiKey.objects.get(pk=made.key.pk)
    assert stored.secret_sha256 == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in repr(made)
    assert secret not in AuditEvent.objects.latest("pk").payload


@pytest.mark.parametrize(
    "role", ["contracting_officer", "auditor", "vendor_a_administrator", "gateway"]
)
def test_nobody_else_issues_a_key_here(role, request, agency, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        issued(by, at, organization_id=agency.pk)


@pytest.mark.parametrize(
    "scopes", [[], ["orders:approve"], [Scope.INVOICES_WRITE]], ids=str
)
def test_scopes_that_are_not_on_the_agencys_list_are_refused(administrator, scopes, at):
    with nothing_happens(), pytest.raises(WrongScope):
        issued(administrator, at, scopes=scopes)


def test_a_vendors_machine_sends_no_usage(vendor_a_administrator, at):
    with nothing_happens(), pytest.raises(WrongScope):
        issued(vendor_a_administrator, at, scopes=[Scope.USAGE_WRITE])


@pytest.mark.parametrize("lifetime", [0, 367])
def test_a_key_lives_for_a_year_at_most(administrator, lifetime, at):
    with nothing_happens(), pytest.raises(WrongPeriod):
        issued(administrator, at, expires_at=at + days(lifetime))
