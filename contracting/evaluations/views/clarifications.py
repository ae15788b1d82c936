"""Pages of prices that an offer leaves open: ask, answer, put in to compare."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import OperationView, VerbView
from contracting.evaluations import forms, permissions, queries
from contracting.evaluations.models import PriceQuestion
from contracting.evaluations.operations.clarify import clarify_price
from contracting.evaluations.operations.confirm import confirm_price
from contracting.evaluations.operations.normalise import normalise_price
from contracting.evaluations.pricing.gaps import Gap, gaps_of, get_question
from contracting.evaluations.views.reading import ReadingPage
from contracting.evaluations.views.tables import FormClass


class OnAGap(ReadingPage, OperationView):
    """A verb about one price that an offer leaves open."""

    def thing(self, submission: str, line: str, **_ids: Any) -> Gap:
        offer = queries.get_offer_for(self.actor, submission)
        for gap in gaps_of(offer.submission.solicitation):
            if gap.submission == offer.submission and gap.line.public_id == line:
                return gap
        message = "This offer leaves no such price open."
        raise NotVisible(message)

    def verdict(self, thing: Gap) -> Verdict:
        verdict: Verdict = type(self).can(self.actor, thing.submission.solicitation)
        return verdict

    def extra(self, thing: Gap) -> dict[str, Any]:
        return {"gap": thing, "solicitation": thing.submission.solicitation}

    def keys(self, thing: Gap) -> dict[str, int]:
        return {"submission_id": thing.submission.pk, "line_id": thing.line.pk}

    def leads_to(self, thing: Gap) -> str:
        return reverse(
            "evaluations:price", args=[thing.submission.solicitation.public_id]
        )


class ClarifyPrice(OnAGap):
    """What do we ask this offeror about its price?"""

    template_name = "evaluations/clarify_price.html"
    form_class: ClassVar[FormClass] = forms.PriceQuestionForm
    submit_label = "Ask the offeror"
    done_message = "Asked. The offeror has been told; its answer shows on this page."
    can = staticmethod(permissions.can_clarify_price)
    operation = staticmethod(clarify_price)


class NormalisePrice(OnAGap):
    """By which rule is this offer compared all the same?"""

    template_name = "evaluations/normalise_price.html"
    form_class: ClassVar[FormClass] = forms.NormalisationForm
    submit_label = "Put the price in"
    done_message = "Put in. The offer is ranked by it, and every table marks the line."
    can = staticmethod(permissions.can_normalise_price)
    operation = staticmethod(normalise_price)


class ConfirmPrice(VerbView):
    """Does our offer mean $0?"""

    template_name = "evaluations/confirm_price.html"
    form_class: ClassVar[FormClass] = forms.PriceAnswerForm
    submit_label = "Answer"
    done_message = "Answered. The contracting officer has been told."

    def thing(self, question: str, **_ids: Any) -> PriceQuestion:
        vendor_id = self.actor.organization_id if self.actor.is_vendor else None
        return get_question(vendor_id, question)

    def verdict(self, thing: PriceQuestion) -> Verdict:
        return permissions.can_confirm_price(self.actor, thing.submission)

    def extra(self, thing: PriceQuestion) -> dict[str, Any]:
        return {
            "question": thing,
            "solicitation": thing.submission.solicitation,
            "given": getattr(thing, "answer", None),
        }

    def perform(
        self, *, thing: PriceQuestion, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        confirm_price(
            question_id=thing.pk,
            is_meant=data["meaning"] == "zero",
            text=data["text"],
            by=by,
            at=at,
        )
        return reverse("evaluations:confirm_price", args=[thing.public_id])
