"""Pages on which a vendor acts on its own opened offer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import VerbView
from contracting.evaluations import forms, permissions
from contracting.evaluations.operations.extend import extend_offer
from contracting.evaluations.standing import validity
from contracting.evaluations.views.tables import FormClass
from contracting.submissions.models import Submission
from contracting.submissions.queries import get_submission_for


class ExtendOffer(VerbView):
    """Until when may our offer be accepted?"""

    template_name = "evaluations/extend_offer.html"
    form_class: ClassVar[FormClass] = forms.ExtensionForm
    submit_label = "Extend our offer"
    done_message = "Our offer is extended; the contracting office is told."

    def thing(self, submission: str, **_ids: Any) -> Submission:
        return get_submission_for(self.actor, submission)

    def verdict(self, thing: Submission) -> Verdict:
        return permissions.can_extend_offer(self.actor, thing)

    def extra(self, thing: Submission) -> dict[str, Any]:
        today = thing.solicitation.agency.local_day(clock.now())
        return {
            "submission": thing,
            "solicitation": thing.solicitation,
            "valid_until": validity.valid_until(thing),
            "expired": validity.expired_because(thing, today),
            "extensions": validity.extensions_of(thing),
        }

    def perform(
        self, *, thing: Submission, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        extend_offer(
            submission_id=thing.pk,
            until=data["until"],
            words=data["words"],
            by=by,
            at=at,
        )
        return reverse("contracts:status", args=[thing.public_id])
