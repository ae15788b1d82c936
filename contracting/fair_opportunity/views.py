"""Pages of fair opportunities: for the contracting office and for the holders."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms as django_forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.views import OperationView, PageView
from contracting.documents.queries import attachment_headers, read_blob, served_type
from contracting.fair_opportunity import calculations, forms, permissions, queries
from contracting.fair_opportunity.models import Opportunity
from contracting.fair_opportunity.operations.cancel import cancel_opportunity
from contracting.fair_opportunity.operations.consider import consider_response
from contracting.fair_opportunity.operations.notify import notify_holders
from contracting.fair_opportunity.operations.request import request_order_debriefing
from contracting.fair_opportunity.operations.respond import respond_to_opportunity
from contracting.fair_opportunity.operations.select import select_holder
from contracting.fair_opportunity.operations.take import take_exception

PER_PAGE = 25


class OpportunitiesPage(PageView):
    """Which orders are competed among holders, and which are not?"""

    template_name = "fair_opportunity/opportunities.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        found = queries.visible_to(self.actor).order_by("-pk")
        page = Paginator(found, PER_PAGE).get_page(self.request.GET.get("page"))
        return {"page_obj": page, "now": clock.now()}


class OpportunityPage(PageView):
    """What is asked of whom, what was answered, and who is selected?"""

    template_name = "fair_opportunity/opportunity.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        found = queries.get_opportunity_for(self.actor, ids["public_id"])
        return _context(self.actor, found)


class _OnContract(OperationView):
    """A page that begins at one contract of a multiple award."""

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def keys(self, thing: Contract) -> dict[str, int]:
        return {"contract_id": thing.pk}

    def extra(self, thing: Contract) -> dict[str, Any]:
        on = accounting_day(clock.now(), thing.time_zone)
        return {
            "contract": thing,
            "holders": queries.holders_of(thing.solicitation_id, on),
            "amounts": calculations.amounts(on),
            "cancel_url": thing.path,
        }

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        taken = {name: data[name] for name in self.takes or ()}
        made = type(self).operation(**self.keys(thing), **taken, by=by, at=at)
        path: str = made.path
        return path


class NotifyHolders(_OnContract):
    """What is every holder told?"""

    template_name = "fair_opportunity/notify_holders.html"
    form_class = forms.NotifyHoldersForm
    submit_label = "Give notice to every holder"
    done_message = "Every holder has the notice."
    can = staticmethod(permissions.can_notify_holders)
    operation = staticmethod(notify_holders)
    takes = ("title", "description", "value", "basis", "factors", "respond_by")

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"zone": thing.time_zone}


class TakeException(_OnContract):
    """Why is this holder alone asked?"""

    template_name = "fair_opportunity/take_exception.html"
    form_class = forms.TakeExceptionForm
    submit_label = "Take the exception"
    done_message = "The exception is on record; its justification goes up the ladder."
    can = staticmethod(permissions.can_take_exception)
    operation = staticmethod(take_exception)
    takes = ("code", "title", "description", "value", "justification", "parts")


class _OnOpportunity(OperationView):
    """A page that does one thing to one opportunity."""

    form_class: ClassVar[type[django_forms.Form]] = django_forms.Form

    def thing(self, *_: Any, **ids: Any) -> Opportunity:
        return queries.get_opportunity_for(self.actor, ids["public_id"])

    def keys(self, thing: Opportunity) -> dict[str, int]:
        return {"opportunity_id": thing.pk}

    def extra(self, thing: Opportunity) -> dict[str, Any]:
        return {**_context(self.actor, thing), "cancel_url": thing.path}


class RespondToOpportunity(_OnOpportunity):
    """What do we offer for this order?"""

    template_name = "fair_opportunity/respond_to_opportunity.html"
    form_class = forms.RespondForm
    submit_label = "Send our response"
    done_message = "Your response is received. You may replace it until it is due."
    can = staticmethod(permissions.can_respond_to_opportunity)
    operation = staticmethod(respond_to_opportunity)
    takes = ("words", "discount_percent", "prices", "attachments")

    def form_options(self, thing: Opportunity) -> dict[str, Any]:
        contract = queries.own_contract(self.actor, thing)
        at = clock.now()
        return {"rates": queries.rates_of(contract, at) if contract else {}}


class ConsiderResponse(_OnOpportunity):
    """How does one response meet the need?"""

    template_name = "fair_opportunity/consider_response.html"
    form_class = forms.ConsiderForm
    submit_label = "Record the finding"
    done_message = "The finding is on record."
    can = staticmethod(permissions.can_consider_response)
    operation = staticmethod(consider_response)

    def keys(self, thing: Opportunity) -> dict[str, int]:
        return {}

    def form_options(self, thing: Opportunity) -> dict[str, Any]:
        left = [
            each
            for each in queries.last_responses(thing)
            if not hasattr(each, "finding")
        ]
        return {"responses": left}


class SelectHolder(_OnOpportunity):
    """Whose response is selected, and why?"""

    template_name = "fair_opportunity/select_holder.html"
    form_class = forms.SelectForm
    submit_label = "Select this holder"
    done_message = "The holder is selected. The order is drafted under its contract."
    can = staticmethod(permissions.can_select_holder)
    operation = staticmethod(select_holder)

    def form_options(self, thing: Opportunity) -> dict[str, Any]:
        return {"responses": queries.last_responses(thing)}


class CancelOpportunity(_OnOpportunity):
    """Shall the intended order be given up?"""

    template_name = "fair_opportunity/cancel_opportunity.html"
    form_class = forms.CancelForm
    submit_label = "Give it up"
    done_message = "It is given up; the holders were told."
    can = staticmethod(permissions.can_cancel_opportunity)
    operation = staticmethod(cancel_opportunity)


class RequestOrderDebriefing(_OnOpportunity):
    """Do we want to be debriefed on this order?"""

    template_name = "fair_opportunity/request_order_debriefing.html"
    submit_label = "Ask for a debriefing"
    done_message = "The contracting office has your request."
    can = staticmethod(permissions.can_request_order_debriefing)
    operation = staticmethod(request_order_debriefing)


class ResponseFileView(PageView):
    """One file of a response, as an attachment."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        file = queries.get_file_for(self.actor, ids["public_id"])
        return HttpResponse(
            read_blob(file.blob),
            content_type=served_type(file.blob),
            headers=attachment_headers(file.name, file.blob),
        )


def _context(by: Actor, found: Opportunity) -> dict[str, Any]:
    """The opportunity as this actor may read it, and what the actor may do."""
    at = clock.now()
    on = accounting_day(at, found.time_zone)
    may: dict[str, Verdict] = {
        "may_respond": permissions.can_respond_to_opportunity(by, found),
        "may_consider": permissions.can_consider_response(by, found),
        "may_select": permissions.can_select_holder(by, found),
        "may_cancel": permissions.can_cancel_opportunity(by, found),
        "may_ask": permissions.can_request_order_debriefing(by, found),
    }
    due = queries.posting_due_on(found)
    justification = queries.justification_of(found) if by.is_agency else None
    is_posted = justification is not None and hasattr(justification, "posting")
    return {
        "opportunity": found,
        "responses": queries.responses_for(by, found),
        "invited": found.invited.select_related("contract__vendor").order_by("pk"),
        "debriefings": queries.debriefings_for(by, found),
        "justification": justification,
        "posting_due_on": due,
        "posting_is_late": due is not None and on > due and not is_posted,
        "is_over": found.respond_by is not None and at > found.respond_by,
        "amounts": calculations.amounts(on),
        **may,
    }
