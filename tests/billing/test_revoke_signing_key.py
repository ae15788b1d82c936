"""A revoked key signs nothing more, and what it signed stays signed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from contracting.billing.operations.revoke_signing_key import revoke_signing_key
from contracting.billing.refusals import SigningKeyRefused
from contracting.core.errors import NotAllowed
from tests.billing.test_register_signing_key import registered
from tests.builders_billing import REPORTED_AT
from tests.cast import actor, client_for, nothing_happens, submit


def revoked(key, by="vendor_a_administrator"):
    return revoke_signing_key(key_id=key.pk, by=actor(by), at=REPORTED_AT)


def test_a_key_is_revoked_once_on_its_page(order, told_the_time):
    key = registered(order)
    page = reverse("billing:revoke_signing_key", args=[key.public_id])

    assert submit(client_for(actor("vendor_a_signer")), page, {}).status_code == 303

    key.refresh_from_db()
    assert key.revoked_at is not None
    with nothing_happens(), pytest.raises(SigningKeyRefused):
        revoked(key)


@pytest.mark.parametrize("outsider", ["vendor_a_member", "vendor_b_signer", "cor"])
def test_nobody_else_revokes_a_key(order, told_the_time, outsider):
    key = registered(order)
    page = reverse("billing:revoke_signing_key", args=[key.public_id])

    with nothing_happens(), pytest.raises(NotAllowed):
        revoked(key, by=outsider)
    status = 403 if outsider == "vendor_a_member" else 404
    assert client_for(actor(outsider)).get(page).status_code == status
