"""Tell both sides how much of an order's funds is used."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from accounts.states import Role
from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.quantities import Dollars
from contracting.ledger.states import Holder
from contracting.metering import events
from contracting.metering.models import FundsNotice, FundsNoticeDelivery
from contracting.metering.queries.funds_notices import (
    FundsOf,
    funding_epoch,
    funds_standing,
    notice_terms_of,
)
from contracting.metering.states import FundsNoticeKind
from contracting.notices.operations.post_notice import Recipient, post_notice
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
    deliver(notice, by=by, at=at)
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


def deliver(
    notice: FundsNotice, *, by: Actor, at: datetime, to: Iterable[int] | None = None
) -> None:
    """Put the notice into the inboxes of both sides, and note into how many.

    :param to: the organizations that are told; both where nothing is said
    """
    order, contract = notice.order, notice.order.contract
    sides = {
        contract.agency_id: [
            Recipient(contract.agency_id, user_id=order.requester.user_id),
            Recipient(contract.agency_id, role=Role.COR),
            Recipient(contract.agency_id, role=Role.CONTRACTING_OFFICER),
        ],
        contract.vendor_id: [Recipient(contract.vendor_id)],
    }
    for organization_id in sides if to is None else to:
        before = notice.deliveries.filter(organization=organization_id).count()
        posted = post_notice(
            recipients=sides[organization_id],
            subject=notice.subject,
            title=("Again: " if before else "") + title_of(notice),
            body=body_of(notice),
            url_path=notice.path,
            by=by,
            at=at,
        )
        FundsNoticeDelivery.objects.create(
            notice=notice,
            organization_id=organization_id,
            attempt=before + 1,
            people=len(posted),
            delivered_at=at,
        )


def title_of(notice: FundsNotice) -> str:
    """The notice in a line."""
    share = f"{notice.percent} percent of the funds of {notice.of_what}"
    if notice.kind == FundsNoticeKind.EXPECTED:
        return f"{share} will be used within {notice.days_ahead} days"
    return f"{share} are used"


def body_of(notice: FundsNotice) -> str:
    """What is used of what, and what follows from it."""
    used = Dollars(notice.used_dollars).to_cents().amount
    funds = Dollars(notice.obligated_dollars).to_cents().amount
    said = f"${used:,.2f} of ${funds:,.2f} obligated are used."
    if notice.kind == FundsNoticeKind.EXPECTED:
        said += (
            f" At the present rate ${notice.expected_dollars:,.2f} will be used within "
            f"{notice.days_ahead} days. Where the limitation of funds clause is in the "
            "contract, the contractor notifies the contracting officer in writing "
            "(FAR 52.232-22(c)); funds are added by a modification, or use ends with "
            "them."
        )
    return (
        f"{said} Usage beyond the obligated funds is recorded, is not payable and is "
        "at the vendor's own risk. Acknowledge this notice on its page."
    )
