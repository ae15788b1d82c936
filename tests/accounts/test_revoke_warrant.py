"""A revoked warrant signs nothing from that day on."""

from datetime import date

import pytest

from accounts import permissions
from accounts.models import Warrant
from accounts.operations.revoke_warrant import revoke_warrant
from accounts.refusals import AlreadyRevoked
from contracting.core.errors import NotAllowed
from contracting.core.quantities import Dollars
from tests.cast import nothing_happens


@pytest.fixture
def warrant(contracting_officer):
    return Warrant.objects.get(number="W-0001")


def test_a_revoked_warrant_signs_nothing_from_that_day_on(
    administrator, contracting_officer, warrant, at
):
    revoke_warrant(warrant_id=warrant.pk, reason="left", by=administrator, at=at)

    value = Dollars("1.00")
    assert permissions.can_sign(contracting_officer, value, date(2026, 3, 1))
    assert not permissions.can_sign(contracting_officer, value, date(2026, 3, 2))


@pytest.mark.parametrize("role", ["contracting_officer", "vendor_a_administrator"])
def test_nobody_else_revokes_it(role, request, warrant, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        revoke_warrant(warrant_id=warrant.pk, reason="x", by=by, at=at)


def test_a_warrant_is_revoked_once(administrator, warrant, at):
    revoke_warrant(warrant_id=warrant.pk, reason="left", by=administrator, at=at)

    with nothing_happens(), pytest.raises(AlreadyRevoked):
        revoke_warrant(warrant_id=warrant.pk, reason="left", by=administrator, at=at)
