"""The contracting office gives every holder notice of an intended order."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars
from contracting.core.templatetags.drawdown import dollars
from contracting.fair_opportunity import calculations, events, permissions, queries
from contracting.fair_opportunity.models import InvitedHolder, Opportunity
from contracting.fair_opportunity.refusals import (
    NoHolders,
    NotEnhanced,
    NoticeIncomplete,
)
from contracting.notices.operations.post_notice import Recipient, post_notice
from contracting.solicitations.models import Solicitation


@transaction.atomic
def notify_holders(
    *,
    contract_id: int,
    title: str,
    description: str,
    value: Dollars,
    basis: str,
    factors: str = "",
    respond_by: datetime,
    by: Actor,
    at: datetime,
) -> Opportunity:
    """Tell every holder of the multiple award what is needed and how one is selected.

    FAR 16.505(b)(1). The notice never changes; whoever wants another one cancels it.

    :param contract_id: any contract of the multiple award
    :param value: estimated, options included; it decides what the notice must say
    :param basis: the basis on which the selection will be made
    :param factors: factors and their significance, above the enhanced threshold
    :param respond_by: the last instant for a response, inclusive
    :raises NotAllowed: if ``by`` is not of the contracting office
    :raises NoHolders: if fewer than two holders take orders now (R-TO-06)
    :raises NoticeIncomplete: without description or basis, or due in the past (R-TO-07)
    :raises NotEnhanced: above the enhanced threshold without factors or a reasonable
        time to respond (R-TO-08)
    """
    named = Contract.objects.values_list("solicitation_id", flat=True)
    solicitation = Solicitation.objects.locked().get(pk=named.get(pk=contract_id))
    contract = Contract.objects.get(pk=contract_id)
    require(permissions.can_notify_holders(by, contract))
    holders = queries.holders_of(
        solicitation.pk, accounting_day(at, contract.time_zone)
    )
    _guard(holders, title, description, value, basis, respond_by, at)
    _require_enhanced(solicitation, value, factors, respond_by, at)
    opportunity = Opportunity.objects.create(
        agency_id=contract.agency_id,
        solicitation=solicitation,
        title=title.strip(),
        description=description.strip(),
        value_dollars=value.to_cents().amount,
        basis=basis.strip(),
        factors=factors.strip(),
        respond_by=respond_by,
        notified_by_id=by.own_membership_id,
        notified_at=at,
    )
    for holder in holders:
        InvitedHolder.objects.create(opportunity=opportunity, contract=holder)
    post_notice(
        recipients=[Recipient(each.vendor_id) for each in holders],
        subject=opportunity.subject,
        title=f"Fair opportunity: {opportunity.title}",
        body=(
            f"{contract.agency.name} intends to place an order of about "
            f"{dollars(value)} under {solicitation.piid} and asks every holder. "
            f"{opportunity.description}"
        ),
        url_path=opportunity.path,
        due_on=accounting_day(respond_by, solicitation.time_zone),
        by=by,
        at=at,
    )
    told = calculations.notice_content(
        opportunity, [str(each.piid) for each in holders]
    )
    record_event(
        events.HOLDERS_NOTIFIED,
        subject=opportunity.subject,
        by=by,
        at=at,
        data={**told, "content_sha256": content_sha256(told)},
    )
    return opportunity


def _guard(
    holders: list[Contract],
    title: str,
    description: str,
    value: Dollars,
    basis: str,
    respond_by: datetime,
    at: datetime,
) -> None:
    if len(holders) < 2:  # noqa: PLR2004
        message = (
            "Fewer than two holders take orders now: there is nobody to choose of."
        )
        raise NoHolders(message, holders=len(holders))
    missing = [
        name
        for name, text in (
            ("a title", title),
            ("a description of what is ordered", description),
            ("the basis of selection", basis),
        )
        if not text.strip()
    ]
    if missing or value <= Dollars():
        what = ", ".join([*missing, *([] if value > Dollars() else ["its value"])])
        message = f"A fair notice says to every holder alike: it lacks {what}."
        raise NoticeIncomplete(message, missing=missing)
    if respond_by <= at:
        message = "Responses would be due in the past. Leave a reasonable time."
        raise NoticeIncomplete(message, respond_by=respond_by)


def _require_enhanced(
    solicitation: Solicitation,
    value: Dollars,
    factors: str,
    respond_by: datetime,
    at: datetime,
) -> None:
    limits = calculations.amounts(accounting_day(at, solicitation.time_zone))
    if value <= limits.enhanced:
        return
    gaps = calculations.enhanced_gaps(
        factors=factors,
        respond_by=respond_by,
        told_at=at,
        zone=solicitation.time_zone,
        on=limits,
    )
    if gaps:
        message = (
            f"The order is worth {dollars(value)}, above {dollars(limits.enhanced)}. "
            f"{' '.join(gaps)}"
        )
        raise NotEnhanced(message, gaps=gaps)
