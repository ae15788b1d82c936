"""Pages of months: what is open, what stands in the way, the figures, and accruals."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from contracting.contracts.models import Contract
from contracting.contracts.queries import get_contract_for
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.canonical import content_sha256
from contracting.core.errors import NotVisible
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.plots.latency import latency
from contracting.core.plots.tables import Plot, Value, rows_as_csv
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.views import KeyPage, PageView, VerbView
from contracting.documents.queries import documents_of, download_headers
from contracting.orders.models import TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.periods import forms, permissions, queries
from contracting.periods.calculations import read_month
from contracting.periods.models import Accrual
from contracting.periods.operations.close import close_period
from contracting.periods.operations.explain import explain_period
from contracting.periods.operations.reopen import reopen_period
from contracting.periods.operations.settle import settle_adjustment
from contracting.periods.operations.sign_off import sign_off_period
from contracting.periods.queries.ageing import aged
from contracting.periods.queries.checks import checks_of, in_the_way
from contracting.periods.queries.late import INVOICE_COLUMNS, invoice_rows, late_of
from contracting.periods.queries.latency import months_of_money, orders_of, ways_of
from contracting.periods.queries.totals import content_of
from contracting.periods.states import AccrualKind, SignOffPart
from contracting.reconciliation.models import Finding
from contracting.reconciliation.queries import get_finding_for

PER_PAGE = 100


def csv_response(
    name: str, head: Sequence[str], rows: Sequence[Sequence[Value]]
) -> HttpResponse:
    """Rows as a file to be kept."""
    return HttpResponse(
        "".join(rows_as_csv(head, rows)),
        content_type="text/csv; charset=utf-8",
        headers=download_headers(name),
    )


class PeriodsPage(PageView):
    """Which months are over and not closed?"""

    template_name = "periods/periods.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        if not self.actor.is_agency:
            message = "There is no such page."
            raise NotVisible(message)
        orders = list(queries.orders_with_months(self.actor))
        entries = queries.entries_visible_to(self.actor)
        to_close = queries.months_to_close(orders, clock.now())
        return {
            "to_close": to_close,
            "page_obj": Paginator(to_close, PER_PAGE).get_page(
                self.request.GET.get("page")
            ),
            "orders": orders,
            "page": KeyPage(entries, self.request.GET, PER_PAGE),
        }


class OrderPeriods(PageView):
    """Is this month complete, what does it come to, and who has signed it off?"""

    template_name = "periods/order_periods.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        order = queries.get_order_for(self.actor, ids["public_id"])
        at = clock.now()
        on = accounting_day(at, order.contract.time_zone)
        asked = read_month(self.request.GET.get("month", ""))
        month = queries.month_asked(order, at, asked)
        context: dict[str, Any] = {
            "order": order,
            "contract": order.contract,
            "months": queries.month_rows(order, at),
            "month": month,
        }
        if month is None:
            return context
        last = queries.last_link_of(order, month)
        is_closed = queries.is_closed(order, month)
        content = last.content if last and is_closed else content_of(order, month, at)
        sha256 = content_sha256(content)
        given = queries.sign_offs_of(order, month, sha256)
        checks = [] if is_closed else checks_of(order, month, at)
        by = self.actor
        return context | {
            "last": last,
            "is_closed": is_closed,
            "content": content,
            "sha256": sha256,
            "checks": checks,
            "in_the_way": in_the_way(checks),
            "words": [(part.label, given.get(part)) for part in SignOffPart],
            "is_signed_off": len(given) == len(SignOffPart),
            "may_explain": permissions.can_explain_period(by, order, on),
            "may_sign_off": permissions.can_sign_off_period(by, order, on),
            "may_close": permissions.can_close_period(by, order, on),
            "may_reopen": permissions.can_reopen_period(by, order),
        }


class EntryPage(PageView):
    """What was closed, on whose word, and where in the chain?"""

    template_name = "periods/entry.html"

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        entry = queries.get_entry_for(self.actor, ids["public_id"])
        return {
            "entry": entry,
            "order": entry.order,
            "contract": entry.order.contract,
            "content": entry.content,
            "chain": queries.chain_of(entry.order),
            "documents": documents_of(entry.subject).visible_to(self.actor),
        }


class PeriodVerb(VerbView):
    """A verb on a month of an order, which the address names as ``?month=2026-04``."""

    def thing(self, *_: Any, **ids: Any) -> TaskOrder:
        return queries.get_order_for(self.actor, ids["public_id"])

    def month(self, order: TaskOrder) -> date:
        """The month that is asked for, else the oldest that is open.

        :raises NotVisible: if the order has no month yet
        """
        said = self.request.POST.get("month") or self.request.GET.get("month", "")
        found = queries.month_asked(order, clock.now(), read_month(said))
        if found is None:
            message = "This order has no month yet."
            raise NotVisible(message)
        return found

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        return {"month": f"{self.month(thing):%Y-%m}"}

    def extra(self, thing: TaskOrder) -> dict[str, Any]:
        month, at = self.month(thing), clock.now()
        content = content_of(thing, month, at)
        checks = checks_of(thing, month, at)
        return {
            "order": thing,
            "contract": thing.contract,
            "month": month,
            "content": content,
            "sha256": content_sha256(content),
            "checks": checks,
            "in_the_way": in_the_way(checks),
            "cancel_url": self.back(thing, month),
        }

    def back(self, order: TaskOrder, month: date) -> str:
        """The page of the month."""
        page = reverse("periods:order_periods", args=[order.public_id])
        return f"{page}?month={month:%Y-%m}"

    def on(self, order: TaskOrder) -> date:
        """The day that it is now where the contract counts its days."""
        return accounting_day(clock.now(), order.contract.time_zone)


class ExplainPeriod(PeriodVerb):
    """Why a month is whole although something does not hold of it."""

    template_name = "periods/explain_period.html"
    form_class = forms.ExplainPeriodForm
    submit_label = "Keep the explanation"
    done_message = "The explanation is kept with the month."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_explain_period(self.actor, thing, self.on(thing))

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        said = self.request.GET.get("condition", "")
        return {**super().initial(thing), "condition": said}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        explain_period(
            order_id=thing.pk,
            month=data["month"],
            condition=data["condition"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return self.back(thing, data["month"])


class SignOffPeriod(PeriodVerb):
    """One of the two words that a month needs."""

    template_name = "periods/sign_off_period.html"
    form_class = forms.SignOffPeriodForm
    submit_label = "Sign off the month"
    done_message = "The month is signed off for your side."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_sign_off_period(self.actor, thing, self.on(thing))

    def initial(self, thing: TaskOrder) -> dict[str, Any]:
        content = content_of(thing, self.month(thing), clock.now())
        seen = content_sha256(content)
        return {**super().initial(thing), "seen_sha256": seen}

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        sign_off_period(
            order_id=thing.pk,
            month=data["month"],
            seen_sha256=data["seen_sha256"],
            by=by,
            at=at,
        )
        return self.back(thing, data["month"])


class ClosePeriod(PeriodVerb):
    """The link that closes a month."""

    template_name = "periods/close_period.html"
    form_class = forms.ClosePeriodForm
    submit_label = "Close the month"
    done_message = "The month is closed. What comes late for it is an adjustment."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_close_period(self.actor, thing, self.on(thing))

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return close_period(order_id=thing.pk, month=data["month"], by=by, at=at).path


class ReopenPeriod(PeriodVerb):
    """The link that opens a closed month again."""

    template_name = "periods/reopen_period.html"
    form_class = forms.ReopenPeriodForm
    submit_label = "Open the month again"
    done_message = "The month is open again; its closing stays in the chain."

    def verdict(self, thing: TaskOrder) -> Verdict:
        return permissions.can_reopen_period(self.actor, thing)

    def perform(
        self, *, thing: TaskOrder, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        entry = reopen_period(
            order_id=thing.pk,
            month=data["month"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return entry.path


class SettleAdjustment(VerbView):
    """What was rated anew after acceptance becomes a credit, or a charge."""

    template_name = "periods/settle_adjustment.html"
    form_class = forms.SettleAdjustmentForm
    submit_label = "Settle it"
    done_message = "The difference is settled and its discrepancy resolved."

    def thing(self, *_: Any, **ids: Any) -> Finding:
        return get_finding_for(self.actor, ids["public_id"])

    def verdict(self, thing: Finding) -> Verdict:
        on = accounting_day(clock.now(), thing.order.contract.time_zone)
        return permissions.can_settle_adjustment(self.actor, thing, on)

    def extra(self, thing: Finding) -> dict[str, Any]:
        cents = Dollars(thing.amount_dollars).to_cents()
        return {
            "finding": thing,
            "order": thing.order,
            "contract": thing.order.contract,
            "is_adjustment": bool(thing.evidence.get("rating_run")),
            "credit": cents if cents > Dollars() else None,
            "charge": -cents if cents < Dollars() else None,
            "cancel_url": thing.path,
        }

    def perform(
        self, *, thing: Finding, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        settle_adjustment(finding_id=thing.pk, reason=data["reason"], by=by, at=at)
        return thing.path


class LateUsagePage(PageView):
    """What came late for a closed period, and what of it may still be invoiced?

    ``?format=csv`` gives it as adjustment lines of an invoice.
    """

    template_name = "periods/late_usage.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            return super().get(request, **ids)
        order = get_task_order_for(self.actor, ids["public_id"])
        rows = invoice_rows(late_of(order))
        name = f"{order.piid or 'order'}-adjustments.csv"
        return csv_response(name, INVOICE_COLUMNS, rows)

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        order = get_task_order_for(self.actor, ids["public_id"])
        late = late_of(order)
        return {
            "order": order,
            "contract": order.contract,
            "late": late,
            "left": sum(max(each.left, 0) for each in late),
            "too_much": -sum(min(each.left, 0) for each in late),
            "dollars": total_dollars(each.dollars for each in late),
        }


ACCRUAL_COLUMNS = (
    *("posted_on", "month", "order", "clin", "acrn", "basis", "kind"),
    *("debit_account", "credit_account", "amount", "exact_amount", "reference"),
)


def accrual_row(row: Accrual) -> tuple[Value, ...]:
    """One entry for the finance system: 4801 to 4901, and back where it is reversed."""
    accounts = ("4801", "4901")
    if row.kind == AccrualKind.REVERSED:
        accounts = ("4901", "4801")
    return (
        row.posted_on,
        f"{row.month:%Y-%m}",
        row.order.piid,
        row.order_line.clin if row.order_line else "",
        row.acrn,
        str(row.basis),
        str(row.kind),
        *accounts,
        abs(row.cents),
        abs(row.dollars),
        f"ACR-{row.reverses_id or row.pk}",
    )


class AccrualsPage(PageView):
    """What was owed at the end of each month, and is it taken back?

    ``?format=csv`` gives the rows for the finance system.
    """

    template_name = "periods/accruals.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            return super().get(request, **ids)
        rows = [accrual_row(each) for each in self._rows().order_by("posted_on", "pk")]
        return csv_response("accruals.csv", ACCRUAL_COLUMNS, rows)

    def _rows(self) -> Any:
        if not self.actor.is_agency:
            message = "There is no such page."
            raise NotVisible(message)
        rows = queries.accruals_visible_to(self.actor)
        month = read_month(self.request.GET.get("month", ""))
        return rows if month is None else rows.filter(month=month)

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        rows = self._rows()
        months = queries.accruals_visible_to(self.actor).order_by("-month")
        old = aged(queries.orders_with_months(self.actor), clock.now())
        return {
            "aged": old,
            "unexplained": total_dollars(each.unexplained for each in old),
            "rows": rows.order_by("-posted_on", "-pk")[:PER_PAGE],
            "found": rows.count(),
            "months": list(months.values_list("month", flat=True).distinct()),
            "asked": self.request.GET.get("month", ""),
            "standing": rows.filter(reverses__isnull=True, reversal__isnull=True),
        }


class LatencyPage(PageView):
    """How many days does the money take, and what does it wait for?

    ``?format=csv`` gives the figures.
    """

    template_name = "periods/latency.html"

    def about(self, **ids: Any) -> TaskOrder | Contract | None:
        """Whose money it is; all that one may see where it is nobody's."""
        return None

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            return super().get(request, **ids)
        thing = self.about(**ids)
        return HttpResponse(
            self._plot(thing).table.csv(),
            content_type="text/csv; charset=utf-8",
            headers=download_headers("latency.csv"),
        )

    def _plot(self, thing: TaskOrder | Contract | None) -> Plot:
        rows = orders_of(
            self.actor,
            order=thing if isinstance(thing, TaskOrder) else None,
            contract_id=thing.pk if isinstance(thing, Contract) else None,
        )
        contract = thing.contract if isinstance(thing, TaskOrder) else thing
        zone = contract.time_zone if contract else "of each contract"
        return latency("latency", months_of_money(ways_of(rows)), zone)

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        thing = self.about(**ids)
        contract = thing.contract if isinstance(thing, TaskOrder) else thing
        return {
            "thing": thing,
            "order": thing if isinstance(thing, TaskOrder) else None,
            "contract": contract,
            "plot": self._plot(thing),
        }


class OrderLatency(LatencyPage):
    """The same of one order."""

    def about(self, **ids: Any) -> TaskOrder:
        return get_task_order_for(self.actor, ids["public_id"])


class ContractLatency(LatencyPage):
    """The same of one contract."""

    def about(self, **ids: Any) -> Contract:
        return get_contract_for(self.actor, ids["public_id"])
