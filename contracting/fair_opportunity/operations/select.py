"""The contracting officer selects a holder for the order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.fair_opportunity import calculations, events, permissions, queries
from contracting.fair_opportunity.models import HolderSelection, Opportunity
from contracting.fair_opportunity.refusals import SelectionIncomplete, StillOpen
from contracting.fair_opportunity.states import OpportunityState


@transaction.atomic
def select_holder(
    *,
    opportunity_id: int,
    response_id: int,
    rationale: str,
    best_value: str = "",
    by: Actor,
    at: datetime,
) -> Opportunity:
    """Select one response; the order is then drafted under its holder's contract.

    :param best_value: the statement asked for above the enhanced threshold
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    :raises StillOpen: before the responses are due (R-TO-07)
    :raises SelectionIncomplete: without a reason, or for no last response of a holder
    :raises NotConsidered: above the simplified threshold, while a response has no
        finding (R-TO-07)
    :raises NotEnhanced: above the enhanced threshold without the statement (R-TO-08)
    """
    opportunity: Opportunity = Opportunity.objects.locked().get(pk=opportunity_id)
    require(permissions.can_select_holder(by, opportunity))
    if opportunity.respond_by is not None and at <= opportunity.respond_by:
        message = "The holders may still respond. Select once their time is over."
        raise StillOpen(message, respond_by=opportunity.respond_by)
    chosen = {each.pk: each for each in queries.last_responses(opportunity)}
    response = chosen.get(response_id)
    if response is None or not rationale.strip():
        message = "Name the last response of a holder, and say why it is selected."
        raise SelectionIncomplete(message)
    gap = queries.selection_gap(
        opportunity,
        Dollars(opportunity.value_dollars),
        calculations.amounts(accounting_day(at, opportunity.time_zone)),
        best_value,
    )
    if gap is not None:
        raise gap
    HolderSelection.objects.create(
        opportunity=opportunity,
        response=response,
        rationale=rationale.strip(),
        best_value=best_value.strip(),
        selected_by_id=by.own_membership_id,
        selected_at=at,
    )
    opportunity.contract = response.contract
    opportunity.save(update_fields=["contract"])
    opportunity.move_to(OpportunityState.SELECTED)
    record_event(
        events.HOLDER_SELECTED,
        subject=opportunity.subject,
        by=by,
        at=at,
        data={
            "contract": response.contract.piid,
            "response": response.content_sha256,
            "responses": len(chosen),
            "rationale": rationale.strip(),
            "best_value": best_value.strip(),
        },
    )
    return opportunity
