"""Which verbs stand open to each role, on which things, and what the others wait for.

Every item asks the ``can_…`` of the verb itself, so that a desk never offers what the
verb would refuse, and gives the same reason where it does not offer it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final

from accounts.states import Role
from contracting.approvals import queries as approvals
from contracting.contracts import permissions as may_award
from contracting.contracts import queries as contracts
from contracting.core.actors import Actor
from contracting.core.permissions import Allowed
from contracting.core.quantities import Dollars
from contracting.desk import calculations
from contracting.desk.calculations import (
    OPPORTUNITY,
    Item,
    about,
    address,
    count,
    listed,
)
from contracting.desk.permissions import orders as after_award
from contracting.desk.permissions.items import (
    Source,
    deadline_of,
    draft_awards,
    item,
    offered_awards,
    some,
    uncertified,
)
from contracting.desk.queries import LIMIT, failing
from contracting.evaluations import permissions as may_evaluate
from contracting.evaluations import queries as evaluations
from contracting.proposals import queries as proposals
from contracting.requisitions import permissions as may_need
from contracting.requisitions import queries as requisitions
from contracting.requisitions.states import RequisitionState
from contracting.solicitations import permissions as may_solicit
from contracting.solicitations import queries as solicitations
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions import permissions as may_submit
from contracting.submissions import queries as submissions
from contracting.submissions.states import SubmissionState

_SOL: Final = SolicitationState


def work_of(by: Actor, at: datetime, on: date) -> list[Item]:
    """What is asked of the role of the actor: what is open to them, and what is not.

    :param at: the instant by which deadlines are judged
    :param on: the day of the actor's organization
    """
    return [item for source in _WORK.get(by.role, ()) for item in source(by, at, on)]


# From the need to the opening --------------------------------------------------------


def _needs_to_submit(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in some(requisitions.visible_to(by).filter(state=RequisitionState.DRAFT)):
        verdict = may_need.can_submit_requisition(by, each)
        estimated = requisitions.latest_estimate(each) is not None
        asked = "Send it to the contracting office" if estimated else "Size the need"
        page = "requisitions:requisition"
        amount = Dollars(each.planned_dollars)
        yield item(each, page, asked, verdict, amount=amount)


def _needs_to_solicit(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in solicitations.waiting_requisitions(by)[:LIMIT]:
        page, amount = "solicitations:draft_solicitation", Dollars(each.planned_dollars)
        verdict = may_solicit.can_draft_solicitation(by, each)
        yield item(each, page, "Draft a solicitation", verdict, amount=amount)


def _drafts(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.DRAFT):
        gaps = solicitations.publish_gaps(each, at=at)
        asked = (
            f"Add {count(len(gaps), 'missing thing')}" if gaps else "Send for review"
        )
        note = " ".join(gap.missing for gap in gaps[:3])
        yield item(each, "solicitations:solicitation", asked, note=note)


def _in_review(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.IN_REVIEW):
        route = approvals.open_route_of(each.subject)
        asked = [step.label for step in approvals.current_steps(route)] if route else []
        yield item(
            *(each, "solicitations:solicitation", "Wait for the review", Allowed()),
            f"It waits for: {listed(asked)}.",
            since=route.opened_at if route else None,
        )


def _to_release(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.APPROVED):
        verdict = may_solicit.can_release_solicitation(by, each)
        gaps = solicitations.publish_gaps(each, at=at)
        yield item(
            *(
                each,
                "solicitations:release_solicitation",
                "Release the package",
                verdict,
            ),
            " ".join(["Missing:", *(gap.missing for gap in gaps[:3])]) if gaps else "",
            "R-SOL-02",
        )


def _to_answer(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.RELEASED):
        number = solicitations.unanswered(each).count()
        if number:
            asked = f"Answer {count(number, 'question')}"
            yield item(each, "solicitations:questions", asked, due=deadline_of(each))


def _answers_to_release(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.RELEASED):
        number = len(solicitations.drafted_answers(each))
        if number:
            verdict = may_solicit.can_release_answers(by, each)
            asked, due = f"Release {count(number, 'answer')}", deadline_of(each)
            yield item(each, "solicitations:release_answers", asked, verdict, due=due)


def _to_open(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.RELEASED, deadline__lt=at):
        given = submissions.consents_of(each).count()
        yield item(
            *(each, "submissions:opening", "Open the offers, with the other openers"),
            may_submit.can_open_submissions(by, each),
            note=f"{count(given, 'share')} given so far." if given else "",
            since=each.deadline,
        )


def _own(by: Actor, state: str, **more: Any) -> list[Solicitation]:
    return some(solicitations.own_solicitations(by).filter(state=state, **more))


# From the opening to the award -------------------------------------------------------


def _undecided(by: Actor) -> Iterator[Solicitation]:
    stages = [_SOL.RELEASED, _SOL.OPENED]
    for each in some(evaluations.evaluations_visible_to(by).filter(state__in=stages)):
        if evaluations.decision_of(each) is None:
            yield each


def _to_declare(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _undecided(by):
        if may_evaluate.can_declare_interest(by, each):
            asked, due = "Declare your interests", deadline_of(each)
            yield item(each, "evaluations:declare_interest", asked, due=due)


def _to_rate(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _undecided(by):
        member = evaluations.panel_member_of(by, each)
        pairs = [
            (offer.submission, factor)
            for offer in submissions.offers_of(each)
            for factor in evaluations.rated_factors(each)
        ]
        if member is None or not pairs or not may_evaluate.has_declared(member):
            continue
        done = sum(1 for pair in pairs if evaluations.own_rating(member, *pair))
        left = len(evaluations.missing_consensus(each))
        if done < len(pairs):
            asked = f"Write {len(pairs) - done} of {count(len(pairs), 'rating')}"
        elif unlocked := evaluations.unlocked_by(member):
            asked = f"Lock your ratings of {count(unlocked, 'offer')}"
        elif left:
            asked = f"Agree on {left} of {count(len(pairs), 'rating')}"
        else:
            continue
        yield item(each, "evaluations:offers", asked)


def _to_analyse(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.OPENED):
        if evaluations.latest_analysis(each) is None:
            verdict = may_evaluate.can_analyse_price(by, each)
            page, asked = "evaluations:analyse_price", "Analyse the prices"
            yield item(each, page, asked, verdict)


def _to_decide(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _undecided(by):
        if each.state != _SOL.OPENED or may_evaluate.can_declare_interest(by, each):
            continue
        left = len(evaluations.missing_consensus(each))
        missing = f"The panel still owes {count(left, 'rating')}." if left else ""
        if not missing and evaluations.latest_analysis(each) is None:
            missing = "The prices are not analysed yet."
        verdict = may_evaluate.can_decide_selection(by, each)
        page = "evaluations:decide_selection"
        yield item(each, page, "Select an offer", verdict, missing)


def _awards_to_draft(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    left = contracts.undrafted().values("decision__solicitation")
    for state in (_SOL.OPENED, _SOL.AWARDED):
        for each in _own(by, state, pk__in=left):
            verdict = may_award.can_draft_contract(by, each)
            yield item(each, "contracts:draft_contract", "Draft the award", verdict)


def _awards_to_sign(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in draft_awards(by):
        yield item(
            *(each, *calculations.signing_of(each)),
            may_award.can_award_contract(by, each, on),
            "Its funds are not certified yet." if uncertified(each) else "",
            "R-AWD-01",
        )


# What vendors offer ------------------------------------------------------------------


def _offers_to_hand_in(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in some(solicitations.open_opportunities(at)):
        live = submissions.own_submissions(by, each).filter(
            state=SubmissionState.SUBMITTED
        )
        due = {
            "due": deadline_of(each),
            "due_at": each.deadline,
            "zone": each.time_zone,
        }
        verdict = may_submit.takes_offers(each)
        drafted = proposals.drafted(by, each)
        for number in drafted:
            asked = f"Finish {proposals.draft_label(number, each).lower()}"
            note = f"Not submitted yet. {proposals.parts_ready(by, each, at, number)}"
            found = item(each, "proposals:draft", asked, verdict, note=note, **due)
            page = address("proposals:draft", each.public_id, number)
            yield replace(found, url=page)
        if not live and not drafted:
            more = {"note": "Not submitted yet.", **due}
            yield item(each, OPPORTUNITY, "Read and offer", verdict, **more)
        for mine, version in ((one, one.version_of_record) for one in live):
            if version and (behind := submissions.unacknowledged(version)):
                verdict = may_submit.can_replace_submission(by, mine)
                named = f"amendment {listed(behind)} in our {mine.offer_words}"
                page, asked = "submissions:replace_submission", f"Acknowledge {named}"
                yield item(mine, page, asked, verdict, **about(each), **due)


_WORK: Final[dict[str, tuple[Source, ...]]] = {
    Role.CONTRACTING_OFFICER: (
        *(_to_release, _to_open, _answers_to_release, _awards_to_sign, offered_awards),
        *(
            after_award.orders_to_sign,
            after_award.to_dispose,
            after_award.modifications_to_sign,
            after_award.uses_to_ratify,
            after_award.findings,
        ),
        after_award.to_close_out,
    ),
    Role.CONTRACT_SPECIALIST: (
        *(_needs_to_solicit, _drafts, _in_review, _to_answer, _to_open, _to_analyse),
        *(_awards_to_draft, after_award.orders_to_sign),
    ),
    Role.PROGRAM_MANAGER: (
        *(_needs_to_submit, after_award.orders_to_submit),
        after_award.orders_to_sign,
    ),
    Role.EVALUATOR: (_to_declare, _to_rate),
    Role.SOURCE_SELECTION_AUTHORITY: (_to_declare, _to_decide),
    Role.COR: (
        after_award.to_accept,
        after_award.in_suspense,
        after_award.findings,
        after_award.orders_to_complete,
    ),
    Role.FUNDS_CERTIFIER: (after_award.funds_to_certify,),
    Role.PAYMENT_CERTIFIER: (after_award.to_pay,),
    Role.ADMINISTRATOR: (lambda by, at, on: iter(failing(by)),),
    Role.VENDOR_MEMBER: (_offers_to_hand_in, after_award.returned_invoices),
    Role.VENDOR_SIGNER: (
        _offers_to_hand_in,
        after_award.to_countersign,
        after_award.returned_invoices,
    ),
    Role.VENDOR_ADMINISTRATOR: (after_award.returned_invoices,),
}
