"""What each page up to the award is for is done on it, most of it without a script."""

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
from contracting.submissions.operations.rehearse import rehearse_opening
from contracting.submissions.queries import offers_were_opened
from tests.builders import (
    DAY,
    HOUR,
    RELEASED_AT,
    drafted_requisition,
    estimated_requisition,
    released_solicitation,
    solicitation_in_review,
    submitted_requisition,
)
from tests.builders_orders import AWARDED_AT, awarded_contract, certified_contract
from tests.cast import AT, actor
from tests.contracts.results import notified
from tests.offers import (
    OPENERS,
    PASSPHRASE,
    after,
    agreed_offers,
    before,
    enrolled_openers,
    latest_version,
    opened_offers,
    rated_offers,
    submitted_offers,
)
from tests.proposals.drafts import saved


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


MOST_INPUTS = {"publish a solicitation": 35, "submit a proposal": 20}
"""What people type, choose and click from the need, or the opportunity, to the end."""


def test_a_package_is_written_reviewed_and_released_with_few_inputs(stage):
    # Given a need, and three people who have enrolled as openers
    need = submitted_requisition()
    enrolled_openers()

    # When a specialist starts from a template and adds what belongs to this buy
    stage.at(AT + 2 * HOUR)
    screen = stage.see(
        "contract_specialist", "solicitations:draft_solicitation", need.public_id
    )
    screen.follow("Start from it")
    screen.press("Start from this template")
    screen.follow("Edit terms")
    screen.choose(set_aside="UNRESTRICTED")
    screen.fill(
        deadline_day="2026-03-20",
        deadline_time="17:00",
        minimum_dollars="1000",
        maximum_tokens="40000000000",
        ordering_start="2026-04-01",
        ordering_end="2027-03-31",
    )
    screen.press("Save")
    screen.follow("Edit publication")
    screen.choose(synopsis_kind="COMBINED")
    screen.fill(synopsis_id="75D301-26-TOKENS")
    screen.press("Save")
    assert screen.answer().startswith("Nothing is missing")
    screen.follow("Send into review")
    screen.press("Send into review")

    # And each reviewer concurs with exactly that version
    package = Solicitation.objects.latest("pk")
    for part, script in (("technical_reviewer", False), ("legal_reviewer", True)):
        review = stage.see(
            part, "solicitations:review_solicitation", package.public_id, script=script
        )
        review.check("verdict", "CONCUR")
        review.press("Record my decision")
        assert "concur" in review.main.inner_text().lower()

    # And an officer names the openers, who rehearse, and releases it
    officer = stage.see("contracting_officer", "submissions:box", package.public_id)
    officer.follow("Name the openers")
    for box in officer.main.locator("[name=openers]").all():
        officer.check("openers", box.get_attribute("value") or "")
    officer.fill(needed="2")
    officer.press("Name these openers")
    for part in OPENERS[:2]:
        rehearse_opening(
            solicitation_id=package.pk,
            passphrase=PASSPHRASE,
            by=actor(part),
            at=AT + 3 * HOUR,
        )
    officer.visitor.go(package.path)
    officer.follow("Release")
    assert officer.answer().startswith("Everything is in place.")
    officer.press("Release to everybody")

    # Then it is public, and nobody had to type much
    assert state_of(package) == SolicitationState.RELEASED
    hands = screen.hands + officer.hands
    assert len(hands) <= MOST_INPUTS["publish a solicitation"], hands


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
    offer = submitted_offers(on=released_solicitation())[0]
    solicitation = offer.solicitation
    stage.at(after(solicitation))

    for part, script in (("contract_specialist", False), ("contracting_officer", True)):
        screen = stage.see(
            part, "submissions:opening", solicitation.public_id, script=script
        )
        screen.follow("Open the offers")
        screen.check("understood")
        screen.fill(passphrase=PASSPHRASE)
        screen.press("Give my share and open")
        screen.page.wait_for_url("**/opening")

    assert offers_were_opened(solicitation)
    assert "2 offers" in screen.main.inner_text()

    # And a vendor downloads the receipt by which it proves that it was in time
    offer.refresh_from_db()
    for script in (False, True):
        screen = stage.see(
            "vendor_a_signer",
            "submissions:receipt",
            latest_version(offer).public_id,
            script=script,
        )
        with screen.page.expect_download() as fetched:
            screen.main.get_by_role("link", name="Download the receipt (JSON)").click()
        assert fetched.value.path().stat().st_size


def test_an_evaluator_declares_and_is_let_in(stage):
    solicitation = opened_offers(on=in_hand(submitted_offers))
    stage.at(after(solicitation, hours=4))
    for part, script in (("evaluator", False), ("second_evaluator", True)):
        designate_panel_member(
            solicitation_id=solicitation.pk,
            membership_id=actor(part).own_membership_id,
            role="EVALUATOR",
            by=actor("contracting_officer"),
            at=after(solicitation, hours=3),
        )
        screen = stage.see(
            part,
            "evaluations:declare_interest",
            solicitation.public_id,
            script=script,
        )

        screen.check("keeps_confidence")
        for question in ConflictQuestion.values:
            screen.check(question, "no")
        screen.press("Declare")

    declared = Declaration.objects.filter(panel_member__solicitation=solicitation)
    assert declared.count() == 2


def test_ratings_are_locked_and_the_panel_agrees(stage):
    solicitation = rated_offers()
    left = missing_consensus(solicitation)
    stage.at(after(solicitation, hours=4))
    for part, script in (("evaluator", False), ("second_evaluator", True)):
        screen = stage.see(
            part, "evaluations:offers", solicitation.public_id, script=script
        )
        for _offer in left:
            screen.follow("Revise my rating")
            screen.fill(weaknesses="None that the plan does not name.")
            screen.press("Record my rating")
            screen.visitor.go(f"{solicitation.path}/offers")
            screen.follow("Lock my ratings")
            screen.press("Lock my ratings")
            screen.visitor.go(f"{solicitation.path}/offers")
    assert RatingLock.objects.filter(submission__solicitation=solicitation).count() == 4

    for script in (False, True):
        screen = stage.see(
            "evaluator", "evaluations:offers", solicitation.public_id, script=script
        )
        screen.follow("Consensus")
        screen.check("rating", "GOOD")
        screen.fill(narrative="Both found the plan good.")
        screen.press("Record the consensus")

    agreed = ConsensusRating.objects.filter(submission__solicitation=solicitation)
    assert agreed.count() == len(left) == 2


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
    for script in (False, True):
        screen = stage.see("vendor_a_signer", "desk:home", script=script)

        screen.main.locator("a.usa-button").first.click()
        screen.follow("Draft our offer")

        assert "Not submitted" in screen.main.inner_text()


def test_a_proposal_is_written_and_submitted_with_few_inputs(stage):
    solicitation = released_solicitation()
    stage.at(before(solicitation))
    for part, script in (("vendor_a_signer", False), ("vendor_b_signer", True)):
        # When a signer drafts an offer on the opportunity, prices and checks it
        screen = stage.see(
            part,
            "opportunities:opportunity",
            solicitation.public_id,
            script=script,
        )
        screen.follow("Draft our offer")
        assert "Not submitted" in screen.main.inner_text()
        screen.follow("Technical proposal")
        screen.fill(text="We serve the snapshot in the boundary that is asked for.")
        screen.press("Save")
        screen.follow("Token price sheet")
        model = screen.main.locator("select").first
        name = model.get_attribute("name") or ""
        screen.choose(**{name: model.locator("option").nth(5).get_attribute("value")})
        for cell in screen.main.locator('[name^="price_sln_"]').all():
            screen.fill(**{cell.get_attribute("name") or "": "2.25"})
        screen.press("Save and check all answers")
        assert screen.answer().startswith("This is exactly what we offer: $")
        screen.press("Submit this offer")

        # Then it has a receipt and no draft is left, with few inputs
        screen.page.wait_for_url("**/receipts/*")
        screen.require_answer()
        assert "in time" in screen.answer()
        assert screen.heading() == "Receipt for version 1"
        assert draft_of(actor(part), solicitation) is None
        assert len(screen.hands) <= MOST_INPUTS["submit a proposal"], screen.hands

    received = SubmissionVersion.objects.filter(submission__solicitation=solicitation)
    assert received.count() == 2


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
