"""Record that the award was reported."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract, ContractActionReport
from contracting.contracts.queries import awarded_on, report_due_on
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require


@transaction.atomic
def report_contract_action(
    *, contract_id: int, number: str, reported_on: date, by: Actor, at: datetime
) -> ContractActionReport:
    """Record the number of the contract action report of the award.

    Due three business days after the award (FAR 4.604(b); R-AWD-08). A late one is
    recorded with its day, and the contract says that it was late.

    :param reported_on: when the procurement data system confirmed it
    :raises NotAllowed: unless ``by`` is a contracting officer or specialist
    :raises AlreadyRecorded: if the award was reported
    :raises ReportIncomplete: without a number, before the award, or in the future
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_report_contract_action(by, contract))
    if contract.awarded_at is None or not number.strip():
        message = "An award is signed first, and its report has a number."
        raise refusals.ReportIncomplete(message, missing="number")
    if hasattr(contract, "action_report"):
        message = f"The award was reported as {contract.action_report.number}."
        raise refusals.AlreadyRecorded(message)
    signed_on, today = awarded_on(contract), accounting_day(at, contract.time_zone)
    if not signed_on <= reported_on <= today:
        message = f"It was reported between the award on {signed_on} and today."
        raise refusals.ReportIncomplete(message, missing="reported_on")
    report = ContractActionReport.objects.create(
        contract=contract,
        number=number.strip(),
        reported_on=reported_on,
        due_on=report_due_on(contract),
        reported_by_id=by.own_membership_id,
        filed_at=at,
    )
    record_event(
        events.CONTRACT_ACTION_REPORTED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AWD-08",
            "number": report.number,
            "reported_on": reported_on,
            "due_on": report.due_on,
            "is_late": reported_on > report.due_on,
        },
    )
    return report
