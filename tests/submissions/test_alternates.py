"""Alternates: numbered offers of one vendor beside its base offer (FAR 52.212-1(e))."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from contracting.core.errors import NotVisible
from contracting.solicitations.operations.amend import amend_solicitation
from contracting.submissions.calculations import next_alternate, receipt_content
from contracting.submissions.client import next_place
from contracting.submissions.models import OpenedOffer, Submission
from contracting.submissions.operations.replace import replace_submission
from contracting.submissions.operations.submit import submit_submission
from contracting.submissions.operations.withdraw import withdraw_submission
from contracting.submissions.queries import (
    get_submission_for,
    own_submissions,
    submission_of,
)
from contracting.submissions.refusals import AlreadySubmitted, AlternateNotTaken
from contracting.submissions.states import SealingMode, SubmissionState
from tests.builders import released_solicitation
from tests.cast import actor, client_for, nothing_happens, submit
from tests.offers import (
    after,
    before,
    latest_version,
    offer_on,
    opened_offers,
    submitted_offer,
)
from tests.sealed_offers import sealed_offer
from tests.submissions.test_doors import filled_in

pytestmark = pytest.mark.django_db


def alternate(number, *, on, by="vendor_a_signer", **more):
    return submitted_offer(on=on, by=by, alternate=number, **more)


def taking(number, *, on):
    """The contracting officer's amendment of how many are taken."""
    amend_solicitation(
        solicitation_id=on.pk,
        summary="Alternates.",
        terms={"alternates_taken": number},
        by=actor("contracting_officer"),
        at=before(on, hours=2),
        seen_version=on.version,
    )
    on.refresh_from_db()
    return on


@pytest.mark.rule("R-SUB-10", case="allowed")
def test_alternates_are_offers_of_their_own_beside_the_base_offer(vendor_b_signer):
    # Given a base offer
    solicitation = released_solicitation()
    base = submitted_offer(on=solicitation)

    # When the same vendor hands in two alternates
    first, second = (alternate(number, on=solicitation) for number in (1, 2))

    # Then there are three offers under one pseudonym, each with its own receipt
    assert {each.pseudonym for each in (base, first, second)} == {base.pseudonym}
    assert [each.alternate for each in (base, first, second)] == [0, 1, 2]
    receipts = {latest_version(each).public_id for each in (base, first, second)}
    assert len(receipts) == 3
    assert receipt_content(latest_version(second))["alternate"] == 2
    assert "alternate" not in receipt_content(latest_version(base))

    # And another vendor sees none of them
    assert not own_submissions(vendor_b_signer, solicitation).exists()
    with pytest.raises(NotVisible):
        get_submission_for(vendor_b_signer, first.public_id)


@pytest.mark.rule("R-SUB-10", case="allowed")
def test_each_is_replaced_and_withdrawn_by_itself(vendor_a_signer):
    # Given a base offer and an alternate
    solicitation = released_solicitation()
    base, first = submitted_offer(on=solicitation), alternate(1, on=solicitation)

    # When the alternate is replaced and the base offer withdrawn
    replace_submission(
        submission_id=first.pk,
        offer=offer_on(solicitation, percent_of_list=70),
        acknowledged=[],
        by=vendor_a_signer,
        at=before(solicitation),
    )
    withdraw_submission(
        submission_id=base.pk, by=vendor_a_signer, at=before(solicitation)
    )

    # Then the alternate stands in its second version, and alone
    first.refresh_from_db()
    base.refresh_from_db()
    assert (first.state, latest_version(first).number) == ("SUBMITTED", 2)
    assert base.state == SubmissionState.WITHDRAWN
    opened_offers(on=solicitation)
    offer = OpenedOffer.objects.get()
    assert offer.submission.called == "Meridian Models, alternate 1"


@pytest.mark.rule("R-SUB-10", case="allowed")
def test_no_base_offer_is_asked_for_and_a_browser_may_seal_an_alternate(
    vendor_a_signer,
):
    # Given no offer, and an alternate that its vendor's browser has sealed
    solicitation = released_solicitation()
    place = next_place(vendor_a_signer, solicitation, 1)

    # When it is handed in
    submission = submit_submission(
        solicitation_id=solicitation.pk,
        offer=sealed_offer(solicitation, place=place),
        acknowledged=[],
        by=vendor_a_signer,
        at=before(solicitation),
        alternate=1,
    )

    # Then it is alternate 1, in client mode, and opens like any offer
    assert submission == submission_of(vendor_a_signer, solicitation, 1)
    assert latest_version(submission).mode == SealingMode.CLIENT
    assert submission_of(vendor_a_signer, solicitation) is None
    opened_offers(on=solicitation)
    assert OpenedOffer.objects.get().flaws == []


@pytest.mark.rule("R-SUB-10", case="refused")
@pytest.mark.parametrize(
    ("taken", "number", "words"),
    [
        (0, 1, "takes no alternate offers"),
        (2, 3, "takes alternates 1 to 2"),
        (2, 2, "hand in alternate 1 first"),
        (2, -1, "takes alternates 1 to 2"),
    ],
)
def test_an_alternate_that_is_not_taken_is_refused(taken, number, words):
    solicitation = taking(taken, on=released_solicitation())

    with nothing_happens(), pytest.raises(AlternateNotTaken, match=words) as refusal:
        alternate(number, on=solicitation)

    assert refusal.value.rule == "R-SUB-10"
    assert refusal.value.status == 409


@pytest.mark.rule("R-SUB-10", case="allowed")
def test_the_contracting_officer_lifts_it_by_an_amendment(vendor_a_signer):
    # Given a solicitation that takes no alternate
    solicitation = taking(0, on=released_solicitation())
    assert next_alternate(solicitation, []) == 0

    # When an amendment takes one, Then it is handed in, and the next is too many
    taking(1, on=solicitation)
    assert next_alternate(solicitation, []) == 1
    first = alternate(1, on=solicitation)
    assert list(own_submissions(vendor_a_signer, solicitation)) == [first]
    assert next_alternate(solicitation, [first]) == 0


@pytest.mark.rule("R-SUB-10", case="refused")
def test_one_that_is_taken_no_more_can_be_withdrawn_and_not_replaced(vendor_a_signer):
    # Given an alternate, and an amendment by which none is taken
    solicitation = released_solicitation()
    first = alternate(1, on=solicitation)
    taking(0, on=solicitation)

    # Then it is not replaced
    with nothing_happens(), pytest.raises(AlternateNotTaken):
        replace_submission(
            submission_id=first.pk,
            offer=offer_on(solicitation),
            acknowledged=["0001"],
            by=vendor_a_signer,
            at=before(solicitation),
        )

    # But withdrawn
    withdraw_submission(
        submission_id=first.pk, by=vendor_a_signer, at=before(solicitation)
    )


def test_the_same_alternate_is_replaced_and_not_handed_in_twice():
    solicitation = released_solicitation()
    alternate(1, on=solicitation)

    with nothing_happens(), pytest.raises(AlreadySubmitted):
        alternate(1, on=solicitation)


def test_a_late_alternate_is_late_by_itself():
    solicitation = released_solicitation()
    base = submitted_offer(on=solicitation)

    late = alternate(1, on=solicitation, at=after(solicitation))

    base.refresh_from_db()
    assert (base.state, late.state) == ("SUBMITTED", "LATE")


@pytest.mark.rule("R-SUB-10", case="refused", held_by="database")
def test_no_hand_gives_an_offer_another_number():
    first = alternate(1, on=released_solicitation())
    sentence = "an offer never changes its number"

    for other in (0, 2):
        with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
            Submission.objects.filter(pk=first.pk).update(alternate=other)


def test_no_hand_adds_an_alternate_that_is_not_taken_or_a_number_twice():
    solicitation = taking(1, on=released_solicitation())
    first = alternate(1, on=solicitation)

    for number, sentence in (
        (2, "an alternate is handed in where it is taken"),
        (1, "a_pseudonym_has_each_offer_number_once_on_a_solicitation"),
    ):
        with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
            Submission.objects.create(
                solicitation=solicitation, pseudonym=first.pseudonym, alternate=number
            )


def test_the_pages_lead_to_an_alternate_and_name_it(vendor_a_signer, monkeypatch):
    # Given a base offer, before the deadline
    solicitation = released_solicitation()
    base = submitted_offer(on=solicitation)
    now = before(solicitation)
    monkeypatch.setattr("contracting.core.clock.now", lambda: now)
    browser = client_for(vendor_a_signer)
    own_page = reverse("submissions:submission", args=[base.public_id])

    # When its page is read, Then it leads to alternate 1
    url = reverse("submissions:submit_submission", args=[solicitation.public_id, 1])
    assert url.endswith("/alternates/1/submit")
    assert f'href="{url}"' in browser.get(own_page).content.decode()
    page = browser.get(url).content.decode()
    assert "Submit alternate 1 on" in page
    assert reverse("proposals:draft", args=[solicitation.public_id, 1]) in page

    # When it is handed in there
    reply = submit(browser, url, filled_in(solicitation))

    # Then every page of it says which it is
    first = Submission.objects.get(alternate=1)
    receipt = reverse("submissions:receipt", args=[latest_version(first).public_id])
    assert reply.url == receipt
    assert "of alternate 1" in browser.get(receipt).content.decode()
    listed = browser.get(reverse("submissions:submissions")).content.decode()
    assert f"{solicitation.piid}, alternate 1" in listed
    assert "Alternate 1" in browser.get(own_page).content.decode()
