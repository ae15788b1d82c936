"""Sign off the figures of a month."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.billing.queries import locked_order
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import Stale
from contracting.core.periods import accounting_day
from contracting.core.permissions import require
from contracting.orders.models import TaskOrder
from contracting.periods import events, permissions, queries
from contracting.periods.models import SignOff
from contracting.periods.queries.checks import checks_of, in_the_way
from contracting.periods.queries.totals import content_of
from contracting.periods.refusals import PeriodClosed, PeriodNotReady
from contracting.periods.states import SignOffPart


@transaction.atomic
def sign_off_period(
    *, order_id: int, month: date, seen_sha256: str, by: Actor, at: datetime
) -> SignOff:
    """Give one's word for every figure of a month: that of usage, or that of money.

    The word holds for the figures that were seen; when one of them changes before the
    month is closed, it is to be given anew.

    :param seen_sha256: the hash of the figures that were read
    :raises NotAllowed: unless ``by`` is the representative, or finance or a certifier,
        and not the person who signed off the other side (R-ROL-04)
    :raises PeriodClosed: if the month is closed
    :raises PeriodNotReady: if something of the month is missing (R-REC-01)
    :raises Stale: if the figures have changed since they were read
    """
    order = locked_order(order_id)
    on = accounting_day(at, order.contract.time_zone)
    content = content_of(order, month, at)
    sha256 = content_sha256(content)
    given = queries.sign_offs_of(order, month, sha256)
    part = permissions.part_of(by)
    other = next((word for side, word in given.items() if side != part), None)
    require(permissions.can_sign_off_period(by, order, on, other))
    require_ready(order, month, at)
    if sha256 != seen_sha256:
        message = (
            f"The figures of {month:%B %Y} have changed since you read them. Read them "
            "again, then sign off."
        )
        raise Stale(message, seen=seen_sha256, current=sha256)
    part = part or SignOffPart.REPRESENTATIVE
    if part in given:
        return given[part]
    word = SignOff.objects.create(
        order=order,
        month=month,
        cycle=queries.chain_of(order).filter(month=month).count(),
        part=part,
        content_sha256=sha256,
        signed_by_id=by.own_membership_id,
        signed_at=at,
    )
    record_event(
        events.PERIOD_SIGNED_OFF,
        subject=order.subject,
        by=by,
        at=at,
        data={"month": month, "part": part, "sha256": sha256, **content["sums"]},
    )
    return word


def require_ready(order: TaskOrder, month: date, at: datetime) -> None:
    """Insist that a month is open and that nothing stands in its way.

    :raises PeriodClosed: if it is closed
    :raises PeriodNotReady: naming everything that is missing, and what lifts it
    """
    if queries.is_closed(order, month):
        message = f"{month:%B %Y} is closed already."
        raise PeriodClosed(message)
    missing = in_the_way(checks_of(order, month, at))
    if missing:
        first, more = missing[0], len(missing) - 1
        tail = f" And {more} more." if more else ""
        message = f"{month:%B %Y} cannot be closed yet: {first.facts}{tail}"
        raise PeriodNotReady(
            message,
            missing=[
                {
                    "condition": str(each.condition),
                    "facts": each.facts,
                    "lifts": each.lifts,
                }
                for each in missing
            ],
        )
