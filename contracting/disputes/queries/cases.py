"""Disputes and claims: who sees them, what is due, what is withheld meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import F, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Abs

from contracting.billing.models import CreditDue, Invoice
from contracting.billing.states import InvoiceState
from contracting.contracts.models import Contract
from contracting.contracts.queries.administration import Task
from contracting.contracts.queries.file import Filed
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.visibility import of_either_side
from contracting.disputes.calculations import claim_interest
from contracting.disputes.models import (
    AnswerFile,
    CaseAnswer,
    CaseFinding,
    Claim,
    DisputeCase,
)
from contracting.disputes.states import (
    ANSWER_DAYS,
    INTEREST_RATE,
    QUERY_DAYS,
    CaseState,
)
from contracting.orders.models import TaskOrder
from contracting.reconciliation.models import Finding
from contracting.reconciliation.queries import (
    findings_of_invoice,
    invoices_of_finding,
    open_findings,
)
from contracting.reconciliation.queries.inbox import effects_of
from contracting.reconciliation.states import ResolutionCode
from contracting.reference.queries import threshold

_LIVE = [
    state
    for state in InvoiceState.values
    if state not in {InvoiceState.RETURNED, InvoiceState.WITHDRAWN}
]


def cases_visible_to(actor: Actor) -> QuerySet[DisputeCase]:
    """The agency's own; to the vendor, those on its orders."""
    rows = DisputeCase.objects.select_related(
        "order__contract__agency",
        "order__contract__vendor",
        "opened_by__user",
        "decision__decided_by__user",
        "withdrawal__withdrawn_by__user",
    )
    return of_either_side(
        rows, actor, agency="order__contract__agency", vendor="order__contract__vendor"
    )


def listed_cases(actor: Actor) -> QuerySet[DisputeCase]:
    """The same with whatever a list says of each, in as many questions as for one."""
    return cases_visible_to(actor).prefetch_related(
        Prefetch("answers", CaseAnswer.objects.only("pk", "case_id")),
        Prefetch(
            "items",
            CaseFinding.objects.select_related("finding").order_by("finding_id"),
        ),
    )


def listed_findings(case: DisputeCase) -> list[Finding]:
    """The differences of a dispute of a list, oldest first."""
    return [each.finding for each in case.items.all()]


def get_case_for(actor: Actor, public_id: str) -> DisputeCase:
    """One dispute.

    :raises NotVisible: if it is not there for this actor
    """
    found = cases_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such dispute."
        raise NotVisible(message)
    return found


def get_answer_file_for(actor: Actor, public_id: str, number: int) -> AnswerFile:
    """A file of a dispute, by its number among all files of its answers.

    :raises NotVisible: if it is not there for this actor
    """
    case = get_case_for(actor, public_id)
    files = files_of(case)
    if not 1 <= number <= len(files):
        message = "There is no such file."
        raise NotVisible(message)
    return files[number - 1]


def files_of(case: DisputeCase) -> list[AnswerFile]:
    """Every file that came with an answer, in order."""
    rows = AnswerFile.objects.filter(answer__case=case)
    return list(rows.select_related("blob").order_by("answer_id", "position"))


def findings_of(case: DisputeCase) -> list[Finding]:
    """The differences that a dispute is about, oldest first."""
    rows = Finding.objects.filter(case_item__case=case).select_related(
        "order__contract",
        "order_line__contract_line",
        "invoice",
        "resolution",
        "dispute",
    )
    return list(rows.order_by("pk"))


@dataclass(frozen=True, slots=True)
class Settled:
    """How an open difference could be settled now: codes with what each would do."""

    finding: Finding
    choices: list[tuple[str, str]]


def ways_to_settle(case: DisputeCase, at: datetime) -> list[Settled]:
    """Each open difference of a dispute with the resolutions that fit it.

    The vendor alone withdraws; usage of another line is reassigned on the page of the
    difference itself.
    """
    left_out = {ResolutionCode.WITHDRAWN, ResolutionCode.REASSIGN}
    return [
        Settled(
            finding,
            [
                (each.code, f"{each.label.capitalize()} ({each.code}): {each.words}")
                for each in effects_of(finding, at)
                if not each.refused and each.code not in left_out
            ],
        )
        for finding in findings_of(case)
        if not hasattr(finding, "resolution")
    ]


def credited_of(case: DisputeCase) -> dict[int, Dollars]:
    """What the vendor owes back by the resolution of each difference."""
    findings = findings_of(case)
    rows = CreditDue.objects.filter(
        because_kind="reconciliation.finding",
        because_id__in=[each.pk for each in findings],
    )
    sums = rows.values_list("because_id").annotate(sum=Sum("dollars"))
    return {pk: Dollars(dollars) for pk, dollars in sums}


def disputable(order: TaskOrder) -> QuerySet[Finding]:
    """Differences of an order that are open and in no dispute yet."""
    return open_findings(order).filter(case_item__isnull=True)


def at_stake(case: DisputeCase) -> Dollars:
    """The differences of a dispute without their signs, exact."""
    return total_dollars(
        Dollars(abs(each.amount_dollars)) for each in findings_of(case)
    )


def stakes_of(cases: Iterable[DisputeCase]) -> dict[int, Dollars]:
    """The same of each dispute of a list, by its key; one without any is left out."""
    rows = CaseFinding.objects.filter(case__in=list(cases)).order_by()
    sums = rows.values_list("case_id").annotate(
        sum=Sum(Abs(F("finding__amount_dollars")))
    )
    return {pk: Dollars(dollars) for pk, dollars in sums}


def disputed_total(case: DisputeCase) -> Dollars:
    """The sum of the differences of a dispute, each with its sign, exact."""
    return total_dollars(Dollars(each.amount_dollars) for each in findings_of(case))


@dataclass(frozen=True, slots=True)
class Clocks:
    """Until when the agency asks and the vendor answers, as the numbers stand."""

    ask_by: date
    answer_due_on: date


def clocks_at(contract: Contract, findings: Iterable[Finding], at: datetime) -> Clocks:
    """The days of a dispute that is opened now (domain numbers of its day).

    The agency asks within its days of the day on which the first difference was found;
    the vendor answers within its days of being asked. Both are calendar days, and the
    day itself is day 0.
    """
    zone = contract.time_zone
    today = accounting_day(at, zone)
    first = min(
        (accounting_day(each.found_at, zone) for each in findings), default=today
    )
    query, answer = (
        timedelta(days=int(threshold(code, today).value))
        for code in (QUERY_DAYS, ANSWER_DAYS)
    )
    return Clocks(first + query, today + answer)


def is_overdue(case: DisputeCase, on: date) -> bool:
    """Whether the vendor's answer is missing after its last day."""
    return case.state == CaseState.ASKED and on > case.answer_due_on


def overdue(actor: Actor, at: datetime) -> list[DisputeCase]:
    """The open disputes whose answer is missing after its last day, oldest first."""
    waiting = cases_visible_to(actor).filter(
        pk__in=open_cases().values("pk"), answers__isnull=True
    )
    return [
        case
        for case in waiting.order_by("pk")
        if accounting_day(at, case.order.contract.time_zone) > case.answer_due_on
    ]


def open_cases() -> QuerySet[DisputeCase]:
    """Disputes that are neither decided nor withdrawn, oldest first."""
    return DisputeCase.objects.filter(
        decision__isnull=True, withdrawal__isnull=True
    ).order_by("pk")


@dataclass(frozen=True, slots=True)
class Withheld:
    """A disputed part of an invoice, from the day on which it was put to the vendor.

    ``until`` is the day on which it was settled; none while it is not. What is
    escalated is settled by the decision on the claim.
    """

    finding: str
    cents: Dollars
    since: date
    until: date | None


def disputed_of(invoice: Invoice) -> list[Withheld]:
    """What of an invoice is or was withheld by a dispute, oldest first.

    On these cents no interest runs on the days in which they were disputed
    (31 U.S.C. 3907(c), 5 CFR 1315.10(b)). Together never more than the invoice.
    """
    zone = invoice.order.contract.time_zone
    left = Dollars(invoice.total_dollars)
    found = []
    for finding in findings_of_invoice(invoice).filter(dispute__isnull=False):
        if not finding.invoice_id and not _is_asked_on(finding, invoice):
            continue
        cents = min(Dollars(finding.dispute.withheld_dollars).to_cents(), left)
        if not cents:
            continue
        left = left - cents
        settled = _settled_at(finding)
        found.append(
            Withheld(
                finding.public_id,
                cents,
                accounting_day(finding.dispute.disputed_at, zone),
                None if settled is None else accounting_day(settled, zone),
            )
        )
    return found


def _settled_at(finding: Finding) -> datetime | None:
    """When a dispute ended; one that is escalated ends with the claim's decision.

    Until the contracting officer has decided every claim that goes on from it, the
    parties differ on the sum as they did before (FAR 33.201, 31 U.S.C. 3907(c)).
    """
    resolution = getattr(finding, "resolution", None)
    if resolution is None or resolution.code != ResolutionCode.ESCALATE:
        return resolution.resolved_at if resolution else None
    claims = Claim.objects.filter(case__items__finding=finding)
    ends = list(claims.values_list("decision__decided_at", flat=True))
    return max(ends) if ends and None not in ends else None


def _is_asked_on(finding: Finding, invoice: Invoice) -> bool:
    return invoices_of_finding(finding, _LIVE).filter(pk=invoice.pk).exists()


def claims_visible_to(actor: Actor) -> QuerySet[Claim]:
    """The agency's own; to the vendor, its own."""
    rows = Claim.objects.select_related(
        "contract__agency",
        "contract__vendor",
        "case__order",
        "submitted_by__user",
        "stated_date__stated_by__user",
        "decision__decided_by__user",
    )
    return of_either_side(
        rows, actor, agency="contract__agency", vendor="contract__vendor"
    )


def get_claim_for(actor: Actor, public_id: str) -> Claim:
    """One claim.

    :raises NotVisible: if it is not there for this actor
    """
    found = claims_visible_to(actor).filter(public_id=public_id).first()
    if found is None:
        message = "There is no such claim."
        raise NotVisible(message)
    return found


def decision_due_on(claim: Claim) -> date:
    """By when a claim is decided: the date that was stated, else its days."""
    stated = getattr(claim, "stated_date", None)
    due: date = stated.decision_on if stated else claim.decision_due_on
    return due


def interest_of(claim: Claim, on: date) -> Dollars:
    """What is added to the allowed part of a claim if it is paid on a day.

    From the day after its receipt, at the published rate of each half-year
    (41 U.S.C. 7109); nothing where nothing is allowed.

    :raises NoThreshold: naming the day, where the rate of its half-year is not loaded
    """
    decision = getattr(claim, "decision", None)
    return claim_interest(
        Dollars(decision.allowed_dollars if decision else 0),
        received=accounting_day(claim.received_at, claim.contract.time_zone),
        paid=on,
        rate_on=lambda day: threshold(INTEREST_RATE, day).value,
    )


def overdue_claims(actor: Actor, at: datetime) -> list[Claim]:
    """Claims that are not decided after the day on which they were to be."""
    waiting = claims_visible_to(actor).filter(decision__isnull=True)
    return [each for each in waiting.order_by("pk") if is_claim_overdue(each, at)]


def is_claim_overdue(claim: Claim, at: datetime) -> bool:
    """Whether its decision is missing after its last day."""
    on = accounting_day(at, claim.contract.time_zone)
    return not hasattr(claim, "decision") and on > decision_due_on(claim)


def open_claims(contract: Contract) -> QuerySet[Claim]:
    """Claims under a contract that are not decided, oldest first (R-CLO-03)."""
    rows = Claim.objects.filter(contract=contract, decision__isnull=True)
    return rows.order_by("pk")


def undecided_claims(contract: Contract, order: TaskOrder | None = None) -> list[str]:
    """What of claims stands in the way of closing, in words (FAR 4.804-1(c)).

    :param order: only claims that go on from a dispute on it; else all of the contract
    """
    claims = open_claims(contract)
    if order is not None:
        claims = claims.filter(case__order=order)
    found = [
        f"A claim of ${Dollars(each.dollars).amount:,.2f} waits for its final decision."
        for each in claims
    ]
    allowed = Claim.objects.filter(
        case__order=order, decision__allowed_dollars__gt=0, charge__isnull=True
    )
    found += [
        f"${each.decision.allowed_dollars:,.2f} is allowed on a claim and not charged "
        "on its order yet."
        for each in (allowed.order_by("pk") if order is not None else ())
    ]
    return found


def is_claimable(case: DisputeCase) -> bool:
    """Whether a claim may go on from it: it is decided."""
    return case.state == CaseState.DECIDED


def tasks_on(contract: Contract, actor: Actor, at: datetime) -> Iterable[Task]:
    """Open disputes and claims, each with the day of its next step."""
    cases = cases_visible_to(actor).filter(
        order__contract=contract, decision__isnull=True, withdrawal__isnull=True
    )
    for case in cases.order_by("pk"):
        is_asked = case.state == CaseState.ASKED
        what = "Answer to the dispute" if is_asked else "Decision on the dispute"
        yield Task(
            "Disputes",
            f"{what} on {case.order.piid}",
            case.path,
            case.answer_due_on if is_asked else None,
            contract.vendor.name if is_asked else "contracting officer",
            "R-REC-04",
        )
    claims = claims_visible_to(actor).filter(contract=contract, decision__isnull=True)
    for claim in claims.order_by("pk"):
        yield Task(
            "Claims",
            f"Final decision on a claim of ${Dollars(claim.dollars).amount:,.2f}",
            claim.path,
            decision_due_on(claim),
            "contracting officer",
            "R-PAY-07",
        )


def filed_on(contract: Contract, actor: Actor) -> Iterable[Filed]:
    """Disputes and claims, for the file of the contract."""
    zone = contract.time_zone
    for case in cases_visible_to(actor).filter(order__contract=contract).order_by("pk"):
        what = f"Dispute on {case.order.piid}, {case.state.label}"
        yield Filed("DISPUTES", what, case.path, accounting_day(case.opened_at, zone))
    for claim in claims_visible_to(actor).filter(contract=contract).order_by("pk"):
        what = f"Claim of ${Decimal(claim.dollars):,.2f}, {claim.state.label}"
        yield Filed(
            "DISPUTES", what, claim.path, accounting_day(claim.received_at, zone)
        )


def findings_named(
    order: TaskOrder, public_ids: Iterable[str]
) -> tuple[list[Finding], list[str]]:
    """The differences of an order under these ids, and the ids that name none."""
    asked = list(dict.fromkeys(public_ids))
    rows = Finding.objects.filter(Q(order=order), public_id__in=asked).select_related(
        "order__contract"
    )
    found = list(rows.order_by("pk"))
    known = {each.public_id for each in found}
    return found, [each for each in asked if each not in known]
