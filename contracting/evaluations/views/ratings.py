"""Pages of ratings: one evaluator alone, then the panel."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from contracting.core.actors import Actor
from contracting.core.periods import zone_of
from contracting.core.permissions import Verdict, require
from contracting.core.views import OperationView, ScriptVerbView
from contracting.evaluations import forms, permissions, queries
from contracting.evaluations.models import PanelMember, RatingDraft
from contracting.evaluations.operations.agree import agree_consensus
from contracting.evaluations.operations.lock import lock_ratings
from contracting.evaluations.operations.note import note_dissent
from contracting.evaluations.operations.rate import rate_submission
from contracting.evaluations.operations.save import save_rating
from contracting.evaluations.states import spread
from contracting.evaluations.views.citing import linked, numbered
from contracting.evaluations.views.reading import ReadingPage, ReadingVerbView
from contracting.evaluations.views.tables import FormClass
from contracting.solicitations.models import EvaluationFactor
from contracting.submissions.models import OpenedOffer


class OnAFactor(ReadingPage, OperationView):
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

    def is_locked(self, offer: OpenedOffer) -> bool:
        """Whether the reader has locked their own ratings of the offer."""
        solicitation = offer.submission.solicitation
        member = queries.panel_member_of(self.actor, solicitation)
        return queries.has_locked(member, offer.submission)

    def keys(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> dict[str, int]:
        offer, factor = thing
        return {"submission_id": offer.submission_id, "factor_id": factor.pk}

    def leads_to(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> str:
        solicitation = thing[0].submission.solicitation
        return reverse("evaluations:offers", args=[solicitation.public_id])


class RateSubmission(OnAFactor):
    """How does this offer meet this factor?"""

    template_name = "evaluations/rate_submission.html"
    form_class: ClassVar[FormClass] = forms.RatingForm
    submit_label = "Record my rating"
    operation = staticmethod(rate_submission)

    def verdict(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> Verdict:
        return permissions.can_rate_submission(self.actor, thing[0].submission)

    def kept(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> RatingDraft | None:
        """What the reader has typed here and not recorded, if anything."""
        offer, factor = thing
        member = queries.panel_member_of(self.actor, offer.submission.solicitation)
        return RatingDraft.objects.filter(
            submission=offer.submission, factor=factor, panel_member=member
        ).first()

    def form_options(
        self, thing: tuple[OpenedOffer, EvaluationFactor]
    ) -> dict[str, Any]:
        return {"is_locked": self.is_locked(thing[0])}

    def extra(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> dict[str, Any]:
        is_locked = self.is_locked(thing[0])
        kept = self.kept(thing)
        return {
            **super().extra(thing),  # noqa: S610
            **numbered(thing[0]),
            "is_locked": is_locked,
            "kept": kept,
            "seen_version": kept.version if kept else 0,
            "autosaves_to": reverse(
                "evaluations:save_rating",
                args=[thing[0].submission.public_id, thing[1].public_id],
            ),
        }

    def initial(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> dict[str, Any]:
        offer, factor = thing
        member = queries.panel_member_of(self.actor, offer.submission.solicitation)
        own = member and queries.own_rating(member, offer.submission, factor)
        kept = self.kept(thing)
        names = ("rating", "strengths", "weaknesses")
        if kept is not None:
            return {name: getattr(kept, name) for name in (*names, "reason")}
        return {name: getattr(own, name) for name in names} if own else {}


class SaveRating(ScriptVerbView, OnAFactor):
    """What have I typed so far? Only the script of the page sends it."""

    template_name = "evaluations/rate_submission.html"
    form_class: ClassVar[FormClass] = forms.RatingDraftForm
    not_done = "It was not kept. Load the page again."

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """It is typed on the page of the rating."""
        offer, factor = thing = self.thing(**ids)
        require(self.verdict(thing))
        return redirect(
            "evaluations:rate_submission", offer.submission.public_id, factor.public_id
        )

    def verdict(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> Verdict:
        return permissions.can_save_rating(self.actor, thing[0].submission)

    def perform(
        self,
        *,
        thing: tuple[OpenedOffer, EvaluationFactor],
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        offer, factor = thing
        saved = save_rating(
            submission_id=offer.submission_id,
            factor_id=factor.pk,
            **data,
            by=by,
            at=at,
        )
        local = at.astimezone(zone_of(offer.submission.solicitation.time_zone))
        words = f"Kept {local:%H:%M:%S} {local.tzname()}, not recorded yet"
        self.answer = {"message": words, "version": saved.version}
        return self.request.path


class LockRatings(ReadingVerbView):
    """Are my ratings of this offer final?"""

    template_name = "evaluations/lock_ratings.html"
    submit_label = "Lock my ratings"
    done_message = "Locked. The ratings of others who have locked are shown now."

    def thing(self, submission: str, **_ids: Any) -> OpenedOffer:
        return queries.get_offer_for(self.actor, submission)

    def verdict(self, thing: OpenedOffer) -> Verdict:
        return permissions.can_lock_ratings(self.actor, thing.submission)

    def extra(self, thing: OpenedOffer) -> dict[str, Any]:
        solicitation = thing.submission.solicitation
        member = queries.panel_member_of(self.actor, solicitation)
        factors = queries.rated_factors(solicitation)
        return {
            "offer": thing,
            "solicitation": solicitation,
            "is_locked": queries.has_locked(member, thing.submission),
            "rows": [self._row(thing, factor, member) for factor in factors],
            "left": member and queries.factors_left(member, thing.submission),
            "typed": RatingDraft.objects.filter(
                submission=thing.submission, panel_member=member
            ).select_related("factor"),
        }

    def _row(
        self, thing: OpenedOffer, factor: EvaluationFactor, member: PanelMember | None
    ) -> tuple[Any, ...]:
        own = member and queries.own_rating(member, thing.submission, factor)
        if not own:
            return factor, None, [], []
        words = (linked(text, thing) for text in (own.strengths, own.weaknesses))
        return factor, own, *words

    def perform(
        self, *, thing: OpenedOffer, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        lock_ratings(submission_id=thing.submission_id, by=by, at=at)
        solicitation = thing.submission.solicitation
        return reverse("evaluations:offers", args=[solicitation.public_id])


class AgreeConsensus(OnAFactor):
    """Where do we differ, and what do we agree?"""

    template_name = "evaluations/agree_consensus.html"
    form_class: ClassVar[FormClass] = forms.ConsensusForm
    submit_label = "Record the consensus"
    operation = staticmethod(agree_consensus)

    def verdict(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> Verdict:
        return permissions.can_agree_consensus(self.actor, thing[0].submission)

    def extra(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> dict[str, Any]:
        offer, factor = thing
        own_is_locked = self.is_locked(offer)
        ratings = (
            list(queries.locked_ratings_of(offer.submission, factor))
            if own_is_locked
            else []
        )
        latest = {rating.panel_member_id: rating.rating for rating in ratings}
        about = super().extra(thing)  # noqa: S610
        return {
            **about,
            "owing": list(queries.have_not_locked(offer.submission)),
            "own_is_locked": own_is_locked,
            "ratings": [
                (each, linked(each.strengths, offer), linked(each.weaknesses, offer))
                for each in ratings
            ],
            "narrative": linked(about["consensus"].narrative, offer)
            if about["consensus"]
            else [],
            "spread": spread(latest.values()),
            "dissents": queries.dissents_from(
                queries.consensus_of(offer.submission, factor)
            ),
            "decision": queries.decision_of(offer.submission.solicitation),
        }


class NoteDissent(OnAFactor):
    """Where do I not go along with the panel?"""

    template_name = "evaluations/note_dissent.html"
    form_class: ClassVar[FormClass] = forms.DissentForm
    submit_label = "Note my dissent"
    done_message = "Noted. It goes to the source selection authority."
    operation = staticmethod(note_dissent)

    def verdict(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> Verdict:
        return permissions.can_note_dissent(self.actor, thing[0].submission)

    def leads_to(self, thing: tuple[OpenedOffer, EvaluationFactor]) -> str:
        offer, factor = thing
        return reverse(
            "evaluations:agree_consensus",
            args=[offer.submission.public_id, factor.public_id],
        )
