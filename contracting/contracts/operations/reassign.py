"""Hand the contracts of an officer over to another one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from accounts.models import Membership
from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract
from contracting.contracts.models.officers import OfficerAssignment
from contracting.contracts.queries import representatives
from contracting.contracts.queries.officers import assignable, contracts_with
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def reassign_contracts(
    *,
    former_id: int,
    officer_id: int,
    contract_ids: Collection[int],
    reason: str,
    by: Actor,
    at: datetime,
) -> list[OfficerAssignment]:
    """Give these contracts of one officer to another; all of them or none.

    For an officer who leaves, whose warrant ends or does not reach. Nothing that was
    signed changes, and neither do the letters to representatives and ordering
    officers, which bind until they are taken back. Vendor, representatives and both
    officers are told.

    :param former_id: whose contracts they are now, by membership
    :param officer_id: a contracting officer of the agency with a warrant in force
    :raises NotAllowed: if ``by`` is neither a contracting officer nor an administrator
        of the agency
    :raises ReassignmentInvalid: without contracts or a reason, to nobody who may have
        them, or for a contract that this officer does not have in hand (any more)
    """
    former: Membership = Membership.objects.select_related("organization").get(
        pk=former_id
    )
    wanted = set(contract_ids)
    contracts = list(Contract.objects.locked().filter(pk__in=wanted).order_by("pk"))
    require(permissions.can_reassign_contracts(by, former.organization_id))
    if not wanted or not reason.strip():
        message = "Choose the contracts that go over, and say why."
        raise refusals.ReassignmentInvalid(message, pointer="/reason")
    own = set(contracts_with(former).filter(pk__in=wanted).values_list("pk", flat=True))
    if own != wanted:
        message = (
            f"{former.user.name} does not have all of these contracts in hand: "
            "somebody else has handed one over meanwhile, or it is closed."
        )
        raise refusals.ReassignmentInvalid(message, pointer="/contracts")
    on = former.organization.local_day(at)
    officer = assignable(former.organization_id, on).filter(pk=officer_id).first()
    if officer is None or officer.user_id == former.user_id:
        message = (
            "Choose another contracting officer of the agency, with a warrant that is "
            "in force today (FAR 1.602-1)."
        )
        raise refusals.ReassignmentInvalid(message, rule="R-ROL-01", pointer="/officer")
    return [
        _assign(contract, former, officer, reason.strip(), by, at)
        for contract in contracts
    ]


def _assign(
    contract: Contract,
    former: Membership,
    officer: Membership,
    reason: str,
    by: Actor,
    at: datetime,
) -> OfficerAssignment:
    assignment = OfficerAssignment.objects.create(
        contract=contract,
        former=former,
        officer=officer,
        reason=reason,
        assigned_by_id=by.own_membership_id,
        assigned_at=at,
    )
    on = accounting_day(at, contract.time_zone)
    people = {
        former.user_id,
        officer.user_id,
        *(row.membership.user_id for row in representatives(contract, on)),
    }
    post_notice(
        recipients=[
            Recipient(contract.vendor_id),
            *(Recipient(contract.agency_id, user_id=each) for each in sorted(people)),
        ],
        subject=contract.subject,
        title=f"{officer.user.name} is the contracting officer of {contract.name}",
        body=(
            f"{officer.user.name} takes over from {former.user.name}. What was signed "
            "stands, and every letter until it is taken back."
        ),
        url_path=contract.path,
        by=by,
        at=at,
    )
    record_event(
        events.CONTRACT_REASSIGNED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "from": {"membership": former.pk, "name": former.user.name},
            "to": {"membership": officer.pk, "name": officer.user.name},
            "reason": reason,
        },
    )
    return assignment
