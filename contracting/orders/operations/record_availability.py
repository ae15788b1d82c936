"""Record that funds are available now: an order that waited for them is funded."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.operations.obligate import obligate_funds
from contracting.ledger.queries import lock_funds
from contracting.notices.operations.post_notice import post_notice
from contracting.orders import calculations, events, permissions
from contracting.orders.models import AvailabilityNotice, TaskOrder
from contracting.orders.operations.certify import _require_bona_fide_year
from contracting.orders.operations.issue import _concerned, _require_certification
from contracting.orders.queries.ratified import (
    Raised,
    require_ratified,
    take_up_charges,
)
from contracting.orders.refusals import NotWaitingForFunds, TermInvalid


@transaction.atomic
def record_availability(
    *, order_id: int, text: str, by: Actor, at: datetime, seen_version: int
) -> AvailabilityNotice:
    """The contracting officer's notice that funds are available (FAR 32.703-2).

    Until it is recorded an order under clause 52.232-18 or 52.232-19 binds no funds and
    funds no usage; what is used meanwhile is unfunded, and becomes payable only if it
    was ratified. The notice binds the funds that a certifier has certified, on its day.

    :param text: the notice in writing, which the vendor reads
    :raises NotAllowed: without a warrant for the order's value (R-ROL-01, R-ROL-02), or
        if ``by`` requested it or certified its funds (R-ROL-03)
    :raises NotWaitingForFunds: unless the order is signed and waits for funds
        (R-FND-06)
    :raises Stale: if the order changed since it was read
    :raises TermInvalid: without a text
    :raises FundsNotCertified: until this version is certified (R-FND-01)
    :raises NotRatified: if use before the notice would become payable (R-FND-08)
    :raises SeverableServiceTooLong: if annual funds buy another year (R-FND-04)
    :raises PeriodOfAvailabilityEnded: before the funds may be obligated (R-FND-03)
    """
    contract_id = TaskOrder.objects.values_list("contract_id", flat=True).get(
        pk=order_id
    )
    contract = Contract.objects.locked().get(pk=contract_id)
    order = TaskOrder.objects.locked().get(pk=order_id)
    on = accounting_day(at, contract.time_zone)
    require(permissions.can_record_availability(by, order, on))
    if not order.is_locked:
        message = "This order does not wait for funds."
        raise NotWaitingForFunds(message)
    order.require_version(seen_version)
    if not text.strip():
        message = "Write the notice: which funds are available, from when, by what."
        raise TermInvalid(message, term="text", pointer="/text")
    _require_certification(order)
    _require_bona_fide_year(order)
    lock_funds(holders=[line.holder for line in order.current_lines()])
    funded = calculations.funded(order)
    lines = order.current_lines()
    funds = [
        total_dollars(Dollars(part.dollars) for part in line.current_funding())
        for line in lines
    ]
    raised = [
        Raised(line, dollars, Decimal(0))
        for line, dollars in zip(lines, funds, strict=True)
        if line.is_by_unit
    ]
    made_payable = require_ratified(
        order,
        {
            line.holder: dollars
            for line, dollars in zip(lines, funds, strict=True)
            if not line.is_by_unit
        },
        raised,
    )
    notice = AvailabilityNotice.objects.create(
        order=order,
        text=text.strip(),
        dollars=funded.amount,
        ratifies_dollars=made_payable.amount,
        noticed_by_id=by.own_membership_id,
        noticed_at=at,
    )
    obligate_funds(
        obligations=calculations.obligations_of(order),
        because=order.subject,
        on=on,
        from_commitment=True,
        by=by,
        at=at,
    )
    take_up_charges([each.line for each in raised], by, at)
    post_notice(
        recipients=_concerned(order, on),
        subject=order.subject,
        title=f"Funds are available for task order {order.piid}",
        body=f"{funded} is funded from {on} on. {notice.text}",
        url_path=order.path,
        by=by,
        at=at,
    )
    record_event(
        events.AVAILABILITY_RECORDED,
        subject=order.subject,
        by=by,
        at=at,
        data={
            "piid": order.piid,
            "clause": order.funds_clause,
            "dollars": funded,
            "text": notice.text,
            "ratifies": made_payable,
        },
    )
    return notice
