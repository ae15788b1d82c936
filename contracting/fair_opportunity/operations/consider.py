"""The contracting office writes how a response was considered."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.fair_opportunity import events, permissions
from contracting.fair_opportunity.models import Finding, HolderResponse, Opportunity
from contracting.fair_opportunity.queries import last_responses
from contracting.fair_opportunity.refusals import (
    AlreadyConsidered,
    SelectionIncomplete,
    StillOpen,
)


@transaction.atomic
def consider_response(
    *, response_id: int, text: str, by: Actor, at: datetime
) -> Finding:
    """Consider the last response of a holder, in words (FAR 16.505(b)(1)(iii)).

    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises StillOpen: as long as the holder may replace it (R-TO-07)
    :raises SelectionIncomplete: without words, or for a response that was replaced
    :raises AlreadyConsidered: if it has its finding
    """
    opportunity_id = HolderResponse.objects.values_list("opportunity", flat=True).get(
        pk=response_id
    )
    opportunity: Opportunity = Opportunity.objects.locked().get(pk=opportunity_id)
    require(permissions.can_consider_response(by, opportunity))
    response = HolderResponse.objects.select_related("contract").get(pk=response_id)
    if opportunity.respond_by is not None and at <= opportunity.respond_by:
        message = "The holders may still replace their responses. Consider them then."
        raise StillOpen(message, respond_by=opportunity.respond_by)
    if not text.strip() or response not in last_responses(opportunity):
        message = "A finding has words, and is on the last response of a holder."
        raise SelectionIncomplete(message)
    if hasattr(response, "finding"):
        message = "This response has its finding already."
        raise AlreadyConsidered(message)
    finding = Finding.objects.create(
        response=response,
        text=text.strip(),
        considered_by_id=by.own_membership_id,
        considered_at=at,
    )
    record_event(
        events.RESPONSE_CONSIDERED,
        subject=opportunity.subject,
        by=by,
        at=at,
        data={
            "contract": response.contract.piid,
            "version": response.version,
            "text": finding.text,
        },
    )
    return finding
