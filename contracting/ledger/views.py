"""Pages of funds, of what is bound to a line, and of the rows behind each amount."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum
from django.urls import reverse

from accounts.models import Organization
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.periods import days_bounds
from contracting.core.permissions import Verdict
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.views import PageView, VerbView
from contracting.ledger import calculations, forms, permissions, queries
from contracting.ledger.models import LineOfAccounting, Transfer
from contracting.ledger.operations.allot import allot_funds
from contracting.ledger.operations.create import create_line_of_accounting
from contracting.ledger.states import (
    BALANCE_COLUMNS,
    COLUMNS,
    TOKEN_COLUMNS,
)

PER_PAGE = 50
SHOWN = (
    "available",
    "committed",
    "obligated",
    "expended",
    "accepted",
    "paid",
    "interest",
    "free",
)


def address_of(line: LineOfAccounting) -> str:
    """The page of a line of accounting."""
    return reverse("ledger:line_of_accounting", args=[line.public_id])


class FundsPage(PageView):
    """What is committed, obligated and expended, by line of accounting?"""

    template_name = "ledger/funds.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        _insist(permissions.can_see_funds(self.actor))
        form = forms.CutOffForm(self.request.GET or None)
        day = form.cleaned_data["until"] if form.is_valid() else None
        positions = queries.funds_of(
            self.actor.organization_id, until=self._end_of(day) if day else None
        )
        broken = queries.imbalances_of(each.line.pk for each in positions)
        return {
            "as_of": clock.now(),
            "until": day,
            "cut_off": form,
            "broken": [
                (each.line, broken[each.line.pk])
                for each in positions
                if each.line.pk in broken
            ],
            "positions": [(each, bar_of(each)) for each in positions],
            "total": {
                name: total_dollars(getattr(each, name) for each in positions)
                for name in SHOWN
            },
            "may_create": permissions.can_create_line_of_accounting(
                self.actor, self.actor.organization_id
            ),
        }

    def _end_of(self, day: date) -> datetime:
        """The last instant of a day where the agency's days are counted."""
        agency = Organization.objects.get(pk=self.actor.organization_id or 0)
        return days_bounds(day, day, agency.time_zone).end


class LineOfAccountingPage(PageView):
    """Where are the dollars of this line of accounting, and by which rows?"""

    template_name = "ledger/line_of_accounting.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        line = _line_of_accounting(self.actor, ids["line"])
        figure = _figure(self.request.GET.get("figure", ""), tuple(COLUMNS))
        rows = (
            queries.transfers_behind(figure, line_of_accounting=line)
            if figure
            else queries.transfers_of(line_of_accounting=line)
        )
        (position,) = queries.positions_of(LineOfAccounting.objects.filter(pk=line.pk))
        paid = Paginator(queries.balances_paid_from(line), PER_PAGE)
        return {
            "line": line,
            "broken": queries.imbalances_of([line.pk]).get(line.pk, []),
            "position": position,
            "bar": bar_of(position),
            "balances": paid.get_page(self.request.GET.get("lines")),
            "may_allot": permissions.can_allot_funds(self.actor, line),
            **shown_transfers(self, rows, figure),
        }


class StatementPage(PageView):
    """What may this line still use, and which rows make up each of its amounts?"""

    template_name = "ledger/statement.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        _insist(permissions.can_see_statement(self.actor))
        found = queries.get_statement_for(self.actor, ids["line"])
        acrns = {row.acrn for row in found.rows}
        acrn = self.request.GET.get("acrn", "")
        if acrn and acrn not in acrns:
            message = "There is no such ACRN."
            raise NotVisible(message)
        figure = _figure(self.request.GET.get("figure", ""), BALANCE_COLUMNS)
        rows = (
            queries.transfers_behind(figure, line=found.line, acrn=acrn)
            if figure
            else queries.transfers_of(line=found.line, acrn=acrn)
        )
        return {
            "statement": found,
            "totals": {name: found.total(name) for name in BALANCE_COLUMNS}
            | {"ceiling_dollars": found.total("ceiling_dollars")},
            "acrn": acrn,
            "several": len(acrns) > 1,
            **shown_transfers(self, rows, figure),
        }


class CreateLineOfAccounting(VerbView):
    """Create a line of accounting."""

    template_name = "ledger/create_line_of_accounting.html"
    form_class = forms.LineOfAccountingForm
    submit_label = "Create this line of accounting"
    done_message = "The line of accounting is there. Now allot funds to it."

    def thing(self, **ids: Any) -> None:
        _insist(permissions.can_see_funds(self.actor))

    def verdict(self, thing: None) -> Verdict:
        return permissions.can_create_line_of_accounting(
            self.actor, self.actor.organization_id
        )

    def extra(self, thing: None) -> dict[str, Any]:
        return {"cancel_url": reverse("ledger:funds")}

    def perform(
        self, *, thing: None, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        line = create_line_of_accounting(
            agency_id=by.organization_id or 0, **data, by=by, at=at
        )
        return address_of(line)


class AllotFunds(VerbView):
    """Allot funds to a line of accounting."""

    template_name = "ledger/allot_funds.html"
    form_class = forms.AllotmentForm
    submit_label = "Allot these funds"
    done_message = "The funds are allotted."

    def thing(self, **ids: Any) -> LineOfAccounting:
        return _line_of_accounting(self.actor, ids["line"])

    def verdict(self, thing: LineOfAccounting) -> Verdict:
        return permissions.can_allot_funds(self.actor, thing)

    def extra(self, thing: LineOfAccounting) -> dict[str, Any]:
        return {"line": thing, "cancel_url": address_of(thing)}

    def perform(
        self, *, thing: LineOfAccounting, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        allot_funds(
            line_of_accounting_id=thing.pk,
            dollars=Dollars(data["dollars"]),
            by=by,
            at=at,
        )
        return address_of(thing)


def bar_of(position: queries.FundsPosition) -> list[calculations.Segment]:
    """The position as the parts of a bar."""
    return calculations.funds_bar(
        available=position.available,
        committed=position.committed,
        obligated=position.obligated,
        expended=position.expended,
    )


def _line_of_accounting(actor: Actor, public_id: str) -> LineOfAccounting:
    _insist(permissions.can_see_funds(actor))
    return queries.get_line_of_accounting_for(actor, public_id)


def _insist(verdict: Verdict) -> None:
    """Whoever may not see a page is told that there is none."""
    if not verdict:
        raise NotVisible(verdict.reason)


def _figure(asked: str, known: tuple[str, ...]) -> str:
    if asked and asked not in known:
        message = "There is no such figure."
        raise NotVisible(message)
    return asked


def shown_transfers(
    page: PageView, rows: QuerySet[Transfer], figure: str
) -> dict[str, Any]:
    """One page of transfers, and what they sum to when they stand behind a figure."""
    context: dict[str, Any] = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(page.request.GET.get("page")),
        "figure": COLUMNS.get(figure),
    }
    if figure:
        in_tokens = figure in TOKEN_COLUMNS
        change = "change_tokens" if in_tokens else "change_dollars"
        context["sum"] = rows.aggregate(sum=Sum(change))["sum"] or 0
        context["in_tokens"] = in_tokens
    return context
