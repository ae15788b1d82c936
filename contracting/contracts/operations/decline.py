"""The vendor declines the award that it was offered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.acceptance.models import AwardAnswer
from contracting.contracts.calculations import obligations_of
from contracting.contracts.models import Contract
from contracting.contracts.operations.accept import require_offered
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.ledger.operations.release import release_commitment
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation


@transaction.atomic
def decline_award(
    *, contract_id: int, reason: str, by: Actor, at: datetime
) -> Contract:
    """Decline an award on a quotation; the decision can be drafted again.

    The funds that were committed for it are released.

    :raises NotAllowed: unless ``by`` signs for the vendor (R-SUB-11)
    :raises NotAccepted: if no award is offered (R-SUB-11)
    :raises AcceptanceIncomplete: without a reason
    """
    solicitation_id = Contract.objects.values_list("solicitation_id", flat=True).get(
        pk=contract_id
    )
    Solicitation.objects.locked().get(pk=solicitation_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_decline_award(by, contract))
    offer = require_offered(contract)
    if not reason.strip():
        message = "Say why you decline the award: the contracting officer acts on it."
        raise refusals.AcceptanceIncomplete(message)
    AwardAnswer.objects.create(
        offer=offer,
        is_accepted=False,
        reason=reason.strip(),
        answered_by_id=by.own_membership_id,
        answered_at=at,
    )
    contract.move_to(ContractState.DISCARDED)
    release_commitment(
        obligations=obligations_of(contract), because=contract.subject, by=by, at=at
    )
    roles = (Role.CONTRACTING_OFFICER, Role.CONTRACT_SPECIALIST)
    post_notice(
        recipients=[Recipient(contract.agency_id, role) for role in roles],
        subject=contract.subject,
        title=f"{contract.vendor.name} declined the award on "
        f"{contract.solicitation.piid}",
        body=f"Why: {reason.strip()} The decision stands and can be drafted again.",
        url_path=contract.solicitation.path,
        by=by,
        at=at,
    )
    record_event(
        events.AWARD_DECLINED,
        subject=contract.subject,
        by=by,
        at=at,
        data={"reason": reason.strip(), "version": contract.version},
    )
    return contract
