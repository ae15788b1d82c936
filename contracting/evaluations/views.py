"""Pages of an evaluation: panel, offers, ratings, consensus, prices, decision."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django import forms as django_forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict, require
from contracting.core.views import PageView, VerbView
from contracting.documents.models import Blob
from contracting.documents.queries import documents_of, read_blob
from contracting.evaluations import calculations, forms, paperwork, permissions, queries
from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.operations.analyse import analyse_price
from contracting.evaluations.operations.decide import decide_selection
from contracting.evaluations.operations.declare import declare_interest
from contracting.evaluations.operations.designate import designate_panel_member
from contracting.evaluations.operations.rate import rate_submission
from contracting.evaluations.operations.waive import waive_acknowledgement
from contracting.solicitations.models import EvaluationFactor, Solicitation
from contracting.submissions.models import OpenedOffer
from contracting.submissions.queries import (
    offers_of,
    offers_were_opened,
    unopened_after_opening,
)

FormClass = type[django_forms.Form]


class Panel(PageView):
    """Who judges, and who may read the offers already?"""

    template_name = "evaluations/panel.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        panel = list(queries.panel_of(found))
        declared = [member for member in panel if permissions.has_declared(member)]
        return {
            "solicitation": found,
            "panel": panel,
            "declared": declared,
            "may_designate": permissions.can_designate_panel_member(self.actor, found),
            "may_declare": permissions.can_declare_interest(self.actor, found),
            "own": queries.panel_member_of(self.actor, found),
        }


class DesignatePanelMember(VerbView):
    """Name an evaluator or the authority."""

    template_name = "evaluations/designate_panel_member.html"
    form_class: ClassVar[FormClass] = forms.DesignationForm
    submit_label = "Designate"
    done_message = "Designated. They have been told to declare."

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_designate_panel_member(self.actor, thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"candidates": queries.candidates(thing)}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {"solicitation": thing}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        designate_panel_member(
            solicitation_id=thing.pk,
            membership_id=data["membership"],
            role=data["role"],
            by=by,
            at=at,
        )
        return reverse("evaluations:panel", args=[thing.public_id])


class DeclareInterest(VerbView):
    """Promise non-disclosure and declare no conflict."""

    template_name = "evaluations/declare_interest.html"
    form_class: ClassVar[FormClass] = forms.DeclarationForm
    submit_label = "Declare"

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_declare_interest(self.actor, thing)

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        return {"solicitation": thing, "words": paperwork.declaration(thing)}

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        declare_interest(solicitation_id=thing.pk, **data, by=by, at=at)
        return reverse("evaluations:offers", args=[thing.public_id])


class Offers(PageView):
    """How do the offers compare, factor by factor and in price?"""

    template_name = "evaluations/offers.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        require(permissions.can_read_offers(self.actor, found))
        offers = list(offers_of(found))
        may_price = permissions.can_read_prices(self.actor, found)
        member = queries.panel_member_of(self.actor, found)
        return {
            "solicitation": found,
            "is_opened": offers_were_opened(found),
            "offers": offers,
            "matrix": _matrix(self.actor, found, offers),
            "missing": queries.missing_consensus(found),
            "unopened": unopened_after_opening(found),
            "member": member,
            "is_evaluator": member is not None and member.role == "EVALUATOR",
            "may_price": may_price,
            "analysis": queries.latest_analysis(found),
            "decision": queries.decision_of(found),
            "may_decide": permissions.can_decide_selection(self.actor, found),
            "may_analyse": permissions.can_analyse_price(self.actor, found),
            **(_prices(found) if may_price else {}),
        }


def _matrix(
    actor: Actor, solicitation: Solicitation, offers: list[OpenedOffer]
) -> list[dict[str, Any]]:
    """Rows of factors, columns of offers: consensus, and how many have rated."""
    evaluators = queries.declared_evaluators(solicitation).count()
    member = queries.panel_member_of(actor, solicitation)
    return [
        {
            "factor": factor,
            "cells": [
                {
                    "offer": offer,
                    "consensus": queries.consensus_of(offer.submission, factor),
                    "own": (
                        queries.own_rating(member, offer.submission, factor)
                        if member is not None
                        else None
                    ),
                    "rated": queries.ratings_of(offer.submission, factor).count(),
                    "evaluators": evaluators,
                }
                for offer in offers
            ],
        }
        for factor in queries.rated_factors(solicitation)
    ]


def _prices(solicitation: Solicitation) -> dict[str, Any]:
    return queries.prices_of(solicitation, clock.now().date())


class Offer(PageView):
    """What does this offer say?"""

    template_name = "evaluations/offer.html"

    def context(self, submission: str, **_ids: Any) -> dict[str, Any]:
        by = self.actor
        offer = queries.get_offer_for(by, submission)
        solicitation = offer.submission.solicitation
        require(permissions.can_read_offers(by, solicitation))
        may_price = permissions.can_read_prices(by, solicitation)
        member = queries.panel_member_of(by, solicitation)
        factors = queries.rated_factors(solicitation)
        rates = offer.rates.select_related("line__token_class", "model")
        return {
            "offer": offer,
            "solicitation": solicitation,
            "factors": [
                {
                    "factor": factor,
                    "own": (
                        queries.own_rating(member, offer.submission, factor)
                        if member is not None
                        else None
                    ),
                    "consensus": queries.consensus_of(offer.submission, factor),
                }
                for factor in factors
            ],
            "may_price": may_price,
            "rates": rates.order_by("line__slin", "pk") if may_price else [],
            "unmet": calculations.unmet_amendments(offer),
            "waivers": queries.waivers_of(offer.submission),
            "may_waive": permissions.can_waive_acknowledgement(by, solicitation),
            "may_rate": permissions.can_rate_submission(by, offer.submission),
        }


class OfferFile(PageView):
    """One file of an opened offer, as an attachment."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        offer = queries.get_offer_for(self.actor, ids["submission"])
        require(permissions.can_read_offers(self.actor, offer.submission.solicitation))
        if ids["position"] >= len(offer.files):
            raise Http404
        part = offer.files[ids["position"]]
        raw = read_blob(Blob.objects.get(sha256=part["blob_sha256"]))
        response = HttpResponse(raw, content_type="application/octet-stream")
        response.headers["Content-Disposition"] = _attachment(part["name"])
        return response


def _attachment(name: str) -> str:
    return content_disposition_header(as_attachment=True, filename=name) or "attachment"


class _OnAFactor(VerbView):
    """A verb about one offer and one published factor."""

    def thing(
        self, submission: str, factor: str, **_ids: Any
    ) -> tuple[OpenedOffer, EvaluationFactor]:
        offer = queries.get_offer_for(self.actor, submission)
        return offer, queries.get_factor(offer, factor)

    def extra(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> dict[str, Any]:
        offer, factor = thing
        return {
            "offer": offer,
            "factor": factor,
            "solicitation": offer.submission.solicitation,
            "consensus": queries.consensus_of(offer.submission, factor),
        }

    def back(self, offer: OpenedOffer) -> str:
        return reverse(
            "evaluations:offers", args=[offer.submission.solicitation.public_id]
        )


class RateSubmission(_OnAFactor):
    """How does this offer meet this factor?"""

    template_name = "evaluations/rate_submission.html"
    form_class: ClassVar[FormClass] = forms.RatingForm
    submit_label = "Record my rating"

    def verdict(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> Verdict:
        return permissions.can_rate_submission(self.actor, thing[0].submission)

    def initial(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> dict[str, Any]:
        offer, factor = thing
        member = queries.panel_member_of(self.actor, offer.submission.solicitation)
        own = member and queries.own_rating(member, offer.submission, factor)
        if not own:
            return {}
        return {
            "rating": own.rating,
            "strengths": own.strengths,
            "weaknesses": own.weaknesses,
        }

    def perform(
        self,
        *,
        thing: tuple[OpenedOffer, EvaluationFactor],
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        offer, factor = thing
        rate_submission(
            submission_id=offer.submission_id, factor_id=factor.pk, **data, by=by, at=at
        )
        return self.back(offer)


class AgreeConsensus(_OnAFactor):
    """Where do we differ, and what do we agree?"""

    template_name = "evaluations/agree_consensus.html"
    form_class: ClassVar[FormClass] = forms.ConsensusForm
    submit_label = "Record the consensus"

    def verdict(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> Verdict:
        return permissions.can_agree_consensus(self.actor, thing[0].submission)

    def extra(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> dict[str, Any]:
        offer, factor = thing
        owing = list(queries.have_not_rated(offer.submission, factor))
        member = queries.panel_member_of(self.actor, offer.submission.solicitation)
        own_is_in = member is not None and member not in owing
        ratings = queries.ratings_of(offer.submission, factor) if own_is_in else []
        return {
            **super().extra(thing),  # noqa: S610
            "owing": owing,
            "own_is_in": own_is_in,
            "ratings": ratings,
        }

    def perform(
        self,
        *,
        thing: tuple[OpenedOffer, EvaluationFactor],
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        offer, factor = thing
        agree_consensus(
            submission_id=offer.submission_id, factor_id=factor.pk, **data, by=by, at=at
        )
        return self.back(offer)


class WaiveAcknowledgement(VerbView):
    """May this offer stand without acknowledging an amendment?"""

    template_name = "evaluations/waive_acknowledgement.html"
    form_class: ClassVar[FormClass] = forms.WaiverForm
    submit_label = "Waive the acknowledgement"
    done_message = "Waived. The memo stands on the offer and on the decision."

    def thing(self, submission: str, **_ids: Any) -> OpenedOffer:
        return queries.get_offer_for(self.actor, submission)

    def verdict(self, thing: OpenedOffer) -> Verdict:
        solicitation = thing.submission.solicitation
        return permissions.can_waive_acknowledgement(self.actor, solicitation)

    def form_options(self, thing: OpenedOffer) -> dict[str, Any]:
        return {"amendments": queries.waivable(thing)}

    def extra(self, thing: OpenedOffer) -> dict[str, Any]:
        return {
            "offer": thing,
            "solicitation": thing.submission.solicitation,
            "amendments": queries.waivable(thing),
        }

    def perform(
        self, *, thing: OpenedOffer, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        waive_acknowledgement(
            submission_id=thing.submission_id,
            amendment_id=data["amendment"],
            memo=data["memo"],
            by=by,
            at=at,
        )
        return reverse("evaluations:offer", args=[thing.submission.public_id])


class Price(PageView):
    """Is each price fair, on the reference workload and beside public list?"""

    template_name = "evaluations/price.html"

    def context(self, solicitation: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_evaluation_for(self.actor, solicitation)
        require(permissions.can_read_prices(self.actor, found))
        return {
            "solicitation": found,
            "is_opened": offers_were_opened(found),
            "analysis": queries.latest_analysis(found),
            "analyses": found.price_analyses.order_by("-pk"),
            "may_analyse": permissions.can_analyse_price(self.actor, found),
            **_prices(found),
        }


class AnalysePrice(VerbView):
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
        return {"solicitation": thing, **_prices(thing)}

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


class DecideSelection(VerbView):
    """Which offer is the best value, and why?"""

    template_name = "evaluations/decide_selection.html"
    form_class: ClassVar[FormClass] = forms.SelectionForm
    submit_label = "Sign the selection decision"

    def thing(self, solicitation: str, **_ids: Any) -> Solicitation:
        return queries.get_evaluation_for(self.actor, solicitation)

    def verdict(self, thing: Solicitation) -> Verdict:
        return permissions.can_decide_selection(self.actor, thing)

    def form_options(self, thing: Solicitation) -> dict[str, Any]:
        return {"offers": list(offers_of(thing))}

    def initial(self, thing: Solicitation) -> dict[str, Any]:
        analysis = queries.latest_analysis(thing)
        return {"seen_analysis": analysis.public_id if analysis else ""}

    def extra(self, thing: Solicitation) -> dict[str, Any]:
        offers = list(offers_of(thing))
        return {
            "solicitation": thing,
            "offers": offers,
            "matrix": _matrix(self.actor, thing, offers),
            "missing": queries.missing_consensus(thing),
            "analysis": queries.latest_analysis(thing),
            **_prices(thing),
        }

    def perform(
        self, *, thing: Solicitation, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        decision = decide_selection(
            solicitation_id=thing.pk,
            submission_id=data["selected"],
            rationale=data["rationale"],
            seen_analysis_id=queries.analysis_id(thing, data["seen_analysis"]),
            by=by,
            at=at,
        )
        return reverse("evaluations:decision", args=[decision.public_id])


class Decision(PageView):
    """Which offer was selected, by whom and why?"""

    template_name = "evaluations/decision.html"

    def context(self, decision: str, **_ids: Any) -> dict[str, Any]:
        found = queries.get_decision_for(self.actor, decision)
        require(permissions.can_read_offers(self.actor, found.solicitation))
        papers = documents_of(found.subject).visible_to(self.actor)
        offers = list(offers_of(found.solicitation))
        return {
            "decision": found,
            "solicitation": found.solicitation,
            "analysis": found.price_analysis,
            "offers": offers,
            "matrix": _matrix(self.actor, found.solicitation, offers),
            "paper": papers.first(),
            "may_award": permissions.can_analyse_price(self.actor, found.solicitation),
            **_prices(found.solicitation),
        }
