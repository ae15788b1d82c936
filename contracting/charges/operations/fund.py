"""Make payable what was charged beyond the funds of a line, once it is ratified."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.charges import events, permissions, queries
from contracting.charges.models import Charge
from contracting.charges.operations.charge import _draw_charge, _lock_order
from contracting.core.actors import Actor
from contracting.core.permissions import require
from contracting.core.quantities import Dollars, total_dollars
from contracting.ledger.operations.reverse import reverse_transfer
from contracting.ledger.queries import balances_of, lock_funds
from contracting.ledger.queries.charged import standing_because
from contracting.ledger.states import TransferKind
from contracting.orders.models import OrderLine


@transaction.atomic
def fund_charges(*, line: OrderLine, by: Actor, at: datetime) -> Dollars:
    """Draw on the funds of a line what was unfunded when it was charged (R-FND-08).

    A step of the signature that brings the funds or the units, which has insisted that
    as much is ratified (FAR 1.602-3). The charges stay as they are: what was unfunded
    of each is reversed in the ledger and drawn anew, in the order of the charges.

    :returns: what became payable, exact
    :raises NotAllowed: if ``by`` is no contracting officer of the agency
    """
    order = _lock_order(line.order_id)
    line = OrderLine.objects.select_related("contract_line").get(pk=line.pk)
    line.order = order
    require(permissions.can_fund_charges(by, order))
    lock_funds(holders=[line.holder])
    room = total_dollars(row.funds_left for row in balances_of(line.holder))
    funded = []
    for charge, unfunded, more in queries.payable_beyond(
        line, room=room, ordered=line.units
    ):
        charge.line = line
        _draw_anew(charge, unfunded, more, by, at)
        funded.append((charge, more))
    if funded:
        record_event(
            events.CHARGES_FUNDED,
            subject=order.subject,
            by=by,
            at=at,
            data={
                "clin": line.clin,
                "charges": [
                    {"charge": charge.public_id, "dollars": more}
                    for charge, more in funded
                ],
            },
        )
    return total_dollars(more for _charge, more in funded)


def _draw_anew(
    charge: Charge, unfunded: Dollars, more: Dollars, by: Actor, at: datetime
) -> None:
    """Take what was unfunded of a charge off the books and draw it on the funds."""
    subject = charge.subject
    standing = standing_because(subject.kind, subject.id, kinds=[TransferKind.UNFUNDED])
    for transfer_id in standing:
        reverse_transfer(
            transfer_id=transfer_id,
            reason="It is ratified, and funds carry it (FAR 1.602-3).",
            because=subject,
            by=by,
            at=at,
        )
    _draw_charge(charge, more, by, at, dollars=unfunded)
