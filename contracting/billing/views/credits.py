"""Pages of what vendors owe back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Sum

from contracting.audit.queries import events_of
from contracting.billing import permissions
from contracting.billing.forms import credits as forms
from contracting.billing.models import CreditDue
from contracting.billing.operations.cancel_credit import cancel_credit
from contracting.billing.operations.record_credit import record_credit
from contracting.billing.queries.credits import (
    credits_visible_to,
    get_credit_for,
    room_for_credits,
)
from contracting.billing.views import PER_PAGE, OrderVerbView
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import PageView, VerbView
from contracting.orders.models import TaskOrder
from contracting.orders.queries import visible_to as orders_visible_to
from contracting.orders.states import SIGNED


class CreditsPage(PageView):
    """What do vendors owe back, and what of it is open?"""

    template_name = "billing/credits.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        rows = credits_visible_to(self.actor).order_by("-pk")
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("page"))
        sums = rows.aggregate(
            open=Sum(F("dollars") - F("taken_dollars") - F("settled_dollars"))
        )
        return {
            "page_obj": page,
            "open": sums["open"] or 0,
            "orders": _orders_to_credit(self.actor),
        }


def _orders_to_credit(by: Actor) -> list[TaskOrder]:
    """The latest signed orders on which the actor may record a credit."""
    orders = orders_visible_to(by).filter(state__in=SIGNED).order_by("-pk")[:20]
    return [
        each
        for each in orders.select_related("contract")
        if permissions.can_record_credit(
            by, each, accounting_day(clock.now(), each.contract.time_zone)
        )
    ]


class CreditPage(PageView):
    """One credit: what it is for, and what became of it."""

    template_name = "billing/credit.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        credit = get_credit_for(self.actor, ids["public_id"])
        return {
            "credit": credit,
            "order": credit.order,
            "zone": credit.order.contract.time_zone,
            "lines": credit.lines.select_related("invoice").order_by("pk"),
            "settlements": credit.settlements.order_by("pk"),
            "reopenings": credit.reopenings.select_related("settlement").order_by("pk"),
            "may_cancel": permissions.can_cancel_credit(self.actor, credit),
            "events": events_of(credit.subject),
        }


class RecordCredit(OrderVerbView):
    """Somebody finds that the vendor owes something back."""

    template_name = "billing/record_credit.html"
    form_class = forms.RecordCreditForm
    submit_label = "Record the credit"
    done_message = "The credit is recorded. It is taken off the next invoice."

    def verdict(self, thing: TaskOrder) -> Verdict:
        on = accounting_day(clock.now(), thing.contract.time_zone)
        return permissions.can_record_credit(self.actor, thing, on)

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        lines = thing.lines.filter(is_removed=False).select_related("contract_line")
        places = [
            (f"{line.pk}:{acrn}", f"Line {line.clin}, ACRN {acrn}: at most {in_words}")
            for line in lines.order_by("pk")
            for acrn, room in room_for_credits(line).items()
            for in_words in [f"${room.amount:,.2f}"]
        ]
        return {"places": places}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        line_id, acrn = data["place"].split(":")
        return record_credit(
            order_line_id=int(line_id),
            acrn=acrn,
            dollars=Dollars(data["dollars"]),
            kind=data["kind"],
            reason=data["reason"],
            by=by,
            at=at,
        ).path


class CancelCredit(VerbView):
    """A credit was recorded wrongly."""

    template_name = "billing/cancel_credit.html"
    form_class = forms.CancelCreditForm
    submit_label = "Cancel the credit"
    done_message = "What was open of the credit is cancelled; the vendor is told why."

    def thing(self, *_: Any, **ids: Any) -> CreditDue:
        return get_credit_for(self.actor, ids["public_id"])

    def verdict(self, thing: CreditDue) -> Verdict:
        return permissions.can_cancel_credit(self.actor, thing)

    def initial(self, thing: CreditDue) -> dict[str, Any]:
        return {"seen": thing.open.amount}

    def extra(self, thing: CreditDue) -> dict[str, Any]:
        return {"credit": thing, "order": thing.order, "cancel_url": thing.path}

    def perform(
        self, *, thing: CreditDue, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        cancel_credit(
            credit_id=thing.pk,
            reason=data["reason"],
            seen=Dollars(data["seen"]),
            by=by,
            at=at,
        )
        return thing.path
