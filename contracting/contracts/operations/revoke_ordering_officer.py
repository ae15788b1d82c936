"""Revoke the appointment of an ordering officer."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts import events, permissions, refusals
from contracting.contracts.models import Contract
from contracting.contracts.models.ordering import OrderingOfficer, OrderingRevocation
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def revoke_ordering_officer(
    *, appointment_id: int, reason: str, by: Actor, at: datetime
) -> OrderingOfficer:
    """Take a letter back at once; the orders that were signed under it stand.

    :raises NotAllowed: if ``by`` holds no warrant of this agency (R-ROL-01)
    :raises AlreadyRevoked: if it was taken back before
    :raises AppointmentInvalid: without a reason
    """
    contract_id = OrderingOfficer.objects.values_list("contract_id", flat=True).get(
        pk=appointment_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    letter = OrderingOfficer.objects.select_related("membership__user").get(
        pk=appointment_id
    )
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_revoke_ordering_officer(by, contract, on))
    if letter.is_revoked:
        message = "This appointment was revoked already."
        raise refusals.AlreadyRevoked(message)
    if not reason.strip():
        message = "Say why the appointment is revoked."
        raise refusals.AppointmentInvalid(message, pointer="/reason")
    OrderingRevocation.objects.create(
        appointment=letter,
        reason=reason.strip(),
        revoked_by_id=by.own_membership_id,
        revoked_at=at,
    )
    person = letter.membership.user
    post_notice(
        recipients=[
            Recipient(organization_id=contract.agency_id, user_id=person.pk),
            Recipient(organization_id=contract.vendor_id),
        ],
        subject=contract.subject,
        title=f"{person.name} no longer places orders on {contract.piid}",
        body="The appointment is revoked. Orders that were signed under it stand.",
        url_path=f"{contract.path}/ordering_guide",
        by=by,
        at=at,
    )
    record_event(
        events.ORDERING_OFFICER_REVOKED,
        subject=contract.subject,
        by=by,
        at=at,
        data={
            "membership": letter.membership_id,
            "name": person.name,
            "reason": reason.strip(),
        },
    )
    letter.refresh_from_db()
    return letter
