"""End the receiving of offers and publish one root over every receipt in time."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.solicitations.models import Solicitation
from contracting.solicitations.states import SolicitationState
from contracting.submissions import calculations, events, permissions, queries
from contracting.submissions.health.log import open_outage
from contracting.submissions.models import Closing, InclusionProof
from contracting.submissions.refusals import (
    NotOpenForOffers,
    OutageUnresolved,
    ReceiptsClosed,
    StillSealed,
)
from contracting.submissions.sealing.tree import grow, leaf_of


@transaction.atomic
def close_receipts(*, solicitation_id: int, by: Actor, at: datetime) -> Closing:
    """Wait for every offer that is being received, then publish the root.

    Receiving is held from the stamp of a receipt to its commit; this takes it alone,
    after the deadline, so that no receipt in time can appear after the root. Replaced
    and withdrawn receipts are under it too, late ones are not.

    :param at: read from the clock before this is called
    :raises NotAllowed: unless ``by`` is the system, or an opener of the box
    :raises ReceiptsClosed: if it was done before; that happens once
    :raises NotOpenForOffers: if the solicitation takes no offers
    :raises OutageUnresolved: for an outage at the deadline, not ruled on (R-SUB-08)
    :raises StillSealed: up to and including the deadline in force
    """
    if queries.is_to_close(solicitation_id, at):  # else it is refused: nobody waits
        queries.end_receiving(solicitation_id)
    solicitation = Solicitation.objects.locked().get(pk=solicitation_id)
    require(permissions.can_close_receipts(by, solicitation))
    deadline = _require_due(solicitation, at)
    versions = {row.pk: row for row in queries.receipts_in_time(solicitation)}
    root, proofs = grow(
        {
            pk: leaf_of(calculations.receipt_content(version))
            for pk, version in versions.items()
        }
    )
    closing = Closing.objects.create(
        solicitation=solicitation, deadline=deadline, root=root, closed_at=at
    )
    InclusionProof.objects.bulk_create(
        InclusionProof(
            closing=closing,
            version=versions[pk],
            position=proof.position,
            path=list(proof.path),
        )
        for pk, proof in proofs.items()
    )
    record_event(
        events.RECEIPTS_CLOSED,
        subject=solicitation.subject,
        by=by,
        at=at,
        data={"root": root, "deadline": deadline},
    )
    return closing


def _require_due(solicitation: Solicitation, at: datetime) -> datetime:
    if queries.closing_of(solicitation) is not None:
        message = "The receipts are closed and their root is published; that is once."
        raise ReceiptsClosed(message)
    deadline = queries.deadline_of(solicitation)
    if solicitation.state != SolicitationState.RELEASED:
        message = "There are no receipts to close: this solicitation takes no offers."
        raise NotOpenForOffers(message)
    if at <= deadline:
        message = "The deadline has not passed: offers are still being received."
        raise StillSealed(message, deadline=deadline)
    outage = open_outage(solicitation, at)
    if outage is not None:
        message = (
            "The health log shows an outage at the deadline. The contracting officer "
            "confirms or dismisses it before receipts are closed."
        )
        raise OutageUnresolved(message, begun_at=outage.begun_at)
    return deadline
