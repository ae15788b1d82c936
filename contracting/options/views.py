"""Pages of options: their clocks, the notice, the findings, the exercise."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from contracting.approvals.queries.queues import overrides_on
from contracting.audit.queries import events_of
from contracting.contracts.models import Contract, ContractOption
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.views import OperationView, PageView, VerbView
from contracting.documents.queries import documents_of
from contracting.modifications.operations.draft import draft_contract_modification
from contracting.modifications.permissions import can_draft_contract_modification
from contracting.options import calculations, forms, permissions, queries
from contracting.options.operations.determine import determine_option
from contracting.options.operations.draft import draft_option_exercise
from contracting.options.operations.give import give_option_intent
from contracting.options.operations.receive import receive_option_intent
from contracting.options.operations.record import record_size_change
from contracting.options.operations.represent import represent_size


def _today(contract: Contract) -> date:
    return accounting_day(clock.now(), contract.time_zone)


class OptionsPage(PageView):
    """Which options does this contract have, and what is next?"""

    template_name = "options/options.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        by = self.actor
        options = queries.shown_of(contract, _today(contract))
        return {
            "contract": contract,
            "options": options,
            "left": [each for each in options if each.window is not None],
            "changes": queries.size_changes_of(contract),
            "representations": queries.size_representations_of(contract),
            "must_represent": queries.must_represent_size(contract),
            "may_add": can_draft_contract_modification(by, contract),
            "may_record": permissions.can_record_size_change(by, contract),
            "may_represent": permissions.can_represent_size(by, contract),
        }


class OptionPage(PageView):
    """Where does this option stand, and what must happen by when?"""

    template_name = "options/option.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        option = queries.get_option_for(self.actor, ids["public_id"])
        by, contract = self.actor, option.contract
        on = _today(contract)
        intent = queries.intent_of(option)
        context = {
            **_context(option),
            "intent": intent,
            "receipt": getattr(intent, "receipt", None),
            "exercise": self._exercise(option),
            "documents": [
                *(documents_of(intent.subject).visible_to(by) if intent else ()),
            ],
        }
        if intent is not None:
            context["may_receive"] = permissions.can_receive_option_intent(by, intent)
        if not by.is_agency:
            return context
        made = queries.determination_of(option)
        if made is not None:
            context["documents"] += documents_of(made.subject).visible_to(by)
        return context | {
            "determination": made,
            "market_words": list(calculations.market_words(made.market))
            if made
            else [],
            "gaps": self._gaps(option),
            "overrides": overrides_on(by, option.subject),
            "late": queries.intent_gap(option),
            "may_give": permissions.can_give_option_intent(by, option, on),
            "may_determine": permissions.can_determine_option(by, option, on),
            "may_draft": permissions.can_draft_option_exercise(by, option),
            "events": events_of(option.subject),
        }

    def _exercise(self, option: ContractOption) -> Any:
        found = queries.draft_of(option)
        return found if self.actor.is_agency or option.is_exercised else None

    def _gaps(self, option: ContractOption) -> list[tuple[str, str]]:
        """What still stands between the option and its exercise, by rule."""
        if option.is_exercised:
            return []
        at = clock.now()
        asked = [
            ("R-OPT-01", queries.intent_gap(option)),
            ("R-OPT-03", queries.determination_gap(option, at)),
            ("R-OPT-06", queries.size_gap(option, _today(option.contract))),
        ]
        return [(rule, gap) for rule, gap in asked if gap]


def _context(option: ContractOption) -> dict[str, Any]:
    contract = option.contract
    return {
        "option": option,
        "contract": contract,
        "shown": queries.shown(option, _today(contract)),
        "cancel_url": option.path,
    }


class OptionVerb(OperationView):
    """A page that does one thing to one option."""

    def thing(self, *_: Any, **ids: Any) -> ContractOption:
        return queries.get_option_for(self.actor, ids["public_id"])

    def verdict(self, thing: ContractOption) -> Verdict:
        found: Verdict = type(self).can(self.actor, thing, _today(thing.contract))
        return found

    def keys(self, thing: ContractOption) -> dict[str, int]:
        return {"option_id": thing.pk}

    def extra(self, thing: ContractOption) -> dict[str, Any]:
        return _context(thing)


class GiveOptionIntent(OptionVerb):
    """Shall the vendor be told that the option is meant to be exercised?"""

    template_name = "options/give_option_intent.html"
    form_class = forms.GiveOptionIntentForm
    submit_label = "Give the notice"
    done_message = "The vendor is told. Its receipt is recorded when it confirms it."
    can = permissions.can_give_option_intent
    operation = give_option_intent
    takes = ("text",)


class DetermineOption(OptionVerb):
    """Do funds, need, price and performance speak for the option?"""

    template_name = "options/determine_option.html"
    form_class = forms.DetermineOptionForm
    submit_label = "Make the determination"
    done_message = "The determination is made and printed."
    can = permissions.can_determine_option
    operation = determine_option
    takes = ("findings",)

    def initial(self, thing: ContractOption) -> dict[str, Any]:
        return {"synopsis": queries.synopsis_words(thing.contract)}

    def form_options(self, thing: ContractOption) -> dict[str, Any]:
        return {"contract": thing.contract}

    def extra(self, thing: ContractOption) -> dict[str, Any]:
        return _context(thing) | queries.findings_before(thing, clock.now())


class DraftOptionExercise(OptionVerb):
    """Shall the modification that exercises the option be drafted?"""

    template_name = "options/draft_option_exercise.html"
    submit_label = "Draft the exercise"
    done_message = "The exercise is drafted; an officer who did not draft it signs it."
    can = permissions.can_draft_option_exercise
    operation = draft_option_exercise
    takes = ()

    def verdict(self, thing: ContractOption) -> Verdict:
        return permissions.can_draft_option_exercise(self.actor, thing)

    def perform(
        self, *, thing: ContractOption, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return draft_option_exercise(option_id=thing.pk, by=by, at=at).path

    def extra(self, thing: ContractOption) -> dict[str, Any]:
        shown, window = _context(thing), calculations.window_of(thing)
        if window is None:
            return shown
        on = _today(thing.contract)
        return shown | {"proposal": calculations.proposal(thing, window, on)}


class ReceiveOptionIntent(VerbView):
    """Has the notice of intent arrived?"""

    template_name = "options/receive_option_intent.html"
    submit_label = "Confirm its receipt"
    done_message = "The receipt is recorded."

    def thing(self, *_: Any, **ids: Any) -> ContractOption:
        return queries.get_told_option_for(self.actor, ids["public_id"])

    def verdict(self, thing: ContractOption) -> Verdict:
        return permissions.can_receive_option_intent(self.actor, thing.intent)

    def extra(self, thing: ContractOption) -> dict[str, Any]:
        return _context(thing) | {"intent": thing.intent}

    def perform(
        self, *, thing: ContractOption, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        receive_option_intent(intent_id=thing.intent.pk, by=by, at=at)
        return thing.path


class OfContract(OperationView):
    """A page that does one thing about the options of a contract."""

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def keys(self, thing: Contract) -> dict[str, int]:
        return {"contract_id": thing.pk}

    def leads_to(self, thing: Contract) -> str:
        return f"{thing.path}/options"

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": f"{thing.path}/options"}


class DraftOptions(OfContract):
    """Which options do both parties add to the contract?"""

    template_name = "options/draft_options.html"
    form_class = forms.DraftOptionsForm
    submit_label = "Draft the modification"
    done_message = "The modification is drafted; the vendor's signers are asked."
    can = can_draft_contract_modification
    operation = draft_contract_modification

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"effective_on": _today(thing)}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        made = draft_contract_modification(
            contract_id=thing.pk, proposal=data["proposal"], by=by, at=at
        )
        return made.path


class RepresentSize(OfContract):
    """Is the vendor still small under the contract's code?"""

    template_name = "options/represent_size.html"
    form_class = forms.RepresentSizeForm
    submit_label = "State the size"
    done_message = "The statement is recorded; the contracting officer is told."
    can = permissions.can_represent_size
    operation = represent_size
    takes = ("is_small", "naics", "size_standard")

    def initial(self, thing: Contract) -> dict[str, Any]:
        standard = thing.solicitation.size_standard
        return {"naics": thing.naics, "size_standard": standard}


class RecordSizeChange(OfContract):
    """What has changed the vendor, and when?"""

    template_name = "options/record_size_change.html"
    form_class = forms.RecordSizeChangeForm
    submit_label = "Record the change"
    done_message = "The change is recorded; the vendor is asked to state its size."
    can = permissions.can_record_size_change
    operation = record_size_change
