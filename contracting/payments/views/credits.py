"""Pages of what comes back from a vendor: demanded, received, or waived."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from contracting.billing.models import CreditDue
from contracting.billing.queries.credits import get_credit_for
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import VerbView
from contracting.payments import forms, permissions
from contracting.payments.operations.demand_refund import demand_refund
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.operations.waive_credit import waive_credit
from contracting.payments.queries.offsets import owed_on
from contracting.payments.views import today_of
from contracting.reference.queries import threshold


class CreditVerbView(VerbView):
    """A verb on what a vendor owes back, that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> CreditDue:
        return get_credit_for(self.actor, ids["public_id"])

    def initial(self, thing: CreditDue) -> dict[str, Any]:
        return {"seen": owed_on(thing).amount}

    def extra(self, thing: CreditDue) -> dict[str, Any]:
        return {
            "credit": thing,
            "owed": owed_on(thing),
            "order": thing.order,
            "cancel_url": thing.path,
        }


class DemandRefund(CreditVerbView):
    """The contracting officer demands what is owed back."""

    template_name = "payments/demand_refund.html"
    form_class = forms.DemandRefundForm
    submit_label = "Demand the refund"
    done_message = "The refund is demanded. The vendor reads by when it is to be paid."

    def verdict(self, thing: CreditDue) -> Verdict:
        return permissions.can_demand_refund(self.actor, thing)

    def extra(self, thing: CreditDue) -> dict[str, Any]:
        on = today_of(thing.order.contract)
        about = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**about, "days": threshold("DEMAND_FOR_PAYMENT", on).plain}

    def perform(
        self, *, thing: CreditDue, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        demand_refund(
            credit_id=thing.pk,
            basis=data["basis"],
            seen=Dollars(data["seen"]),
            by=by,
            at=at,
        )
        return thing.path


class WaiveCredit(CreditVerbView):
    """The contracting officer gives up what is owed back."""

    template_name = "payments/waive_credit.html"
    form_class = forms.WaiveCreditForm
    submit_label = "Waive the credit"
    done_message = "What was open of the credit is waived; the vendor is told why."

    def verdict(self, thing: CreditDue) -> Verdict:
        return permissions.can_waive_credit(self.actor, thing)

    def perform(
        self, *, thing: CreditDue, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        waive_credit(
            credit_id=thing.pk,
            reason=data["reason"],
            seen=Dollars(data["seen"]),
            by=by,
            at=at,
        )
        return thing.path


class RecordRefund(CreditVerbView):
    """The vendor has paid back what it owed."""

    template_name = "payments/record_refund.html"
    form_class = forms.RecordRefundForm
    submit_label = "Record the refund"
    done_message = "The refund is recorded; it is back with the funds that paid."

    def verdict(self, thing: CreditDue) -> Verdict:
        return permissions.can_record_refund(self.actor, thing)

    def initial(self, thing: CreditDue) -> dict[str, Any]:
        today = today_of(thing.order.contract)
        return {"dollars": owed_on(thing).amount, "received_on": today}

    def perform(
        self, *, thing: CreditDue, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        record_refund(
            credit_id=thing.pk,
            dollars=Dollars(data["dollars"]),
            received_on=data["received_on"],
            reference=data["reference"],
            by=by,
            at=at,
        )
        return thing.path
