"""Pages of prices and of the decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from contracting.core.actors import Actor
from contracting.core.permissions import Verdict, require
from contracting.documents.queries import (
    documents_of,
    file_headers,
    read_blob,
    rendering_of,
    served_type,
)
from contracting.evaluations import forms, permissions, queries
from contracting.evaluations.operations.analyse import analyse_price
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.operations.decline import decline_offers
from contracting.evaluations.operations.release import release_prices
from contracting.evaluations.pricing.gaps import gaps_of
from contracting.evaluations.views.reading import ReadingPage, ReadingVerbView
from contracting.evaluations.views.tables import FormClass, matrix, prices
from contracting.solicitations.models import Solicitation
from contracting.submissions.queries import (
    offers_of,
    offers_were_opened,
)


class Price(ReadingPage):
    """Is each price fair, on the reference workload and beside public list?"""

    template_name = "evaluations/price.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        require(permissions.can_read_prices(self.actor, found))
        analysis = queries.latest_analysis(found)
        return {
            "solicitation": found,
            "is_opened": offers_were_opened(found),
            "analysis": analysis,
            "memo": analysis and documents_of(analysis.subject).first(),
            "analyses": found.price_analyses.order_by("-pk"),
            "may_analyse": permissions.can_analyse_price(self.actor, found),
            "release": queries.release_of(found),
            "may_release": permissions.can_release_prices(self.actor, found),
            "missing": queries.missing_consensus(found),
            "gaps": gaps_of(found),
            "may_clarify": permissions.can_clarify_price(self.actor, found),
            "is_decided": queries.decision_of(found) is not None,
            **prices(found),
        }


class PriceMemo(ReadingPage):
    """The memorandum of one analysis, as a file, for whoever may see the prices."""

    how = "download"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        found = queries.get_evaluation_for(self.actor, ids["solicitation"])
        require(permissions.can_read_prices(self.actor, found))
        analysis = found.price_analyses.filter(public_id=ids["analysis"]).first()
        if analysis is None:
            raise Http404
        paper = documents_of(analysis.subject).get()
        blob = rendering_of(paper).blob
        return HttpResponse(
            read_blob(blob),
            content_type=served_type(blob),
            headers=file_headers(paper, blob),
        )


class ReleasePrices(ReadingVerbView):
    """Shall the panel see the prices before it has agreed?"""

    template_name = "evaluations/release_prices.html"
    form_class: ClassVar[FormClass] = forms.PriceReleaseForm
    submit_label = "Show the prices to the panel"
    done_message = "The panel sees the prices now. The reason is kept."

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_release_prices(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {"solicitation": thing, "missing": queries.missing_consensus(thing)}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        release_prices(solicitation_id=thing.pk, **data, by=by, at=at)
        return reverse("evaluations:price", args=[thing.public_id])


class AnalysePrice(ReadingVerbView):
    """Conclude whether the prices are reasonable."""

    template_name = "evaluations/analyse_price.html"
    form_class: ClassVar[FormClass] = forms.PriceAnalysisForm
    submit_label = "Record the price analysis"

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_analyse_price(self.actor, thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"offers": list(offers_of(thing))}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {"solicitation": thing, **prices(thing, afresh=True)}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        analyse_price(
            solicitation_id=thing.pk,
            conclusion=data["conclusion"],
            reasonable_submission_ids=data["reasonable"],
            unbalanced_memo=data["unbalanced_memo"],
            by=by,
            at=at,
        )
        return reverse("evaluations:price", args=[thing.public_id])


class DecideSelection(ReadingVerbView):
    """Which offer is the best value, or which several are, and why?"""

    template_name = "evaluations/decide_selection.html"
    form_class: ClassVar[FormClass] = forms.SelectionForm
    submit_label = "Sign the selection decision"

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_decide_selection(self.actor, thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"offers": list(offers_of(thing)), "most": thing.most_awards}

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        analysis = queries.latest_analysis(thing)
        return {"seen_analysis": analysis.public_id if analysis else ""}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        offers = list(offers_of(thing))
        return {
            "solicitation": thing,
            "offers": offers,
            "matrix": matrix(self.actor, thing, offers),
            "missing": queries.missing_consensus(thing),
            "analysis": queries.latest_analysis(thing),
            **prices(thing),
        }

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        decision = decide_selection(
            solicitation_id=thing.pk,
            selected=data["selected"],
            rationale=data["rationale"],
            seen_analysis_id=queries.analysis_id(thing, data["seen_analysis"]),
            by=by,
            at=at,
        )
        return reverse("evaluations:decision", args=[decision.public_id])


class DeclineOffers(ReadingVerbView):
    """Is no offer to be accepted?"""

    template_name = "evaluations/decline_offers.html"
    form_class: ClassVar[FormClass] = forms.NoAwardForm
    submit_label = "Reject every offer"
    done_message = "The solicitation has ended without an award. The offerors are told."

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_decline_offers(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {"solicitation": thing, "offers": list(offers_of(thing))}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        decline_offers(solicitation_id=thing.pk, **data, by=by, at=at)
        return reverse("evaluations:offers", args=[thing.public_id])


class Decision(ReadingPage):
    """Which offer was selected, by whom and why?"""

    template_name = "evaluations/decision.html"

    def context(self, decision: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_decision_for(self.actor, decision)
        require(permissions.can_read_offers(self.actor, found.solicitation))
        papers = documents_of(found.subject).visible_to(self.actor)
        offers = list(offers_of(found.solicitation))
        chosen = found.selections.select_related(
            "submission__vendor", "forgone__forgone_by__user"
        )
        lots = [
            (each, each.contracts.exclude(state="DISCARDED").first()) for each in chosen
        ]
        return {
            "decision": found,
            "lots": lots,
            "is_left": any(
                contract is None and not hasattr(each, "forgone")
                for each, contract in lots
            ),
            "is_beside": found.standing.count() > 1,
            "solicitation": found.solicitation,
            "analysis": found.price_analysis,
            "offers": offers,
            "matrix": matrix(self.actor, found.solicitation, offers),
            "paper": papers.first(),
            "memo": documents_of(found.price_analysis.subject).first(),
            "may_award": permissions.can_analyse_price(self.actor, found.solicitation),
            **prices(found.solicitation),
        }
