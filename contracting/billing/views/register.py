"""Pages of the register: what was asked of the vendor's reports, and what came."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from contracting.billing import forms, permissions
from contracting.billing.operations.ask_for_report import ask_for_report
from contracting.billing.operations.record_reporting_terms import (
    record_reporting_terms,
)
from contracting.billing.operations.send_overdue_letter import send_overdue_letter
from contracting.billing.operations.state_no_report import state_no_report
from contracting.billing.queries.register import months_of, reminders_of, terms_on
from contracting.billing.states import AnswerKind, ReportStanding
from contracting.billing.views import OrderVerbView
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.views import PageView
from contracting.documents.queries import documents_of
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for


def _today(order: TaskOrder) -> date:
    return accounting_day(clock.now(), order.contract.time_zone)


class ReportingPage(PageView):
    """Which reports of an order are there, and what is known of the others?"""

    template_name = "billing/reporting.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        order, at = get_task_order_for(self.actor, ids["public_id"]), clock.now()
        months, on = months_of(order, at), _today(order)
        missing = (ReportStanding.MISSING, ReportStanding.PARTLY_MISSING)
        return {
            "order": order,
            "zone": order.contract.time_zone,
            "months": months,
            "missing": [each for each in months if each.standing in missing],
            "unasked": [
                each for each in months if each.standing == ReportStanding.COULD_NOT_ASK
            ],
            "letters": [
                (letter, documents_of(letter.subject).visible_to(self.actor).first())
                for month in months
                for letter in month.letters
            ],
            "reminders": reminders_of(order) if self.actor.is_agency else [],
            "terms": terms_on(order, on),
            "may_ask": permissions.can_ask_for_report(self.actor, order, on),
            "may_state": permissions.can_state_no_report(self.actor, order, on),
            "may_write": permissions.can_send_overdue_letter(self.actor, order),
            "may_record_invoice": permissions.can_record_invoice(self.actor, order, on),
            "may_allow": permissions.can_allow_invoice_number(self.actor, order),
            "may_record": permissions.can_record_reporting_terms(
                self.actor, order.contract
            ),
        }


class _OfAMonth(OrderVerbView):
    """A verb on one accounting month of an order, named in the query."""

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        months = months_of(thing, clock.now())
        return {"months": [each.first_day for each in months]}

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"month": self.request.GET.get("month", "")}

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        return {"order": thing, "cancel_url": reporting_path(thing)}


class AskForReport(_OfAMonth):
    """Ask the vendor for the report of a month."""

    template_name = "billing/ask_for_report.html"
    form_class = forms.MonthForm
    submit_label = "Ask for the report"
    done_message = "The vendor is asked for the report."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_ask_for_report(self.actor, thing, _today(thing))

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        ask_for_report(order_id=thing.pk, month=data["month"], by=by, at=at)
        return reporting_path(thing)


class StateNoReport(_OfAMonth):
    """Say that there was no usage, or that it could not be asked."""

    template_name = "billing/state_no_report.html"
    form_class = forms.StateNoReportForm
    submit_label = "State it"
    done_message = "The answer is kept; a report that comes later counts all the same."

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        kinds = [AnswerKind.NONE] if self.actor.is_vendor else list(AnswerKind)
        return {**super().form_options(thing), "kinds": kinds}

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_state_no_report(self.actor, thing, _today(thing))

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        state_no_report(
            order_id=thing.pk,
            month=data["month"],
            kind=data["kind"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return reporting_path(thing)


class SendOverdueLetter(_OfAMonth):
    """The contracting officer writes about an overdue report."""

    template_name = "billing/send_overdue_letter.html"
    form_class = forms.OverdueLetterForm
    submit_label = "Send the letter"
    done_message = "The letter is sent and kept."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_send_overdue_letter(self.actor, thing)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        send_overdue_letter(
            order_id=thing.pk, month=data["month"], words=data["words"], by=by, at=at
        )
        return reporting_path(thing)


class RecordReportingTerms(OrderVerbView):
    """What the contract's clause says of usage that is reported very late."""

    template_name = "billing/record_reporting_terms.html"
    form_class = forms.ReportingTermsForm
    submit_label = "Record the terms"
    done_message = "The terms are recorded."

    def form_options(self, thing: TaskOrder) -> dict[str, Any]:
        return {}

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_record_reporting_terms(self.actor, thing.contract)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        record_reporting_terms(
            contract_id=thing.contract_id,
            valid_from=data["valid_from"],
            forfeits_after_days=data["forfeits_after_days"],
            clause=data["clause"],
            modification=data["modification"],
            by=by,
            at=at,
        )
        return reporting_path(thing)


def reporting_path(order: TaskOrder) -> str:
    """The address of the register of an order's reports."""
    return f"{order.path}/reporting"
