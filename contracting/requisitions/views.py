"""Pages of the need."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Refused, Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import PageView, VerbView
from contracting.ledger.queries import lines_of_accounting_of
from contracting.requisitions import calculations, forms, permissions, queries
from contracting.requisitions.models import OwnershipComparison, Requisition
from contracting.requisitions.operations.build import build_estimate
from contracting.requisitions.operations.compare import compare_ownership
from contracting.requisitions.operations.discard import discard_requisition
from contracting.requisitions.operations.draft import draft_requisition
from contracting.requisitions.operations.estimate import estimate_workload
from contracting.requisitions.operations.submit import submit_requisition

PER_PAGE = 50


def address_of(requisition: Requisition) -> str:
    """The page of a requisition."""
    return reverse("requisitions:requisition", args=[requisition.public_id])


class RequisitionList(PageView):
    """Which needs does the agency have, and which wait for the contracting office?"""

    template_name = "requisitions/requisitions.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        found = queries.visible_to(self.actor)
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        return {
            "page_obj": page,
            "may_draft": permissions.can_draft_requisition(self.actor),
        }


class RequisitionPage(PageView):
    """Is this need ready to be bought?"""

    template_name = "requisitions/requisition.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        requisition = queries.get_requisition_for(self.actor, ids["requisition"])
        by = self.actor
        estimate = queries.latest_estimate(requisition)
        workload = queries.workload_of(requisition)
        swings = queries.swings_of(workload, estimate)
        bars = calculations.swing_bars(swings)
        return {
            "requisition": requisition,
            "rows": queries.rows_of(requisition),
            "estimate": estimate,
            "tasks": (tasks := queries.tasks_of(requisition, estimate)),
            "done": sum(task.is_done for task in tasks),
            "by_class": calculations.by_class(estimate.rows if estimate else []),
            "workload": workload,
            "swings": swings,
            "bars": bars,
            "plot_width": calculations.PLOT_WIDTH,
            "plot_height": calculations.PLOT_ROW * len(bars),
            **_ownership(queries.latest_comparison(estimate)),
            "may_build": permissions.can_build_estimate(by, requisition),
            "may_compare": permissions.can_compare_ownership(by, requisition),
            "may_estimate": permissions.can_estimate_workload(by, requisition),
            "may_submit": permissions.can_submit_requisition(by, requisition),
            "may_discard": permissions.can_discard_requisition(by, requisition),
            "events": events_of(requisition.subject),
        }


def _ownership(comparison: OwnershipComparison | None) -> dict[str, Any]:
    if comparison is None:
        return {}
    words = calculations.ownership_words(
        capacity=comparison.capacity_tokens,
        break_even=comparison.break_even_tokens,
        p50=comparison.p50_tokens,
    )
    return {"comparison": comparison, "ownership": words}


class RequisitionVerb(VerbView):
    """A page that does one thing to one requisition."""

    def thing(self, **ids: Any) -> Requisition:
        return queries.get_requisition_for(self.actor, ids["requisition"])

    def initial(self, thing: Requisition) -> dict[str, Any]:
        return {"seen_version": thing.version}

    def extra(self, thing: Requisition) -> dict[str, Any]:
        return {
            "requisition": thing,
            "estimate": queries.latest_estimate(thing),
            "cancel_url": address_of(thing),
        }


class DraftRequisition(VerbView):
    """What does the office need?"""

    template_name = "requisitions/draft_requisition.html"
    form_class = forms.DraftRequisitionForm
    submit_label = "Save draft"
    done_message = "The draft is saved. Now estimate its workload."

    def verdict(self, thing: Any) -> Verdict:
        return permissions.can_draft_requisition(self.actor)

    def form_options(self, thing: Any) -> dict[str, Any]:
        lines = lines_of_accounting_of(self.actor.organization_id)
        return {"lines": [(line.public_id, line.pk, str(line)) for line in lines]}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        requisition = draft_requisition(
            title=data["title"],
            need=data["need"],
            planned_dollars=Dollars(data["planned_dollars"]),
            line_of_accounting_id=data["line_of_accounting"],
            by=by,
            at=at,
        )
        return address_of(requisition)


class EstimateWorkload(RequisitionVerb):
    """How many tokens of which class, with what range?"""

    template_name = "requisitions/estimate_workload.html"
    form_class = forms.EstimateWorkloadForm
    submit_label = "Save and price at list"
    done_message = "The estimate is saved and priced at public list."

    def verdict(self, thing: Requisition) -> Verdict:
        return permissions.can_estimate_workload(self.actor, thing)

    def initial(self, thing: Requisition) -> dict[str, Any]:
        rows = calculations.fold_months(queries.rows_of(thing))
        return {**super().initial(thing), "rows": rows}

    def extra(self, thing: Requisition) -> dict[str, Any]:
        about = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**about, "workload": queries.workload_of(thing)}

    def form_options(self, thing: Requisition) -> dict[str, Any]:
        on = thing.agency.local_day(clock.now())
        return {"choices": queries.dictionary_on(on)}

    def perform(
        self, *, thing: Requisition, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        estimate_workload(
            requisition_id=thing.pk,
            rows=data["rows"],
            by=by,
            at=at,
            seen_version=data["seen_version"],
        )
        return address_of(thing)


class BuildEstimate(RequisitionVerb):
    """How many calls a day, of how many tokens, with what range?"""

    template_name = "requisitions/build_estimate.html"
    form_class = forms.BuildEstimateForm
    submit_label = "Save as independent estimate"
    done_message = "The estimate is built and priced at public list."

    def verdict(self, thing: Requisition) -> Verdict:
        return permissions.can_build_estimate(self.actor, thing)

    def initial(self, thing: Requisition) -> dict[str, Any]:
        rows = [
            {**asdict(row), "model": row.model_id} for row in queries.workload_of(thing)
        ]
        return {**super().initial(thing), "rows": rows}

    def form_options(self, thing: Requisition) -> dict[str, Any]:
        on = thing.agency.local_day(clock.now())
        return {"choices": {"model": queries.dictionary_on(on)["model"]}}

    def extra(self, thing: Requisition) -> dict[str, Any]:
        about = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**about, "samples": forms.SAMPLES}

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Save, or only show one row more: an empty one or the copy of a sample."""
        sample = forms.SAMPLES.get(request.POST.get("sample", ""))
        if sample is None and "add_row" not in request.POST:
            return super().post(request, **ids)
        thing = self.thing(**ids)
        verdict = self.verdict(thing)
        if isinstance(verdict, Refused):
            return self._not_allowed(thing, verdict)
        row = None
        if sample is not None:
            today = thing.agency.local_day(clock.now())
            row = {**sample, "first_month": calculations.following_month(today)}
        options = self.form_options(thing)
        form = forms.BuildEstimateForm.another(request.POST, row=row, **options)
        return self._page(thing, form)

    def perform(
        self, *, thing: Requisition, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        build_estimate(
            requisition_id=thing.pk,
            workload=data["workload"],
            by=by,
            at=at,
            seen_version=data["seen_version"],
        )
        return address_of(thing)


class CompareOwnership(RequisitionVerb):
    """Would it cost less to own the capacity?"""

    template_name = "requisitions/compare_ownership.html"
    form_class = forms.CompareOwnershipForm
    submit_label = "Save the comparison"
    done_message = "The comparison is saved beside the estimate."

    def verdict(self, thing: Requisition) -> Verdict:
        return permissions.can_compare_ownership(self.actor, thing)

    def initial(self, thing: Requisition) -> dict[str, Any]:
        last = queries.latest_comparison(queries.latest_estimate(thing))
        names = forms.CompareOwnershipForm.base_fields
        typed = {name: getattr(last, name) for name in names if hasattr(last, name)}
        return {**typed, **super().initial(thing)}

    def perform(
        self, *, thing: Requisition, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        compare_ownership(
            requisition_id=thing.pk,
            owned=data["owned"],
            by=by,
            at=at,
            seen_version=data["seen_version"],
        )
        return address_of(thing)


class SubmitRequisition(RequisitionVerb):
    """Is this exactly what the contracting office shall buy?"""

    template_name = "requisitions/submit_requisition.html"
    form_class = forms.SeenVersion
    submit_label = "Submit to the contracting office"
    done_message = "The contracting office has it now."

    def verdict(self, thing: Requisition) -> Verdict:
        return permissions.can_submit_requisition(self.actor, thing)

    def perform(
        self, *, thing: Requisition, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        submit_requisition(
            requisition_id=thing.pk, by=by, at=at, seen_version=data["seen_version"]
        )
        return address_of(thing)


class DiscardRequisition(RequisitionVerb):
    """Shall this draft go?"""

    template_name = "requisitions/discard_requisition.html"
    submit_label = "Discard the draft"
    done_message = "The draft is discarded."

    def verdict(self, thing: Requisition) -> Verdict:
        return permissions.can_discard_requisition(self.actor, thing)

    def perform(
        self, *, thing: Requisition, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        discard_requisition(requisition_id=thing.pk, by=by, at=at)
        return reverse("requisitions:requisitions")
