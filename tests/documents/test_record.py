"""The record of a binding act: word for word what the signature holds."""

import json

import pytest

from contracting.core.errors import NotAllowed
from contracting.documents.models import Approval
from contracting.documents.signing import signatures
from tests.cast import actor, machine, nothing_happens
from tests.documents.test_sign import approval


@pytest.mark.django_db
def test_the_record_says_who_did_what_shown_what_and_how_they_proved_it(
    contracting_officer, at
):
    made = approval("OFFICER", contracting_officer.proven("password"), at)

    said = json.loads(made.record)
    assert said["statement"].startswith("I sign version 3 of this modification")
    assert said["signer"]["name"] == contracting_officer.name
    assert said["signer"]["role"] == "CONTRACTING_OFFICER"
    assert said["warrant"]["number"]
    assert said["authentication"] == "password"
    assert "organization's key" in said["signed_with"]
    assert made.sha256 == signatures.sha256_of(made.record)
    # And the same act is written down once
    assert approval("OFFICER", contracting_officer.proven("password"), at) == made
    # What nobody saw is said to be not recorded
    other = json.loads(approval("OFFICER", contracting_officer, at, version=4).record)
    assert other["authentication"] == "not recorded"


@pytest.mark.django_db
def test_a_past_act_has_the_record_that_was_made_then_or_one_that_says_so(at):
    signer = actor("vendor_a_signer")
    then = approval("VENDOR", signer.proven("password"), at)

    assert approval("VENDOR", signer, at, is_past=True) == then
    later = approval("VENDOR", signer, at, version=9, is_past=True)

    said = json.loads(later.record)
    assert (said["statement"], said["authentication"]) == ("", "not recorded")
    assert Approval.objects.count() == 2


@pytest.mark.django_db
def test_a_machine_approves_nothing(at):
    with nothing_happens(), pytest.raises(NotAllowed):
        approval("VENDOR", machine("vendor_a_machine"), at)
