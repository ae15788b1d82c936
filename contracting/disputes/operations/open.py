"""Put differences of an order to the vendor together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.contracts.models import Contract
from contracting.contracts.queries import representatives
from contracting.core.actors import Actor
from contracting.core.identifiers import next_below
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.subjects import Subject
from contracting.core.templatetags.drawdown import day as day_words
from contracting.disputes import events, permissions
from contracting.disputes.models import CaseFinding, DisputeCase
from contracting.disputes.queries.cases import clocks_at, findings_named
from contracting.disputes.refusals import CaseIncomplete
from contracting.disputes.states import MOST_FINDINGS
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders.models import TaskOrder
from contracting.reconciliation.models import Finding
from contracting.reconciliation.operations.dispute import dispute_finding


@transaction.atomic
def open_dispute(
    *,
    order_id: int,
    findings: Sequence[str],
    question: str,
    is_of_the_count: bool = False,
    by: Actor,
    at: datetime,
) -> DisputeCase:
    """Ask the vendor to explain one or several differences of an order.

    What is not withheld yet is withheld from now on; the undisputed part of an invoice
    is paid on time (FAR 52.212-4(i), 32.905). The days to ask and to answer are dated
    numbers as they stand today.

    :param findings: public ids of discrepancies without a resolution and in no dispute
    :param is_of_the_count: it asks how calls are counted, and needs no difference; then
        nothing is withheld for it
    :raises NotAllowed: if ``by`` is neither designated COR (R-ROL-05) nor contracting
        officer of the agency; of the count the system opens one too
    :raises CaseIncomplete: without a question or a difference, for more than can be put
        at once, and for one that is not of this order, settled, or disputed already
    """
    order = locked_order(order_id)
    on = accounting_day(at, order.contract.time_zone)
    may = permissions.can_open_dispute(by, order, on, is_of_the_count=is_of_the_count)
    require(may)
    found = [] if is_of_the_count and not findings else _disputable(order, findings)
    if not question.strip():
        message = "Say what the vendor is to explain."
        raise CaseIncomplete(message, pointer="/question")
    clocks = clocks_at(order.contract, found, at)
    case = DisputeCase.objects.create(
        number=next_below(order.piid, "DSP", DisputeCase.objects.filter(order=order)),
        order=order,
        question=question.strip(),
        ask_by=clocks.ask_by,
        answer_due_on=clocks.answer_due_on,
        opened_by_id=None if by.is_system else by.own_membership_id,
        opened_at=at,
    )
    for finding in found:
        CaseFinding.objects.create(case=case, finding=finding)
        if not hasattr(finding, "dispute"):
            dispute_finding(
                finding_id=finding.pk,
                reason=case.question,
                by=by,
                at=at,
                is_told=False,
            )
    amount = total_dollars(Dollars(each.amount_dollars) for each in found)
    post_notice(
        recipients=[Recipient(organization_id=order.contract.vendor_id)],
        subject=case.subject,
        title=_title(found, order)[:200],
        body=(
            f"{f'{amount} in all. ' if found else ''}{case.question} Answer by "
            f"{day_words(case.answer_due_on)}."
        ),
        url_path=case.path,
        by=by,
        at=at,
    )
    record_event(
        events.DISPUTE_OPENED,
        subject=case.subject,
        by=by,
        at=at,
        data={
            "rule": "R-REC-04",
            "order": order.piid,
            "findings": [each.public_id for each in found],
            "amount": amount,
            "ask_by": case.ask_by,
            "is_late": on > case.ask_by,
            "answer_due_on": case.answer_due_on,
        },
    )
    return case


def _title(found: Sequence[Finding], order: TaskOrder) -> str:
    if not found:
        return f"Please explain how calls are counted on {order.piid}"
    differences = "difference" if len(found) == 1 else "differences"
    return f"Please explain {len(found)} {differences} on {order.piid}"


def _disputable(order: TaskOrder, asked: Sequence[str]) -> list[Finding]:
    found, unknown = findings_named(order, asked)
    if unknown:
        message = f"{unknown[0]} is no discrepancy of this order."
        raise CaseIncomplete(message, pointer="/findings", unknown=unknown[:20])
    if not found or len(found) > MOST_FINDINGS:
        message = f"Choose between one and {MOST_FINDINGS} discrepancies."
        raise CaseIncomplete(message, pointer="/findings")
    closed = [each for each in found if hasattr(each, "resolution")]
    taken = [each for each in found if hasattr(each, "case_item")]
    if closed or taken:
        one = (closed or taken)[0]
        why = "is settled already" if closed else "is in a dispute already"
        message = f"{one.get_code_display().capitalize()} ({one.public_id}) {why}."
        raise CaseIncomplete(message, pointer="/findings")
    return found


def _tell_agency(
    contract: Contract,
    subject: Subject,
    title: str,
    body: str,
    url_path: str,
    by: Actor,
    at: datetime,
) -> None:
    """The officers and the representatives of the contract."""
    on, agency = accounting_day(at, contract.time_zone), contract.agency_id
    post_notice(
        recipients=[
            Recipient(organization_id=agency, role=Role.CONTRACTING_OFFICER),
            *(
                Recipient(organization_id=agency, user_id=row.membership.user_id)
                for row in representatives(contract, on)
            ),
        ],
        subject=subject,
        title=title[:200],
        body=body,
        url_path=url_path,
        by=by,
        at=at,
    )


def _lock_case(case_id: int) -> DisputeCase:
    """The dispute, with its contract and order locked."""
    order_id = DisputeCase.objects.values_list("order_id", flat=True).get(pk=case_id)
    locked_order(order_id)
    return DisputeCase.objects.select_related(
        "order__contract__agency", "order__contract__vendor"
    ).get(pk=case_id)
