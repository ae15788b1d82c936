"""Legal records the agreement under which a line costs nothing."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from contracting.approvals.operations.override import override_rule
from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract, GratuitousService
from contracting.contracts.queries import free_sublines
from contracting.core.actors import Actor
from contracting.core.permissions import require


@transaction.atomic
def record_gratuitous_service(
    *, contract_id: int, slin: str, agreement: str, by: Actor, at: datetime
) -> GratuitousService:
    """Mark a subline "no cost": the vendor has agreed in writing to ask nothing for it.

    Services that nobody pays are voluntary ones, which the Government does not accept,
    unless their giver has agreed beforehand that they are free (31 U.S.C. 1342).

    :param slin: a subline of the contract, priced at nothing there or on an order
    :param agreement: number and day of the agreement, or where it is filed
    :raises NotAllowed: if ``by`` is no legal reviewer of the agency
    :raises NoCostIncomplete: without an agreement, or for a subline that is not there
    :raises AlreadyRecorded: if the subline is marked already
    """
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_record_gratuitous_service(by, contract))
    if not agreement.strip():
        message = "Say which agreement it is: its number and day, or where it is filed."
        raise refusals.NoCostIncomplete(message, pointer="/agreement")
    by_unit = Q(clin=slin, unit_rates__isnull=False)
    if not contract.lines.filter(Q(rate_rows__slin=slin) | by_unit).exists():
        message = f"{slin} is no subline of this contract."
        raise refusals.NoCostIncomplete(message, pointer="/slin")
    if slin not in free_sublines(contract, {slin}):
        message = f"{slin} is marked as no cost already."
        raise refusals.AlreadyRecorded(message, slin=slin)
    row = GratuitousService.objects.create(
        contract=contract,
        slin=slin,
        agreement=agreement.strip(),
        recorded_by_id=by.own_membership_id,
        recorded_on=at,
    )
    override_rule(
        rule="R-FND-11",
        subject=contract.subject,
        title=f"{slin} of {contract.name}",
        url_path=contract.path,
        reason_code="GRATUITOUS_SERVICE",
        words=row.agreement,
        by=by,
        at=at,
    )
    record_event(
        events.GRATUITOUS_SERVICE_RECORDED,
        subject=contract.subject,
        by=by,
        at=at,
        data={"slin": slin, "agreement": row.agreement},
    )
    return row
