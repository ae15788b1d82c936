"""Replacing the offer key, and taking people off it."""

import base64
import json

import pytest
from django.urls import reverse

from accounts.models import Membership
from contracting.core.errors import NotAllowed
from contracting.submissions.models import OfferKeyCopy
from contracting.submissions.operations.rotate import rotate_offer_key
from contracting.submissions.operations.share import share_offer_key
from contracting.submissions.refusals import HolderUnfit, KeyUnfit
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.holders import (
    MadeOfferKey,
    copy_for,
    holder_key_of,
    holders_of,
    offer_key_of,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offer_keys import (
    READING,
    chosen_passphrase,
    private_halves,
    shared_offer_key,
)

pytestmark = pytest.mark.django_db

ROTATE = "submissions:rotate_offer_key"


def test_whoever_is_taken_off_holds_no_copy_and_the_others_a_new_key(
    vendor_a_signer, at
):
    # Given two who hold the offer key
    colleague = shared_offer_key()
    (old,) = private_halves("vendor_a_signer")

    # When one takes the other off it
    key = rotate_offer_key(leaving=[colleague.public_id], by=vendor_a_signer, at=at)

    # Then a new key is in force, the one has both, and the other none
    assert offer_key_of(vendor_a_signer.organization_id) == key
    assert old in private_halves("vendor_a_signer")
    assert len(private_halves("vendor_a_signer")) == 2
    assert private_halves("vendor_a_member") == set()


def test_nobody_need_leave(vendor_a_signer, at):
    shared_offer_key()

    key = rotate_offer_key(by=vendor_a_signer, at=at)

    assert len(holders_of(key)) == 2
    assert private_halves("vendor_a_member") == private_halves("vendor_a_signer")
    assert len(private_halves("vendor_a_member")) == 2


def test_whoever_has_left_the_vendor_is_taken_off_in_any_case(vendor_a_signer, at):
    gone = shared_offer_key()
    Membership.objects.filter(user_id=gone.user_id).update(is_active=False)

    rotate_offer_key(by=vendor_a_signer, at=at)

    assert not OfferKeyCopy.objects.filter(holder_key=gone).exists()


def test_whoever_was_taken_off_can_be_let_in_again(vendor_a_signer, at):
    colleague = shared_offer_key()
    rotate_offer_key(leaving=[colleague.public_id], by=vendor_a_signer, at=at)

    share_offer_key(
        holder=colleague.public_id, passphrase=READING, by=vendor_a_signer, at=at
    )

    assert private_halves("vendor_a_member") == private_halves("vendor_a_signer")


def test_a_rival_keeps_what_they_have(vendor_a_signer, at):
    shared_offer_key()
    chosen_passphrase(by="vendor_b_signer")
    theirs = private_halves("vendor_b_signer")

    rotate_offer_key(by=vendor_a_signer, at=at)

    assert private_halves("vendor_b_signer") == theirs


def test_nobody_takes_off_themselves_or_a_stranger(vendor_a_signer, at):
    shared_offer_key()
    own = holder_key_of(vendor_a_signer)
    assert own is not None
    rival = chosen_passphrase(by="vendor_b_signer")

    for leaving in (own, rival):
        with nothing_happens(), pytest.raises(HolderUnfit):
            rotate_offer_key(leaving=[leaving.public_id], by=vendor_a_signer, at=at)


def test_only_somebody_who_holds_it_replaces_it(at):
    chosen_passphrase()
    chosen_passphrase(by="vendor_a_member")

    for part in ("vendor_a_member", "vendor_b_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            rotate_offer_key(by=actor(part), at=at)


def test_the_page_takes_the_key_that_a_browser_has_made(vendor_a_signer):
    # Given the page, and a new key that a browser has made for whoever stays
    colleague = shared_offer_key()
    own = holder_key_of(vendor_a_signer)
    assert own is not None
    pair = keys.new_pair()
    copy = copy_for(own, public=pair.public, private=pair.private)
    told = {
        "public": base64.b64encode(pair.public).decode(),
        "copies": {own.fingerprint: base64.b64encode(copy).decode()},
    }
    browser = client_for(vendor_a_signer)
    assert "What was read was read" in browser.get(reverse(ROTATE)).content.decode()
    sent = {"understood": "on", "made": json.dumps(told)}

    # When it is sent for both, it fits nobody; for the one who stays it is taken
    with nothing_happens():
        assert submit(browser, reverse(ROTATE), sent).status_code == 422
    sent["leaving"] = colleague.public_id
    assert submit(browser, reverse(ROTATE), sent).status_code == 303

    assert pair.private in private_halves("vendor_a_signer")
    assert private_halves("vendor_a_member") == set()


def test_a_browser_s_key_is_for_those_who_stay(vendor_a_signer, at):
    shared_offer_key()
    made = MadeOfferKey(keys.new_pair().public, {})

    with nothing_happens(), pytest.raises(KeyUnfit):
        rotate_offer_key(made=made, by=vendor_a_signer, at=at)
