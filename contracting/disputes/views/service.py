"""Pages of service levels: what was promised, measured, and is credited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse

from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.plots.tables import Plot
from contracting.core.plots.targets import Reached, targets
from contracting.core.views import PageView, VerbView
from contracting.disputes import forms, permissions
from contracting.disputes.models import ServiceCredit
from contracting.disputes.operations.confirm_credit import confirm_service_credit
from contracting.disputes.operations.decline_credit import decline_service_credit
from contracting.disputes.operations.propose_credits import propose_service_credits
from contracting.disputes.operations.set_level import set_service_level
from contracting.disputes.queries import service as queries
from contracting.disputes.queries.service import Measured
from contracting.disputes.states import UNITS, ServiceMeasure
from contracting.documents.queries import documents_of, download_headers


class ServiceLevelsPage(PageView):
    """Was the service as the contract promises, and what is credited?"""

    template_name = "disputes/service_levels.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            return super().get(request, **ids)
        contract = get_contract_for(self.actor, ids["public_id"])
        wanted = request.GET.get("what", "")
        for measure, _, plot in _plots(_measured(contract, clock.now())):
            if measure == wanted:
                return HttpResponse(
                    plot.table.csv(),
                    content_type="text/csv",
                    headers=download_headers(f"{contract.public_id}-{measure}.csv"),
                )
        message = "There is no such service level."
        raise NotVisible(message)

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by, at = self.actor, clock.now()
        contract = get_contract_for(by, ids["public_id"])
        on = accounting_day(at, contract.time_zone)
        found = _measured(contract, at)
        credits = queries.credits_visible_to(by).filter(order__contract=contract)
        return {
            "contract": contract,
            "levels": queries.levels_of(contract),
            "plots": _plots(found),
            "missed": sum(each.is_missed for each in found),
            "untold": sum(not each.can_be_told for each in found),
            "told": sum(each.can_be_told for each in found),
            "credits": credits.order_by("-pk"),
            "documents": documents_of(contract.subject)
            .visible_to(by)
            .filter(kind="service_levels"),
            "may_set": permissions.can_set_service_level(by, contract),
            "may_propose": permissions.can_propose_service_credits(by, contract, on),
        }


def _measured(contract: Contract, at: datetime) -> list[Measured]:
    levels = list(queries.levels_of(contract))
    if not levels:
        return []
    return [
        each
        for month in queries.months_of(contract, at)
        for each in queries.measured(contract, levels, month, at)
    ]


def _plots(found: Sequence[Measured]) -> list[tuple[str, str, Plot]]:
    """For each measure: its code, its words, and the months as a plot."""
    return [
        (measure.value, measure.label, _plot(measure, rows))
        for measure in ServiceMeasure
        if (rows := [each for each in found if each.level.measure == measure])
    ]


def _plot(measure: ServiceMeasure, rows: Sequence[Measured]) -> Plot:
    told = [each for each in rows if each.can_be_told]
    missed = sum(each.is_missed for each in rows)
    sentence = (
        f"Of {len(rows)} months {len(told)} can be told; the level was missed in "
        f"{missed}."
        if told
        else "No month can be told yet."
    )
    return targets(
        measure.value.lower(),
        f"{measure.label.capitalize()}, by month",
        sentence,
        [
            Reached(
                each.month,
                each.value,
                each.level.target,
                each.is_missed,
                _verdict(each),
            )
            for each in rows
        ],
        UNITS[measure],
        notes=(
            "Measured from the meter's own events. A month with a gap in the data "
            "cannot be told, and is never held fulfilled.",
        ),
    )


def _verdict(each: Measured) -> str:
    if not each.can_be_told:
        return f"cannot be told: {' '.join(each.reasons)}"
    return "missed" if each.is_missed else "kept"


class ContractVerbView(VerbView):
    """A verb on one contract that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": f"{thing.path}/service_levels"}


class SetServiceLevel(ContractVerbView):
    """Put it on record."""

    template_name = "disputes/set_service_level.html"
    form_class = forms.SetServiceLevelForm
    submit_label = "Record the level"
    done_message = "The service level is on record."

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_set_service_level(self.actor, thing)

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        set_service_level(contract_id=thing.pk, **data, by=by, at=at)
        return f"{thing.path}/service_levels"


class ProposeServiceCredits(ContractVerbView):
    """What a month comes to."""

    template_name = "disputes/propose_service_credits.html"
    form_class = forms.ProposeCreditsForm
    submit_label = "Propose the credits"
    done_message = "The credits are proposed; the contracting officer decides on each."

    def verdict(self, thing: Contract) -> Verdict:
        on = accounting_day(clock.now(), thing.time_zone)
        return permissions.can_propose_service_credits(self.actor, thing, on)

    def form_options(self, thing: Contract) -> dict[str, Any]:
        months = queries.months_of(thing, clock.now())
        return {
            "months": [
                (each.first.isoformat(), f"{each.first:%B %Y}")
                for each in reversed(months)
            ]
        }

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        month = date.fromisoformat(data["month"])
        propose_service_credits(contract_id=thing.pk, month=month, by=by, at=at)
        return f"{thing.path}/service_levels"


class CreditVerbView(VerbView):
    """A verb on one credit that the actor may see."""

    form_class = forms.WordsForm

    def thing(self, *_: Any, **ids: Any) -> ServiceCredit:
        return queries.get_service_credit_for(self.actor, ids["public_id"])

    def extra(self, thing: ServiceCredit) -> dict[str, Any]:
        contract = thing.order.contract
        return {"credit": thing, "contract": contract, "cancel_url": thing.path}


class ConfirmServiceCredit(CreditVerbView):
    """It is due."""

    template_name = "disputes/confirm_service_credit.html"
    submit_label = "Confirm it"
    done_message = "The credit is due; the vendor takes it off its next invoice."

    def verdict(self, thing: ServiceCredit) -> Verdict:
        return permissions.can_confirm_service_credit(self.actor, thing)

    def perform(
        self, *, thing: ServiceCredit, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        confirm_service_credit(credit_id=thing.pk, reason=data["text"], by=by, at=at)
        return thing.path


class DeclineServiceCredit(CreditVerbView):
    """Why it is not credited."""

    template_name = "disputes/decline_service_credit.html"
    submit_label = "Decline it"
    done_message = "The credit is declined."

    def verdict(self, thing: ServiceCredit) -> Verdict:
        return permissions.can_decline_service_credit(self.actor, thing)

    def perform(
        self, *, thing: ServiceCredit, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        decline_service_credit(credit_id=thing.pk, reason=data["text"], by=by, at=at)
        return thing.path
