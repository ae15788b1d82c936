"""Tell both sides that a share of an order's funds will be used within some days."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from contracting.audit.operations.record import record_event
from contracting.core.actors import Actor
from contracting.core.identifiers import next_below
from contracting.core.permissions import require
from contracting.metering.models import FundsNotice
from contracting.metering.operations.deliver_notice import deliver_notice
from contracting.metering.operations.print_notice import print_notice
from contracting.metering.queries.funds_notices import funding_epoch, notice_terms_of
from contracting.metering.states import FundsNoticeKind
from contracting.orders.models import TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.watch import events, permissions
from contracting.watch.calculations import Forecast
from contracting.watch.queries.forecasts import forecast_of


@transaction.atomic
def tell_forecast(*, order_id: int, by: Actor, at: datetime) -> FundsNotice | None:
    """Give the notice of the limitation of funds (FAR 52.232-22(c), R-FND-07).

    It is due when what is used, and what the median path of the forecast uses within
    the contract's days, passes the contract's percentage of the funds. Once in each
    funding epoch; under five days of use nothing is forecast.

    :returns: the notice; none where it is not due or was given
    :raises NotAllowed: if ``by`` is not the schedule
    """
    order = (
        TaskOrder.objects.locked()
        .select_related("contract", "requester")
        .get(pk=order_id)
    )
    require(permissions.can_tell_forecast(by))
    if order.state != TaskOrderState.ISSUED:
        return None
    terms = notice_terms_of(order.contract, at)
    funds = forecast_of(order, at).funds
    expected = _expected(funds, terms.forecast_days)
    if expected is None or funds.limit <= 0:
        return None
    if expected * 100 <= funds.limit * terms.forecast_percent:
        return None
    epoch = funding_epoch(order)
    told = FundsNotice.objects.filter(
        order=order,
        kind=FundsNoticeKind.EXPECTED,
        percent=terms.forecast_percent,
        epoch=epoch,
    )
    if told.exists():
        return None
    notice = FundsNotice(
        number=next_below(order.piid, "FN", FundsNotice.objects.filter(order=order)),
        order=order,
        kind=FundsNoticeKind.EXPECTED,
        percent=terms.forecast_percent,
        epoch=epoch,
        obligated_dollars=Decimal(funds.limit),
        used_dollars=Decimal(funds.used),
        expected_dollars=expected,
        days_ahead=terms.forecast_days,
        given_at=at,
    )
    notice.save()
    print_notice(notice=notice, by=by, at=at)
    deliver_notice(notice=notice, by=by, at=at)
    record_event(
        events.FUNDS_FORECAST_TOLD,
        subject=notice.subject,
        by=by,
        at=at,
        data={
            "order": order.piid,
            "percent": notice.percent,
            "days": notice.days_ahead,
            "expected_dollars": expected,
            "obligated_dollars": funds.limit,
            "epoch": epoch,
        },
    )
    return notice


def _expected(funds: Forecast, days: int) -> Decimal | None:
    """What is used by the last of the days ahead, or of the period; None: unknown."""
    last = funds.through + timedelta(days=days)
    within = [each.p50 for each in funds.band if each.day <= last]
    return Decimal(within[-1]) if within else None
