"""Reads before an order is placed: what must be in place for the signature."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import QuerySet, Sum

from contracting.approvals.queries import is_complete_for
from contracting.bans.models import Ban
from contracting.bans.queries import standing_against
from contracting.contracts.models import Contract
from contracting.contracts.queries.room import Reserved, room_of
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day, days_bounds
from contracting.core.quantities import Dollars, Tokens
from contracting.core.templatetags.drawdown import dollars
from contracting.fair_opportunity.queries import fair_opportunity_gap
from contracting.orders import calculations
from contracting.orders.models import LimitAcceptance, OrderLine, TaskOrder
from contracting.orders.queries import (
    certification_of,
    get_task_order_for,
    undisposed_of,
)
from contracting.orders.states import SIGNED, Check, TaskOrderState
from contracting.reference.queries import threshold

IN_REVIEW = (TaskOrderState.SUBMITTED, TaskOrderState.APPROVED)


def reserved_on(contract: Contract, beside: int | None = None) -> Reserved:
    """What orders in review or approved reserve of a contract's maximum (R-TO-02).

    :param beside: the key of an order that is left out
    """
    found = TaskOrder.objects.filter(contract=contract, state__in=IN_REVIEW)
    orders = found if beside is None else found.exclude(pk=beside)
    sums = OrderLine.objects.filter(order__in=orders, is_removed=False).aggregate(
        dollars=Sum("ceiling_dollars"), tokens=Sum("ceiling_tokens")
    )
    return Reserved(
        Dollars(sums["dollars"] or 0), Tokens(int(sums["tokens"] or 0)), orders.count()
    )


def room_gap(order: TaskOrder) -> str:
    """Why the maximum leaves no room for the order, beside all others (R-TO-02)."""
    room = room_of(order.contract, beside=order.pk)
    value, tokens = calculations.value_of(order), calculations.tokens_of(order)
    if room is None or (value <= room.dollars_left and tokens <= room.tokens_left):
        return ""
    asked = f"{dollars(value)} and {tokens.count:,} tokens"
    return f"This order is for {asked}. {room.sentence}"


def limit_gaps(order: TaskOrder, on: date) -> dict[str, str]:
    """By code, the limits of orders outside which it lies on a day (R-TO-03).

    Beside the limits of one order, those of a series: orders of the same office within
    the contract's days that together are above the largest order (52.216-19(b)(3)).
    """
    gaps = calculations.size_gaps(order)
    contract = order.contract
    days, most = contract.order_series_days, contract.largest_order_dollars
    if days is None or most is None:
        return gaps
    earlier = _ceilings_signed(contract, on - timedelta(days=days - 1), on, order)
    together = earlier + calculations.value_of(order)
    if earlier and together > Dollars(most):
        gaps["SERIES"] = (
            f"With the {dollars(earlier)} ordered within {days} days it makes "
            f"{dollars(together)}; the largest order, and any series of {days} days, "
            f"is {dollars(most)}."
        )
    return gaps


def _ceilings_signed(
    contract: Contract, first: date, last: date, beside: TaskOrder
) -> Dollars:
    """The ceilings of the other orders that were signed on those days."""
    days = days_bounds(first, last, contract.time_zone)
    found = OrderLine.objects.filter(
        is_removed=False,
        order__contract=contract,
        order__state__in=SIGNED,
        order__issued_at__gte=days.start,
        order__issued_at__lt=days.end,
    ).exclude(order=beside)
    return Dollars(found.aggregate(sum=Sum("ceiling_dollars"))["sum"] or Decimal(0))


def protestable_because(order: TaskOrder, on: date) -> str:
    """Why another vendor may protest the order, if so (R-TO-13).

    Above the amount of its agency, or of any size if it increases the scope, the period
    or the maximum of the contract (41 USC 4106(f), 10 USC 3406(f)).

    :raises NoThreshold: if no amount is in force on that day
    """
    code = calculations.protest_threshold_of(order.contract.agency.aac)
    amount, value = Dollars(threshold(code, on).value), calculations.value_of(order)
    reasons = calculations.scope_gaps(order, on)
    end = calculations.end_gap(order.contract, order.period_end)
    if value > amount:
        worth = dollars(value)
        reasons.insert(0, f"The order is worth {worth}, more than {dollars(amount)}.")
    return " ".join([*reasons, *([end] if end else [])])


def acceptance_of(order: TaskOrder) -> LimitAcceptance | None:
    """The vendor's acceptance of exactly the version in force."""
    return (
        order.limit_acceptances.filter(
            version=order.version, content_sha256=order.content_sha256
        )
        .select_related("accepted_by__user")
        .order_by("-pk")
        .first()
    )


def unaccepted(order: TaskOrder, on: date) -> list[str]:
    """The limits outside which it lies and which the vendor has not accepted."""
    gaps, accepted = limit_gaps(order, on), acceptance_of(order)
    passed = accepted.outside if accepted else {}
    return [words for code, words in gaps.items() if code not in passed]


def to_accept(actor: Actor) -> QuerySet[TaskOrder]:
    """Orders that its vendor may see before the signature: those it is to accept."""
    found = TaskOrder.objects.none()
    if actor.is_vendor and actor.role:
        found = TaskOrder.objects.filter(
            contract__vendor_id=actor.organization_id, state=TaskOrderState.APPROVED
        )
    return found.select_related(
        "contract__agency", "contract__vendor", "requester__user"
    )


def waiting_for(actor: Actor, at: datetime) -> list[TaskOrder]:
    """The orders outside the limits that wait for this vendor's acceptance."""
    return [order for order in to_accept(actor) if unaccepted(order, _day(order, at))]


def _day(order: TaskOrder, at: datetime) -> date:
    return accounting_day(at, order.contract.time_zone)


def get_order_to_accept_for(actor: Actor, public_id: str, at: datetime) -> TaskOrder:
    """An order as its agency sees it, or its vendor, if there is something to accept.

    :raises NotVisible: for everybody else, and for a vendor within the limits
    """
    if not actor.is_vendor:
        return get_task_order_for(actor, public_id)
    order = to_accept(actor).filter(public_id=public_id).first()
    if order is None or not limit_gaps(order, _day(order, at)):
        message = "There is no such task order."
        raise NotVisible(message, rule="R-ROL-07")
    return order


def bans_on(order: TaskOrder, at: datetime) -> list[Ban]:
    """The bans that hit the order's vendor or one of its models now (R-AI-01)."""
    contract = order.contract
    return standing_against(
        contract.agency,
        vendor_id=contract.vendor_id,
        models=calculations.models_of(order),
        at=at,
    )


def signing_checks(order: TaskOrder, on: date) -> list[Check]:
    """What a contracting officer looks at before signing an order."""
    open_words = undisposed_of(order)
    reviewed = is_complete_for(order.subject, order.version, order.content_sha256)
    rates = [rate for line in order.current_lines() for rate in line.current_rates()]
    content = calculations.content_gaps(order)
    scope = calculations.scope_gaps(order, on)
    models = calculations.model_gaps(rates, order.boundary, on)
    prices = calculations.price_gaps(rates)
    outside = unaccepted(order, on)
    room = room_gap(order)
    fair = fair_opportunity_gap(
        order.contract, order.opportunity, calculations.value_of(order), on
    )
    end = calculations.end_gap(order.contract, order.period_end)
    return [
        Check(
            f"Every reviewer has decided on version {order.version}",
            reviewed,
            "" if reviewed else "A review is open, or was of another version.",
            "R-TO-09",
        ),
        Check(
            "Every non-concurrence is disposed of",
            not open_words,
            ", ".join(str(each.membership.user) for each in open_words),
            "R-TO-09",
        ),
        _funds_check(order),
        Check("The order is complete", not content, " ".join(content), "R-TO-05"),
        Check(
            "It lies in the contract's scope, period and maximum",
            not scope,
            " ".join(scope),
            "R-TO-01",
        ),
        Check(
            "Every holder had a fair opportunity, or an exception stands",
            fair is None,
            fair.message if fair else "",
            (fair.rule if fair else "") or "R-TO-06",
        ),
        Check(
            "The maximum leaves room beside what is issued and in review",
            not room,
            room,
            "R-TO-02",
        ),
        Check(
            "It lies within the limits of orders, or the vendor has accepted it",
            not outside,
            " ".join(outside),
            "R-TO-03",
        ),
        Check(
            "It performs no longer than the contract's outer date",
            not end,
            end,
            "R-TO-04",
        ),
        Check(
            "No price is above the contract's rate",
            not prices,
            " ".join(prices),
            "R-TO-10",
        ),
        Check(
            "Every model is in date and authorized for the data boundary",
            not models,
            " ".join(models),
            "R-TO-12",
        ),
    ]


def _funds_check(order: TaskOrder) -> Check:
    """Funds are certified, or the order is signed before they are there."""
    if order.funds_clause:
        return Check(
            f"It is signed subject to availability of funds (FAR {order.funds_clause})",
            is_done=True,
            why="Nothing is obligated, and no usage funded, until the notice.",
            rule="R-FND-06",
        )
    certified = certification_of(order)
    return Check(
        f"The funds of version {order.version} are certified",
        certified is not None,
        "" if certified else "No funds certifier has certified this version.",
        "R-FND-01",
    )
