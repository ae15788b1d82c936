"""Holding the offer key of one's vendor."""

import base64
import json

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.models import Membership
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.submissions.models import HolderKey, OfferKey, OfferKeyCopy
from contracting.submissions.operations.hold import hold_offer_key
from contracting.submissions.refusals import (
    KeyUnfit,
    PassphraseUnfit,
    WrongPassphrase,
)
from contracting.submissions.sealing import keys
from contracting.submissions.sealing.holders import (
    MadeOfferKey,
    copy_binding,
    holder_key_of,
    holders_of,
    offer_key_of,
    opened_by,
    recorded_fingerprint,
)
from tests.cast import PASSWORD, actor, client_for, nothing_happens, submit
from tests.offer_keys import READING, chosen_passphrase, private_halves, the_offer_key
from tests.submissions.test_sealed_box import everything_stored, found

pytestmark = pytest.mark.django_db

HOLD = "submissions:hold_offer_key"


@pytest.fixture(autouse=True)
def _quick(settings):
    settings.OPENER_KEY_ITERATIONS = 100


def made_in_a_browser():
    """A person's locked pair, and an offer key for it alone."""
    own, pair = keys.new_pair(), keys.new_pair()
    print_ = keys.fingerprint(own.public)
    binding = copy_binding(keys.fingerprint(pair.public), print_)
    copy = keys.encrypt_to(own.public, pair.private, binding=binding)
    locked = keys.lock(own, READING, iterations=100)
    return locked, MadeOfferKey(pair.public, {print_: copy}), pair


def test_the_first_passphrase_makes_an_offer_key_that_it_alone_gives_back(
    vendor_a_signer, at
):
    # When somebody of a vendor chooses a passphrase
    held = hold_offer_key(passphrase=READING, by=vendor_a_signer, at=at)

    # Then there is an offer key, which is theirs, and whose fingerprint is on record
    key = offer_key_of(vendor_a_signer.organization_id)
    assert key is not None
    assert holders_of(key) == [held]
    assert recorded_fingerprint(key) == key.fingerprint
    (private,) = private_halves("vendor_a_signer")
    assert keys.public_of(private) == bytes(key.public_key)
    with pytest.raises(WrongPassphrase, match="chose for the offer key"):
        opened_by(held, READING + ".")

    # And neither passphrase nor private half is in any row
    stored = everything_stored()
    own = keys.unlock(held.locked, READING)
    assert not found(READING.encode(), stored)
    for secret in (own, private):
        assert not any(each in stored for each in (secret, secret.hex().encode()))


def test_the_second_one_waits_for_a_colleague(vendor_a_member, at):
    first = chosen_passphrase()
    key = the_offer_key()

    second = hold_offer_key(passphrase=READING, by=vendor_a_member, at=at)

    assert offer_key_of(vendor_a_member.organization_id) == key
    assert holders_of(key) == [first]
    assert not OfferKeyCopy.objects.filter(holder_key=second).exists()


def test_each_vendor_has_its_own(vendor_b_signer, at):
    chosen_passphrase()

    hold_offer_key(passphrase=READING, by=vendor_b_signer, at=at)

    owners = OfferKey.objects.values_list("organization_id", flat=True)
    assert set(owners) == {
        actor("vendor_a_signer").organization_id,
        vendor_b_signer.organization_id,
    }


def test_whoever_held_it_alone_and_chooses_again_gets_a_new_one(vendor_a_signer, at):
    old = chosen_passphrase()
    before = the_offer_key()

    new = hold_offer_key(
        passphrase="quite another passphrase", by=vendor_a_signer, at=at
    )

    old.refresh_from_db()
    assert old.retired_at == at
    key = the_offer_key()
    assert key != before
    assert holders_of(key) == [new]


def test_where_the_only_holder_has_left_the_next_one_makes_a_new_one(
    vendor_a_member, at
):
    gone = chosen_passphrase()
    Membership.objects.filter(user_id=gone.user_id).update(is_active=False)
    assert offer_key_of(vendor_a_member.organization_id) is None

    held = hold_offer_key(passphrase=READING, by=vendor_a_member, at=at)

    assert holders_of(the_offer_key("vendor_a_member")) == [held]


@pytest.mark.parametrize(
    ("passphrase", "why"),
    [
        ("fourteen chars", "at least 15"),
        ("abababababababababab", "guessed"),
        (PASSWORD, "login's password"),
    ],
)
def test_a_passphrase_that_others_know_or_guess_is_refused(
    vendor_a_signer, at, passphrase, why
):
    with nothing_happens(), pytest.raises(PassphraseUnfit, match=why):
        hold_offer_key(passphrase=passphrase, by=vendor_a_signer, at=at)


def test_nobody_but_a_member_or_signer_of_a_vendor_holds_one(
    contracting_officer, vendor_a_administrator, vendor_a_machine, at
):
    for by in (contracting_officer, vendor_a_administrator, vendor_a_machine):
        with nothing_happens(), pytest.raises(NotAllowed):
            hold_offer_key(passphrase=READING, by=by, at=at)


def test_what_a_browser_has_made_is_held(vendor_a_signer, at):
    locked, made, pair = made_in_a_browser()

    held = hold_offer_key(locked=locked, made=made, by=vendor_a_signer, at=at)

    assert held.locked == locked
    key = offer_key_of(vendor_a_signer.organization_id)
    assert key is not None
    assert (bytes(key.public_key), key.mode) == (pair.public, "CLIENT")
    assert private_halves("vendor_a_signer") == {pair.private}
    told = AuditEvent.objects.get(event="submissions.offer_key.held")
    assert json.loads(told.payload)["data"]["mode"] == "CLIENT"


def test_what_is_no_offer_key_for_this_holder_is_refused(vendor_a_signer, at):
    locked, made, _pair = made_in_a_browser()
    (print_,) = made.copies
    unfit = [
        MadeOfferKey(b"\x04" + bytes(64), made.copies),
        MadeOfferKey(made.public, {}),
        MadeOfferKey(made.public, {"0" * 64: made.copies[print_]}),
        MadeOfferKey(made.public, {print_: b"short"}),
    ]

    for each in unfit:
        with nothing_happens(), pytest.raises(KeyUnfit):
            hold_offer_key(locked=locked, made=each, by=vendor_a_signer, at=at)


def test_nobody_takes_the_key_of_somebody_else_for_theirs(vendor_a_member, at):
    other = chosen_passphrase()

    with nothing_happens(), pytest.raises(KeyUnfit, match="known already"):
        hold_offer_key(locked=other.locked, by=vendor_a_member, at=at)


def test_the_database_keeps_keys_and_copies_as_they_are(vendor_b_signer, at):
    held = chosen_passphrase()
    other = hold_offer_key(passphrase=READING, by=vendor_b_signer, at=at)

    for statement in (
        "DELETE FROM submissions_offerkeycopy",
        "UPDATE submissions_offerkeycopy SET wrapped = 'x'",
    ):
        with (
            pytest.raises(DatabaseError, match="only a rotation"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        HolderKey.objects.filter(pk=held.pk).update(iterations=1)
    OfferKeyCopy.objects.create(
        offer_key=the_offer_key(),
        holder_key=other,
        wrapped=b"",
        given_by_id=vendor_b_signer.own_membership_id,
    )
    with pytest.raises(IntegrityError, match="stays within its vendor"):
        connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_page_says_what_is_and_takes_a_passphrase(vendor_a_signer):
    browser = client_for(vendor_a_signer)
    page = browser.get(reverse("submissions:offer_key")).content.decode()
    assert "We have no offer key" in page

    data = {"passphrase": READING, "again": READING, "understood": "on"}
    reply = submit(browser, reverse(HOLD), data)

    assert reply.status_code == 303
    assert "1 of us, you included" in browser.get(reply.url).content.decode()
    assert "This cannot be undone" in browser.get(reverse(HOLD)).content.decode()


def test_the_page_takes_what_a_browser_has_made(vendor_a_signer):
    browser = client_for(vendor_a_signer)
    assert 'data-iterations="100"' in browser.get(reverse(HOLD)).content.decode()
    locked, made, pair = made_in_a_browser()
    told = {
        name: base64.b64encode(getattr(locked, name)).decode()
        for name in ("public", "wrapped", "salt")
    }
    copies = {name: base64.b64encode(raw).decode() for name, raw in made.copies.items()}
    own = json.dumps({**told, "iterations": 100})
    sent = {
        "locked": own,
        "made": json.dumps(
            {"public": base64.b64encode(pair.public).decode(), "copies": copies}
        ),
        "understood": "on",
    }

    for broken in ('{"public": 1}', "[]", '{"public": "", "copies": []}'):
        with nothing_happens():
            reply = submit(browser, reverse(HOLD), {**sent, "made": broken})
        assert reply.status_code == 422
    assert submit(browser, reverse(HOLD), sent).status_code == 303
    held = holder_key_of(vendor_a_signer)
    assert held is not None
    assert held.locked == locked


def test_nobody_of_the_government_finds_the_page():
    chosen_passphrase()
    for part in ("contracting_officer", "administrator", "auditor"):
        browser = client_for(actor(part))
        assert browser.get(reverse("submissions:offer_key")).status_code == 404
        assert browser.get(reverse(HOLD)).status_code == 403
