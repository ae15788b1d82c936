"""Agree, for the vendor, that the samples behind an allowance are honest."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.recounts import events, permissions
from contracting.recounts.models import AllowanceAgreement, RecountAllowance
from contracting.recounts.refusals import AlreadyAgreed


@transaction.atomic
def agree_recount_allowance(
    *, allowance_id: int, by: Actor, at: datetime
) -> AllowanceAgreement:
    """From now on plans are judged by it.

    :raises NotAllowed: if ``by`` does not sign for the contract's vendor
    :raises AlreadyAgreed: if it holds already
    """
    allowance = RecountAllowance.objects.select_related("contract").get(pk=allowance_id)
    Contract.objects.locked().get(pk=allowance.contract_id)
    require(permissions.can_agree_recount_allowance(by, allowance))
    if allowance.holds:
        message = "This allowance holds already."
        raise AlreadyAgreed(message)
    agreement = AllowanceAgreement.objects.create(
        allowance=allowance, agreed_by_id=by.own_membership_id, agreed_at=at
    )
    record_event(
        events.RECOUNT_ALLOWANCE_AGREED,
        subject=allowance.subject,
        by=by,
        at=at,
        data={"share": f"{allowance.share:f}"},
    )
    return agreement
