"""Pages of ratings: one evaluator alone, then the panel."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import VerbView
from contracting.evaluations import forms, permissions, queries
from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.operations.rate import rate_submission
from contracting.evaluations.views.tables import FormClass
from contracting.solicitations.models import EvaluationFactor
from contracting.submissions.models import OpenedOffer


class OnAFactor(VerbView):
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


class RateSubmission(OnAFactor):
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


class AgreeConsensus(OnAFactor):
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
