"""Pages after the award: notices, debriefings, and the vendor's own result."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from contracting.contracts import forms, permissions, queries
from contracting.contracts.models import Contract, DebriefingRequest
from contracting.contracts.operations.forgo import forgo_award
from contracting.contracts.operations.hold import hold_debriefing
from contracting.contracts.operations.notify import notify_unsuccessful
from contracting.contracts.operations.report import report_contract_action
from contracting.contracts.operations.request import request_debriefing
from contracting.contracts.paperwork import results
from contracting.contracts.views.awards import (
    ContractOperationView,
    ContractVerbView,
    contract_url,
)
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.views import OperationView, PageView, VerbView
from contracting.documents.queries import documents_of
from contracting.evaluations.models import SelectionDecision
from contracting.evaluations.permissions import can_extend_offer
from contracting.evaluations.queries import get_offer_for, unsuccessful
from contracting.evaluations.standing.responsibility import rejection_of
from contracting.evaluations.standing.validity import extensions_of, valid_until
from contracting.evaluations.views.reading import ReadingVerbView
from contracting.submissions.models import Submission
from contracting.submissions.queries import get_submission_for, offers_of


class NotifyUnsuccessfulView(ContractVerbView):
    """What are the unsuccessful offerors told?"""

    template_name = "contracts/notify_unsuccessful.html"
    form_class = forms.NotifyUnsuccessfulForm
    submit_label = "Send the notices"
    done_message = "The notices are sent."

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_notify_unsuccessful(self.actor, thing)

    def form_options(self, thing: Contract) -> dict[str, Any]:
        return {
            "offers": list(unsuccessful(thing.solicitation)),
            "is_late": self.today(thing) > queries.notice_due_on(thing),
        }

    def extra(self, thing: Contract) -> dict[str, Any]:
        others = list(unsuccessful(thing.solicitation))
        due_on = queries.notice_due_on(thing)
        return {
            "contract": thing,
            "others": others,
            "told": len({each.vendor_id for each in others}),
            "is_sent": thing.unsuccessful_notices.exists(),
            "first": queries.first_award(thing.solicitation),
            "due_on": due_on,
            "is_overdue": self.today(thing) > due_on,
            "letter": results.unsuccessful_notice(
                thing,
                offers_received=offers_of(thing.solicitation).count(),
                reason="(your words, from below)",
            ),
        }

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        notify_unsuccessful(
            contract_id=thing.pk,
            reasons=data["reasons"],
            late_reason=data.get("late_reason", ""),
            by=by,
            at=at,
        )
        return contract_url(thing)


class ForgoAwardView(ReadingVerbView, OperationView):
    """Is this selected offer not awarded after all?"""

    template_name = "contracts/forgo_award.html"
    form_class = forms.ForgoAwardForm
    submit_label = "Forgo this award"
    done_message = "The award is forgone."
    can = staticmethod(permissions.can_forgo_award)
    operation = staticmethod(forgo_award)
    takes = ("reason",)

    def thing(self, **ids: Any) -> Submission:
        offer = get_offer_for(self.actor, ids["submission"])
        if not hasattr(offer.submission, "selection"):
            message = "This offer was not selected."
            raise NotVisible(message)
        return offer.submission

    def verdict(self, thing: Submission) -> Verdict:
        return permissions.can_forgo_award(self.actor, thing.solicitation)

    def keys(self, thing: Submission) -> dict[str, int]:
        return {"submission_id": thing.pk}

    def leads_to(self, thing: Submission) -> str:
        return reverse("evaluations:decision", args=[_decision_of(thing).public_id])

    def extra(self, thing: Submission) -> dict[str, Any]:
        decision, first = _decision_of(thing), queries.first_award(thing.solicitation)
        return {
            "submission": thing,
            "solicitation": thing.solicitation,
            "decision": decision,
            "others": decision.standing.exclude(submission=thing),
            "were_told": first is not None and first.unsuccessful_notices.exists(),
        }


def _decision_of(submission: Submission) -> SelectionDecision:
    return submission.selection.decision


class StatusPage(PageView):
    """Where is our offer in the process?"""

    template_name = "contracts/status.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        submission = get_submission_for(self.actor, ids["submission"])
        award = queries.award_on(submission)
        notice = queries.notice_to(submission)
        asked = getattr(notice, "debriefing_request", None)
        return {
            "submission": submission,
            "solicitation": submission.solicitation,
            "received": submission.version_of_record,
            "opened_offer": getattr(submission, "opened_offer", None),
            "award": award,
            "is_selected": award is not None and _stands(submission),
            "is_ours": award is not None and award.vendor_id == submission.vendor_id,
            "notice": notice,
            "documents": (
                documents_of(notice.subject).visible_to(self.actor) if notice else []
            ),
            "notice_due_on": queries.notice_due_on(award) if award else None,
            "last_day": queries.debriefing_asked_until(notice) if notice else None,
            "asked": asked,
            "held": getattr(asked, "debriefing", None),
            "may_request": permissions.can_request_debriefing(self.actor, submission),
            "rejection": rejection_of(submission),
            "valid_until": valid_until(submission),
            "extensions": extensions_of(submission),
            "may_extend": can_extend_offer(self.actor, submission),
            "today": submission.solicitation.agency.local_day(clock.now()),
        }


def _stands(submission: Submission) -> bool:
    """Whether it is selected, and not forgone."""
    chosen = getattr(submission, "selection", None)
    return chosen is not None and not hasattr(chosen, "forgone")


class RequestDebriefingView(VerbView):
    """What do we want to hear about our offer?"""

    template_name = "contracts/request_debriefing.html"
    form_class = forms.RequestDebriefingForm
    submit_label = "Ask for a debriefing"
    done_message = "Your request is with the contracting officer."

    def thing(self, **ids: Any) -> Submission:
        submission = get_submission_for(self.actor, ids["submission"])
        if queries.notice_to(submission) is None:
            message = "There is no notice on this offer to be debriefed about."
            raise NotVisible(message)
        return submission

    def verdict(self, thing: Submission) -> Verdict:
        return permissions.can_request_debriefing(self.actor, thing)

    def extra(self, thing: Submission) -> dict[str, Any]:
        notice = queries.notice_to(thing)
        last_day = queries.debriefing_asked_until(notice) if notice else None
        today = thing.solicitation.agency.local_day(clock.now())
        return {
            "submission": thing,
            "solicitation": thing.solicitation,
            "last_day": last_day,
            "is_late": last_day is not None and today > last_day,
        }

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        notice = thing.unsuccessful_notice
        request_debriefing(
            notice_id=notice.pk, questions=data["questions"], by=by, at=at
        )
        return reverse("contracts:status", args=[thing.public_id])


class HoldDebriefingView(OperationView):
    """What is said in the debriefing, and was it held in time?"""

    template_name = "contracts/hold_debriefing.html"
    form_class = forms.HoldDebriefingForm
    submit_label = "File the debriefing"
    done_message = "The debriefing is on file."
    operation = staticmethod(hold_debriefing)

    def thing(self, **ids: Any) -> DebriefingRequest:
        return queries.get_debriefing_for(self.actor, ids["public_id"])

    def verdict(self, thing: DebriefingRequest) -> Verdict:
        return permissions.can_hold_debriefing(self.actor, thing.notice.contract)

    def initial(self, thing: DebriefingRequest) -> dict[str, Any]:
        today = accounting_day(clock.now(), thing.notice.contract.time_zone)
        return {"offered_on": today, "held_on": today}

    def extra(self, thing: DebriefingRequest) -> dict[str, Any]:
        contract = thing.notice.contract
        return {
            "asked": thing,
            "contract": contract,
            "is_held": hasattr(thing, "debriefing"),
            "is_overdue": thing.due_on is not None
            and accounting_day(clock.now(), contract.time_zone) > thing.due_on,
        }

    def keys(self, thing: DebriefingRequest) -> dict[str, int]:
        return {"request_id": thing.pk}

    def leads_to(self, thing: DebriefingRequest) -> str:
        return contract_url(thing.notice.contract)


class ReportContractActionView(ContractOperationView):
    """Was the award reported in time?"""

    template_name = "contracts/report_contract_action.html"
    form_class = forms.ContractActionReportForm
    submit_label = "Record the report"
    done_message = "The report is on record."
    can = staticmethod(permissions.can_report_contract_action)
    operation = staticmethod(report_contract_action)

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"reported_on": self.today(thing)}

    def extra(self, thing: Contract) -> dict[str, Any]:
        due_on = queries.report_due_on(thing)
        return {
            "contract": thing,
            "report": getattr(thing, "action_report", None),
            "due_on": due_on,
            "is_overdue": self.today(thing) > due_on,
        }


class AfterAwardPage(PageView):
    """What is still due after our awards, and what is overdue?"""

    template_name = "contracts/after_award.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        if not queries.keeps_the_days(self.actor):
            message = "Only the contracting office keeps these days."
            raise NotVisible(message)
        at = clock.now()
        clocks = [
            (each, each.is_overdue(accounting_day(at, each.contract.time_zone)))
            for each in queries.running_clocks(self.actor)
        ]
        return {"clocks": clocks, "overdue": sum(late for _clock, late in clocks)}
