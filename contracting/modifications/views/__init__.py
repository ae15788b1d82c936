"""Pages of modifications of contracts, and of the conformed contract."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar

from django.forms import Form

from contracting.approvals.queries.queues import overrides_on
from contracting.contracts.models import Contract, ContractFunding
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.views import OperationView, PageView, VerbView
from contracting.documents.queries import documents_of
from contracting.modifications import calculations, forms, permissions, queries
from contracting.modifications.forms import volume
from contracting.modifications.forms.minimum import CertifyMinimumFundsForm
from contracting.modifications.models import ContractModification, RatchetFinding
from contracting.modifications.operations.certify_minimum import certify_minimum_funds
from contracting.modifications.operations.confirm_ratchet import (
    confirm_ratchet_finding,
)
from contracting.modifications.operations.discard import discard_contract_modification
from contracting.modifications.operations.draft import draft_contract_modification
from contracting.modifications.operations.draft_on_ramp import draft_on_ramp
from contracting.modifications.operations.hold_ratchet import hold_ratchet_finding
from contracting.modifications.operations.issue import issue_contract_modification
from contracting.modifications.operations.record_retirement import (
    record_model_retirement,
)
from contracting.modifications.operations.record_terms import record_model_terms
from contracting.modifications.operations.request import request_modification_changes
from contracting.modifications.operations.revise import revise_contract_modification
from contracting.modifications.operations.sign import sign_contract_modification
from contracting.modifications.queries.minimum import minimum_certified
from contracting.modifications.queries.novations import assumption_of, novation_of
from contracting.modifications.states import ModificationKind
from contracting.orders.states import ModificationState
from contracting.reference.states import Boundary
from contracting.solicitations.publishing.changes import shown


class ModificationsPage(PageView):
    """What has been changed in this contract since its award?"""

    template_name = "modifications/modifications.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        by = self.actor
        return {
            "contract": contract,
            "modifications": queries.visible_to(by)
            .filter(contract=contract)
            .order_by("pk"),
            "may_draft": permissions.can_draft_contract_modification(by, contract),
        }


class DraftContractModification(VerbView):
    """What exactly changes, in words, money and tokens?"""

    template_name = "modifications/draft_contract_modification.html"
    form_class: ClassVar[type[Form]] = forms.DraftContractModificationForm
    submit_label = "Draft the modification"
    done_message = "The modification is drafted. It has no number until it is signed."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_draft_contract_modification(self.actor, thing)

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {**forms.terms_of(thing), "effective_on": today_of(thing)}

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing}

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        made = draft_contract_modification(
            contract_id=thing.pk, proposal=data["proposal"], by=by, at=at
        )
        return made.path


class DraftVolumeLine(DraftContractModification):
    """Which line priced by volume is added, at which steps or multipliers?"""

    template_name = "modifications/draft_volume_line.html"
    form_class = volume.DraftVolumeLineForm
    done_message = "The line is drafted; the vendor's signers are asked."

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"first_day": today_of(thing), "boundary": Boundary.FEDRAMP_MOD}

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "on": today_of(thing)}


class ModelsPage(PageView):
    """Which models does this contract price, and what is coming or going?"""

    template_name = "modifications/models.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        by = self.actor
        ramps = queries.visible_to(by).filter(
            contract=contract, kind=ModificationKind.ON_RAMP
        )
        return {
            "contract": contract,
            "models": queries.models_of(contract),
            "terms": queries.terms_on_models(contract),
            "on_ramps": ramps.select_related("on_ramp__model").order_by("pk"),
            "findings": queries.ratchet_findings_visible_to(by)
            .filter(contract=contract)
            .order_by("-pk"),
            "retirements": queries.retirements_of(contract),
            "may_retire": permissions.can_record_model_retirement(by, contract),
            "may_record": permissions.can_record_model_terms(by, contract),
            "may_on_ramp": permissions.can_draft_on_ramp(by, contract),
        }


class ContractVerb(OperationView):
    """A page that does one thing to the models of a contract."""

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def keys(self, thing: Contract) -> dict[str, int]:
        return {"contract_id": thing.pk}

    def leads_to(self, thing: Contract) -> str:
        return f"{thing.path}/models"

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": f"{thing.path}/models"}


class RecordModelTerms(ContractVerb):
    """What does the signed contract say of its models?"""

    template_name = "modifications/record_model_terms.html"
    form_class = forms.RecordModelTermsForm
    submit_label = "Record the terms"
    done_message = "The terms are recorded."
    can = permissions.can_record_model_terms
    operation = record_model_terms


class RecordModelRetirement(ContractVerb):
    """Which model does the vendor retire, and when?"""

    template_name = "modifications/record_model_retirement.html"
    form_class = forms.RecordModelRetirementForm
    submit_label = "Record the retirement"
    done_message = "The notice is recorded; officer and representative are told."
    can = permissions.can_record_model_retirement
    operation = record_model_retirement


class DraftOnRamp(ContractVerb):
    """Which new model comes onto the contract, and on which proof?"""

    template_name = "modifications/draft_on_ramp.html"
    form_class = forms.DraftOnRampForm
    submit_label = "Draft the on-ramp"
    done_message = "The on-ramp is drafted; the vendor's signers are asked."
    can = permissions.can_draft_on_ramp
    operation = draft_on_ramp
    takes = ("proposal", "on_ramp")

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"first_day": today_of(thing)}

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "on": today_of(thing)}

    def extra(self, thing: Contract) -> dict[str, Any]:
        shown = super().extra(thing)  # noqa: S610 (ours, no queryset)
        return {**shown, "terms": queries.terms_on_models(thing)}


def _finding(actor: Actor, public_id: str) -> dict[str, Any]:
    found = queries.get_ratchet_finding_for(actor, public_id)
    return {
        "finding": found,
        "contract": found.contract,
        "orders": queries.orders_on(found.contract, found.rate_row.model),
        "cancel_url": found.path,
    }


class RatchetFindingPage(PageView):
    """Does the public list lower this price, and what follows?"""

    template_name = "modifications/ratchet_finding.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        shown = _finding(self.actor, ids["public_id"])
        found = shown["finding"]
        return shown | {
            "may_confirm": permissions.can_confirm_ratchet_finding(self.actor, found),
            "may_hold": permissions.can_hold_ratchet_finding(self.actor, found),
            "overrides": overrides_on(self.actor, found.subject),
        }


class FindingVerb(OperationView):
    """A page that decides on one finding."""

    def thing(self, *_: Any, **ids: Any) -> RatchetFinding:
        return queries.get_ratchet_finding_for(self.actor, ids["public_id"])

    def keys(self, thing: RatchetFinding) -> dict[str, int]:
        return {"finding_id": thing.pk}

    def extra(self, thing: RatchetFinding) -> dict[str, Any]:
        return _finding(self.actor, thing.public_id)


class ConfirmRatchetFinding(FindingVerb):
    """Shall the lower price be put in force?"""

    template_name = "modifications/confirm_ratchet_finding.html"
    submit_label = "Confirm and draft the modification"
    done_message = "The modification is drafted; another officer signs it."
    can = permissions.can_confirm_ratchet_finding
    operation = confirm_ratchet_finding


class HoldRatchetFinding(FindingVerb):
    """Shall the contract's price stay as it is?"""

    template_name = "modifications/hold_ratchet_finding.html"
    form_class = forms.HoldRatchetFindingForm
    submit_label = "Hold the lower price"
    done_message = "The lower price is held; the reason is on record."
    can = permissions.can_hold_ratchet_finding
    operation = hold_ratchet_finding


class ContractModificationPage(PageView):
    """What exactly changes, and who must still sign?"""

    template_name = "modifications/modification.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        found = queries.get_modification_for(self.actor, ids["public_id"])
        by = self.actor
        context = {
            **_context(found),
            "documents": documents_of(found.subject).visible_to(by),
            "may_sign": permissions.can_sign_contract_modification(by, found),
            "may_request": permissions.can_request_modification_changes(by, found),
            "may_assume": permissions.can_assume_contract(by, found),
            "events": queries.history_of(by, found),
        }
        if not by.is_agency:
            return context
        on = today_of(found.contract)
        return context | {
            "justification": queries.justification_of(found),
            "may_certify": permissions.can_certify_minimum_funds(by, found),
            "overrides": overrides_on(by, found.subject),
            "orders": queries.orders_priced_by(found),
            "may_issue": permissions.can_issue_contract_modification(by, found, on),
            "may_revise": permissions.can_revise_contract_modification(by, found),
            "may_discard": permissions.can_discard_contract_modification(by, found),
        }


class ModificationVerb(VerbView):
    """A page that does one thing to one modification of a contract."""

    may: ClassVar[Callable[..., Verdict]]
    do: ClassVar[Callable[..., Any]]

    def thing(self, *_: Any, **ids: Any) -> ContractModification:
        return queries.get_modification_for(self.actor, ids["public_id"])

    def verdict(self, thing: ContractModification) -> Verdict:
        return type(self).may(self.actor, thing)

    def initial(self, thing: ContractModification) -> dict[str, Any]:
        return {"seen_version": thing.version}

    def extra(self, thing: ContractModification) -> dict[str, Any]:
        return _context(thing)

    def perform(
        self,
        *,
        thing: ContractModification,
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        given = {name: value for name, value in data.items() if name != "confirm"}
        type(self).do(modification_id=thing.pk, **given, by=by, at=at)
        return thing.path


class CertifyMinimumFunds(ModificationVerb):
    """Are the funds there by which the minimum is raised, and which are they?"""

    template_name = "modifications/certify_minimum_funds.html"
    form_class = CertifyMinimumFundsForm
    submit_label = "Certify the funds"
    done_message = "The funds are certified and wait for the signature."
    may = staticmethod(permissions.can_certify_minimum_funds)
    do = staticmethod(certify_minimum_funds)

    def form_options(self, thing: ContractModification) -> dict[str, Any]:
        return {"contract": thing.contract}

    def initial(self, thing: ContractModification) -> dict[str, Any]:
        borne = ContractFunding.objects.filter(line__contract=thing.contract)
        part = borne.order_by("line__clin", "acrn").select_related("line").first()
        known = super().initial(thing)
        if part is None:
            return known
        return {
            **known,
            "clin": part.line.clin,
            "acrn": part.acrn,
            "line_of_accounting_id": part.line_of_accounting_id,
        }


class ReviseContractModification(ModificationVerb):
    """What shall the draft say, on the contract as it stands now?"""

    template_name = "modifications/revise_contract_modification.html"
    form_class = forms.DraftContractModificationForm
    submit_label = "Save on the version in force"
    done_message = "The draft is revised on the contract as it stands."
    may = staticmethod(permissions.can_revise_contract_modification)

    def initial(self, thing: ContractModification) -> dict[str, Any]:
        return {**super().initial(thing), **forms.as_drafted(thing)}

    def form_options(self, thing: ContractModification) -> dict[str, Any]:
        return {"contract": thing.contract}

    def perform(
        self,
        *,
        thing: ContractModification,
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        revise_contract_modification(
            modification_id=thing.pk,
            proposal=data["proposal"],
            seen_version=data["seen_version"] or 0,
            by=by,
            at=at,
        )
        return thing.path


class SignContractModification(ModificationVerb):
    """Does the vendor agree?"""

    template_name = "modifications/sign_contract_modification.html"
    form_class = forms.SignContractModificationForm
    submit_label = "Sign for the vendor"
    done_message = "You have signed. The contracting officer signs last."
    may = staticmethod(permissions.can_sign_contract_modification)
    do = staticmethod(sign_contract_modification)


class RequestModificationChanges(ModificationVerb):
    """What should read differently before the vendor signs?"""

    template_name = "modifications/request_modification_changes.html"
    form_class = forms.RequestModificationChangesForm
    submit_label = "Ask for changes"
    done_message = "The contracting office reads what you ask for."
    may = staticmethod(permissions.can_request_modification_changes)
    do = staticmethod(request_modification_changes)


class IssueContractModification(ModificationVerb):
    """Is everything in place to change the contract?"""

    template_name = "modifications/issue_contract_modification.html"
    form_class = forms.IssueContractModificationForm
    submit_label = "Sign the modification"
    done_message = "The modification is signed and the contract is changed."
    do = staticmethod(issue_contract_modification)

    def verdict(self, thing: ContractModification) -> Verdict:
        on = today_of(thing.contract)
        return permissions.can_issue_contract_modification(self.actor, thing, on)


class DiscardContractModification(ModificationVerb):
    """Shall this draft go?"""

    template_name = "modifications/discard_contract_modification.html"
    form_class = Form
    submit_label = "Discard the draft"
    done_message = "The draft is discarded."
    may = staticmethod(permissions.can_discard_contract_modification)

    def perform(
        self,
        *,
        thing: ContractModification,
        data: dict[str, Any],
        by: Actor,
        at: datetime,
    ) -> str:
        discard_contract_modification(modification_id=thing.pk, by=by, at=at)
        return f"{thing.contract.path}/modifications"


def today_of(contract: Contract) -> date:
    """The day in the contract's own zone."""
    return accounting_day(clock.now(), contract.time_zone)


def _context(modification: ContractModification) -> dict[str, Any]:
    """The modification with its redline, as signed or as it would be signed."""
    is_signed = modification.state == ModificationState.ISSUED
    contract = modification.contract
    is_behind = not is_signed and modification.base_version != contract.version
    changes = [each.plain() for each in calculations.changes_of(modification)]
    return {
        "modification": modification,
        "contract": contract,
        "cancel_url": modification.path,
        "changes": shown(
            modification.changes if is_signed else changes, contract.time_zone
        ),
        "figures": calculations.figures(modification),
        "is_behind": is_behind,
        "clashes": queries.clashes(modification) if is_behind else [],
        "signed_since": queries.signed_since(modification) if is_behind else [],
        "checklist": queries.checklist(modification, today_of(contract))
        if modification.kind == ModificationKind.ON_RAMP
        else [],
        "novation": novation_of(modification),
        "assumed": assumption_of(modification),
        "both_sign": calculations.needs_both_signatures(modification),
        "raised": calculations.raised_minimum(modification),
        "minimum_certified": minimum_certified(modification),
        "requests": modification.change_requests.select_related(
            "requested_by__user"
        ).order_by("pk"),
    }
