"""Pages of letters and terminations: what was said, what is owed, what is next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from contracting.approvals.queries.queues import overrides_on
from contracting.audit.queries import events_of
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import documents_of
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.terminations import calculations, forms, permissions, queries
from contracting.terminations.models import Letter, Termination
from contracting.terminations.operations.answer import answer_letter
from contracting.terminations.operations.convert import convert_termination
from contracting.terminations.operations.decide import decide_settlement
from contracting.terminations.operations.discard import discard_termination
from contracting.terminations.operations.draft import draft_termination
from contracting.terminations.operations.issue_cure import issue_cure_notice
from contracting.terminations.operations.issue_show_cause import (
    issue_show_cause_notice,
)
from contracting.terminations.operations.propose import propose_settlement
from contracting.terminations.operations.receive import receive_letter
from contracting.terminations.operations.resume import resume_work
from contracting.terminations.operations.sign import sign_termination
from contracting.terminations.operations.stop import stop_work
from contracting.terminations.states import ANSWERED


def _on(contract: Contract) -> Any:
    return accounting_day(clock.now(), contract.time_zone)


class EndingPage(PageView):
    """Is work stopped or ended here, and what was the vendor told?"""

    template_name = "terminations/ending.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by, order = self.actor, self._order(**ids)
        contract = order.contract if order else get_contract_for(by, ids["public_id"])
        on = _on(contract)
        letters = queries.letters_visible_to(by).filter(contract=contract)
        seen = queries.terminations_visible_to(by).filter(contract=contract)
        if order:
            letters, seen = letters.filter(order=order), seen.filter(order=order)
        return {
            "order": order,
            "contract": contract,
            "thing": order or contract,
            "stop": queries.running_stop(order) if order else None,
            "letters": letters.order_by("-pk"),
            "terminations": seen.order_by("-pk"),
            "may_stop": permissions.can_stop_work(by, order, on) if order else None,
            "may_cure": permissions.can_issue_cure_notice(by, contract, on),
            "may_ask": permissions.can_issue_show_cause_notice(by, contract, on),
            "may_draft": permissions.can_draft_termination(by, contract),
        }

    def _order(self, **ids: Any) -> TaskOrder | None:
        return None


class OrderEndingPage(EndingPage):
    """The same of an order."""

    def _order(self, **ids: Any) -> TaskOrder | None:
        return get_task_order_for(self.actor, ids["public_id"])


def _is_past(letter: Letter, at: datetime) -> bool:
    """Whether the day by which it asks for an answer is over where the contract is."""
    today = accounting_day(at, letter.contract.time_zone)
    return letter.due_on is not None and letter.due_on < today


class LettersPage(PageView):
    """Which letters were sent, did they arrive, and what is still to be answered?"""

    template_name = "terminations/letters.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        at = clock.now()
        letters = list(queries.letters_visible_to(self.actor).order_by("-pk")[:200])
        unread = [each for each in letters if not hasattr(each, "receipt")]
        due = [each for each in letters if each.due_on and not hasattr(each, "answer")]
        return {
            "letters": [(each, each in due and _is_past(each, at)) for each in letters],
            "unread": unread,
            "due": due,
        }


class LetterPage(PageView):
    """What does the letter say, did it arrive, and what was answered?"""

    template_name = "terminations/letter.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        letter = queries.get_letter_for(self.actor, ids["public_id"])
        return {
            "letter": letter,
            "is_answered": letter.kind in ANSWERED,
            "receipt": getattr(letter, "receipt", None),
            "answer": getattr(letter, "answer", None),
            "back": ending_of(letter.contract, letter.order),
            "documents": documents_of(letter.subject).visible_to(self.actor),
            "may_receive": permissions.can_receive_letter(self.actor, letter),
            "may_answer": permissions.can_answer_letter(self.actor, letter),
        }


class TerminationPage(PageView):
    """What ends when, what is owed, and is it settled?"""

    template_name = "terminations/termination.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by = self.actor
        found = queries.get_termination_for(by, ids["public_id"])
        on = _on(found.contract)
        return {
            "termination": found,
            "back": ending_of(found.contract, found.order),
            "proposals": found.proposals.select_related("proposed_by__user").order_by(
                "pk"
            ),
            "settlement": getattr(found, "settlement", None),
            "owed": calculations.owed_of(queries.balances_ended_by(found)),
            "may_sign": permissions.can_sign_termination(by, found, on),
            "may_discard": permissions.can_discard_termination(by, found),
            "may_propose": permissions.can_propose_settlement(by, found),
            "may_decide": permissions.can_decide_settlement(by, found, on),
            "may_convert": permissions.can_convert_termination(by, found, on),
            "documents": documents_of(found.subject).visible_to(by),
            "overrides": overrides_on(by, found.subject),
            "events": events_of(found.subject) if by.is_agency else [],
        }


def ending_of(contract: Contract, order: TaskOrder | None) -> str:
    """The page that lists letters and terminations of an order or a contract."""
    if order:
        return reverse("terminations:order_ending", args=[order.public_id])
    return reverse("terminations:contract_ending", args=[contract.public_id])


class _OnOrder(VerbView):
    """A verb on an order."""

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {
            "order": thing,
            "contract": thing.contract,
            "stop": queries.running_stop(thing),
            "cancel_url": ending_of(thing.contract, thing),
        }


class StopWork(_OnOrder):
    """Stop at once."""

    template_name = "terminations/stop_work.html"
    form_class = forms.StopWorkForm
    submit_label = "Sign and stop work"
    done_message = "Work is stopped; the vendor has been told."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_stop_work(self.actor, thing, _on(thing.contract))

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        words = {name: data[name] for name in ("reason", "text")}
        return stop_work(order_id=thing.pk, **words, by=by, at=at).path


class ResumeWork(_OnOrder):
    """Go on."""

    template_name = "terminations/resume_work.html"
    form_class = forms.ResumeWorkForm
    submit_label = "Sign and let work go on"
    done_message = "Work goes on; the vendor has been told."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_resume_work(self.actor, thing, _on(thing.contract))

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return resume_work(order_id=thing.pk, text=data["text"], by=by, at=at).path


class _OnEither(VerbView):
    """A verb on an order or on a contract as a whole."""

    is_order = False

    def thing(self, *_: Any, **ids: Any) -> TaskOrder | Contract:
        if self.is_order:
            return get_task_order_for(self.actor, ids["public_id"])
        return get_contract_for(self.actor, ids["public_id"])

    def extra(self, thing: TaskOrder | Contract) -> dict[str, Any]:
        contract, order = _parts(thing)
        return {
            "order": order,
            "contract": contract,
            "cure": queries.notices_before_cause(contract, order).first(),
            "cancel_url": ending_of(contract, order),
        }


def _parts(thing: TaskOrder | Contract) -> tuple[Contract, TaskOrder | None]:
    if isinstance(thing, TaskOrder):
        return thing.contract, thing
    return thing, None


def _keys(thing: TaskOrder | Contract) -> dict[str, int | None]:
    contract, order = _parts(thing)
    return {"contract_id": contract.pk, "order_id": order.pk if order else None}


class IssueCureNotice(_OnEither):
    """What is to be cured by when?"""

    template_name = "terminations/issue_cure_notice.html"
    form_class = forms.CureNoticeForm
    submit_label = "Sign and send the cure notice"
    done_message = "The cure notice is sent."

    def verdict(self, thing: TaskOrder | Contract) -> Verdict:
        contract, _ = _parts(thing)
        return permissions.can_issue_cure_notice(self.actor, contract, _on(contract))

    def perform(self, *, thing: Any, data: dict[str, Any], by: Actor, at: Any) -> str:
        words = {name: data[name] for name in ("text", "due_on")}
        return issue_cure_notice(**_keys(thing), **words, by=by, at=at).path  # type: ignore[arg-type]


class IssueShowCauseNotice(_OnEither):
    """Why should it not be terminated for cause?"""

    template_name = "terminations/issue_show_cause_notice.html"
    form_class = forms.ShowCauseNoticeForm
    submit_label = "Sign and send the show-cause notice"
    done_message = "The show-cause notice is sent."

    def verdict(self, thing: TaskOrder | Contract) -> Verdict:
        contract, _ = _parts(thing)
        on = _on(contract)
        return permissions.can_issue_show_cause_notice(self.actor, contract, on)

    def perform(self, *, thing: Any, data: dict[str, Any], by: Actor, at: Any) -> str:
        words = {name: data[name] for name in ("text", "due_on")}
        return issue_show_cause_notice(**_keys(thing), **words, by=by, at=at).path  # type: ignore[arg-type]


class DraftTermination(_OnEither):
    """On which clause, why, and until when?"""

    template_name = "terminations/draft_termination.html"
    form_class = forms.DraftTerminationForm
    submit_label = "Draft the termination"
    done_message = "It is drafted. Another contracting officer signs it."

    def verdict(self, thing: TaskOrder | Contract) -> Verdict:
        return permissions.can_draft_termination(self.actor, _parts(thing)[0])

    def perform(self, *, thing: Any, data: dict[str, Any], by: Actor, at: Any) -> str:
        words = {name: data[name] for name in ("ground", "text", "stop_on")}
        return draft_termination(**_keys(thing), **words, by=by, at=at).path  # type: ignore[arg-type]


class _OnLetter(VerbView):
    """A verb of the vendor on a letter."""

    def thing(self, *_: Any, **ids: Any) -> Letter:
        return queries.get_letter_for(self.actor, ids["public_id"])

    def extra(self, thing: Letter) -> dict[str, Any]:
        return {"letter": thing, "cancel_url": thing.path}


class ReceiveLetter(_OnLetter):
    """It arrived."""

    template_name = "terminations/receive_letter.html"
    form_class = forms.ReceiveLetterForm
    submit_label = "Confirm its receipt"
    done_message = "Its receipt is on record."

    def verdict(self, thing: Letter) -> Verdict:
        return permissions.can_receive_letter(self.actor, thing)

    def perform(
        self, *, thing: Letter, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return receive_letter(letter_id=thing.pk, by=by, at=at).letter.path


class AnswerLetter(_OnLetter):
    """What was cured?"""

    template_name = "terminations/answer_letter.html"
    form_class = forms.AnswerLetterForm
    submit_label = "Send the answer"
    done_message = "Your answer is with the contracting officer."

    def verdict(self, thing: Letter) -> Verdict:
        return permissions.can_answer_letter(self.actor, thing)

    def perform(
        self, *, thing: Letter, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        text = data["text"]
        return answer_letter(letter_id=thing.pk, text=text, by=by, at=at).letter.path


class _OnTermination(VerbView):
    """A verb on a termination."""

    def thing(self, *_: Any, **ids: Any) -> Termination:
        return queries.get_termination_for(self.actor, ids["public_id"])

    def extra(self, thing: Termination) -> dict[str, Any]:
        return {
            "termination": thing,
            "owed": calculations.owed_of(queries.balances_ended_by(thing)),
            "proposal": thing.standing_proposal,
            "ended": queries.orders_ended_by(thing),
            "cancel_url": thing.path,
        }


class SignTermination(_OnTermination):
    """End it."""

    template_name = "terminations/sign_termination.html"
    form_class = forms.SignTerminationForm
    submit_label = "Sign the notice of termination"
    done_message = "It is signed; the vendor has its notice."

    def verdict(self, thing: Termination) -> Verdict:
        on = _on(thing.contract)
        return permissions.can_sign_termination(self.actor, thing, on)

    def perform(
        self, *, thing: Termination, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return sign_termination(termination_id=thing.pk, by=by, at=at).path


class DiscardTermination(_OnTermination):
    """Give up the draft."""

    template_name = "terminations/discard_termination.html"
    form_class = forms.DiscardTerminationForm
    submit_label = "Discard the draft"
    done_message = "The draft is discarded; nothing was ended."

    def verdict(self, thing: Termination) -> Verdict:
        return permissions.can_discard_termination(self.actor, thing)

    def perform(
        self, *, thing: Termination, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return discard_termination(termination_id=thing.pk, by=by, at=at).path


class ConvertTermination(_OnTermination):
    """Was it not for cause after all?"""

    template_name = "terminations/convert_termination.html"
    form_class = forms.ConvertTerminationForm
    submit_label = "Sign the notice of conversion"
    done_message = "It counts as one for convenience; the vendor may propose anew."

    def verdict(self, thing: Termination) -> Verdict:
        on = _on(thing.contract)
        return permissions.can_convert_termination(self.actor, thing, on)

    def perform(
        self, *, thing: Termination, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        words = {name: data[name] for name in ("basis", "text")}
        convert_termination(termination_id=thing.pk, **words, by=by, at=at)
        return thing.path


class ProposeSettlement(_OnTermination):
    """What is asked for beside the usage?"""

    template_name = "terminations/propose_settlement.html"
    form_class = forms.ProposeSettlementForm
    submit_label = "Propose this settlement"
    done_message = "Your proposal is with the contracting officer."

    def verdict(self, thing: Termination) -> Verdict:
        return permissions.can_propose_settlement(self.actor, thing)

    def perform(
        self, *, thing: Termination, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        words = {name: data[name] for name in ("dollars", "text")}
        propose_settlement(termination_id=thing.pk, **words, by=by, at=at)
        return thing.path


class DecideSettlement(_OnTermination):
    """What is granted beside the usage?"""

    template_name = "terminations/decide_settlement.html"
    form_class = forms.DecideSettlementForm
    submit_label = "Sign the settlement"
    done_message = "It is settled; what was free is back with its funds."

    def verdict(self, thing: Termination) -> Verdict:
        on = _on(thing.contract)
        return permissions.can_decide_settlement(self.actor, thing, on)

    def initial(self, thing: Termination) -> dict[str, Any]:
        return {"seen_sha256": queries.seen_of(thing)}

    def perform(
        self, *, thing: Termination, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        words = {name: data[name] for name in ("dollars", "text", "seen_sha256")}
        decide_settlement(termination_id=thing.pk, **words, by=by, at=at)
        return thing.path
