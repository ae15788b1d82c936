"""Pages of contracts and awards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Final

from django.db.models import Sum
from django.http import Http404
from django.urls import reverse

from contracting.approvals.queries.queues import overrides_on
from contracting.audit.operations.log import log_reading
from contracting.audit.queries import events_of, milestones
from contracting.contracts import (
    calculations,
    forms,
    paperwork,
    permissions,
    queries,
    refusals,
)
from contracting.contracts.acceptance.offers import offer_of
from contracting.contracts.models import Contract
from contracting.contracts.operations.accept_designation import accept_designation
from contracting.contracts.operations.award import award_contract
from contracting.contracts.operations.certify import certify_contract_funds
from contracting.contracts.operations.designate import designate_cor
from contracting.contracts.operations.discard import discard_contract
from contracting.contracts.operations.lift import lift_protest
from contracting.contracts.operations.record import record_protest
from contracting.contracts.operations.record_gratuitous_service import (
    record_gratuitous_service,
)
from contracting.contracts.operations.review import review_vendor_term
from contracting.contracts.queries.administration import tasks_of
from contracting.contracts.queries.agreements import reviews_of
from contracting.contracts.queries.home import health_of
from contracting.contracts.queries.officers import assignments_of, officer_of
from contracting.contracts.queries.room import room_of
from contracting.contracts.queries.stated import options_of
from contracting.contracts.states import ContractState
from contracting.contracts.views.checks import checks_of, told_after
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars
from contracting.core.views import OperationView, PageView, VerbView
from contracting.documents.models import DocumentQuerySet
from contracting.documents.queries import (
    documents_of,
    documents_of_stream,
)
from contracting.documents.rendering import Sheet
from contracting.documents.views import DraftView
from contracting.evaluations.standing.registration import excuse_of
from contracting.evaluations.standing.validity import extensions_of, valid_until
from contracting.ledger.queries import contract_balance
from contracting.solicitations.queries import (
    public_justifications,
)


class ContractsPage(PageView):
    """Every contract that the actor may see."""

    template_name = "contracts/contracts.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        contracts = queries.visible_to(self.actor).order_by("-pk")
        return {
            "contracts": contracts[:200],
            "ceiling": contracts.aggregate(sum=Sum("ceiling_dollars"))["sum"],
            "keeps_the_days": queries.keeps_the_days(self.actor),
        }


class ContractPage(PageView):
    """One contract: what it allows, what is ordered, at which prices."""

    template_name = "contracts/contract.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        contract = queries.get_contract_for(self.actor, ids["public_id"])
        at = clock.now()
        _log(self, contract)
        on = accounting_day(at, contract.time_zone)
        by = self.actor
        context: dict[str, Any] = {
            "contract": contract,
            "beside": queries.visible_to(by)
            .filter(solicitation=contract.solicitation_id)
            .exclude(pk=contract.pk)
            .order_by("pk"),
            "lines": contract.lines.order_by("clin"),
            "options": options_of(contract),
            "rates": queries.rates_in_force(contract, max(at, _start(contract))),
            "balance": contract_balance(contract.pk),
            "clauses": contract.clauses.select_related("clause").order_by(
                "clause__number"
            ),
            "vendor_terms": contract.vendor_terms.select_related("struck_as"),
            "unenforceable": queries.unenforceable_terms(on),
            "documents": papers_of(contract, by),
            "protests": queries.protests_of(contract) if by.is_agency else [],
            "suspending": queries.suspending_protest(contract),
            "overrides": overrides_on(by, contract.subject),
            "officer": officer_of(contract),
            "assignments": assignments_of(contract) if by.is_agency else [],
            "representatives": [
                (letter, letter.gap(on)) for letter in queries.letters_of(contract)
            ],
            "free": contract.gratuitous_services.select_related("recorded_by__user"),
            "offered": offer_of(contract.pk),
            "now": at,
            "may_accept": permissions.can_accept_award(by, contract),
            "may_decline": permissions.can_decline_award(by, contract),
        }
        context |= _home(contract, by, at)
        if by.is_agency:
            context |= {
                "room": room_of(contract),
                "may_modify": queries.keeps_the_days(by),
                "may_review": permissions.can_review_agreement(by, contract),
                "reviews": reviews_of(contract),
                "may_certify": permissions.can_certify_contract_funds(by, contract),
                "may_award": permissions.can_award_contract(by, contract, on),
                "may_accept_designation": permissions.can_accept_designation(
                    by, contract
                ),
                "may_record_no_cost": permissions.can_record_gratuitous_service(
                    by, contract
                ),
                "may_designate": permissions.can_designate_cor(by, contract, on),
                "may_protest": permissions.can_record_protest(by, contract),
                "may_lift": permissions.can_lift_protest(by, contract),
                "clocks": _clocks(by, contract, on),
                "single_award_above": queries.single_award_above(contract, on)
                if contract.state == ContractState.DRAFT
                else None,
                "single_award": queries.single_award_determination(contract),
                "may_discard": permissions.can_discard_contract(by, contract),
                "events": milestones(events_of(contract.subject)),
            }
        return context


def _home(contract: Contract, by: Actor, at: datetime) -> dict[str, Any]:
    """What is healthy and what is next, once the contract is awarded."""
    health = health_of(contract, by, at)
    if health is None:
        return {"health": None}
    minimum = Dollars(contract.minimum_dollars)
    return {
        "health": health,
        "stale": [feed for feed in health.stale if health.is_used and feed.last_seen],
        "funded_limit": (health.obligated - minimum).amount,
        "tasks": tasks_of(contract, by, at)[:3],
        "schedule_path": health.schedule_path,
    }


def _clocks(
    by: Actor, contract: Contract, on: date
) -> list[tuple[queries.Clock, bool]]:
    if not queries.keeps_the_days(by):
        return []
    return [(each, each.is_overdue(on)) for each in queries.clocks_of(contract)]


def _log(page: PageView, contract: Contract) -> None:
    """A draft award says who was selected: write down who reads it (R-EVL-10)."""
    if contract.state == ContractState.DRAFT:
        log_reading(
            subject=contract.solicitation.subject,
            what=page.request.path,
            how="read",
            by=page.actor,
            at=clock.now(),
        )


def _start(contract: Contract) -> datetime:
    first = contract.lines.values_list("rate_rows__in_force", flat=True).first()
    return first.lower if first else clock.now()


class AwardsPage(PageView):
    """The public record of awards."""

    template_name = "contracts/awards.html"
    public = True

    def context(self, **ids: Any) -> dict[str, Any]:
        return {"awards": queries.public_awards()[:200]}


class AwardPage(PageView):
    """One award as the public reads it (FAR 5.301)."""

    template_name = "contracts/award.html"
    public = True

    def context(self, **ids: Any) -> dict[str, Any]:
        award = queries.public_awards().filter(public_id=ids["public_id"]).first()
        if award is None:
            raise Http404
        found = public_justifications(award.solicitation)
        papers = documents_of_stream(award.stream).filter(is_public=True)
        return {
            "award": award,
            "justifications": found,
            "documents": papers.visible_to(self.actor),
        }


class ContractVerbView(VerbView):
    """A verb on one contract that the actor may see."""

    def thing(self, **ids: Any) -> Contract:
        contract = queries.get_contract_for(self.actor, ids["public_id"])
        if self.request.method == "GET":
            _log(self, contract)
        return contract

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"seen_version": thing.version}

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {
            "contract": thing,
            "lines": thing.lines.order_by("clin"),
            "rates": queries.rates_in_force(thing, _start(thing)),
            "bound": calculations.funded(thing),
        }

    def today(self, thing: Contract) -> Any:
        return accounting_day(clock.now(), thing.time_zone)


class ContractOperationView(ContractVerbView, OperationView):
    """A verb on one contract whose page hands its form to one operation."""

    def keys(self, thing: Contract) -> dict[str, int]:
        return {"contract_id": thing.pk}


class CertifyContractFundsView(ContractOperationView):
    """The funds certifier's word on one version."""

    template_name = "contracts/certify_contract_funds.html"
    form_class = forms.CertifyContractFundsForm
    submit_label = "Certify the funds"
    done_message = "The funds are certified and committed."
    can = staticmethod(permissions.can_certify_contract_funds)
    operation = staticmethod(certify_contract_funds)
    takes = ("seen_version",)


class SigningView(ContractOperationView):
    """A signature of the contracting officer, and what it needs."""

    def extra(self, thing: Contract) -> dict[str, Any]:
        offer, needed = (
            thing.offer,
            checks_of(thing, self.actor, clock.now()),
        )
        return super().extra(thing) | {  # noqa: S610
            "offer": offer,
            "excuse": excuse_of(offer),
            "valid_until": valid_until(offer),
            "extensions": extensions_of(offer),
            "checks": needed,
            "missing": {check.rule for check in needed if not check.is_met},
            "told": told_after(thing),
        }

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_award_contract(self.actor, thing, self.today(thing))


class AwardContractView(SigningView):
    """The contracting officer's signature."""

    template_name = "contracts/award_contract.html"
    form_class = forms.AwardContractForm
    submit_label = "Sign the award"
    done_message = "The contract is awarded and its minimum is obligated."
    operation = staticmethod(award_contract)
    takes = ("seen_version",)


class PreviewContract(DraftView):
    """The award as it would be printed: not signed, not stored, and saying so."""

    def sheet(self, **ids: Any) -> Sheet:
        contract = queries.get_contract_for(self.actor, ids["public_id"])
        if contract.state != ContractState.DRAFT or not self.actor.is_agency:
            raise Http404
        _log(self, contract)
        return paperwork.preview(contract, by=self.actor, at=clock.now())


class ReviewVendorTermView(ContractVerbView):
    """Does this term of the vendor bind the Government?"""

    template_name = "contracts/review_vendor_term.html"
    form_class = forms.ReviewVendorTermForm
    submit_label = "Record the term"
    done_message = "The term is on record, and the draft has a new version."

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_review_vendor_term(self.actor, thing)

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"kinds": list(queries.unenforceable_terms(self.today(thing)))}

    def extra(self, thing: Contract) -> dict[str, Any]:
        kinds = queries.unenforceable_terms(self.today(thing))
        return {"contract": thing, "kinds": kinds}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        review_vendor_term(
            contract_id=thing.pk,
            passage=data["passage"],
            kind=data["kind"],
            is_accepted=data["decision"] == "accept",
            by=by,
            at=at,
        )
        return contract_url(thing)


class DiscardContractView(ContractOperationView):
    """Give up a draft."""

    template_name = "contracts/discard_contract.html"
    submit_label = "Discard the draft award"
    done_message = "The draft award is discarded; its commitment is released."
    can = staticmethod(permissions.can_discard_contract)
    operation = staticmethod(discard_contract)

    def leads_to(self, thing: Contract) -> str:
        return reverse("contracts:contracts")


class DesignateCorView(ContractVerbView):
    """Designate the contracting officer's representative."""

    template_name = "contracts/designate_cor.html"
    form_class = forms.DesignateCorForm
    submit_label = "Sign the letter"
    done_message = "The letter is signed. It binds once the representative accepts it."

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"valid_from": self.today(thing), "valid_to": thing.ordering_end}

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing}

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_designate_cor(self.actor, thing, self.today(thing))

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        designate_cor(
            contract_id=thing.pk,
            membership_id=data["membership"].pk,
            valid_from=data["valid_from"],
            valid_to=data["valid_to"],
            level=data["level"],
            certified_until=data["certified_until"],
            by=by,
            at=at,
        )
        return contract_url(thing)


LETTERS: Final = ("designation", "award_notice")


def papers_of(contract: Contract, reader: Actor) -> DocumentQuerySet:
    """The contract's papers, with letters and notices that are on it, newest first."""
    letters = documents_of_stream(contract.stream).filter(kind__in=LETTERS)
    return (documents_of(contract.subject) | letters).visible_to(reader)


class AcceptDesignationView(ContractOperationView):
    """Do you accept the letter of designation?"""

    template_name = "contracts/accept_designation.html"
    form_class = forms.AcceptDesignationForm
    submit_label = "Accept the designation"
    done_message = "Accepted. You represent the contracting officer from its first day."
    can = staticmethod(permissions.can_accept_designation)
    operation = staticmethod(accept_designation)
    takes = ()

    def extra(self, thing: Contract) -> dict[str, Any]:
        letter = queries.designation_of(self.actor, thing)
        return super().extra(thing) | {  # noqa: S610
            "letter": letter,
            "documents": papers_of(thing, self.actor).filter(kind="designation"),
            "may_do": paperwork.MAY_DO,
            "may_not_do": paperwork.MAY_NOT_DO,
        }


class RecordGratuitousServiceView(ContractOperationView):
    """By which agreement does a line cost nothing?"""

    template_name = "contracts/record_gratuitous_service.html"
    form_class = forms.GratuitousServiceForm
    submit_label = "Record the agreement"
    done_message = "Recorded. The line is marked as no cost."
    can = staticmethod(permissions.can_record_gratuitous_service)
    operation = staticmethod(record_gratuitous_service)
    takes = ("slin", "agreement")

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing}


class RecordProtestView(ContractOperationView):
    """Is the award protested in time?"""

    template_name = "contracts/record_protest.html"
    form_class = forms.ProtestForm
    submit_label = "Record the protest"
    done_message = "Recorded. The contract's page says whether it is suspended."
    can = staticmethod(permissions.can_record_protest)
    operation = staticmethod(record_protest)

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"debriefed_on": queries.day_offered(thing)}


class LiftProtestView(ContractVerbView):
    """May performance and ordering go on?"""

    template_name = "contracts/lift_protest.html"
    form_class = forms.FindingForm
    submit_label = "Lift the suspension"
    done_message = "The suspension is lifted."

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_lift_protest(self.actor, thing)

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "suspending": queries.suspending_protest(thing)}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        protest = queries.suspending_protest(thing)
        if protest is None:
            message = "No protest suspends this contract."
            raise refusals.AlreadyRecorded(message)
        lift_protest(protest_id=protest.pk, **data, by=by, at=at)
        return contract_url(thing)


def contract_url(contract: Contract) -> str:
    """The address of a contract's page."""
    return reverse("contracts:contract", args=[contract.public_id])
