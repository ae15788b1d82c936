"""A revoked key is refused at its next request."""

import pytest

from accounts.models import ApiKey
from accounts.operations.revoke_api_key import revoke_api_key
from accounts.refusals import AlreadyRevoked
from contracting.core.errors import NotAllowed
from tests.cast import nothing_happens


def test_an_administrator_revokes_a_key(administrator, gateway, at):
    key = revoke_api_key(api_key_id=gateway.key_id, by=administrator, at=at)

    assert ApiKey.objects.get(pk=key.pk).revoked_at == at


@pytest.mark.parametrize("role", ["contracting_officer", "vendor_a_administrator"])
def test_nobody_else_revokes_it(role, request, gateway, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        revoke_api_key(api_key_id=gateway.key_id, by=by, at=at)


def test_a_key_is_revoked_once(administrator, gateway, at):
    revoke_api_key(api_key_id=gateway.key_id, by=administrator, at=at)

    with nothing_happens(), pytest.raises(AlreadyRevoked):
        revoke_api_key(api_key_id=gateway.key_id, by=administrator, at=at)
