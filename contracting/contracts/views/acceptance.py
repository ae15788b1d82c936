"""Pages on which an award on a quotation is offered, accepted and declined."""

from __future__ import annotations

from typing import Any

from contracting.contracts import forms, permissions
from contracting.contracts.acceptance.offers import offer_of
from contracting.contracts.models import Contract
from contracting.contracts.operations.accept import accept_award
from contracting.contracts.operations.decline import decline_award
from contracting.contracts.operations.offer import offer_award
from contracting.contracts.views.awards import ContractOperationView, SigningView
from contracting.core import clock
from contracting.evaluations.standing.validity import prices_no_longer_good


class OfferAwardView(SigningView):
    """The contracting officer's signature on the Government's offer."""

    template_name = "contracts/offer_award.html"
    form_class = forms.OfferAwardForm
    submit_label = "Sign and offer the award"
    done_message = "The award is offered. It is in force once the vendor accepts it."
    operation = staticmethod(offer_award)
    takes = ("accept_by", "seen_version")

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"zone": thing.time_zone}

    def extra(self, thing: Contract) -> dict[str, Any]:
        selected = thing.offer
        warning = prices_no_longer_good(selected, self.today(thing))
        return super().extra(thing) | {"warning": warning}  # noqa: S610


class AnswerView(ContractOperationView):
    """A verb of the vendor to whom an award is offered."""

    def extra(self, thing: Contract) -> dict[str, Any]:
        offer, now = offer_of(thing.pk), clock.now()
        return super().extra(thing) | {  # noqa: S610
            "offer": offer,
            "has_lapsed": offer is not None and now > offer.accept_by,
        }


class AcceptAwardView(AnswerView):
    """The vendor's signature, with which the contract is in force."""

    template_name = "contracts/accept_award.html"
    form_class = forms.AcceptAwardForm
    submit_label = "Accept the award"
    done_message = "The award is accepted: the contract is in force."
    can = staticmethod(permissions.can_accept_award)
    operation = staticmethod(accept_award)
    takes = ("seen_version",)


class DeclineAwardView(AnswerView):
    """The vendor's no, and why."""

    template_name = "contracts/decline_award.html"
    form_class = forms.DeclineAwardForm
    submit_label = "Decline the award"
    done_message = "The award is declined; the contracting officer is told why."
    can = staticmethod(permissions.can_decline_award)
    operation = staticmethod(decline_award)
    takes = ("reason",)

    def leads_to(self, thing: Contract) -> str:
        return thing.solicitation.public_path
