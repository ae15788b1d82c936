"""Sharing the offer key with a colleague."""

import base64
import json

import pytest
from django.urls import reverse

from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.submissions.models import OfferKeyCopy
from contracting.submissions.operations.share import share_offer_key
from contracting.submissions.refusals import HolderUnfit, KeyUnfit, WrongPassphrase
from contracting.submissions.sealing.holders import (
    copies_of,
    copy_for,
    holders_of,
    offer_key_of,
    opened_by,
)
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offer_keys import (
    READING,
    chosen_passphrase,
    private_halves,
    shared_offer_key,
)

pytestmark = pytest.mark.django_db

SHARE = "submissions:share_offer_key"


def both_chose():
    """The signer, who holds the offer key, and the member, who waits for it."""
    return chosen_passphrase(), chosen_passphrase(by="vendor_a_member")


def copies_for(own, colleague):
    """What the browser of a holder encrypts to the key of a colleague."""
    private = opened_by(own, READING)
    return {
        copy.offer_key.public_id: copy_for(
            colleague,
            public=bytes(copy.offer_key.public_key),
            private=copy.private_half(private),
        )
        for copy in copies_of(own)
    }


def test_a_colleague_holds_the_same_key_under_a_passphrase_of_their_own():
    # When the signer shares the offer key with the member
    colleague = shared_offer_key()

    # Then both hold it, and the member is told
    key = offer_key_of(colleague.organization_id)
    assert key is not None
    assert colleague in holders_of(key)
    assert len(holders_of(key)) == 2
    assert private_halves("vendor_a_member") == private_halves("vendor_a_signer")
    assert Notice.objects.get(
        recipient_user_id=colleague.user_id, url_path="/offer_key"
    )


def test_a_browser_shares_it_without_telling_a_passphrase(vendor_a_signer, at):
    own, colleague = both_chose()

    share_offer_key(
        holder=colleague.public_id,
        copies=copies_for(own, colleague),
        by=vendor_a_signer,
        at=at,
    )

    assert private_halves("vendor_a_member") == private_halves("vendor_a_signer")


def test_another_passphrase_shares_nothing(vendor_a_signer, at):
    _own, colleague = both_chose()

    with nothing_happens(), pytest.raises(WrongPassphrase):
        share_offer_key(
            holder=colleague.public_id,
            passphrase="not the right words",
            by=vendor_a_signer,
            at=at,
        )


def test_copies_of_something_else_are_refused(vendor_a_signer, at):
    own, colleague = both_chose()
    (public_id,) = copies_for(own, colleague)

    for copies in ({}, {"ofk_other": bytes(125)}, {public_id: bytes(125)}):
        with nothing_happens(), pytest.raises(KeyUnfit):
            share_offer_key(
                holder=colleague.public_id, copies=copies, by=vendor_a_signer, at=at
            )


def test_it_is_shared_once_and_within_the_vendor(vendor_a_signer, at):
    colleague = shared_offer_key()
    rival = chosen_passphrase(by="vendor_b_signer")

    for holder in (colleague, rival):
        with nothing_happens(), pytest.raises(HolderUnfit):
            share_offer_key(
                holder=holder.public_id, passphrase=READING, by=vendor_a_signer, at=at
            )


def test_only_somebody_who_holds_it_shares_it(at):
    _own, colleague = both_chose()

    for part in ("vendor_a_member", "vendor_b_signer", "contracting_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            share_offer_key(
                holder=colleague.public_id, passphrase=READING, by=actor(part), at=at
            )


def test_the_page_shares_it_by_passphrase(vendor_a_signer):
    chosen_passphrase()
    browser = client_for(vendor_a_signer)
    assert "Nobody to share it with" in browser.get(reverse(SHARE)).content.decode()
    colleague = chosen_passphrase(by="vendor_a_member")
    page = browser.get(reverse(SHARE)).content.decode()
    assert colleague.fingerprint[:12] in page

    data = {"holder": colleague.public_id, "passphrase": READING}
    assert submit(browser, reverse(SHARE), data).status_code == 303

    assert OfferKeyCopy.objects.filter(holder_key=colleague).count() == 1


def test_the_page_takes_the_copies_of_a_browser(vendor_a_signer):
    own, colleague = both_chose()
    browser = client_for(vendor_a_signer)
    copies = {
        name: base64.b64encode(raw).decode()
        for name, raw in copies_for(own, colleague).items()
    }
    sent = {"holder": colleague.public_id, "copies": "[]"}

    with nothing_happens():
        assert submit(browser, reverse(SHARE), sent).status_code == 422
    sent["copies"] = json.dumps(copies)
    assert submit(browser, reverse(SHARE), sent).status_code == 303

    assert private_halves("vendor_a_member") == private_halves("vendor_a_signer")


def test_the_page_is_for_those_who_hold_it():
    both_chose()
    member = client_for(actor("vendor_a_member")).get(reverse(SHARE))

    assert member.status_code == 403
    assert "ask a colleague who holds it" in member.content.decode()
