"""Pages of what comes back from a vendor: demanded, received, or waived."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from contracting.billing.models import CreditDue, CreditSettlement
from contracting.billing.queries.credits import get_credit_for
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import PageView, VerbView
from contracting.payments import forms, permissions
from contracting.payments.operations.demand_refund import demand_refund
from contracting.payments.operations.record_debt_interest import record_debt_interest
from contracting.payments.operations.record_refund import record_refund
from contracting.payments.operations.return_refund import return_refund
from contracting.payments.operations.waive_credit import waive_credit
from contracting.payments.operations.waive_debt_interest import waive_debt_interest
from contracting.payments.queries.debts import get_refund_for, interest_owed
from contracting.payments.queries.offsets import owed_on
from contracting.payments.refusals import RateMissing
from contracting.payments.views import today_of
from contracting.reference.queries import threshold


class CreditVerbView(VerbView):
    """A verb on what a vendor owes back, that the actor may see.

    ``operation`` is what it calls.
    """

    crumb = ""
    operation: ClassVar[Any]

    def thing(self, *_: Any, **ids: Any) -> CreditDue:
        return get_credit_for(self.actor, ids["public_id"])

    def left(self, thing: CreditDue) -> Dollars:
        """What is left of what the verb is about."""
        return owed_on(thing)

    def back(self, thing: CreditDue) -> str:
        """The page from which one comes, and to which one goes."""
        return thing.path

    def initial(self, thing: CreditDue) -> dict[str, Any]:
        return {"seen": self.left(thing).amount}

    def extra(self, thing: CreditDue) -> dict[str, Any]:
        return {
            "credit": thing,
            "left": self.left(thing),
            "crumb": self.crumb,
            "order": thing.order,
            "cancel_url": self.back(thing),
        }


class DemandRefund(CreditVerbView):
    """The contracting officer demands what is owed back."""

    template_name = "payments/demand_refund.html"
    form_class = forms.DemandRefundForm
    crumb = "Demand"
    operation = staticmethod(demand_refund)
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
        seen = Dollars(data["seen"])
        type(self).operation(
            credit_id=thing.pk, basis=data["basis"], seen=seen, by=by, at=at
        )
        return self.back(thing)


class _Waived(CreditVerbView):
    """A verb by which the contracting officer gives up what was read to be owed."""

    form_class = forms.WaiverForm

    def verdict(self, thing: CreditDue) -> Verdict:
        return permissions.can_waive_credit(self.actor, thing)

    def extra(self, thing: CreditDue) -> dict[str, Any]:
        return {**super().extra(thing), "is_waived": True}  # noqa: S610 (ours)

    def perform(
        self, *, thing: CreditDue, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        seen = Dollars(data["seen"])
        type(self).operation(
            credit_id=thing.pk, reason=data["reason"], seen=seen, by=by, at=at
        )
        return self.back(thing)


class _Deposited(CreditVerbView):
    """A verb by which finance records what came in, when and by which deposit."""

    form_class = forms.DepositForm

    def verdict(self, thing: CreditDue) -> Verdict:
        return permissions.can_record_refund(self.actor, thing)

    def initial(self, thing: CreditDue) -> dict[str, Any]:
        today = today_of(thing.order.contract)
        return {"dollars": self.left(thing).amount, "received_on": today}

    def perform(
        self, *, thing: CreditDue, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        type(self).operation(
            credit_id=thing.pk,
            dollars=Dollars(data["dollars"]),
            received_on=data["received_on"],
            reference=data["reference"],
            by=by,
            at=at,
        )
        return self.back(thing)


class WaiveCredit(_Waived):
    """The contracting officer gives up what is owed back."""

    template_name = "payments/waive_credit.html"
    crumb = "Waive"
    operation = staticmethod(waive_credit)
    submit_label = "Waive the credit"
    done_message = "What was open of the credit is waived; the vendor is told why."


class RecordRefund(_Deposited):
    """The vendor has paid back what it owed."""

    template_name = "payments/record_refund.html"
    crumb = "Refund"
    operation = staticmethod(record_refund)
    submit_label = "Record the refund"
    done_message = "The refund is recorded; it is back with the funds that paid."


class ReturnRefund(VerbView):
    """A refund does not stand: it was sent back, or did not clear."""

    template_name = "payments/return_refund.html"
    form_class = forms.ReasonForm
    submit_label = "Take the refund back"
    done_message = "The refund is taken back, and its credit is open again."

    def thing(self, *_: Any, **ids: Any) -> CreditSettlement:
        return get_refund_for(self.actor, ids["public_id"])

    def verdict(self, thing: CreditSettlement) -> Verdict:
        return permissions.can_record_refund(self.actor, thing.credit)

    def extra(self, thing: CreditSettlement) -> dict[str, Any]:
        return {
            "refund": thing,
            "is_returned": hasattr(thing, "refund_return"),
            "order": thing.credit.order,
            "cancel_url": thing.credit.path,
        }

    def perform(
        self, *, thing: CreditSettlement, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return_refund(settlement_id=thing.pk, reason=data["reason"], by=by, at=at)
        return thing.credit.path


def _interest_of(credit: CreditDue) -> dict[str, Any]:
    """The interest until today, or why it cannot be told."""
    try:
        owed = interest_owed(credit, today_of(credit.order.contract))
    except RateMissing as missing:
        return {"interest": None, "missing": missing.message}
    return {"interest": owed, "missing": ""}


class DebtInterestPage(PageView):
    """What interest does the vendor owe on what it pays back late?"""

    template_name = "payments/debt_interest.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        credit = get_credit_for(self.actor, ids["public_id"])
        return {
            "credit": credit,
            "order": credit.order,
            **_interest_of(credit),
            "rows": credit.interest_settled.order_by("pk"),
            "may_record": permissions.can_record_refund(self.actor, credit),
            "may_waive": permissions.can_waive_credit(self.actor, credit),
        }


class _OnInterest(CreditVerbView):
    """A verb on the interest of a debt, which is worked out once for its page."""

    def thing(self, *_: Any, **ids: Any) -> CreditDue:
        credit = super().thing(**ids)
        self.owed = _interest_of(credit)
        return credit

    def left(self, thing: CreditDue) -> Dollars:
        interest = self.owed["interest"]
        return interest.left if interest else Dollars()

    def extra(self, thing: CreditDue) -> dict[str, Any]:
        missing = self.owed["missing"]
        return {**super().extra(thing), "missing": missing}  # noqa: S610 (ours)

    def back(self, thing: CreditDue) -> str:
        return reverse("payments:debt_interest", args=[thing.public_id])


class RecordDebtInterest(_OnInterest, _Deposited):
    """Interest has come in."""

    template_name = "payments/record_debt_interest.html"
    crumb = "Record interest"
    operation = staticmethod(record_debt_interest)
    submit_label = "Record the interest"
    done_message = "The interest is recorded."


class WaiveDebtInterest(_OnInterest, _Waived):
    """The contracting officer gives up interest."""

    template_name = "payments/waive_debt_interest.html"
    crumb = "Waive interest"
    operation = staticmethod(waive_debt_interest)
    submit_label = "Waive the interest"
    done_message = "The interest is waived; the vendor is told why."
