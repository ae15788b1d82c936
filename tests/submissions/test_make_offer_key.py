"""Making an offer key: a step of holding and of replacing it."""

import pytest

from contracting.core.errors import NotAllowed
from contracting.submissions.operations.make_offer_key import make_offer_key
from contracting.submissions.refusals import KeyUnfit
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.holders import (
    MadeOfferKey,
    copy_for,
    recorded_fingerprint,
)
from tests.cast import actor, nothing_happens
from tests.offer_keys import chosen_passphrase, private_halves

pytestmark = pytest.mark.django_db


def make(holder, part="vendor_a_signer", made=None):
    return make_offer_key(
        organization_id=holder.organization_id,
        holder_ids=[holder.pk],
        made=made,
        by=actor(part),
        at=holder.chosen_at,
    )


def test_its_private_half_is_kept_under_the_key_of_its_holder_alone():
    holder = chosen_passphrase()

    key = make(holder)

    assert recorded_fingerprint(key) == key.fingerprint
    public = {keys.public_of(each) for each in private_halves("vendor_a_signer")}
    assert bytes(key.public_key) in public


def test_no_key_is_made_twice():
    holder = chosen_passphrase()
    pair = keys.new_pair()
    copy = copy_for(holder, public=pair.public, private=pair.private)
    made = MadeOfferKey(pair.public, {holder.fingerprint: copy})
    make(holder, made=made)

    with nothing_happens(), pytest.raises(KeyUnfit):
        make(holder, made=made)


def test_nobody_makes_one_for_another_vendor():
    holder = chosen_passphrase()

    for part in ("vendor_b_signer", "contracting_officer", "vendor_a_administrator"):
        with nothing_happens(), pytest.raises(NotAllowed):
            make(holder, part)
