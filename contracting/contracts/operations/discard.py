"""Give up a draft award; the decision stays and can be drafted again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions
from contracting.contracts.calculations import obligations_of
from contracting.contracts.models import Contract, ContractFunding
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.ledger.operations.release import release_commitment
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation


@transaction.atomic
def discard_contract(*, contract_id: int, by: Actor, at: datetime) -> Contract:
    """Discard the draft and release what was committed for it.

    An award that is offered and not accepted is withdrawn so, and its vendor told
    (FAR 13.004(c)).

    :raises NotAllowed: if ``by`` is neither a contracting officer nor a specialist, or
        no officer where it is offered (R-SUB-11)
    :raises IllegalMove: if it is signed already
    """
    solicitation_id = Contract.objects.values_list("solicitation_id", flat=True).get(
        pk=contract_id
    )
    Solicitation.objects.locked().get(pk=solicitation_id)
    contract = Contract.objects.locked().get(pk=contract_id)
    require(permissions.can_discard_contract(by, contract))
    was_offered = contract.state == ContractState.OFFERED
    contract.move_to(ContractState.DISCARDED)
    certified = ContractFunding.objects.filter(
        line__contract=contract, certified_at__isnull=False
    )
    if certified.exists():
        release_commitment(
            obligations=obligations_of(contract),
            because=contract.subject,
            by=by,
            at=at,
        )
    if was_offered:
        _tell(contract, by, at)
    record_event(
        events.CONTRACT_DISCARDED,
        subject=contract.subject,
        by=by,
        at=at,
        data={"version": contract.version, "was_offered": was_offered},
    )
    return contract


def _tell(contract: Contract, by: Actor, at: datetime) -> None:
    post_notice(
        recipients=[Recipient(organization_id=contract.vendor_id)],
        subject=contract.subject,
        title=f"The award on {contract.solicitation.piid} is withdrawn",
        body="The Government's offer was withdrawn before it was accepted.",
        url_path=contract.solicitation.public_path,
        by=by,
        at=at,
    )
