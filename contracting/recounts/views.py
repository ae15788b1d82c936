"""Pages of the audit of the count."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.plots.tables import rows_as_csv
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import download_headers
from contracting.orders.states import TaskOrderState
from contracting.recounts import forms, permissions, queries
from contracting.recounts.calculations import still_needed
from contracting.recounts.models import RecountAllowance, RecountPlan
from contracting.recounts.operations.adopt_plan import adopt_recount_plan
from contracting.recounts.operations.agree_allowance import agree_recount_allowance
from contracting.recounts.operations.dispute_count import dispute_count
from contracting.recounts.operations.end_plan import end_recount_plan
from contracting.recounts.operations.set_allowance import set_recount_allowance
from contracting.recounts.queries.drift import counted_by_class
from contracting.recounts.queries.plots import drift_plot, plots_of, question_of
from contracting.reference.models import AiModel

PER_PAGE: Final = 100
_HEAD: Final = ("position", "request_id", "reported", "recounted", "metered", "proof")


class RecountsPage(PageView):
    """Does anyone recount what the vendors report, and what does it show?"""

    template_name = "recounts/recounts.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        plans = queries.listed_plans(self.actor)
        contract = None
        if self.request.GET.get("contract"):
            contract = get_contract_for(self.actor, self.request.GET["contract"])
            plans = plans.filter(contract=contract)
        page = Paginator(plans.order_by("-pk"), PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        return {
            "contract": contract,
            "may_adopt": contract
            and permissions.can_adopt_recount_plan(self.actor, contract),
            "allowances": queries.allowances_of(contract)
            if contract and queries.reads_allowances(self.actor, contract)
            else [],
            "page_obj": page,
            "rows": [
                (plan, queries.standing_of(plan).samples, queries.verdict_of(plan))
                for plan in page
            ],
            "flagged": plans.filter(flag__isnull=False).count(),
            "running": plans.filter(ended_at__isnull=True).count(),
        }


class RecountPage(PageView):
    """Is more reported than the text has? ``?format=csv`` hands over the samples."""

    template_name = "recounts/recount.html"

    @cached_property
    def plan(self) -> RecountPlan:
        return queries.get_plan_for(self.actor, self.kwargs["public_id"])

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            return super().get(request, **ids)
        return self._file()  # type: ignore[return-value]

    def _file(self) -> HttpResponseBase:
        if not queries.samples_visible_to(self.actor, self.plan):
            message = "Which calls are drawn is told with the key."
            raise NotVisible(message)
        rows = self.plan.samples.order_by("position").values_list(*_HEAD)
        return StreamingHttpResponse(
            rows_as_csv(_HEAD, rows.iterator()),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(f"recount-{self.plan.public_id}.csv"),
        )

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        plan = self.plan
        samples = queries.samples_in_order(plan)
        standing = queries.standing_of(plan)
        may_see = queries.samples_visible_to(self.actor, plan)
        share = None if plan.allowance is None else float(plan.allowance.share)
        return {
            "plan": plan,
            "contract": plan.contract,
            "verdict": queries.verdict_of(plan),
            "standing": standing,
            "needed": None
            if share is None
            else still_needed(standing, share, plan.flag_at),
            "lost": sum(each.recounted is None for each in samples),
            "differing": queries.differing_from_meter(plan),
            "waiting": plan.samples.count() - len(samples),
            "plots": plots_of(plan, samples) if may_see else [],
            "may_see": may_see,
            "events": events_of(plan.subject),
            "case": queries.case_of(plan),
            "may_dispute": permissions.can_dispute_count(
                self.actor, plan, accounting_day(clock.now(), plan.contract.time_zone)
            ),
            "may_end": permissions.can_end_recount_plan(self.actor, plan),
        }


class _OnContract(VerbView):
    """A verb on a contract."""

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing}

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": thing.path}


class AdoptRecountPlanView(_OnContract):
    """Fix a sample before any of its calls."""

    template_name = "recounts/adopt_recount_plan.html"
    form_class = forms.AdoptRecountPlanForm
    submit_label = "Adopt the plan"
    done_message = "From now on calls are drawn by this key."

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_adopt_recount_plan(self.actor, thing)

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        said = dict(data)
        model, token_class = said.pop("model"), said.pop("token_class")
        return adopt_recount_plan(
            contract_id=thing.pk,
            model_id=model.pk,
            token_class_id=token_class.pk,
            **said,
            by=by,
            at=at,
        ).path


class SetRecountAllowanceView(_OnContract):
    """Measure what may honestly be counted in excess."""

    template_name = "recounts/set_recount_allowance.html"
    form_class = forms.SetRecountAllowanceForm
    submit_label = "Set the allowance"
    done_message = "The allowance is worked out from the counts."

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_set_recount_allowance(self.actor, thing)

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        plan = data["plan"]
        return set_recount_allowance(
            contract_id=thing.pk,
            model_id=data["model"].pk,
            token_class_id=data["token_class"].pk,
            tokenizer_sha256=data["tokenizer_sha256"],
            words=data["words"],
            counts=data["counts"],
            plan_id=plan.pk if plan else None,
            by=by,
            at=at,
        ).path


class CountDriftPage(PageView):
    """Does the vendor report another share of what is metered than it did?"""

    template_name = "recounts/count_drift.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        orders = contract.orders.filter(state=TaskOrderState.ISSUED)
        counted = [
            (order, each)
            for order in orders.select_related("contract").order_by("piid")
            for each in counted_by_class(order, clock.now())
        ]
        names = AiModel.objects.in_bulk({each.model_id for _order, each in counted})
        return {
            "contract": contract,
            "shifted": sum(each.drift is not None for _order, each in counted),
            "plots": [
                drift_plot(order, names[each.model_id].snapshot, each)
                for order, each in counted
            ],
        }


class EndRecountPlanView(VerbView):
    """Draw no more, and tell the key or keep it."""

    template_name = "recounts/end_recount_plan.html"
    form_class = forms.EndRecountPlanForm
    submit_label = "End the plan"
    done_message = "No more calls are drawn by this plan."

    def thing(self, *_: Any, **ids: Any) -> RecountPlan:
        return queries.get_plan_for(self.actor, ids["public_id"])

    def verdict(self, thing: RecountPlan) -> Verdict:
        return permissions.can_end_recount_plan(self.actor, thing)

    def extra(self, thing: RecountPlan) -> dict[str, Any]:
        return {"plan": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: RecountPlan, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return end_recount_plan(plan_id=thing.pk, **data, by=by, at=at).path


class DisputeCountView(VerbView):
    """Put a flagged count to the vendor."""

    template_name = "recounts/dispute_count.html"
    form_class = forms.DisputeCountForm
    submit_label = "Put it to the vendor"
    done_message = "The vendor is asked to explain its count. No payment is changed."

    def thing(self, *_: Any, **ids: Any) -> RecountPlan:
        return queries.get_plan_for(self.actor, ids["public_id"])

    def verdict(self, thing: RecountPlan) -> Verdict:
        on = accounting_day(clock.now(), thing.contract.time_zone)
        return permissions.can_dispute_count(self.actor, thing, on)

    def form_options(self, thing: RecountPlan) -> dict[str, Any]:
        return {"orders": queries.orders_sampled(thing)}

    def initial(self, thing: RecountPlan) -> dict[str, Any]:
        return {"question": question_of(thing)}

    def extra(self, thing: RecountPlan) -> dict[str, Any]:
        return {"plan": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: RecountPlan, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return dispute_count(
            plan_id=thing.pk,
            order_id=data["order"].pk,
            question=data["question"],
            by=by,
            at=at,
        ).path


class RecountAllowancePage(PageView):
    """How much in excess is honest, and on what was it measured?"""

    template_name = "recounts/recount_allowance.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        allowance = queries.get_allowance_for(self.actor, ids["public_id"])
        return {
            "allowance": allowance,
            "contract": allowance.contract,
            "agreement": getattr(allowance, "agreement", None),
            "events": events_of(allowance.subject),
            "may_agree": permissions.can_agree_recount_allowance(self.actor, allowance),
        }


class AgreeRecountAllowanceView(VerbView):
    """Agree that the first samples are honest."""

    template_name = "recounts/agree_recount_allowance.html"
    submit_label = "Agree to the allowance"
    done_message = "Plans that are adopted from now on are judged by it."

    def thing(self, *_: Any, **ids: Any) -> RecountAllowance:
        return queries.get_allowance_for(self.actor, ids["public_id"])

    def verdict(self, thing: RecountAllowance) -> Verdict:
        return permissions.can_agree_recount_allowance(self.actor, thing)

    def extra(self, thing: RecountAllowance) -> dict[str, Any]:
        return {"allowance": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: RecountAllowance, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        agree_recount_allowance(allowance_id=thing.pk, by=by, at=at)
        return thing.path
