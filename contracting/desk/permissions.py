"""Which verbs stand open to each role, on which things, and what the others wait for.

Every item asks the ``can_…`` of the verb itself, so that a desk never offers what the
verb would refuse, and gives the same reason where it does not offer it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from accounts.states import Role
from contracting.approvals import queries as approvals
from contracting.billing import queries as billing
from contracting.billing.states import InvoiceState
from contracting.closeout import permissions as may_close
from contracting.closeout import queries as closeout
from contracting.contracts import permissions as may_award
from contracting.contracts import queries as contracts
from contracting.contracts.models import Contract, ContractFunding
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Allowed, Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.desk.calculations import Item, about, address, count, listed
from contracting.desk.queries import LIMIT, failing, represented
from contracting.evaluations import permissions as may_evaluate
from contracting.evaluations import queries as evaluations
from contracting.metering import permissions as may_meter
from contracting.metering import queries as metering
from contracting.orders import permissions as may_order
from contracting.orders import queries as orders
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.states import ModificationState, TaskOrderState
from contracting.payments import permissions as may_pay
from contracting.payments import queries as payments
from contracting.proposals import queries as proposals
from contracting.reconciliation import permissions as may_reconcile
from contracting.reconciliation import queries as reconciliation
from contracting.requisitions import permissions as may_need
from contracting.requisitions import queries as requisitions
from contracting.requisitions.states import RequisitionState
from contracting.solicitations import permissions as may_solicit
from contracting.solicitations import queries as solicitations
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions import permissions as may_submit
from contracting.submissions import queries as submissions

_SOL: Final = SolicitationState
_ORD: Final = TaskOrderState
_ALLOWED: Final = Allowed()
Source = Callable[[Actor, datetime, date], Iterator[Item]]


def work_of(by: Actor, at: datetime, on: date) -> list[Item]:
    """What is asked of the role of the actor: what is open to them, and what is not.

    :param at: the instant by which deadlines are judged
    :param on: the day of the actor's organization
    """
    return [item for source in _WORK.get(by.role, ()) for item in source(by, at, on)]


def _item(
    thing: Any,
    route: str,
    asked: str,
    verdict: Verdict = _ALLOWED,
    missing: str = "",
    rule: str = "",
    **more: Any,
) -> Item:
    """An item about a thing; ``missing`` goes before what the verdict says."""
    why_not = missing or (verdict.reason if isinstance(verdict, Refused) else "")
    return Item(
        **about(thing)
        | more
        | {
            "url": address(route, thing.public_id),
            "asked": asked,
            "why_not": why_not,
            "rule": rule if missing else verdict.rule if why_not else "",
        }
    )


def _some(rows: QuerySet[Any]) -> list[Any]:
    return list(rows[:LIMIT])


def _deadline(solicitation: Solicitation) -> date | None:
    if solicitation.deadline is None:
        return None
    return accounting_day(solicitation.deadline, solicitation.time_zone)


# From the need to the opening --------------------------------------------------------


def _needs_to_submit(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _some(requisitions.visible_to(by).filter(state=RequisitionState.DRAFT)):
        verdict = may_need.can_submit_requisition(by, each)
        estimated = requisitions.latest_estimate(each) is not None
        asked = "Send it to the contracting office" if estimated else "Size the need"
        page = "requisitions:requisition"
        amount = Dollars(each.planned_dollars)
        yield _item(each, page, asked, verdict, amount=amount)


def _needs_to_solicit(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in solicitations.waiting_requisitions(by)[:LIMIT]:
        page, amount = "solicitations:draft_solicitation", Dollars(each.planned_dollars)
        verdict = may_solicit.can_draft_solicitation(by, each)
        yield _item(each, page, "Draft a solicitation", verdict, amount=amount)


def _drafts(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.DRAFT):
        gaps = solicitations.publish_gaps(each, at=at)
        asked = (
            f"Add {count(len(gaps), 'missing thing')}" if gaps else "Send for review"
        )
        note = " ".join(gap.missing for gap in gaps[:3])
        yield _item(each, "solicitations:solicitation", asked, note=note)


def _in_review(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.IN_REVIEW):
        route = approvals.open_route_of(each.subject)
        asked = [step.label for step in approvals.current_steps(route)] if route else []
        yield _item(
            *(each, "solicitations:solicitation", "Wait for the review", _ALLOWED),
            f"It waits for: {listed(asked)}.",
            since=route.opened_at if route else None,
        )


def _to_release(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.APPROVED):
        verdict = may_solicit.can_release_solicitation(by, each)
        gaps = solicitations.publish_gaps(each, at=at)
        yield _item(
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
            yield _item(each, "solicitations:questions", asked, due=_deadline(each))


def _answers_to_release(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.RELEASED):
        number = len(solicitations.drafted_answers(each))
        if number:
            verdict = may_solicit.can_release_answers(by, each)
            asked, due = f"Release {count(number, 'answer')}", _deadline(each)
            yield _item(each, "solicitations:release_answers", asked, verdict, due=due)


def _to_open(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.RELEASED, deadline__lt=at):
        given = submissions.consents_of(each).count()
        yield _item(
            *(each, "submissions:opening", "Open the offers, with the other openers"),
            may_submit.can_open_submissions(by, each),
            note=f"{count(given, 'share')} given so far." if given else "",
            since=each.deadline,
        )


def _own(by: Actor, state: str, **more: Any) -> list[Solicitation]:
    return _some(solicitations.own_solicitations(by).filter(state=state, **more))


# From the opening to the award -------------------------------------------------------


def _undecided(by: Actor) -> Iterator[Solicitation]:
    stages = [_SOL.RELEASED, _SOL.OPENED]
    for each in _some(evaluations.evaluations_visible_to(by).filter(state__in=stages)):
        if evaluations.decision_of(each) is None:
            yield each


def _to_declare(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _undecided(by):
        if may_evaluate.can_declare_interest(by, each):
            asked, due = "Declare your interests", _deadline(each)
            yield _item(each, "evaluations:declare_interest", asked, due=due)


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
        yield _item(each, "evaluations:offers", asked)


def _to_analyse(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.OPENED):
        if evaluations.latest_analysis(each) is None:
            verdict = may_evaluate.can_analyse_price(by, each)
            page, asked = "evaluations:analyse_price", "Analyse the prices"
            yield _item(each, page, asked, verdict)


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
        yield _item(each, page, "Select an offer", verdict, missing)


def _awards_to_draft(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _own(by, _SOL.OPENED):
        drafts = Contract.objects.filter(solicitation=each)
        written = drafts.exclude(state=ContractState.DISCARDED).exists()
        if not written and evaluations.decision_of(each) is not None:
            verdict = may_award.can_draft_contract(by, each)
            yield _item(each, "contracts:draft_contract", "Draft the award", verdict)


def _awards_to_sign(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _draft_awards(by):
        yield _item(
            *(each, "contracts:award_contract", "Sign the award"),
            may_award.can_award_contract(by, each, on),
            "Its funds are not certified yet." if _uncertified(each) else "",
            "R-AWD-01",
        )


def _draft_awards(by: Actor) -> list[Contract]:
    return _some(contracts.visible_to(by).filter(state=ContractState.DRAFT))


def _uncertified(contract: Contract) -> bool:
    funding = ContractFunding.objects.filter(line__contract=contract)
    return funding.exclude(certified_version=contract.version).exists()


# Orders and modifications ------------------------------------------------------------


def _orders(by: Actor, *states: str) -> list[TaskOrder]:
    return _some(orders.visible_to(by).filter(state__in=states).order_by("pk"))


def _drafted(by: Actor) -> list[Modification]:
    found = orders.modifications_visible_to(by)
    return _some(found.filter(state=ModificationState.DRAFT).order_by("pk"))


def _orders_to_submit(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _orders(by, _ORD.DRAFT):
        verdict = may_order.can_submit_task_order(by, each)
        yield _item(each, "orders:order", "Send the order for review", verdict)


def _orders_to_sign(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _orders(by, _ORD.APPROVED):
        verdict = may_order.can_issue_task_order(by, each, on)
        checks = [
            check for check in orders.signing_checks(each, on) if not check.is_done
        ]
        missing = (checks[0].why or checks[0].what) if checks else ""
        rule = checks[0].rule if checks else ""
        page, due = "orders:issue_task_order", each.period_start
        yield _item(each, page, "Sign the order", verdict, missing, rule, due=due)


def _to_dispose(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _orders(by, _ORD.SUBMITTED, _ORD.APPROVED):
        said = orders.undisposed_of(each)
        if said:
            names = listed([str(one.membership.user) for one in said])
            verdict = may_order.can_dispose_nonconcurrence(by, each)
            page = "orders:dispose_nonconcurrence"
            asked = f"Answer {names}, who did not concur"
            yield _item(each, page, asked, verdict, since=said[0].at)


def _modifications_to_sign(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _drafted(by):
        missing, rule = "", ""
        if each.funds_added and orders.certification_of_modification(each) is None:
            missing, rule = "The funds it adds are not certified yet.", "R-MOD-03"
        elif each.is_bilateral and each.vendor_signed_at is None:
            missing, rule = "The vendor has not signed yet.", "R-MOD-02"
        verdict = may_order.can_issue_modification(by, each, on)
        page, due = "orders:issue_modification", each.effective_on
        asked = "Sign the modification"
        yield _item(each, page, asked, verdict, missing, rule, due=due)


def _to_countersign(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _drafted(by):
        if each.vendor_signed_at is None:
            verdict = may_order.can_sign_modification(by, each)
            page, due = "orders:sign_modification", each.effective_on
            yield _item(each, page, "Sign the modification", verdict, due=due)


def _funds_to_certify(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for order in _orders(by, _ORD.SUBMITTED, _ORD.APPROVED):
        if orders.certification_of(order) is None:
            verdict = may_order.can_certify_task_order_funds(by, order)
            page, due = "orders:certify_task_order_funds", order.period_start
            yield _item(order, page, "Certify funds", verdict, due=due)
    for contract in _draft_awards(by):
        if _uncertified(contract):
            verdict = may_award.can_certify_contract_funds(by, contract)
            page = "contracts:certify_contract_funds"
            amount = Dollars(contract.minimum_dollars)
            asked = "Certify the guaranteed minimum"
            yield _item(contract, page, asked, verdict, amount=amount)
    for each in _drafted(by):
        if each.funds_added and orders.certification_of_modification(each) is None:
            verdict = may_order.can_certify_modification_funds(by, each)
            page, due = "orders:certify_modification_funds", each.effective_on
            yield _item(each, page, "Certify the added funds", verdict, due=due)


# From usage to payment ---------------------------------------------------------------


def _in_suspense(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    verdict = may_meter.can_assign_usage(by, by.organization_id or 0)
    for group in metering.suspense(by.organization_id or 0)[:LIMIT]:
        yield Item(
            text=f"{group.reason_label}: {group.detail}",
            url=address("metering:suspense"),
            asked=f"Assign {count(group.events, 'held call')}",
            since=group.first_at,
            why_not=verdict.reason if isinstance(verdict, Refused) else "",
        )


def _to_accept(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    received = billing.invoices_visible_to(by).filter(state=InvoiceState.RECEIVED)
    mine = received.filter(order__contract__in=represented(by, on)).order_by("pk")
    for each in _some(mine):
        verdict = may_reconcile.can_accept_usage(by, each, on)
        received_on = accounting_day(each.received_at, each.order.contract.time_zone)
        due = received_on + timedelta(days=7)
        asked, since = "Accept or return the invoice", each.received_at
        yield _item(
            each, "reconciliation:invoice", asked, verdict, since=since, due=due
        )


def _findings(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    unsettled = reconciliation.findings_visible_to(by).filter(resolution__isnull=True)
    for each in _some(unsettled.order_by("due_on", "pk")):
        verdict = may_reconcile.can_resolve_finding(by, each)
        if by.has_role(Role.CONTRACTING_OFFICER) and each.tolerance_tier <= 2:
            continue
        yield _item(
            *(each, "reconciliation:finding", "Settle the discrepancy", verdict),
            text=f"{each.get_code_display().capitalize()}, order {each.order.name}",
            amount=Dollars(each.amount_dollars),
            due=each.due_on,
            since=each.found_at,
        )


def _orders_to_complete(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    over = orders.visible_to(by).filter(state=_ORD.ISSUED, period_end__lt=on)
    for each in _some(over.order_by("period_end")):
        held = metering.open_suspense_of(each).count()
        missing = f"{count(held, 'call')} of it in suspense." if held else ""
        verdict = may_close.can_complete_order(by, each)
        page, asked = "closeout:complete_order", "Say that it is complete"
        yield _item(each, page, asked, verdict, missing, "R-CLO-01")


def _to_close_out(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for order in _orders(by, _ORD.COMPLETED):
        blockers = closeout.blockers_of_order(order)
        missing = " ".join(blocker.what for blocker in blockers[:2])
        verdict = may_close.can_close_out_order(by, order, on)
        page, rule = "closeout:close_out_order", blockers[0].rule if blockers else ""
        yield _item(order, page, "Close out the order", verdict, missing, rule)
    over = contracts.visible_to(by).filter(
        state__in=[ContractState.AWARDED, ContractState.COMPLETED], ordering_end__lt=on
    )
    for each in _some(over.order_by("ordering_end")):
        blockers = closeout.blockers_of_contract(each, at)
        missing = " ".join(blocker.what for blocker in blockers[:2])
        verdict = may_close.can_close_out_contract(by, each, on)
        page, rule = "closeout:close_out_contract", blockers[0].rule if blockers else ""
        yield _item(each, page, "Close out the contract", verdict, missing, rule)


def _to_pay(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    accepted = billing.invoices_visible_to(by).filter(state=InvoiceState.ACCEPTED)
    for each in _some(accepted.order_by("pk")):
        yield _item(
            *(each, "payments:certify_payment", "Certify the payment"),
            may_pay.can_certify_payment(by, each),
            amount=reconciliation.accepted_total(each),
            due=payments.payment_due_on(each),
        )
    certified = payments.certifications_visible_to(by).filter(payment__isnull=True)
    for one in _some(certified.order_by("due_on", "pk")):
        verdict = may_pay.can_record_payment(by, one)
        page, amount = "payments:record_payment", Dollars(one.dollars)
        asked, more = "Record the payment", {"amount": amount, "due": one.due_on}
        yield _item(one, page, asked, verdict, note=f"Invoice {one.invoice}", **more)


def _offers_to_hand_in(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    for each in _some(solicitations.open_opportunities(at)):
        live = submissions.own_submissions(by, each).filter(state="SUBMITTED")
        due = {"due": _deadline(each), "due_at": each.deadline, "zone": each.time_zone}
        if not live:
            verdict = may_submit.takes_offers(each)
            drafted = proposals.parts_ready(by, each, at)
            page = "proposals:draft" if drafted else "opportunities:opportunity"
            asked = "Finish our draft" if drafted else "Read and offer"
            note = f"Not submitted yet. {drafted}".strip()
            yield _item(each, page, asked, verdict, note=note, **due)
        for mine, version in ((one, one.version_of_record) for one in live):
            if version and (behind := submissions.unacknowledged(version)):
                verdict = may_submit.can_replace_submission(by, mine)
                named = f"amendment {listed(behind)} in our {mine.offer_words}"
                page, asked = "submissions:replace_submission", f"Acknowledge {named}"
                yield _item(mine, page, asked, verdict, **about(each), **due)


def _returned_invoices(by: Actor, at: datetime, on: date) -> Iterator[Item]:
    recent = at - timedelta(days=90)
    returned = billing.invoices_visible_to(by).filter(
        state=InvoiceState.RETURNED, returned_at__gte=recent
    )
    for each in _some(returned.order_by("-returned_at")):
        asked, since = "Correct it and send it again", each.returned_at
        yield _item(each, "reconciliation:invoice", asked, since=since)


_WORK: Final[dict[str, tuple[Source, ...]]] = {
    Role.CONTRACTING_OFFICER: (
        *(_to_release, _to_open, _answers_to_release, _awards_to_sign),
        *(_orders_to_sign, _to_dispose, _modifications_to_sign, _findings),
        _to_close_out,
    ),
    Role.CONTRACT_SPECIALIST: (
        *(_needs_to_solicit, _drafts, _in_review, _to_answer, _to_open, _to_analyse),
        _awards_to_draft,
    ),
    Role.PROGRAM_MANAGER: (_needs_to_submit, _orders_to_submit),
    Role.EVALUATOR: (_to_declare, _to_rate),
    Role.SOURCE_SELECTION_AUTHORITY: (_to_declare, _to_decide),
    Role.COR: (_to_accept, _in_suspense, _findings, _orders_to_complete),
    Role.FUNDS_CERTIFIER: (_funds_to_certify,),
    Role.PAYMENT_CERTIFIER: (_to_pay,),
    Role.ADMINISTRATOR: (lambda by, at, on: iter(failing(by)),),
    Role.VENDOR_MEMBER: (_offers_to_hand_in, _returned_invoices),
    Role.VENDOR_SIGNER: (_offers_to_hand_in, _to_countersign, _returned_invoices),
    Role.VENDOR_ADMINISTRATOR: (_returned_invoices,),
}
