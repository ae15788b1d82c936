"""The vendor's signature on a supplemental agreement."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.documents.operations.record import record_approval
from contracting.documents.states import Party
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.orders import events, permissions
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.queries import certification_of_modification
from contracting.orders.refusals import AddedFundsNotCertified, AlreadyIssued


@transaction.atomic
def sign_modification(
    *, modification_id: int, by: Actor, at: datetime, seen_version: int
) -> Modification:
    """Sign for the vendor; it binds nobody until the contracting officer signs.

    :raises NotAllowed: if ``by`` is no signer of the vendor, or none is needed
    :raises Stale: if the modification has changed since it was read
    :raises AlreadyIssued: if the vendor has signed it
    :raises AddedFundsNotCertified: if it adds funds that are not certified (R-MOD-03)
    """
    order_id = Modification.objects.values_list("order_id", flat=True).get(
        pk=modification_id
    )
    order = TaskOrder.objects.locked().get(pk=order_id)
    modification = Modification.objects.locked().get(pk=modification_id)
    require(permissions.can_sign_modification(by, modification))
    modification.require_version(seen_version)
    _require_funds(modification)
    if modification.vendor_signed_at is not None:
        message = "The vendor has signed this modification already."
        raise AlreadyIssued(message)
    modification.vendor_signed_by_id = by.membership_id
    modification.vendor_signed_at = at
    modification.save(update_fields=["vendor_signed_by", "vendor_signed_at"])
    record_approval(
        action="sign_modification",
        party=Party.VENDOR,
        subject=modification.subject,
        version=modification.version,
        content_sha256=modification.content_sha256,
        by=by,
        at=at,
    )
    post_notice(
        recipients=[
            Recipient(
                organization_id=order.contract.agency_id,
                role=Role.CONTRACTING_OFFICER,
            )
        ],
        subject=modification.subject,
        title=f"The vendor has signed a modification of order {order.piid}",
        body=modification.description,
        url_path=modification.path,
        by=by,
        at=at,
    )
    record_event(
        events.MODIFICATION_SIGNED,
        subject=modification.subject,
        by=by,
        at=at,
        data={
            "order": order.piid,
            "version": modification.version,
            "content_sha256": modification.content_sha256,
        },
    )
    return modification


def _require_funds(modification: Modification) -> None:
    """:raises AddedFundsNotCertified: if funds are added and not certified"""
    added = modification.funds_added
    if added and certification_of_modification(modification) is None:
        message = (
            f"This modification adds {added}; a funds certifier certifies them before "
            "anybody signs."
        )
        raise AddedFundsNotCertified(message, added=added)
