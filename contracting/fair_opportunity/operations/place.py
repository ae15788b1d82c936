"""The signature of an order uses its fair opportunity, and tells the other holders."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import dollars
from contracting.fair_opportunity import events, queries
from contracting.fair_opportunity.models import Opportunity, Placement
from contracting.fair_opportunity.refusals import OpportunityUsed
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.reference.queries import threshold


@transaction.atomic
def place_order(
    *, opportunity_id: int, order_piid: str, value: Dollars, by: Actor, at: datetime
) -> Placement:
    """Record the order and give the holders who responded their post-award notice.

    FAR 16.505(b)(6). It asks for no permission: the verb that signs has asked.

    :raises OpportunityUsed: if an order was placed on it before
    """
    opportunity: Opportunity = Opportunity.objects.locked().get(pk=opportunity_id)
    if hasattr(opportunity, "placement"):
        message = (
            f"Order {opportunity.placement.order_piid} was placed on this already."
        )
        raise OpportunityUsed(message)
    placement = Placement.objects.create(
        opportunity=opportunity,
        order_piid=order_piid,
        value_dollars=value.amount,
        placed_at=at,
    )
    others = queries.unsuccessful(opportunity)
    if others:
        post_notice(
            recipients=[Recipient(each.contract.vendor_id) for each in others],
            subject=opportunity.subject,
            title=f"Not selected: {opportunity.title}",
            body=_letter(opportunity, placement, value),
            url_path=opportunity.path,
            by=by,
            at=at,
        )
    record_event(
        events.ORDER_PLACED,
        subject=opportunity.subject,
        by=by,
        at=at,
        data={
            "order": order_piid,
            "value": value,
            "told": [each.contract.piid for each in others],
        },
    )
    return placement


def _letter(opportunity: Opportunity, placement: Placement, value: Dollars) -> str:
    """Who was selected at which total, and how a debriefing is asked for."""
    on = accounting_day(placement.placed_at, opportunity.time_zone)
    holder = opportunity.contract
    letter = (
        f"Order {placement.order_piid} of up to {dollars(value)} was placed with "
        f"{holder.vendor.name if holder else 'another holder'}."
    )
    if not queries.is_enhanced(opportunity, value, on):
        return letter
    days = int(threshold("DEBRIEF_REQUEST", on).value)
    return f"{letter} Ask in writing within {days} days of it, and you are debriefed."
