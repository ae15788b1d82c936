"""A holder who was not selected asks to be debriefed on the order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.contracts.calculations import last_day
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.fair_opportunity import events, permissions, queries
from contracting.fair_opportunity.models import Opportunity, OrderDebriefing
from contracting.fair_opportunity.refusals import AlreadyRequested
from contracting.notices.operations.post_notice import Recipient, post_notice


@transaction.atomic
def request_order_debriefing(
    *, opportunity_id: int, by: Actor, at: datetime
) -> OrderDebriefing:
    """Ask; in time after the notice, and above the enhanced threshold, it is owed.

    FAR 16.505(b)(6)(ii), with the days of FAR 15.506.

    :raises NotAllowed: if ``by`` is of no holder who responded and was not selected
    :raises AlreadyRequested: if the holder has asked
    """
    opportunity: Opportunity = Opportunity.objects.locked().get(pk=opportunity_id)
    require(permissions.can_request_order_debriefing(by, opportunity))
    contract = queries.own_contract(by, opportunity)
    assert contract is not None  # noqa: S101 (typing)
    if opportunity.debriefings.filter(contract=contract).exists():
        message = "You have asked for this debriefing already."
        raise AlreadyRequested(message)
    placed_on = accounting_day(opportunity.placement.placed_at, opportunity.time_zone)
    on = accounting_day(at, opportunity.time_zone)
    is_owed = queries.is_enhanced(
        opportunity, Dollars(opportunity.placement.value_dollars), placed_on
    ) and on <= last_day("DEBRIEF_REQUEST", placed_on)
    debriefing = OrderDebriefing.objects.create(
        opportunity=opportunity,
        contract=contract,
        is_required=is_owed,
        due_on=last_day("DEBRIEF_HELD", on) if is_owed else None,
        requested_by_id=by.own_membership_id,
        requested_at=at,
    )
    office = Recipient(opportunity.agency_id, role=Role.CONTRACTING_OFFICER)
    post_notice(
        recipients=[office],
        subject=opportunity.subject,
        title=f"A debriefing is asked for: {opportunity.title}",
        body=(
            f"{by.name} asks. "
            + (f"It is owed by {debriefing.due_on}." if is_owed else "It is not owed.")
        ),
        url_path=opportunity.path,
        due_on=debriefing.due_on,
        by=by,
        at=at,
    )
    record_event(
        events.DEBRIEFING_REQUESTED,
        subject=opportunity.subject,
        by=by,
        at=at,
        data={
            "contract": contract.piid,
            "is_required": is_owed,
            "due_on": debriefing.due_on,
        },
    )
    return debriefing
