"""The conformed contract: on the screen, and on paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from contracting.contracts.calculations import volume_said
from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core.periods import accounting_day
from contracting.core.quantities import Dollars
from contracting.core.views import OperationView, PageView
from contracting.documents.queries import documents_of
from contracting.modifications import calculations, permissions, queries
from contracting.modifications.calculations import words
from contracting.modifications.forms import conformed as forms
from contracting.modifications.operations.conform import conform_contract
from contracting.modifications.views import today_of


class ConformedPage(PageView):
    """How does this contract read on a day?"""

    template_name = "modifications/conformed.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = get_contract_for(self.actor, ids["public_id"])
        today = today_of(contract)
        form = forms.ConformedForm(self.request.GET or {"on": today})
        on = (form.is_valid() and form.cleaned_data["on"]) or today
        found = queries.conformed(contract, on)
        rows = [
            (
                line,
                [
                    (rate, _until(rate, contract), volume_said(rate))
                    for rate in line["rates"]
                ],
                [(rate, _until(rate, contract)) for rate in line.get("unit_rates", ())],
                calculations.units_in_words(line)
                if calculations.is_by_unit(line)
                else "",
                words.volume_in_words(line),
            )
            for line in found.content["lines"]
        ]
        return {
            "contract": contract,
            "conformed": found,
            "ceiling": Dollars(found.content["ceiling_dollars"]),
            "terms": [
                (
                    calculations.CONTRACTOR,
                    calculations.contractor_in_words(found.content["vendor"]),
                )
            ]
            + [
                (label, calculations.term_in_words(name, found.content[name]))
                for name, label in calculations.TERMS.items()
                if name in found.content
            ],
            "lines": rows,
            "options": [
                f"Option {option['number']}: {words.option_in_words(option)}"
                for option in found.content.get("options", ())
            ],
            "day_form": form,
            "today": today,
            "documents": documents_of(contract.subject)
            .visible_to(self.actor)
            .filter(kind="conformed_contract"),
            "may_conform": permissions.can_conform_contract(self.actor, contract),
        }


def _until(rate: dict[str, Any], contract: Contract) -> dict[str, Any]:
    """The first and last day of a price, in the contract's time zone."""
    zone = contract.time_zone
    first = accounting_day(datetime.fromisoformat(rate["from"]), zone)
    if rate["to"] is None:
        return {"first": first, "last": None}
    end = accounting_day(datetime.fromisoformat(rate["to"]), zone)
    return {"first": first, "last": date.fromordinal(end.toordinal() - 1)}


class ConformContractView(OperationView):
    """Shall the contract be printed as it reads on a day?"""

    template_name = "modifications/conform_contract.html"
    form_class = forms.ConformForm
    submit_label = "Print it"
    done_message = "The conformed contract is being printed."
    can = staticmethod(permissions.can_conform_contract)
    operation = staticmethod(conform_contract)
    takes = ("on",)

    def thing(self, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])

    def keys(self, thing: Contract) -> dict[str, int]:
        return {"contract_id": thing.pk}

    def initial(self, thing: Contract) -> dict[str, Any]:
        return {"on": self.request.GET.get("on") or today_of(thing)}

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": self.leads_to(thing)}

    def leads_to(self, thing: Contract) -> str:
        return reverse("modifications:conformed", args=[thing.public_id])
