"""A role that is taken away is gone with the next request."""

import pytest

from accounts.models import Membership
from accounts.operations.revoke_membership import revoke_membership
from accounts.refusals import AlreadyRevoked
from contracting.core.errors import NotAllowed
from tests.cast import client_for, nothing_happens


def test_a_role_is_gone_with_the_next_request(administrator, auditor, at):
    # Given an auditor at their page
    browser = client_for(auditor)
    assert browser.get("/audit/").status_code == 200

    # When the administrator takes the role away
    revoke_membership(
        membership_id=auditor.membership_id, reason="moved", by=administrator, at=at
    )

    # Then the same session may no longer read it
    assert browser.get("/audit/").status_code == 302
    assert not Membership.objects.get(pk=auditor.membership_id).is_active


@pytest.mark.parametrize("role", ["contracting_officer", "vendor_a_administrator"])
def test_nobody_else_takes_a_role_away(role, request, cor, at):
    by = request.getfixturevalue(role)

    with nothing_happens(), pytest.raises(NotAllowed):
        revoke_membership(membership_id=cor.membership_id, reason="x", by=by, at=at)


def test_nobody_takes_their_own_role_away(administrator, at):
    with nothing_happens(), pytest.raises(NotAllowed):
        revoke_membership(
            membership_id=administrator.membership_id,
            reason="x",
            by=administrator,
            at=at,
        )


def test_a_role_is_taken_away_once(administrator, cor, at):
    given = {"membership_id": cor.membership_id, "reason": "x", "at": at}
    revoke_membership(**given, by=administrator)

    with nothing_happens(), pytest.raises(AlreadyRevoked):
        revoke_membership(**given, by=administrator)
