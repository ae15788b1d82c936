"""What each page up to the award is for is done on it without a script."""

from collections.abc import Iterator

import pytest

from contracting.contracts.models import Contract, DebriefingRequest
from contracting.contracts.states import ContractState
from contracting.evaluations.models import (
    ConsensusRating,
    Declaration,
    PriceAnalysis,
    RatingLock,
)
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.queries import missing_consensus
from contracting.evaluations.states import ConflictQuestion
from contracting.proposals.queries import draft_of
from contracting.solicitations.models import AnswerRelease, Solicitation
from contracting.solicitations.operations.answer import answer_question
from contracting.solicitations.operations.ask import ask_question
from contracting.solicitations.states import SolicitationState
from contracting.submissions.models import SubmissionVersion
from contracting.submissions.queries import offers_were_opened
from tests.browser.conftest import Site, allowed_beside_a_loop, visiting
from tests.browser.stage import Stage, staged
from tests.builders import (
    DAY,
    HOUR,
    RELEASED_AT,
    approved_solicitation,
    complete_solicitation,
    drafted_requisition,
    estimated_requisition,
    released_solicitation,
    solicitation_in_review,
)
from tests.builders_orders import AWARDED_AT, awarded_contract, certified_contract
from tests.cast import AT, actor
from tests.contracts.results import notified
from tests.offers import (
    PASSPHRASE,
    after,
    agreed_offers,
    before,
    opened_offers,
    rated_offers,
    submitted_offers,
)
from tests.proposals.drafts import saved, whole_draft


@pytest.fixture(scope="module")
def staged_site(django_db_setup, django_db_blocker) -> Iterator[Site]:
    """The site of this file: its tests build in its database, and stay in it."""
    with allowed_beside_a_loop(), django_db_blocker.unblock(), staged() as site:
        yield site


@pytest.fixture
def stage(request, staged_site, chromium) -> Iterator[Stage]:
    """The site, its clock, and people without scripts."""
    with visiting(staged_site, chromium, request.node) as visits:
        yield Stage(visits)


def test_whoever_has_something_to_do_begins_with_the_first_thing(stage):
    solicitation_in_review()
    stage.at(AT + 4 * HOUR)
    screen = stage.see("technical_reviewer", "desk:home")

    screen.main.locator("a.usa-button").first.click()

    assert screen.answer().startswith("Do you agree with exactly this version")


def test_a_need_leads_to_its_next_open_task(stage):
    requisition = drafted_requisition()
    stage.at(AT + HOUR)
    screen = stage.see(
        "program_manager", "requisitions:requisition", requisition.public_id
    )
    assert "is not ready to buy" in screen.answer()

    screen.main.locator("a.usa-button").first.click()

    assert "estimate" in screen.heading().lower()


def test_an_estimate_is_saved(stage):
    requisition = estimated_requisition()
    stage.at(AT + HOUR)
    screen = stage.see(
        "program_manager", "requisitions:build_estimate", requisition.public_id
    )

    screen.press("Copy the example Chat assistant")
    screen.main.locator('[name="rows-0-model"]').select_option(index=1)
    screen.fill(**{"rows-0-first_month": "2026-04"})
    screen.press("Save as independent estimate")

    requisition.refresh_from_db()
    assert requisition.version == 3


def test_a_package_goes_into_review(stage):
    solicitation = complete_solicitation()
    stage.at(AT + 3 * HOUR)
    screen = stage.see(
        "contract_specialist", "solicitations:solicitation", solicitation.public_id
    )

    screen.follow("Send into review")
    screen.press("Send into review")

    assert state_of(solicitation) == SolicitationState.IN_REVIEW


def test_a_reviewer_concurs(stage):
    solicitation = solicitation_in_review()
    stage.at(AT + 4 * HOUR)
    screen = stage.see(
        "technical_reviewer",
        "solicitations:review_solicitation",
        solicitation.public_id,
    )

    screen.check("verdict", "CONCUR")
    screen.press("Record my decision")

    assert "concur" in screen.main.inner_text().lower()


def test_a_package_is_released(stage):
    solicitation = approved_solicitation()
    stage.at(AT + DAY)
    screen = stage.see(
        "contracting_officer",
        "solicitations:release_solicitation",
        solicitation.public_id,
    )
    assert screen.answer().startswith("Everything is in place.")

    screen.press("Release to everybody")

    assert state_of(solicitation) == SolicitationState.RELEASED


def test_answers_are_released_to_everybody(stage):
    solicitation = released_solicitation()
    asked = ask_question(
        solicitation_id=solicitation.pk,
        text="Is usage reported by request or by day?",
        by=actor("vendor_b_signer"),
        at=RELEASED_AT + HOUR,
    )
    answer_question(
        question_id=asked.pk,
        text="By request.",
        changes_terms=False,
        by=actor("contract_specialist"),
        at=RELEASED_AT + 2 * HOUR,
    )
    stage.at(RELEASED_AT + 3 * HOUR)
    screen = stage.see(
        "contracting_officer", "solicitations:questions", solicitation.public_id
    )

    screen.follow("Release the drafted answers")
    screen.main.get_by_role("button").last.click()

    assert "By request." in screen.main.inner_text()
    assert AnswerRelease.objects.get(solicitation=solicitation).answers.count() == 1


def test_two_openers_open_the_offers(stage):
    solicitation = submitted_offers(on=released_solicitation())[0].solicitation
    stage.at(after(solicitation))

    for part in ("contract_specialist", "contracting_officer"):
        screen = stage.see(part, "submissions:opening", solicitation.public_id)
        screen.follow("Open the offers")
        screen.check("understood")
        screen.fill(passphrase=PASSPHRASE)
        screen.press("Give my share and open")

    assert offers_were_opened(solicitation)
    assert "2 offers" in screen.main.inner_text()


def test_an_evaluator_declares_and_is_let_in(stage):
    solicitation = opened_offers(on=in_hand(submitted_offers))
    designate_panel_member(
        solicitation_id=solicitation.pk,
        membership_id=actor("evaluator").own_membership_id,
        role="EVALUATOR",
        by=actor("contracting_officer"),
        at=after(solicitation, hours=3),
    )
    stage.at(after(solicitation, hours=4))
    screen = stage.see(
        "evaluator", "evaluations:declare_interest", solicitation.public_id
    )

    screen.check("keeps_confidence")
    for question in ConflictQuestion.values:
        screen.check(question, "no")
    screen.main.get_by_role("button").last.click()

    assert Declaration.objects.filter(panel_member__solicitation=solicitation)


def test_ratings_are_locked_and_the_panel_agrees(stage):
    solicitation = rated_offers()
    offer, factor = missing_consensus(solicitation)[0]
    stage.at(after(solicitation, hours=4))
    for part in ("evaluator", "second_evaluator"):
        screen = stage.see(part, "evaluations:lock_ratings", offer.submission.public_id)
        screen.press("Lock my ratings")
    assert RatingLock.objects.filter(submission=offer.submission).count() == 2

    screen = stage.see("evaluator", "evaluations:offers", solicitation.public_id)
    screen.follow("Consensus")
    screen.check("rating", "GOOD")
    screen.fill(narrative="Both found the plan good.")
    screen.press("Record the consensus")

    assert ConsensusRating.objects.filter(submission=offer.submission, factor=factor)


def test_prices_are_analysed(stage):
    solicitation = agreed_offers()
    stage.at(after(solicitation, hours=6))
    screen = stage.see(
        "contract_specialist", "evaluations:price", solicitation.public_id
    )

    screen.follow("Analyse the prices")
    screen.fill(conclusion="Both are below the public list on the day.")
    for box in screen.main.locator('[name="reasonable"]').all():
        screen.check("reasonable", box.get_attribute("value") or "")
    screen.press("Record the price analysis")

    assert PriceAnalysis.objects.filter(solicitation=solicitation).exists()


def test_an_award_is_signed(stage):
    contract = certified_contract()
    stage.at(AWARDED_AT)
    screen = stage.see(
        "contracting_officer", "contracts:award_contract", contract.public_id
    )
    assert screen.answer().startswith("Everything is in place.")

    screen.check("confirm")
    screen.press("Sign the award")

    contract = Contract.objects.get(pk=contract.pk)
    assert contract.state == ContractState.AWARDED
    assert contract.piid in screen.main.inner_text()


def test_a_vendor_opens_its_nearest_deadline_and_starts_a_proposal(stage):
    solicitation = released_solicitation()
    saved(solicitation, "TECHNICAL", {"text": "We serve it."})
    stage.at(before(solicitation, hours=3))
    screen = stage.see("vendor_a_signer", "desk:home")

    screen.main.locator("a.usa-button").first.click()
    screen.follow("Draft our offer")
    assert "Not submitted" in screen.main.inner_text()

    beginner = stage.see(
        "vendor_b_signer", "opportunities:opportunity", solicitation.public_id
    )
    beginner.follow("Draft our offer")
    assert "Not submitted" in beginner.main.inner_text()


def test_prices_are_saved_and_the_whole_is_submitted_for_a_receipt(stage):
    solicitation = released_solicitation()
    whole_draft(on=solicitation, at=before(solicitation, hours=2))
    stage.at(before(solicitation))
    screen = stage.see(
        "vendor_a_signer", "proposals:save_prices", solicitation.public_id
    )
    screen.main.locator('[name^="price_sln_"]').first.fill("2.25")
    screen.press("Save")
    assert "$" in screen.answer()

    screen.follow("Check and submit")
    screen.press("Submit this offer")

    assert "in time" in screen.main.inner_text()
    assert SubmissionVersion.objects.filter(
        submission__solicitation=solicitation
    ).exists()
    assert draft_of(actor("vendor_a_signer"), solicitation) is None
    assert screen.heading() == "Receipt for version 1"


def test_a_vendor_that_was_not_chosen_asks_for_a_debriefing(stage):
    notice = notified(awarded_contract())
    stage.at(notice.sent_at + DAY)
    offer = notice.submission
    screen = stage.see("vendor_b_signer", "contracts:status", offer.public_id)

    screen.follow("Ask for a debriefing")
    screen.main.locator("textarea").first.fill("How was our accuracy rated?")
    screen.main.get_by_role("button").last.click()

    assert DebriefingRequest.objects.filter(notice=notice).exists()


def in_hand(build):
    """The solicitation of offers that are sealed and in time."""
    return build(on=released_solicitation())[0].solicitation


def state_of(solicitation: Solicitation) -> str:
    return Solicitation.objects.get(pk=solicitation.pk).state
