"""A vendor registers the public keys that sign its reports."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.urls import reverse

from contracting.billing.models import SigningKey
from contracting.billing.operations.register_signing_key import register_signing_key
from contracting.billing.refusals import SigningKeyRefused
from contracting.core.errors import NotAllowed
from tests.builders_billing import REPORTED_AT
from tests.cast import actor, client_for, nothing_happens, submit


def public():
    return Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()


def registered(order, key=None, *, label="Billing", by="vendor_a_administrator"):
    return register_signing_key(
        vendor_id=order.contract.vendor_id,
        label=label,
        public_key=key or public(),
        by=actor(by),
        at=REPORTED_AT,
    )


def test_a_key_is_registered_on_its_page(order, told_the_time):
    browser, key = client_for(actor("vendor_a_administrator")), public()
    assert "no signing key" in browser.get("/signing_keys/").content.decode()

    answer = submit(
        browser,
        reverse("billing:register_signing_key"),
        {"label": "Billing", "public_key": f" {key.upper()} "},
    )

    assert answer.status_code == 303
    assert SigningKey.objects.get().public_key == key
    assert "Billing" in browser.get("/signing_keys/").content.decode()


@pytest.mark.parametrize(("key", "label"), [("ab", "A"), ("zz" * 32, "A"), ("", " ")])
def test_what_is_no_key_is_not_registered(order, key, label):
    with nothing_happens(), pytest.raises(SigningKeyRefused):
        registered(order, key or public(), label=label)


def test_a_key_signs_for_one_organization(order):
    key = registered(order).public_key

    with nothing_happens(), pytest.raises(SigningKeyRefused):
        registered(order, key)


@pytest.mark.parametrize("outsider", ["vendor_a_member", "vendor_b_signer", "cor"])
def test_nobody_else_registers_a_key(order, outsider):
    with nothing_happens(), pytest.raises(NotAllowed):
        registered(order, by=outsider)
