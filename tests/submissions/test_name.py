"""Naming the people who open the offers."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import Membership
from contracting.core.errors import NotAllowed
from contracting.notices.models import Notice
from contracting.submissions.models import Box
from contracting.submissions.operations.enrol import enrol_opener
from contracting.submissions.operations.name import name_openers
from contracting.submissions.queries import rehearsal_of
from contracting.submissions.refusals import OpenersUnfit
from tests.builders import complete_solicitation, released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    OPENERS,
    PASSPHRASE,
    after,
    enrolled_openers,
    opened_offers,
    the_box,
)

pytestmark = pytest.mark.django_db


def named(solicitation, membership_ids, *, at, needed=2, by="contracting_officer"):
    return name_openers(
        solicitation_id=solicitation.pk,
        membership_ids=membership_ids,
        needed=needed,
        by=actor(by),
        at=at,
    )


def test_three_people_who_have_enrolled_are_named_and_told(at):
    solicitation = complete_solicitation(at)

    box = named(solicitation, enrolled_openers(), at=at)

    assert (box.needed, box.people, box.shares.count()) == (2, 3, 3)
    told = Notice.objects.filter(title__startswith="You are named to open")
    assert told.count() == 2  # whoever names them knows


def test_naming_again_makes_another_box(at):
    solicitation = complete_solicitation(at)
    first = named(solicitation, enrolled_openers(), at=at)

    second = named(solicitation, enrolled_openers(), at=at)

    assert rehearsal_of(solicitation) == second
    assert first.public_key != second.public_key


@pytest.mark.parametrize(("needed", "people"), [(1, 3), (2, 2), (3, 3)])
def test_too_few_people_are_refused(at, needed, people):
    solicitation, openers = complete_solicitation(at), enrolled_openers()

    with nothing_happens(), pytest.raises(OpenersUnfit):
        named(solicitation, openers[:people], needed=needed, at=at)


def test_no_person_is_named_twice_under_another_hat(at):
    solicitation, openers = complete_solicitation(at), enrolled_openers()
    second_hat = Membership.objects.create(
        user_id=actor("legal_reviewer").own_user_id,
        organization_id=actor("legal_reviewer").own_organization_id,
        role="EVALUATOR",
    )

    with nothing_happens(), pytest.raises(OpenersUnfit, match="once"):
        named(solicitation, [*openers, second_hat.pk], at=at)


def test_only_people_of_the_agency_who_have_enrolled_are_named(at, vendor_b):
    solicitation, openers = complete_solicitation(at), enrolled_openers()
    elsewhere = actor("other_agency_officer")
    enrol_opener(passphrase=PASSPHRASE, by=elsewhere, at=at)

    for stranger in ("evaluator", "vendor_a_signer", "other_agency_officer"):
        ids = [*openers[:2], actor(stranger).own_membership_id]
        with nothing_happens(), pytest.raises(OpenersUnfit, match="enrolled"):
            named(solicitation, ids, at=at)

    # Nor is somebody who has joined a vendor since
    Membership.objects.create(
        user_id=actor("legal_reviewer").own_user_id,
        organization=vendor_b,
        role="VENDOR_MEMBER",
    )
    with nothing_happens(), pytest.raises(OpenersUnfit):
        named(solicitation, openers, at=at)


def test_nobody_but_a_contracting_officer_names_openers(at):
    solicitation, openers = complete_solicitation(at), enrolled_openers()

    for part in ("contract_specialist", "administrator", "other_agency_officer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            named(solicitation, openers, by=part, at=at)


def test_once_offers_are_open_nobody_is_named():
    solicitation = opened_offers()

    with nothing_happens(), pytest.raises(NotAllowed, match="nobody is named"):
        named(solicitation, enrolled_openers(), at=after(solicitation))


def test_the_database_knows_what_a_box_is():
    box = the_box(released_solicitation())

    for change in ({"needed": 1}, {"needed": 3, "people": 4}, {"purpose": "OFFERS"}):
        copy = Box.objects.get(pk=box.pk)
        copy.pk, copy.public_id = None, ""
        for name, value in change.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save(force_insert=True)


def test_the_officer_names_openers_from_the_page(at):
    solicitation, openers = complete_solicitation(at), enrolled_openers()
    browser = client_for(actor("contracting_officer"))
    url = reverse("submissions:name_openers", args=[solicitation.public_id])
    page = browser.get(url).content.decode()
    assert "Loss is final" in page
    assert "3 people have enrolled" in page

    reply = submit(browser, url, {"openers": openers, "needed": 2})

    assert reply.status_code == 303
    shown = browser.get(reply.url).content.decode()
    assert "0 of the 2 openers" in shown
    assert all(str(Membership.objects.get(pk=pk).user) in shown for pk in openers)


def test_everybody_reads_the_key_of_a_released_box_and_no_name():
    solicitation = released_solicitation()
    box = the_box(solicitation)
    url = reverse("submissions:published_box", args=[solicitation.public_id])

    page = Client().get(url).content.decode()

    assert box.fingerprint in page
    assert all(share.commitment in page for share in box.shares.all())
    assert not any(actor(part).name in page for part in OPENERS)
    assert box.fingerprint in Client().get(solicitation.public_path).content.decode()
