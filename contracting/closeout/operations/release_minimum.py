"""Release the guaranteed minimum: the vendor gives up what it leaves unpaid."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.closeout import events, permissions, queries
from contracting.closeout.models import ClaimsRelease
from contracting.closeout.operations.release_claims import (
    _guard,
    _officers,
    _refuse_if_open,
)
from contracting.closeout.refusals import AlreadyClosedOut
from contracting.contracts.models import Contract
from contracting.contracts.states import ContractState
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.notices.operations.post_notice import post_notice


@transaction.atomic
def release_minimum(
    *, contract_id: int, given_up: Dollars, statement: str, by: Actor, at: datetime
) -> ClaimsRelease:
    """The vendor gives up what the guaranteed minimum leaves unpaid at the end.

    FAR 16.504(a)(1) (R-CLO-03).

    :param given_up: dollars that the signer was shown
    :raises NotAllowed: if ``by`` does not sign for the vendor
    :raises AlreadyClosedOut: if the contract is closed out
    :raises NotReleasable: while orders may be placed, or one is not closed out
    :raises ReleaseOutdated: if another amount is owed than was shown
    :raises StatementMissing: without a statement
    """
    contract = (
        Contract.objects.locked().select_related("agency", "vendor").get(pk=contract_id)
    )
    require(permissions.can_release_minimum(by, contract))
    if contract.state == ContractState.CLOSED:
        message = f"Contract {contract.piid} is closed out already."
        raise AlreadyClosedOut(message)
    _refuse_if_open(queries.blockers_of_minimum(contract, at))
    owed = queries.minimum_owed(contract)
    _guard(given_up, owed, statement)
    release = ClaimsRelease.objects.create(
        contract=contract,
        dollars=owed.amount,
        tokens=0,
        statement=statement.strip(),
        signed_by_id=by.own_membership_id,
        signed_at=at,
    )
    post_notice(
        recipients=[_officers(contract)],
        subject=contract.subject,
        title=f"{contract.vendor.name} gave up its minimum: {contract.piid}",
        body=f"Given up of the guaranteed minimum: {owed}.",
        url_path=f"/contracts/{contract.public_id}/close_out_contract",
        by=by,
        at=at,
    )
    record_event(
        events.MINIMUM_RELEASED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "piid": contract.piid,
            "dollars": owed,
            "statement": release.statement,
        },
    )
    return release
