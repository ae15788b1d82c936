"""Other people open the offers: an amendment, and with it a new key."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Membership
from contracting.core.actors import SYSTEM
from contracting.core.errors import NotAllowed
from contracting.documents.models import Document
from contracting.evaluations.operations.analyse import analyse_price
from contracting.evaluations.refusals import OffersStillSealed
from contracting.notices.models import Notice
from contracting.solicitations.refusals import DeadlineFixed, TermInvalid
from contracting.submissions.models import Box, OpenedOffer, Submission
from contracting.submissions.operations.name import name_openers
from contracting.submissions.operations.open import open_submissions
from contracting.submissions.operations.replace_openers import replace_openers
from contracting.submissions.operations.warn import warn_of_losses
from contracting.submissions.queries import (
    amendment_numbers,
    box_of,
    left_sealed,
)
from contracting.submissions.refusals import AlreadyOpened
from contracting.submissions.sealing.openers import boxes_of
from contracting.submissions.sealing.published import published_fingerprint
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    OTHERS,
    PASSPHRASE,
    after,
    before,
    enrolled_openers,
    latest_version,
    offer_on,
    other_openers,
    replaced_openers,
    submitted_offer,
    the_box,
)

pytestmark = pytest.mark.django_db


def replaced(solicitation, *, by="contracting_officer", at=None, reason="One left."):
    return replace_openers(
        solicitation_id=solicitation.pk,
        reason=reason,
        by=actor(by),
        at=at or before(solicitation, days=1),
        seen_version=solicitation.version,
    )


def named(solicitation, *, at):
    return name_openers(
        solicitation_id=solicitation.pk,
        membership_ids=enrolled_openers(OTHERS),
        needed=2,
        by=actor("contracting_officer"),
        at=at,
    )


def opened(solicitation, part, box=None, **later):
    return open_submissions(
        solicitation_id=solicitation.pk,
        passphrase=PASSPHRASE,
        box_id=box and box.pk,
        by=actor(part),
        at=after(solicitation, **later),
    )


def test_others_are_put_in_place_by_an_amendment_that_every_vendor_is_told_of():
    # Given a released solicitation, and others who have rehearsed since
    solicitation = other_openers(on=released_solicitation())
    former = the_box(solicitation)

    # When the officer replaces the openers
    amendment = replaced(solicitation)

    # Then offers are sealed to a new key, which the amendment tells, and the audit too
    box = the_box(solicitation)
    assert box.amendment == amendment
    assert box.public_key != former.public_key
    assert {share.user_id for share in box.shares.all()} == {
        actor(part).user_id for part in OTHERS
    }
    assert published_fingerprint(solicitation) == box.fingerprint
    (change,) = amendment.changes
    assert former.fingerprint in change["old"]
    assert box.fingerprint in change["new"]

    # And it is numbered, printed, told and acknowledged as any other
    assert amendment_numbers(solicitation) == ["0001"] == [amendment.number]
    assert Document.objects.filter(kind="modification").exists()
    told = Notice.objects.filter(
        recipient_organization=actor("vendor_b_signer").organization_id,
        title__startswith="Amendment 0001",
    )
    assert "seal it anew" in told[0].body
    later = latest_version(submitted_offer(on=solicitation, by="vendor_b_signer"))
    assert later.acknowledged == ["0001"]
    assert later.key_wrap.box == box


def test_nobody_is_put_in_place_who_has_not_rehearsed_or_too_late():
    solicitation = released_solicitation()

    # Nobody is named, or those who are have not rehearsed
    with nothing_happens(), pytest.raises(NotAllowed, match="Name the other openers"):
        replaced(solicitation)
    named(solicitation, at=before(solicitation, days=3))
    with nothing_happens(), pytest.raises(NotAllowed, match="0 of the 2"):
        replaced(solicitation)

    # Somebody else asks, no reason is given, or the deadline has passed
    other_openers(on=solicitation)
    for part in ("contract_specialist", "other_agency_officer", "vendor_a_signer"):
        with nothing_happens(), pytest.raises(NotAllowed):
            replaced(solicitation, by=part)
    with nothing_happens(), pytest.raises(TermInvalid):
        replaced(solicitation, reason=" ")
    with nothing_happens(), pytest.raises(DeadlineFixed):
        replaced(solicitation, at=after(solicitation))
    with nothing_happens(), pytest.raises(DeadlineFixed, match="no amendment"):
        named(solicitation, at=after(solicitation))

    # And the database knows that one box comes with each amendment, of its own package
    replaced(solicitation)
    box = Box.objects.get(pk=the_box(solicitation).pk)
    box.pk, box.public_id = None, ""
    with pytest.raises(IntegrityError), transaction.atomic():
        box.save(force_insert=True)


@pytest.mark.rule("R-SUB-03", case="allowed")
def test_each_offer_is_opened_with_the_key_it_is_sealed_to():
    # Given Meridian's offer under the former key, and Larkspur's under the new one
    solicitation = released_solicitation()
    stays = submitted_offer(on=solicitation, at=before(solicitation, days=4))
    replaced_openers(on=solicitation)
    moves = submitted_offer(
        on=solicitation,
        by="vendor_b_signer",
        offer=offer_on(solicitation, percent_of_list=90),
    )
    box, former = boxes_of(solicitation)

    # When two of the new openers open
    assert left_sealed(solicitation) == []
    opened(solicitation, "finance_reviewer")
    with nothing_happens(), pytest.raises(NotAllowed):
        opened(solicitation, "legal_reviewer", hours=2)
    opened(solicitation, "contracting_officer", hours=2)

    # Then what is sealed to their key lies open, and the other one is sealed
    assert [each.submission for each in OpenedOffer.objects.all()] == [moves]
    assert Submission.objects.get(pk=stays.pk).vendor is None
    assert left_sealed(solicitation) == [(former, 1)]
    room = client_for(actor("contract_specialist")).get(
        reverse("submissions:opening", args=[solicitation.public_id])
    )
    assert "1 offer in time is still sealed to it." in room.content.decode()

    # And no price is analysed without it, until its own openers have opened it
    with nothing_happens(), pytest.raises(OffersStillSealed, match="1 in time"):
        analyse_price(
            solicitation_id=solicitation.pk,
            conclusion="One offer stands below public list, and it is not alone.",
            reasonable_submission_ids=[moves.pk],
            unbalanced_memo="",
            by=actor("contract_specialist"),
            at=after(solicitation, hours=3),
        )
    opened(solicitation, "legal_reviewer", former, hours=3)
    with nothing_happens(), pytest.raises(NotAllowed):
        opened(solicitation, "finance_reviewer", former, hours=3)
    opened(solicitation, "contracting_officer", former, hours=4)
    assert {each.submission for each in OpenedOffer.objects.all()} == {stays, moves}
    assert left_sealed(solicitation) == []
    for of_it, third in ((box, "security_reviewer"), (former, "contract_specialist")):
        with nothing_happens(), pytest.raises(AlreadyOpened):
            opened(solicitation, third, of_it, hours=5)


def test_a_former_key_under_which_nothing_is_left_is_not_opened():
    solicitation = replaced_openers(on=released_solicitation())
    former = boxes_of(solicitation)[1]
    for part in OTHERS[:2]:
        opened(solicitation, part)

    with nothing_happens(), pytest.raises(AlreadyOpened, match="nothing is to open"):
        opened(solicitation, "legal_reviewer", former)


def test_the_former_openers_may_come_first_and_losses_are_told_of_each_key():
    # Given an offer under each key; one of the former openers is lost, then one more
    solicitation = released_solicitation()
    submitted_offer(on=solicitation, at=before(solicitation, days=4))
    replaced_openers(on=solicitation)
    submitted_offer(on=solicitation, by="vendor_b_signer")
    former = boxes_of(solicitation)[1]
    Membership.objects.filter(pk=actor("contract_specialist").own_membership_id).update(
        is_active=False
    )

    # Then the officers are told of the former key, and of nothing that lies under it
    assert warn_of_losses(by=SYSTEM, at=before(solicitation)) == 1
    told = Notice.objects.filter(title__contains="under a former key")
    assert told.exists()
    assert "Whether there is any, nobody can tell" in told[0].body

    # When those who are left open what is theirs first
    opened(solicitation, "legal_reviewer", former)
    opened(solicitation, "contracting_officer", former, hours=2)

    # Then it lies open, and the rest follows
    assert OpenedOffer.objects.count() == 1
    for part in OTHERS[1:]:
        opened(solicitation, part, hours=3)
    assert OpenedOffer.objects.count() == 2


def test_the_officer_does_it_from_the_page_and_is_told_no_number(monkeypatch):
    # Given an offer, and others who have rehearsed
    solicitation = released_solicitation()
    submitted_offer(on=solicitation, at=before(solicitation, days=4))
    other_openers(on=solicitation)
    browser = client_for(actor("contracting_officer"))
    box_url = reverse("submissions:box", args=[solicitation.public_id])
    url = reverse("submissions:replace_openers", args=[solicitation.public_id])

    # When the officer reads what it means, and issues the amendment
    monkeypatch.setattr(
        "contracting.core.clock.now", lambda: before(solicitation, days=1)
    )
    assert "Ready to replace the openers" in browser.get(box_url).content.decode()
    assert "This cannot be taken back" in browser.get(url).content.decode()
    reply = submit(
        browser,
        url,
        {
            "reason": "One of them has left.",
            "understood": "on",
            "seen_version": solicitation.version,
        },
    )
    assert (reply.status_code, reply.url) == (303, box_url)
    shown = browser.get(box_url).content.decode()

    # Then both keys stand there, also for the public, and no count of anything
    box, former = boxes_of(solicitation)
    assert "Former keys" in shown
    assert former.fingerprint in shown
    assert box.fingerprint in shown
    assert "with amendment 0001" in shown
    published = reverse("submissions:published_box", args=[solicitation.public_id])
    assert former.fingerprint in browser.get(published).content.decode()

    # And an outsider finds nothing
    outsider = client_for(actor("other_agency_officer"))
    assert outsider.get(url).status_code == 404
    assert box_of(solicitation) == box
