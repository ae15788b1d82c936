"""Pages of allocations: whose the invoices of a month are, and by which rules."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.http import HttpRequest, HttpResponse

from contracting.allocations import forms, permissions, queries
from contracting.allocations.operations.set_allocation import set_allocation
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.plots.tables import Plot, rows_as_csv
from contracting.core.plots.waterfall import Down, waterfall
from contracting.core.quantities import CENT, Dollars
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import download_headers
from contracting.orders.models import OrderLine

BY: Final = ("office", "project", "capability")
_HEAD: Final = (
    *("month", "invoice", "position", "clin", "description"),
    *("office", "project", "capability", "amount_usd"),
)
MOST_DRAWN: Final = 12


class AllocationPage(PageView):
    """Whose is what was invoiced in a month? ``?format=csv`` gives every part."""

    template_name = "allocations/allocation.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            return super().get(request, **ids)
        contract = queries.get_allocated_contract(self.actor, ids["public_id"])
        month = forms.month_asked(request.GET.get("month", ""))
        rows = [
            (
                *(f"{month:%Y-%m}", part.invoice.number, part.position, part.clin),
                *(part.what, *part.target, part.dollars.amount),
            )
            for part in queries.allocation_of(contract, month)
        ]
        name = f"allocation-{contract.public_id}-{month:%Y-%m}.csv"
        return HttpResponse(
            "".join(rows_as_csv(_HEAD, rows)),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(name),
        )

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        contract = queries.get_allocated_contract(self.actor, ids["public_id"])
        asked = self.request.GET
        months = queries.months_invoiced(contract)
        month = forms.month_asked(asked["month"]) if asked.get("month") else None
        month = month or next(iter(months), None)
        by = asked.get("by", BY[0])
        by = by if by in BY else BY[0]
        parts = queries.allocation_of(contract, month) if month else []
        totals = queries.totals_by(parts, by)
        whole = sum(cents for _name, cents in totals)
        nobody = sum(part.cents for part in parts if not any(part.target))
        return {
            "contract": contract,
            "months": months,
            "month": month,
            "month_text": f"{month:%Y-%m}" if month else "",
            "by": by,
            "ways": BY,
            "rows": [(name, _dollars(cents)) for name, cents in totals],
            "named": sum(1 for name, _cents in totals if name),
            "whole": _dollars(whole),
            "unallocated": _dollars(nobody),
            "is_allocated": bool(parts) and not nobody,
            "plot": _plot(by, month, totals) if month and parts else None,
            "invoices": len({part.invoice.pk for part in parts}),
            "rules": list(queries.rules_of(contract)),
            "may_set": permissions.can_set_allocation(self.actor, contract),
        }


def _dollars(cents: int) -> Dollars:
    return Dollars(cents * CENT)


def _plot(by: str, month: date, totals: Sequence[tuple[str, int]]) -> Plot:
    """From what is invoiced to what is nobody's, each name a step."""
    named = [(name, cents) for name, cents in totals if name]
    rest = sum(cents for name, cents in totals if not name)
    drawn, others = named[:MOST_DRAWN], named[MOST_DRAWN:]
    steps = [Down(name, _dollars(cents).amount) for name, cents in drawn]
    if others:
        more = sum(cents for _name, cents in others)
        steps.append(Down(f"{len(others)} others", _dollars(more).amount))
    whole = sum((step.amount for step in steps), Decimal(0)) + _dollars(rest).amount
    sentence = (
        f"Of ${whole:,.2f} invoiced in {month:%B %Y} ${whole - rest * CENT:,.2f} have "
        f"a known {by}."
    )
    return waterfall(
        "allocation",
        f"Invoiced in {month:%B %Y}, by {by}",
        sentence,
        (("Invoiced", whole), (f"Without {by}", _dollars(rest).amount)),
        steps,
    )


class SetAllocation(VerbView):
    """Say in what shares invoices are whose."""

    template_name = "allocations/set_allocation.html"
    form_class = forms.SetAllocationForm
    submit_label = "Set the shares"
    done_message = "The shares are set; invoices are shared out by them."

    def thing(self, *_: Any, **ids: Any) -> Contract:
        return queries.get_allocated_contract(self.actor, ids["public_id"])

    def verdict(self, thing: Contract) -> Verdict:
        return permissions.can_set_allocation(self.actor, thing)

    def form_options(self, thing: Contract) -> dict[str, Any]:
        lines = OrderLine.objects.filter(order__contract=thing, is_removed=False)
        found = [(forms.WHOLE_CONTRACT, "The whole contract")]
        for order in thing.orders.order_by("pk"):
            found.append((f"{order.pk}", f"Order {order.name}"))
        for line in lines.select_related("order", "contract_line").order_by("pk"):
            words = f"Line {line.clin} of {line.order.name}"
            found.append((f"{line.order_id}:{line.pk}", words))
        return {"scopes": found}

    def extra(self, thing: Contract) -> dict[str, Any]:
        return {"contract": thing, "cancel_url": f"{thing.path}/allocation"}

    def perform(
        self, *, thing: Contract, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        order_id, line_id = data["scope"]
        set_allocation(
            contract_id=thing.pk,
            order_id=order_id,
            order_line_id=line_id,
            shares=data["shares"],
            valid_from=data["valid_from"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return f"{thing.path}/allocation"
