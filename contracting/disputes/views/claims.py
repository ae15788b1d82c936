"""Pages of claims: what is demanded, certified, due and decided."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator

from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.contracts.queries import visible_to as contracts_visible_to
from contracting.contracts.states import ContractState
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.disputes import forms, permissions
from contracting.disputes.models import Claim
from contracting.disputes.operations.charge_claim import charge_claim
from contracting.disputes.operations.decide_claim import decide_claim
from contracting.disputes.operations.state_date import state_decision_date
from contracting.disputes.operations.submit_claim import submit_claim
from contracting.disputes.queries import cases as queries
from contracting.disputes.queries.payable import places_of
from contracting.disputes.states import CERTIFIED_ABOVE, DECISION_DAYS
from contracting.documents.queries import documents_of
from contracting.reference.queries import threshold
from contracting.reference.refusals import NoThreshold

PER_PAGE = 50


class ClaimsPage(PageView):
    """Which claims wait for a decision, and by when?"""

    template_name = "disputes/claims.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        at = clock.now()
        visible = queries.claims_visible_to(self.actor)
        page = Paginator(visible.order_by("-pk"), PER_PAGE).get_page(
            self.request.GET.get("page")
        )
        running = contracts_visible_to(self.actor).filter(state=ContractState.AWARDED)
        return {
            "page_obj": page,
            "claims": [(each, queries.decision_due_on(each)) for each in page],
            "open": visible.filter(decision__isnull=True).count(),
            "overdue": len(queries.overdue_claims(self.actor, at)),
            "contracts": running.order_by("pk") if self.actor.is_vendor else [],
        }


class ClaimPage(PageView):
    """What is claimed, is it certified, and by when is it decided?"""

    template_name = "disputes/claim.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by, at = self.actor, clock.now()
        claim = queries.get_claim_for(by, ids["public_id"])
        on = accounting_day(at, claim.contract.time_zone)
        return {
            "claim": claim,
            "contract": claim.contract,
            "decision": getattr(claim, "decision", None),
            "stated": getattr(claim, "stated_date", None),
            "due_on": queries.decision_due_on(claim),
            "interest": _interest(claim, on),
            "is_overdue": queries.is_claim_overdue(claim, at),
            "may_state": permissions.can_state_decision_date(by, claim),
            "charge": getattr(claim, "charge", None),
            "may_charge": permissions.can_charge_claim(by, claim),
            "may_decide": permissions.can_decide_claim(by, claim, on),
            "documents": documents_of(claim.subject).visible_to(by),
            "events": events_of(claim.subject),
        }


def _interest(claim: Claim, on: date) -> str:
    """What is added if what is allowed is paid today, in words; empty if nothing is."""
    if not hasattr(claim, "decision") or not claim.decision.allowed_dollars:
        return ""
    try:
        earned = queries.interest_of(claim, on)
    except NoThreshold as refusal:
        return f"Its interest cannot be computed. {refusal.message}"
    return (
        f"Paid today, ${earned.amount:,.2f} of interest is added, from its receipt on."
    )


class SubmitClaim(VerbView):
    """The vendor's demand."""

    template_name = "disputes/submit_claim.html"
    form_class = forms.SubmitClaimForm
    submit_label = "Submit the claim"
    done_message = "The claim is received; its decision is due from today."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_submit_claim(self.actor, thing)

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"case": self.request.GET.get("dispute", "")}

    def form_options(self, thing: Contract) -> dict[str, Any]:
        decided = queries.cases_visible_to(self.actor).filter(
            order__contract=thing, decision__isnull=False
        )
        return {
            "cases": [
                (case.public_id, f"The dispute on {case.order.piid}")
                for case in decided.order_by("-pk")
            ]
        }

    def extra(self, thing: Contract) -> dict[str, Any]:
        on = accounting_day(clock.now(), thing.time_zone)
        return {
            "contract": thing,
            "limit": threshold(CERTIFIED_ABOVE, on).value,
            "days": threshold(DECISION_DAYS, on).plain,
            "cancel_url": "/claims/",
        }

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return submit_claim(contract_id=thing.pk, **data, by=by, at=at).path


class ClaimVerbView(VerbView):
    """A verb on one claim that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> Claim:
        return queries.get_claim_for(self.actor, ids["public_id"])

    def extra(self, thing: Claim) -> dict[str, Any]:
        return {
            "claim": thing,
            "contract": thing.contract,
            "due_on": queries.decision_due_on(thing),
            "cancel_url": thing.path,
        }


class StateDecisionDate(ClaimVerbView):
    """By when, and why not before?"""

    template_name = "disputes/state_decision_date.html"
    form_class = forms.StateDecisionDateForm
    submit_label = "Tell the vendor this date"
    done_message = "The vendor has been told."

    def verdict(self, thing: Claim) -> Verdict:
        return permissions.can_state_decision_date(self.actor, thing)

    def perform(
        self, *, thing: Claim, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        state_decision_date(claim_id=thing.pk, **data, by=by, at=at)
        return thing.path


class DecideClaim(ClaimVerbView):
    """The final decision."""

    template_name = "disputes/decide_claim.html"
    form_class = forms.DecideClaimForm
    submit_label = "Issue the final decision"
    done_message = "The claim is decided; the letter is being printed."

    def verdict(self, thing: Claim) -> Verdict:
        on = accounting_day(clock.now(), thing.contract.time_zone)
        return permissions.can_decide_claim(self.actor, thing, on)

    def perform(
        self, *, thing: Claim, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        decide_claim(claim_id=thing.pk, **data, by=by, at=at)
        return thing.path


class ChargeClaim(ClaimVerbView):
    """From which funds is it paid?"""

    template_name = "disputes/charge_claim.html"
    form_class = forms.ChargeClaimForm
    submit_label = "Make it payable"
    done_message = "It is charged. The vendor is asked to invoice it."

    def verdict(self, thing: Claim) -> Verdict:
        return permissions.can_charge_claim(self.actor, thing)

    def form_options(self, thing: Claim) -> dict[str, Any]:
        places = [
            (
                f"{each.line.pk}:{each.acrn}",
                f"{each.line.order.piid}, line {each.line.clin}, ACRN {each.acrn}: "
                f"${each.free.amount:,.2f} is free",
            )
            for each in places_of(thing)
        ]
        return {"places": places}

    def extra(self, thing: Claim) -> dict[str, Any]:
        about = super().extra(thing)  # noqa: S610 (ours, not a queryset)
        return {
            **about,
            "decision": getattr(thing, "decision", None),
            "is_charged": hasattr(thing, "charge"),
        }

    def perform(
        self, *, thing: Claim, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        line_id, acrn = data["place"].split(":")
        charge_claim(
            claim_id=thing.pk, order_line_id=int(line_id), acrn=acrn, by=by, at=at
        )
        return thing.path
