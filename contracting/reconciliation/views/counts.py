"""Pages of the three counts: an order by day, a key by day, a day by call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from contracting.billing.queries import invoices_visible_to
from contracting.core.errors import NotVisible
from contracting.core.periods import Period, accounting_day
from contracting.core.quantities import total_dollars
from contracting.core.views import PageView
from contracting.documents.queries import download_headers
from contracting.orders.queries import get_task_order_for
from contracting.reconciliation import forms, permissions, queries
from contracting.reconciliation.models import Cell, ReconciliationRun
from contracting.reconciliation.queries import counts, focus
from contracting.reconciliation.states import Key

CALLS_A_PAGE = 100
DAYS_SHOWN = 400


class OrderReconciliationPage(PageView):
    """Do their meter, our meter and the invoice agree?"""

    template_name = "reconciliation/order_reconciliation.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        order = get_task_order_for(self.actor, ids["public_id"])
        run = counts.latest_of_order(order)
        days = counts.days_counted(order, run) if run else []
        found = queries.findings_visible_to(self.actor).filter(
            order=order, resolution__isnull=True
        )
        known = [day for day in days if day.reported is not None]
        return {
            "order": order,
            "run": run,
            "days": days[-DAYS_SHOWN:],
            "gaps": [day for day in days if day.reported is None],
            "agreeing": sum(not day.gap and not day.differing for day in known),
            "metered": sum(day.metered for day in days),
            "reported": sum(day.reported or 0 for day in days),
            "dollars": total_dollars(day.dollars for day in days),
            "findings": list(found.order_by("due_on", "pk")[: queries.MOST_TASKS]),
            "runs": counts.runs_of(order),
            "invoices": invoices_visible_to(self.actor).filter(order=order),
            "focus_months": focus.months_accepted(order),
            "plot": counts.plot_of(run) if run else None,
            "csv_url": f"{run.path}/waterfall.csv" if run else "",
            "may_reconcile": permissions.can_reconcile_order(self.actor, order),
        }


class WaterfallFile(PageView):
    """The steps of a comparison as a file, to the last digit."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        run = queries.get_run_for(self.actor, ids["public_id"])
        plot = counts.plot_of(run)
        if plot is None:
            message = "This comparison was made before its steps were kept."
            raise NotVisible(message)
        return HttpResponse(
            plot.table.csv(),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(f"waterfall-{run.public_id}.csv"),
        )


class FocusFile(PageView):
    """What is accepted of an order's month as rows of FOCUS 1.2."""

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        order = get_task_order_for(self.actor, ids["public_id"])
        month = forms.month_asked(request.GET.get("month", ""))
        return HttpResponse(
            focus.as_csv(focus.focus_rows(order, month)),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(focus.name_of(order, month)),
        )


class CountsPage(PageView):
    """Which days, and which calls of a day, are behind one count?"""

    template_name = "reconciliation/counts.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        run = queries.get_run_for(self.actor, ids["public_id"])
        asked = forms.CountsForm(self.request.GET)
        cell = _cell(run, asked)
        key = (cell.order_line_id, cell.model_id, cell.tier, cell.token_class_code)
        zone = run.order.contract.time_zone
        span = _span(cell, asked)
        is_a_day = accounting_day(span.start, zone) == accounting_day(
            span.end - counts.MICROSECOND, zone
        )
        rows = self._calls(run, key, span) if is_a_day else self._days(run, cell, key)
        return {
            "run": run,
            "order": run.order,
            "zone": zone,
            "cell": cell,
            "span": span,
            "is_a_day": is_a_day,
            "is_agency": self.actor.is_agency,
            **rows,
        }

    def _calls(self, run: ReconciliationRun, key: Key, span: Period) -> dict[str, Any]:
        calls = counts.calls_of(run.order, key, span)
        page = Paginator(calls, CALLS_A_PAGE).get_page(self.request.GET.get("page"))
        return {
            "calls": len(calls),
            "differing": sum(bool(each.gap) for each in calls),
            "metered": sum(each.metered or 0 for each in calls),
            "reported": sum(each.reported or 0 for each in calls),
            "page_obj": page,
        }

    def _days(self, run: ReconciliationRun, cell: Cell, key: Key) -> dict[str, Any]:
        span = Period(cell.period_start, cell.period_end)
        days = counts.cells_by_day(run, key, span)
        return {"days": [(day, address_of(run, cell, day)) for day in days]}


def _cell(run: ReconciliationRun, asked: forms.CountsForm) -> Cell:
    """The count of the comparison that the address names.

    :raises NotVisible: if the comparison has no such count
    """
    if asked.is_valid():
        data = asked.cleaned_data
        cell = (
            run.cells.filter(
                order_line__contract_line__clin=data["line"],
                model__snapshot=data["model"],
                tier=data["tier"],
                token_class_code=data["token_class"],
                period_start=data["start"],
                period_end=data["end"],
            )
            .select_related("order_line__contract_line", "model")
            .first()
        )
        if cell is not None:
            return cell
    message = "The comparison has no such count."
    raise NotVisible(message)


def _span(cell: Cell, asked: forms.CountsForm) -> Period:
    """The part of the count that is looked at: a day of it, or all of it."""
    low: datetime = asked.cleaned_data["day_start"] or cell.period_start
    high: datetime = asked.cleaned_data["day_end"] or cell.period_end
    start, end = max(low, cell.period_start), min(high, cell.period_end)
    if start >= end:
        return Period(cell.period_start, cell.period_end)
    return Period(start, end)


def address_of(run: ReconciliationRun, cell: Cell, day: Cell | None = None) -> str:
    """Where the rows behind a count are, or those of one day of it."""
    asked = {
        "line": cell.order_line.clin,
        "model": cell.model.snapshot,
        "tier": cell.tier,
        "token_class": cell.token_class_code,
        "start": cell.period_start.isoformat(),
        "end": cell.period_end.isoformat(),
    }
    if day is not None:
        asked["day_start"] = day.period_start.isoformat()
        asked["day_end"] = day.period_end.isoformat()
    path = reverse("reconciliation:counts", args=[run.public_id])
    return f"{path}?{urlencode(asked)}"
