"""Pages of the terms of usage: limits, chargeable outcomes, who is of record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.metering import permissions, queries
from contracting.metering.forms import terms as forms
from contracting.metering.models import UsageLimit
from contracting.metering.operations.change_outcome import change_outcome_policy
from contracting.metering.operations.declare_record import declare_source_of_record
from contracting.metering.operations.release import release_usage
from contracting.metering.operations.set_limit import set_usage_limit
from contracting.metering.queries.terms import outcome_table
from contracting.metering.states import Limits
from contracting.metering.views import HeldCallsView
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for


def _contract_of_the_agency(actor: Actor, public_id: str) -> Contract:
    """The contract, to its agency alone.

    :raises NotVisible: for anybody else
    """
    contract = get_contract_for(actor, public_id)
    if not actor.is_agency:
        message = "These terms are shown to the agency."
        raise NotVisible(message)
    return contract


class UsageTermsPage(PageView):
    """What can a call have at most, and which outcomes are charged?"""

    template_name = "metering/usage_terms.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        contract = _contract_of_the_agency(self.actor, ids["public_id"])
        limits = UsageLimit.objects.known().filter(contract=contract)
        return {
            "contract": contract,
            "limits": limits.select_related("model").order_by(
                "model__snapshot", "in_force"
            ),
            "models": queries.models_priced_on(contract),
            "outcomes": outcome_table(contract, clock.now()),
            "may_limit": permissions.can_set_usage_limit(self.actor, contract),
            "may_change": permissions.can_change_outcome_policy(self.actor, contract),
        }


class _OnContract(VerbView):
    """A verb on the terms of a contract."""

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return _contract_of_the_agency(self.actor, ids["public_id"])

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing}

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": _terms_of(thing)}


def _terms_of(contract: Contract) -> str:
    return reverse("metering:usage_terms", args=[contract.public_id])


class SetUsageLimitView(_OnContract):
    """Say what a call can have at most."""

    template_name = "metering/set_usage_limit.html"
    form_class = forms.UsageLimitForm
    submit_label = "Set the limit"
    done_message = "The limit holds from that day; calls beyond it are held."

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_set_usage_limit(self.actor, thing)

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        set_usage_limit(
            contract_id=thing.pk,
            model_id=data["model"].pk,
            limits=Limits(*(data[name] for name in Limits._fields)),
            first_day=data["first_day"],
            says_so=data["says_so"],
            by=by,
            at=at,
        )
        return _terms_of(thing)


class ChangeOutcomePolicyView(_OnContract):
    """Say whether an outcome is charged."""

    template_name = "metering/change_outcome_policy.html"
    form_class = forms.OutcomePolicyForm
    submit_label = "Change what is charged"
    done_message = "Calls that end so are charged that way from that day on."

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_change_outcome_policy(self.actor, thing)

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        modification = data.pop("modification")
        change_outcome_policy(
            contract_id=thing.pk,
            modification_id=None if modification is None else modification.pk,
            **data,
            by=by,
            at=at,
        )
        return _terms_of(thing)


class DeclareSourceOfRecordView(VerbView):
    """Say by which source an order is charged."""

    template_name = "metering/declare_source_of_record.html"
    form_class = forms.SourceOfRecordForm
    submit_label = "Make it the source of record"
    done_message = "Other sources of the same calls are compared and never charged."

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        order = get_task_order_for(self.actor, ids["public_id"])
        if not self.actor.is_agency:
            message = "The agency says which source is of record."
            raise NotVisible(message)
        return order

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_declare_source_of_record(self.actor, thing)

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {"actor": self.actor}

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"first_day": thing.period_start}

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {"order": thing, "cancel_url": f"{thing.path}/usage"}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        source = data.pop("source")
        declare_source_of_record(
            order_id=thing.pk, source_id=source.pk, **data, by=by, at=at
        )
        return f"{thing.path}/usage"


class ReleaseUsageView(HeldCallsView):
    """Let held calls pass what held them."""

    template_name = "metering/release_usage.html"
    form_class = forms.ReleaseUsageForm
    submit_label = "Let these calls pass"
    done_message = "The calls were released, rated and drawn as they were reported."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_release_any_usage(self.actor, thing)

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        release_usage(
            agency_id=thing,
            calls=data["calls"],
            reason=data["reason"],
            dispute=data["dispute"],
            by=by,
            at=at,
        )
        return reverse("metering:suspense")
