"""Pages on which a vendor acts on its own opened offer, and an officer answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.quantities import UnitPrice
from contracting.core.views import VerbView
from contracting.evaluations import forms, permissions
from contracting.evaluations.models import LateModification, rates_of
from contracting.evaluations.operations.accept import accept_prices
from contracting.evaluations.operations.extend import extend_offer
from contracting.evaluations.operations.lower import lower_prices
from contracting.evaluations.queries import get_offer_for
from contracting.evaluations.refusals import NotOpened
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


class LowerPrices(VerbView):
    """Do we offer the same for less?"""

    template_name = "evaluations/lower_prices.html"
    form_class: ClassVar[FormClass] = forms.LowerPricesForm
    submit_label = "State these prices"
    done_message = "Stated. They count if our offer is selected and they are accepted."

    def thing(self, submission: str, **_ids: Any) -> Submission:
        found = get_submission_for(self.actor, submission)
        if getattr(found, "opened_offer", None) is None:
            message = "It is not opened: until the deadline it is replaced."
            raise NotOpened(message)
        return found

    def verdict(self, thing: Submission) -> Verdict:
        return permissions.can_lower_prices(self.actor, thing)

    def form_options(self, thing: Submission) -> dict[str, Any]:
        rates = rates_of(thing.opened_offer)
        return {
            "labels": {
                f"price_{rate.line_id}": f"{rate.line.slin} {rate.line.description}, "
                f"{rate.line.quote_words}"
                for rate in rates
            }
        }

    def initial(self, thing: Submission) -> dict[str, Any]:
        return {
            f"price_{rate.line_id}": rate.usd_per_million_tokens
            for rate in rates_of(thing.opened_offer)
        }

    def extra(self, thing: Submission) -> dict[str, Any]:
        return {"submission": thing, "solicitation": thing.solicitation}

    def perform(
        self, *, thing: Submission, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        prices = {
            rate.line_id: UnitPrice(data[f"price_{rate.line_id}"])
            for rate in rates_of(thing.opened_offer)
        }
        lower_prices(
            submission_id=thing.pk, prices=prices, words=data["words"], by=by, at=at
        )
        return reverse("contracts:status", args=[thing.public_id])


class AcceptPrices(VerbView):
    """Do these late prices favour the Government, of the offer that is selected?"""

    template_name = "evaluations/accept_prices.html"
    form_class: ClassVar[FormClass] = forms.RejectionForm
    submit_label = "Accept the lower prices"
    done_message = "Accepted. The award is drafted at these prices."

    def thing(self, modification: str, **_ids: Any) -> LateModification:
        found = LateModification.objects.filter(public_id=modification).first()
        if found is None:
            message = "There is no such modification."
            raise NotVisible(message)
        get_offer_for(self.actor, found.submission.public_id)
        return found

    def verdict(self, thing: LateModification) -> Verdict:
        return permissions.can_accept_prices(self.actor, thing.submission)

    def extra(self, thing: LateModification) -> dict[str, Any]:
        stands = rates_of(thing.submission.opened_offer)
        before = {rate.line_id: rate.figure_words for rate in stands}
        rates = thing.rates.select_related("line").order_by("line__slin")
        return {
            "modification": thing,
            "solicitation": thing.submission.solicitation,
            "rows": [(rate, before.get(rate.line_id, "")) for rate in rates],
        }

    def perform(
        self, *, thing: LateModification, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        accept_prices(modification_id=thing.pk, reason=data["reason"], by=by, at=at)
        return reverse("evaluations:offer", args=[thing.submission.public_id])
