"""Lift the suspension for a protest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract, Protest, ProtestFinding
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def lift_protest(
    *, protest_id: int, found_by: str, text: str, by: Actor, at: datetime
) -> ProtestFinding:
    """File the finding of the head of the contracting activity (FAR 33.104(c)(2)).

    :param found_by: the head of the contracting activity who signed it
    :raises NotAllowed: unless ``by`` is a contracting officer of the agency
    :raises ProtestIncomplete: without who found what (R-AWD-07)
    :raises AlreadyRecorded: if nothing is suspended, or it is lifted
    """
    contract_id = Protest.objects.values_list("contract_id", flat=True).get(
        pk=protest_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_lift_protest(by, contract))
    protest = Protest.objects.get(pk=protest_id)
    if not protest.suspends or hasattr(protest, "finding"):
        message = f"Protest {protest.number} suspends nothing, or no longer."
        raise refusals.AlreadyRecorded(message)
    if not (found_by.strip() and text.strip()):
        message = "Say who found it, and the finding in their words."
        raise refusals.ProtestIncomplete(message)
    finding = ProtestFinding.objects.create(
        protest=protest,
        found_by=found_by.strip(),
        text=text.strip(),
        recorded_by_id=by.own_membership_id,
        lifted_at=at,
    )
    override_rule(
        rule="R-AWD-07",
        subject=contract.subject,
        title=str(contract),
        url_path=contract.path,
        reason_code="FINDING",
        words=f"{finding.found_by}: {finding.text}",
        by=by,
        at=at,
    )
    post_notice(
        recipients=[Recipient(contract.agency_id), Recipient(contract.vendor_id)],
        subject=contract.subject,
        title=f"The suspension of contract {contract.piid} is lifted",
        body="Performance goes on and orders may be placed again.",
        url_path=contract.path,
        by=by,
        at=at,
    )
    record_event(
        events.PROTEST_LIFTED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "rule": "R-AWD-07",
            "number": protest.number,
            "found_by": finding.found_by,
            "finding": finding.text,
        },
    )
    return finding
