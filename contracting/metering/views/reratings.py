"""Pages of usage that is rated anew, and of what was known of it at an instant."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import cached_property

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.plots.tables import Column, Plot, Table
from contracting.core.plots.waterfall import Down, waterfall
from contracting.core.quantities import Dollars, total_dollars
from contracting.core.templatetags.drawdown import dollars
from contracting.core.views import PageView, VerbView
from contracting.documents.queries import download_headers
from contracting.metering import permissions
from contracting.metering.forms.reratings import (
    KnownOnForm,
    RerateUsageForm,
    ReviewRunForm,
)
from contracting.metering.models import RatingDifference, RatingRun
from contracting.metering.operations.approve import approve_rerating
from contracting.metering.operations.discard import discard_rerating
from contracting.metering.operations.rerate import rerate_usage
from contracting.metering.queries.as_known import Known, known_usage
from contracting.metering.queries.rating_runs import (
    differences_of,
    get_rating_run_for,
    rating_runs_visible_to,
    why_left,
)
from contracting.metering.views import AgencyPage, UsageVerbView
from contracting.orders.queries import get_task_order_for
from contracting.reference.queries import token_classes


class RatingRunsPage(AgencyPage):
    """Which usage was rated anew, or waits for it?"""

    template_name = "metering/rating_runs.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        agency_id = self.agency_id()
        runs = rating_runs_visible_to(self.actor)
        return {
            "runs": runs[:100],
            "waiting": runs.filter(state="DRAFT").count(),
            "may_rerate": permissions.can_rerate_any_usage(self.actor, agency_id),
        }


class RatingRunPage(AgencyPage):
    """What does this run change? ``?format=csv`` hands over its report."""

    template_name = "metering/rating_run.html"

    @cached_property
    def run(self) -> RatingRun:
        self.agency_id()
        return get_rating_run_for(self.actor, self.kwargs["public_id"])

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") != "csv":
            return super().get(request, **ids)
        name = f"rating-run-{self.run.public_id}.csv"
        return HttpResponse(
            self.table.csv(),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(name),
        )

    @cached_property
    def table(self) -> Table:
        """The report: by day, line, class and pair of prices."""
        rows = [
            (
                row.day,
                row.old_order_line.order.piid or "",
                row.old_order_line.clin,
                row.old_rate_row.model.snapshot,
                row.rate_row.model.snapshot,
                row.token_class_code,
                row.old_rate_row.source,
                row.old_usd_per_million_tokens,
                row.rate_row.source,
                row.usd_per_million_tokens,
                row.tokens,
                row.old_dollars,
                row.dollars,
                row.change.amount,
                "adjustment" if row.is_closed else "rated anew",
            )
            for row in differences_of(self.run)
        ]
        return Table("Report", _REPORT, tuple(rows))

    def context(self, **ids: Any) -> dict[str, Any]:
        run, rows = self.run, differences_of(self.run)
        open_, closed = (
            total_dollars(row.change for row in rows if row.is_closed is is_closed)
            for is_closed in (False, True)
        )
        labels = {each.code: each.label for each in token_classes()}
        return {
            "plot": _plot(rows, labels),
            "run": run,
            "rows": [
                (labels.get(row.token_class_code, row.token_class_code), row)
                for row in rows[:MOST_ROWS]
            ],
            "row_count": len(rows),
            "tokens": sum(row.tokens for row in rows),
            "before": total_dollars(Dollars(row.old_dollars) for row in rows),
            "after": total_dollars(Dollars(row.dollars) for row in rows),
            "open": open_,
            "closed": closed,
            "left": why_left(run),
            "csv_url": "?format=csv",
            "may_approve": permissions.can_approve_rerating(self.actor, run),
            "may_discard": permissions.can_discard_rerating(self.actor, run),
        }


def _plot(rows: Sequence[RatingDifference], labels: Mapping[str, str]) -> Plot:
    """P5: from what the tokens cost as they were rated to what they cost now."""
    changes: dict[str, Decimal] = defaultdict(Decimal)
    lines: Counter[str] = Counter()
    for row in rows:
        changes[row.token_class_code] += row.change.amount
        lines[row.token_class_code] += row.lines
    before = sum((row.old_dollars for row in rows), Decimal(0))
    after = sum((row.dollars for row in rows), Decimal(0))
    steps = [
        Down(labels.get(code, code), -change, lines[code], is_bad=change > 0)
        for code, change in sorted(changes.items(), key=lambda each: each[1])
    ]
    most = max(changes, key=lambda code: abs(changes[code]), default="")
    return waterfall(
        "changes",
        "What the run changes, by token class, in US dollars",
        f"{labels.get(most, most)} changes most: {dollars(changes[most])}."
        if most
        else "Nothing changes.",
        (("As rated", before), ("As known now", after)),
        steps,
    )


MOST_ROWS = 500
_REPORT = (
    Column("Day", "day"),
    Column("Order"),
    Column("CLIN"),
    Column("Model until now"),
    Column("Model"),
    Column("Token class"),
    Column("Old price row"),
    Column("Old US dollars per million", "dollars"),
    Column("New price row"),
    Column("New US dollars per million", "dollars"),
    Column("Tokens", "tokens"),
    Column("US dollars until now", "dollars"),
    Column("US dollars", "dollars"),
    Column("Change in US dollars", "dollars"),
    Column("What it becomes"),
)


class RerateUsageView(UsageVerbView):
    """Prepare a re-rating."""

    template_name = "metering/rerate_usage.html"
    form_class = RerateUsageForm
    submit_label = "Work out what would change"
    done_message = (
        "It is worked out now. Nothing is changed: an officer reads it first."
    )

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_rerate_any_usage(self.actor, thing)

    def form_options(self, thing: int) -> dict[str, Any]:
        return {"actor": self.actor}

    def extra(self, thing: int) -> dict[str, Any]:
        return {"cancel_url": reverse("metering:rating_runs")}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        contract, order = data.pop("contract"), data.pop("order")
        asked = rerate_usage(
            contract_id=contract.pk,
            order_id=order.pk if order else None,
            **data,
            by=by,
            at=at,
        )
        return asked.operation.path


class _OnRun(AgencyPage, VerbView):
    """A verb on a run of the actor's agency."""

    def thing(self, *_: Any, **ids: Any) -> RatingRun:
        self.agency_id()
        return get_rating_run_for(self.actor, ids["public_id"])

    def extra(self, thing: RatingRun) -> dict[str, Any]:
        rows = differences_of(thing)
        return {
            "run": thing,
            "cancel_url": thing.path,
            "open": total_dollars(row.change for row in rows if not row.is_closed),
            "closed": total_dollars(row.change for row in rows if row.is_closed),
        }


class ApproveReratingView(_OnRun):
    """Approve a run and post it."""

    template_name = "metering/approve_rerating.html"
    form_class = ReviewRunForm
    submit_label = "Approve and post"
    done_message = "The ratings are added, and the funds are drawn on anew."

    def verdict(self, thing: RatingRun) -> Verdict:
        return permissions.can_approve_rerating(self.actor, thing)

    def initial(self, thing: RatingRun) -> dict[str, Any]:
        return {"content_sha256": thing.content_sha256}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        approve_rerating(run_id=thing.pk, **data, by=by, at=at)
        return str(thing.path)


class DiscardReratingView(_OnRun):
    """Give a prepared run up."""

    template_name = "metering/discard_rerating.html"
    submit_label = "Give it up"
    done_message = "The run is given up; its report stays, and nothing else was done."

    def verdict(self, thing: RatingRun) -> Verdict:
        return permissions.can_discard_rerating(self.actor, thing)

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        discard_rerating(run_id=thing.pk, by=by, at=at)
        return str(thing.path)


class KnownUsagePage(PageView):
    """What had this order cost, as it was known at an instant?

    ``known_on`` is a day, whose end is meant, or an instant; ``format=csv`` a file.
    """

    template_name = "metering/known_usage.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        order = get_task_order_for(self.actor, ids["public_id"])
        zone, now = order.contract.time_zone, clock.now()
        self.form = KnownOnForm(
            {"known_on": request.GET.get("known_on", "")}, zone=zone, now=now
        )
        is_right = self.form.is_valid()
        at = self.form.cleaned_data["known_on"] if is_right else now
        self.known = known_usage(order, at)
        if is_right and request.GET.get("format") == "csv":
            return self._file()
        response = super().get(request, **ids)
        response.status_code = 200 if is_right else 422
        return response

    def context(self, **ids: Any) -> dict[str, Any]:
        known = self.known
        asked = self.request.GET.get("known_on", "")
        labels = {each.code: each.label for each in token_classes()}
        return {
            "form": self.form,
            "known": known,
            "order": known.order,
            "is_now": not asked,
            "rows": [
                (labels.get(row.token_class_code, row.token_class_code), row)
                for row in known.usage[:MOST_ROWS]
            ],
            "row_count": len(known.usage),
            "csv_url": f"?{urlencode({'known_on': asked, 'format': 'csv'})}",
        }

    def _file(self) -> HttpResponse:
        known = self.known
        day = accounting_day(known.at, known.order.contract.time_zone)
        name = f"usage-{known.order.piid}-as-known-{day}.csv"
        return HttpResponse(
            _known_table(known).csv(),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(name),
        )


_KNOWN = (
    Column("Day", "day"),
    Column("CLIN"),
    Column("Model"),
    Column("Token class"),
    Column("Tier"),
    Column("Subline or run"),
    Column("US dollars per million", "dollars"),
    Column("Tokens", "tokens"),
    Column("US dollars", "dollars"),
)


def _known_table(known: Known) -> Table:
    """Usage, then true-ups and adjustments on rows of their own; nothing is netted."""
    usage: list[tuple[Any, ...]] = [
        (
            *(row.day, row.clin, row.model, row.token_class_code, row.tier, row.slin),
            *(row.usd_per_million_tokens, row.tokens, row.dollars),
        )
        for row in known.usage
    ]
    true_ups = [
        (None, clin, "", "true-up of steps and pools", "", "", None, 0, change.amount)
        for clin, change in known.true_ups.items()
    ]
    adjustments = [
        (
            *(each.last_day, "", "", f"adjustment, {each.token_class_code}"),
            *(each.tier, each.run, None, 0, each.change.amount),
        )
        for each in known.adjustments
    ]
    totals = (
        *(None, "", "", "Together", "", "", None),
        *(known.tokens, known.dollars.amount),
    )
    return Table("As known", _KNOWN, (*usage, *true_ups, *adjustments), totals)
