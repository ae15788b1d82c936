"""Pages of funds control on one order: what is reserved, what binds, how strictly."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars, Tokens
from contracting.core.templatetags.drawdown import dollars
from contracting.core.views import PageView, VerbView
from contracting.metering import permissions
from contracting.metering.calculations.admission import DOLLARS, Limit
from contracting.metering.calculations.limits import amount_in_words
from contracting.metering.calculations.worst import in_dollars
from contracting.metering.forms import ChooseControlForm, LimitSpendingForm
from contracting.metering.models import FundsGate
from contracting.metering.operations.choose import choose_control
from contracting.metering.operations.limit import limit_spending
from contracting.metering.queries import control
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for


def _order(actor: Actor, public_id: str) -> TaskOrder:
    """A signed order of the actor's own agency; nobody else sees its control."""
    order = get_task_order_for(actor, public_id)
    if not actor.is_agency or not order.is_issued:
        message = "There is no such order under control."
        raise NotVisible(message)
    return order


def silence_words(seconds: int) -> str:
    """How long a source may be silent, in hours where they are whole."""
    hours, rest = divmod(seconds, 3_600)
    if not rest:
        return f"{hours:,} hour{'' if hours == 1 else 's'}"
    return f"{seconds:,} seconds"


def _left(limit: Limit) -> str:
    """What a limit leaves, with dollars as every page writes them."""
    if limit.unit == DOLLARS:
        return dollars(in_dollars(limit.left))
    return amount_in_words(limit.unit, limit.left)


class FundsControlPage(PageView):
    """Does a call stop at the limit, and which limit binds first?"""

    template_name = "metering/funds_control.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        order = _order(self.actor, ids["public_id"])
        on = accounting_day(clock.now(), order.contract.time_zone)
        gate = FundsGate.objects.filter(order=order).first()
        limits = control.limits_left(order, on)
        held = control.suspense_of(order)
        return {
            "order": order,
            "control": control.control_of(order),
            "limits": [(limit, _left(limit)) for limit in limits],
            "is_spent": any(limit.left <= 0 for limit in limits),
            "said": control.limits_in_force(gate, on) if gate else [],
            "overshoot": control.overshoot(order),
            "held": held,
            "held_dollars": in_dollars(held.picodollars),
            "silence": silence_words(control.silence_of(order, on)),
            "may_limit": permissions.can_limit_spending(self.actor, order, on),
            "may_choose": permissions.can_choose_control(self.actor, order),
        }


def _page_of(order: TaskOrder) -> str:
    return reverse("metering:funds_control", args=[order.public_id])


class LimitSpendingView(VerbView):
    """Set, change or lift the most that may be used under a name."""

    template_name = "metering/limit_spending.html"
    form_class = LimitSpendingForm
    submit_label = "Set the limit"
    done_message = "The limit is set."

    def thing(self, **ids: Any) -> TaskOrder:
        return _order(self.actor, ids["public_id"])

    def verdict(self, thing: TaskOrder) -> Verdict:
        on = accounting_day(clock.now(), thing.contract.time_zone)
        return permissions.can_limit_spending(self.actor, thing, on)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"valid_from": accounting_day(clock.now(), thing.contract.time_zone)}

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {"order": thing, "cancel_url": _page_of(thing)}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        tokens, dollars = data.pop("tokens"), data.pop("dollars")
        limit_spending(
            order_id=thing.pk,
            tokens=None if tokens is None else Tokens(tokens),
            dollars=None if dollars is None else Dollars(dollars),
            **data,
            by=by,
            at=at,
        )
        return _page_of(thing)


class ChooseControlView(VerbView):
    """Let calls stop at the limit, or only be told."""

    template_name = "metering/choose_control.html"
    form_class = ChooseControlForm
    submit_label = "Choose"
    done_message = "The choice holds for the next call."

    def thing(self, **ids: Any) -> TaskOrder:
        return _order(self.actor, ids["public_id"])

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_choose_control(self.actor, thing)

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        now = control.control_of(thing)
        return {
            "mode": now.mode,
            "lease_seconds": now.lease_seconds,
            "silence_seconds": now.silence_seconds,
        }

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {"order": thing, "cancel_url": _page_of(thing)}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        choose_control(order_id=thing.pk, **data, by=by, at=at)
        return _page_of(thing)
