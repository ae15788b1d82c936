"""Pages of what the market is asked: inside the agency, for everybody, for vendors."""

from __future__ import annotations

import csv
from datetime import datetime
from typing import Any, ClassVar

from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.queries import known_vendors
from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict, require
from contracting.core.views import OperationView, PageView, VerbView
from contracting.documents.queries import download_headers
from contracting.market_research import forms, permissions, queries
from contracting.market_research.calculations import USUAL
from contracting.market_research.models import RequestForInformation
from contracting.market_research.operations.cancel import cancel_rfi
from contracting.market_research.operations.discard import discard_rfi
from contracting.market_research.operations.draft import draft_rfi
from contracting.market_research.operations.edit import edit_rfi
from contracting.market_research.operations.release import release_rfi
from contracting.market_research.operations.respond import respond_to_rfi
from contracting.reference.queries import token_classes
from contracting.requisitions.forms import SeenVersion

PER_PAGE = 50


class RfiList(PageView):
    """What does the agency ask the market?"""

    template_name = "market_research/rfis.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        at, asked = clock.now(), self.request.GET
        filter_form = forms.SeekRfisForm(asked)
        sought = filter_form.cleaned_data if filter_form.is_valid() else {}
        found = queries.sought_rfis(self.actor, **sought)
        return {
            "page_obj": (
                page := Paginator(found, PER_PAGE).get_page(asked.get("page"))
            ),
            "filter": filter_form,
            "all": queries.own_rfis(self.actor).count(),
            "shown": [(each, each.is_open(at)) for each in page],
            "may_draft": permissions.can_draft_rfi(self.actor),
        }


class RfiPage(PageView):
    """Where does this request stand?"""

    template_name = "market_research/rfi.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        rfi = queries.get_rfi_for(self.actor, ids["rfi"])
        by = self.actor
        return {
            "rfi": rfi,
            "questions": queries.questions_of(rfi),
            "gaps": queries.release_gaps(rfi),
            "is_open": rfi.is_open(clock.now()),
            "answered": len(queries.latest_responses(rfi)),
            "may_edit": permissions.can_edit_rfi(by, rfi),
            "may_release": permissions.can_release_rfi(by, rfi),
            "may_cancel": permissions.can_cancel_rfi(by, rfi),
            "may_discard": permissions.can_discard_rfi(by, rfi),
            "may_compare": permissions.can_compare_responses(by, rfi),
            "events": events_of(rfi.subject),
        }


class RfiVerb(OperationView):
    """A page that does one thing to one request of the actor's agency."""

    form_class: ClassVar[type[Form]] = SeenVersion
    takes: ClassVar[tuple[str, ...] | None] = ("seen_version",)

    def thing(self, **ids: Any) -> RequestForInformation:
        return queries.get_rfi_for(self.actor, ids["rfi"])

    def keys(self, thing: RequestForInformation) -> dict[str, int]:
        return {"rfi_id": thing.pk}

    def initial(self, thing: RequestForInformation) -> dict[str, Any]:
        return {"seen_version": thing.version}

    def extra(self, thing: RequestForInformation) -> dict[str, Any]:
        return {
            "rfi": thing,
            "questions": queries.questions_of(thing),
            "gaps": queries.release_gaps(thing),
            "cancel_url": thing.path,
        }


class DraftRfi(VerbView):
    """What do we want to learn from the market?"""

    template_name = "market_research/draft_rfi.html"
    form_class = forms.DraftRfiForm
    submit_label = "Save draft"
    done_message = "The draft is saved. Now look at its questions."

    def verdict(self, thing: Any) -> Verdict:
        return permissions.can_draft_rfi(self.actor)

    def initial(self, thing: Any) -> dict[str, Any]:
        return {"requisition": self.request.GET.get("requisition", "")}

    def form_options(self, thing: Any) -> dict[str, Any]:
        needs = queries.requisitions_offered(self.actor)
        return {"needs": [(each.public_id, each.pk, str(each)) for each in needs]}

    def extra(self, thing: Any) -> dict[str, Any]:
        return {"cancel_url": reverse("market_research:rfis")}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        rfi = draft_rfi(
            title=data["title"],
            purpose=data["purpose"],
            due_at=data["due_at"],
            time_zone=data["time_zone"],
            requisition_id=data["requisition"],
            questions=USUAL if data["with_usual_questions"] else (),
            by=by,
            at=at,
        )
        return reverse("market_research:edit_rfi", args=[rfi.public_id])


class EditRfi(RfiVerb):
    """What exactly do we ask?"""

    template_name = "market_research/edit_rfi.html"
    form_class = forms.EditRfiForm
    submit_label = "Save"
    done_message = "Saved as a new version."
    can = staticmethod(permissions.can_edit_rfi)
    operation = staticmethod(edit_rfi)
    takes = (*("title", "purpose", "due_at", "time_zone", "questions", "seen_version"),)

    def initial(self, thing: RequestForInformation) -> dict[str, Any]:
        rows = [forms.row_of(each) for each in queries.questions_of(thing)]
        return {**queries.terms_of(thing), "rows": rows}

    def form_options(self, thing: RequestForInformation) -> dict[str, Any]:
        classes = [(each.code, each.label) for each in token_classes()]
        return {"choices": {"token_class": classes}, "zone": thing.time_zone}


class ReleaseRfi(RfiVerb):
    """Is this what the whole market shall read?"""

    template_name = "market_research/release_rfi.html"
    submit_label = "Release to everybody"
    done_message = "The request is released, and every vendor is told."
    can = staticmethod(permissions.can_release_rfi)
    operation = staticmethod(release_rfi)

    def extra(self, thing: RequestForInformation) -> dict[str, Any]:
        known = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {**known, "vendors": known_vendors().count()}


class CancelRfi(RfiVerb):
    """Why is nothing asked any more?"""

    template_name = "market_research/cancel_rfi.html"
    form_class = forms.CancelRfiForm
    submit_label = "Cancel the request"
    done_message = "The request is cancelled, and every vendor is told."
    can = staticmethod(permissions.can_cancel_rfi)
    operation = staticmethod(cancel_rfi)
    takes = ("reason",)


class DiscardRfi(RfiVerb):
    """Shall this draft go?"""

    template_name = "market_research/discard_rfi.html"
    submit_label = "Discard the draft"
    done_message = "The draft is discarded."
    can = staticmethod(permissions.can_discard_rfi)
    operation = staticmethod(discard_rfi)
    takes = ()

    def leads_to(self, thing: RequestForInformation) -> str:
        return reverse("market_research:rfis")


class Comparison(PageView):
    """What does the market say, side by side?"""

    template_name = "market_research/comparison.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        rfi = queries.get_rfi_for(self.actor, ids["rfi"])
        require(permissions.can_compare_responses(self.actor, rfi))
        responses = queries.latest_responses(rfi)
        return {
            "rfi": rfi,
            "is_open": rfi.is_open(clock.now()),
            "responses": responses,
            "compared": queries.compared(rfi, responses),
            "silent": queries.vendors_without_answer(rfi),
            "told": known_vendors().count(),
        }


class ComparisonFile(PageView):
    """The comparison for a spreadsheet."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        rfi = queries.get_rfi_for(self.actor, ids["rfi"])
        require(permissions.can_compare_responses(self.actor, rfi))
        answer = HttpResponse(
            content_type="text/csv; charset=utf-8",
            headers=download_headers(f"{rfi.number}.csv"),
        )
        csv.writer(answer, lineterminator="\r\n").writerows(queries.csv_rows(rfi))
        return answer


class Requests(PageView):
    """What does the Government want to learn from the market now?"""

    template_name = "market_research/requests.html"
    public = True

    def context(self, **ids: Any) -> dict[str, Any]:
        at = clock.now()
        past = Paginator(queries.past_rfis(at), PER_PAGE)
        return {
            "open": queries.open_rfis(at),
            "page_obj": past.get_page(self.request.GET.get("page")),
        }


class RequestPage(PageView):
    """Shall we answer?"""

    template_name = "market_research/request.html"
    public = True

    def context(self, **ids: Any) -> dict[str, Any]:
        rfi = queries.get_released(ids["rfi"])
        return {
            "rfi": rfi,
            "questions": queries.questions_of(rfi),
            "is_open": rfi.is_open(clock.now()),
            "may_respond": permissions.can_respond_to_rfi(self.actor, rfi),
            "own": queries.own_responses(self.actor, rfi),
        }


class RespondToRfi(VerbView):
    """What do we answer?"""

    template_name = "market_research/respond_to_rfi.html"
    form_class = forms.RespondForm
    submit_label = "Send the response"
    done_message = "The response is received. This is its receipt."

    def thing(self, **ids: Any) -> RequestForInformation:
        return queries.get_released(ids["rfi"])

    def verdict(self, thing: RequestForInformation) -> Verdict:
        return permissions.can_respond_to_rfi(self.actor, thing)

    def initial(self, thing: RequestForInformation) -> dict[str, Any]:
        own = queries.own_responses(self.actor, thing)
        if not own:
            return {}
        before = forms.given_before(queries.answers_of(own[0]))
        return {**before, "is_proprietary": own[0].is_proprietary}

    def form_options(self, thing: RequestForInformation) -> dict[str, Any]:
        return {
            "questions": queries.questions_of(thing),
            "models": queries.models_offered(thing.agency.local_day(clock.now())),
        }

    def extra(self, thing: RequestForInformation) -> dict[str, Any]:
        return {
            "rfi": thing,
            "own": queries.own_responses(self.actor, thing),
            "is_open": thing.is_open(clock.now()),
            "cancel_url": thing.public_path,
        }

    def perform(
        self,
        *,
        thing: RequestForInformation,
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        response = respond_to_rfi(
            rfi_id=thing.pk,
            answers=data["answers"],
            is_proprietary=data["is_proprietary"],
            by=by,
            at=at,
        )
        return response.path


class ResponsePage(PageView):
    """Was our response received, and what does it say?"""

    template_name = "market_research/response.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        response = queries.get_response_for(self.actor, ids["response"])
        own = queries.own_responses(self.actor, response.rfi)
        return {
            "response": response,
            "rfi": response.rfi,
            "answers": queries.answers_of(response),
            "own": own,
            "is_last": own[0] == response,
            "is_open": response.rfi.is_open(clock.now()),
        }
