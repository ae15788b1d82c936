"""Enrolling to open offers."""

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Membership
from contracting.audit.models import AuditEvent
from contracting.core.errors import NotAllowed
from contracting.submissions.models import OpenerKey
from contracting.submissions.operations.enrol import enrol_opener
from contracting.submissions.refusals import PassphraseUnfit, WrongPassphrase
from contracting.submissions.sealing import keys
from tests.cast import PASSWORD, actor, client_for, nothing_happens, submit

pytestmark = pytest.mark.django_db

PASSPHRASE = "seven grey herons at noon"
ENROL = "submissions:enrol_opener"


def test_a_person_enrols_and_only_their_passphrase_gives_the_key_back(
    legal_reviewer, at
):
    enrolled = enrol_opener(passphrase=PASSPHRASE, by=legal_reviewer, at=at)

    # Then the private half comes back with the passphrase alone
    private = keys.unlock(enrolled.locked, PASSPHRASE)
    assert keys.public_of(private) == bytes(enrolled.public_key)
    with pytest.raises(WrongPassphrase):
        keys.unlock(enrolled.locked, PASSPHRASE + ".")

    # And neither the passphrase nor the private half is anywhere in the row or event
    row = OpenerKey.objects.values_list().get(pk=enrolled.pk)
    event = AuditEvent.objects.get(event="submissions.opener.enrolled")
    assert private not in [bytes(v) for v in row if isinstance(v, bytes | memoryview)]
    assert PASSPHRASE not in event.payload
    assert enrolled.fingerprint in event.payload


def test_the_iterations_are_kept_in_the_row(legal_reviewer, at, settings):
    settings.OPENER_KEY_ITERATIONS = 1_234
    enrolled = enrol_opener(passphrase=PASSPHRASE, by=legal_reviewer, at=at)

    settings.OPENER_KEY_ITERATIONS = 2_000

    assert enrolled.iterations == 1_234
    assert keys.unlock(enrolled.locked, PASSPHRASE)


def test_enrolling_again_retires_the_old_key(legal_reviewer, at):
    old = enrol_opener(passphrase=PASSPHRASE, by=legal_reviewer, at=at)

    new = enrol_opener(passphrase="another nine words", by=legal_reviewer, at=at)

    old.refresh_from_db()
    assert old.retired_at == at
    assert new.retired_at is None
    assert new.fingerprint != old.fingerprint


@pytest.mark.parametrize(
    ("passphrase", "why"),
    [
        ("fourteen chars", "at least 15"),
        ("abababababababababab", "guessed"),
        (PASSWORD, "login's password"),
    ],
)
def test_a_passphrase_that_others_know_or_guess_is_refused(
    legal_reviewer, at, passphrase, why
):
    with nothing_happens(), pytest.raises(PassphraseUnfit, match=why):
        enrol_opener(passphrase=passphrase, by=legal_reviewer, at=at)


def test_nobody_of_a_vendor_enrols(vendor_a_signer, gateway, at):
    for by in (vendor_a_signer, gateway):
        with nothing_happens(), pytest.raises(NotAllowed):
            enrol_opener(passphrase=PASSPHRASE, by=by, at=at)


def test_a_government_person_who_belongs_to_a_vendor_too_does_not_enrol(
    legal_reviewer, vendor_b, at
):
    Membership.objects.create(
        user_id=legal_reviewer.own_user_id, organization=vendor_b, role="VENDOR_MEMBER"
    )

    with nothing_happens(), pytest.raises(NotAllowed, match="vendor"):
        enrol_opener(passphrase=PASSPHRASE, by=legal_reviewer, at=at)


def test_the_database_keeps_one_key_in_force_and_changes_none(legal_reviewer, at):
    enrolled = enrol_opener(passphrase=PASSPHRASE, by=legal_reviewer, at=at)
    twice = OpenerKey.objects.get(pk=enrolled.pk)
    twice.pk, twice.public_id = None, ""

    with pytest.raises(IntegrityError, match="one_key_in_force"), transaction.atomic():
        twice.save(force_insert=True)
    with pytest.raises(IntegrityError, match="only ever added"), transaction.atomic():
        OpenerKey.objects.filter(pk=enrolled.pk).update(iterations=1)


def test_the_page_enrols_and_warns_of_loss(legal_reviewer):
    browser = client_for(legal_reviewer)
    page = browser.get(reverse(ENROL)).content.decode()
    assert "cannot be reset" in page

    data = {"passphrase": PASSPHRASE, "again": PASSPHRASE, "understood": "on"}
    reply = submit(browser, reverse(ENROL), data)

    assert reply.status_code == 303
    assert "You can be named to open offers" in browser.get(reply.url).content.decode()
    again = browser.get(reverse(ENROL)).content.decode()
    assert "This cannot be undone" in again


def test_a_passphrase_typed_differently_is_said_and_not_shown_again(legal_reviewer):
    browser = client_for(legal_reviewer)
    data = {"passphrase": PASSPHRASE, "again": "something else", "understood": "on"}

    with nothing_happens():
        reply = submit(browser, reverse(ENROL), data)

    assert reply.status_code == 422
    assert "The two passphrases differ" in reply.content.decode()
    assert PASSPHRASE not in reply.content.decode()


def test_a_stranger_finds_no_page_of_openers():
    browser = client_for(actor("vendor_a_signer"))

    assert browser.get(reverse("submissions:openers")).status_code == 404
    assert browser.get(reverse(ENROL)).status_code == 403


def test_a_deployment_does_not_stretch_less(settings):
    settings.OPENER_KEY_ITERATIONS = 599_999

    with pytest.raises(SystemCheckError, match="OPENER_KEY_ITERATIONS"):
        call_command("check", deploy=True, fail_level="ERROR")
