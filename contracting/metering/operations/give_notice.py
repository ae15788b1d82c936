"""Tell both sides how much of an order's funds is used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.identifiers import next_below
from contracting.ledger.states import Holder
from contracting.metering import events
from contracting.metering.models import FundsNotice
from contracting.metering.operations.deliver_notice import deliver_notice
from contracting.metering.operations.print_notice import print_notice
from contracting.metering.queries.funds_notices import (
    FundsOf,
    funding_epoch,
    funds_standing,
    notice_terms_of,
)
from contracting.metering.states import FundsNoticeKind
from contracting.orders.models import HOLDER_OF_A_LINE, TaskOrder


@transaction.atomic
def give_notice(
    *, holders: Iterable[Holder], by: Actor, at: datetime
) -> list[FundsNotice]:
    """Tell of every share of the funds that is reached and was not told yet (R-FND-07).

    Each share is told once in a funding epoch; where several are reached at once, each
    is told. It is the last step of whatever draws on funds, in its transaction, and its
    caller holds the orders.

    :param holders: the order lines that were drawn on
    :returns: the notices that are new
    """
    wanted = {each.id for each in holders if each.kind == HOLDER_OF_A_LINE}
    orders = TaskOrder.objects.filter(lines__in=wanted).distinct().order_by("pk")
    made: list[FundsNotice] = []
    for order in orders.select_related("contract", "requester"):
        made += _of_an_order(order, by, at)
    return made


def _of_an_order(order: TaskOrder, by: Actor, at: datetime) -> list[FundsNotice]:
    terms = notice_terms_of(order.contract, at)
    reached = [
        (funds, percent)
        for funds in funds_standing(order)
        for percent in terms.percents
        if funds.reached(percent)
    ]
    if not reached:
        return []
    epoch = funding_epoch(order)
    told = set(
        FundsNotice.objects.filter(
            order=order, kind=FundsNoticeKind.USED, epoch=epoch
        ).values_list("line_id", "percent")
    )
    return [
        _give(order, funds, percent, epoch, by, at)
        for funds, percent in reached
        if (funds.line.pk if funds.line else None, percent) not in told
    ]


def _give(
    order: TaskOrder,
    funds: FundsOf,
    percent: int,
    epoch: int,
    by: Actor,
    at: datetime,
) -> FundsNotice:
    notice = FundsNotice(
        number=next_below(order.piid, "FN", FundsNotice.objects.filter(order=order)),
        order=order,
        line=funds.line,
        kind=FundsNoticeKind.USED,
        percent=percent,
        epoch=epoch,
        obligated_dollars=funds.obligated,
        used_dollars=funds.used,
        given_at=at,
    )
    notice.save()
    print_notice(notice=notice, by=by, at=at)
    deliver_notice(notice=notice, by=by, at=at)
    record_event(
        events.FUNDS_NOTICE_GIVEN,
        subject=notice.subject,
        by=by,
        at=at,
        data={
            "order": order.piid,
            "line": funds.line.clin if funds.line else "",
            "percent": percent,
            "epoch": epoch,
            "used_dollars": funds.used,
            "obligated_dollars": funds.obligated,
        },
    )
    return notice
