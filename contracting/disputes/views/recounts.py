"""Pages of joint recounts: how the sample is drawn, and what both sides found."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse

from contracting.audit.queries import events_of
from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.periods import accounting_day
from contracting.core.permissions import Verdict
from contracting.core.plots.intervals import Interval, intervals
from contracting.core.plots.tables import Column, Plot, rows_as_csv
from contracting.core.views import PageView, VerbView
from contracting.disputes import forms, permissions
from contracting.disputes.models import DisputeCase, JointRecount
from contracting.disputes.operations.enter_recount import enter_recount
from contracting.disputes.operations.join_recount import join_recount
from contracting.disputes.operations.start_recount import start_recount
from contracting.disputes.queries import cases, recounts
from contracting.disputes.states import Side
from contracting.documents.queries import download_headers
from contracting.reference.models import TokenClass

ROWS_SHOWN = 200


class RecountPage(PageView):
    """How was the sample drawn, and whose count does it confirm?"""

    template_name = "disputes/recount.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        recount = recounts.get_recount_for(self.actor, ids["public_id"])
        if request.GET.get("format") == "csv":
            return _file(recount)
        return super().get(request, **ids)

    def context(self, *_: Any, **ids: Any) -> dict[str, Any]:
        by = self.actor
        recount = recounts.get_recount_for(by, ids["public_id"])
        contract = recount.case.order.contract
        on = accounting_day(clock.now(), contract.time_zone)
        result = recounts.result_of(recount)
        sides = recounts.entered(recount)
        own = Side.VENDOR if by.is_vendor else Side.AGENCY
        return {
            "recount": recount,
            "case": recount.case,
            "contract": contract,
            "draw": getattr(recount, "draw", None),
            "result": result,
            "differing": (
                [row for row in result.rows if not row.is_agreed][:ROWS_SHOWN]
                if result
                else []
            ),
            "plot": _plot(result) if result else None,
            "waiting": [side.label for side in Side if side not in sides],
            "has_entered": own in sides,
            "may_join": permissions.can_join_recount(by, recount),
            "may_enter": permissions.can_enter_recount(by, recount, on),
            "events": events_of(recount.subject),
        }


def _plot(result: recounts.Result) -> Plot:
    rows = [
        Interval(label, each.value, each.low, each.high)
        for label, each in (
            ("Our meter", result.metered_total),
            ("The vendor's report", result.reported_total),
            ("Counted anew by the agency", result.agency_total),
            ("Counted anew by the vendor", result.vendor_total),
        )
    ]
    n = len(result.rows)
    kind = "counted" if n == result.population else "estimated"
    sentence = (
        f"Of {result.population:,} calls {n:,} were counted anew; by them the agency "
        f"{kind} {result.agency_total.value:,} tokens and the vendor "
        f"{result.vendor_total.value:,}."
    )
    columns = (
        Column("Who counts"),
        Column("Tokens of all calls", "number"),
        Column("At least", "number"),
        Column("At most", "number"),
    )
    return intervals(
        "recount",
        "Tokens of all calls, by who counts them",
        sentence,
        rows,
        columns=columns,
        notes=("Each line is an interval of 95 percent; all rest on the same sample.",),
    )


def _file(recount: JointRecount) -> HttpResponse:
    """The sample; with every count, once both sides have entered theirs."""
    result = recounts.result_of(recount)
    if result is None:
        head: tuple[str, ...] = ("request_id", "attempt", "tokens")
        rows: list[tuple[str | int, ...]] = [
            (call.request_id, call.attempt, "")
            for call in recount.calls.order_by("position")
        ]
    else:
        head = (
            *("request_id", "attempt", "metered", "reported"),
            *("counted_by_agency", "counted_by_vendor"),
        )
        rows = [
            (
                *(row.call.request_id, row.call.attempt, row.call.metered_tokens),
                *(row.call.reported_tokens, row.agency, row.vendor),
            )
            for row in result.rows
        ]
    return HttpResponse(
        "".join(rows_as_csv(head, rows)),
        content_type="text/csv",
        headers=download_headers(f"{recount.public_id}.csv"),
    )


class StartRecount(VerbView):
    """Fix what is drawn from."""

    template_name = "disputes/start_recount.html"
    form_class = forms.StartRecountForm
    submit_label = "Start the recount"
    done_message = "The vendor is asked for its seed; then the sample is drawn."

    def thing(self, *_: Any, **ids: Any) -> DisputeCase:
        return cases.get_case_for(self.actor, ids["public_id"])

    def verdict(self, thing: DisputeCase) -> Verdict:
        on = accounting_day(clock.now(), thing.order.contract.time_zone)
        return permissions.can_start_recount(self.actor, thing, on)

    def form_options(self, thing: DisputeCase) -> dict[str, Any]:
        found = cases.findings_of(thing)
        named = {code for each in found for code in each.token_classes}
        classes = TokenClass.objects.order_by("pk").values_list("code", "label")
        return {
            "findings": [
                (each.public_id, f"{each.code}, {each.tokens:,} tokens")
                for each in found
            ],
            "classes": [row for row in classes if not named or row[0] in named],
        }

    def extra(self, thing: DisputeCase) -> dict[str, Any]:
        margin: Decimal = recounts.margin_on(thing, clock.now())
        return {"case": thing, "margin": margin, "cancel_url": thing.path}

    def perform(
        self, *, thing: DisputeCase, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        return start_recount(case_id=thing.pk, **data, by=by, at=at).path


class RecountVerbView(VerbView):
    """A verb on one recount that the actor may see."""

    def thing(self, *_: Any, **ids: Any) -> JointRecount:
        return recounts.get_recount_for(self.actor, ids["public_id"])

    def extra(self, thing: JointRecount) -> dict[str, Any]:
        return {"recount": thing, "case": thing.case, "cancel_url": thing.path}


class JoinRecount(RecountVerbView):
    """The vendor's seed."""

    template_name = "disputes/join_recount.html"
    form_class = forms.JoinRecountForm
    submit_label = "Draw the sample"
    done_message = "The sample is drawn; both seeds are told."

    def verdict(self, thing: JointRecount) -> Verdict:
        return permissions.can_join_recount(self.actor, thing)

    def perform(
        self, *, thing: JointRecount, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        join_recount(recount_id=thing.pk, seed=data["seed"], by=by, at=at)
        return thing.path


class EnterRecount(RecountVerbView):
    """One side's counts."""

    template_name = "disputes/enter_recount.html"
    form_class = forms.EnterRecountForm
    submit_label = "Enter the counts"
    done_message = "Your counts are entered."

    def verdict(self, thing: JointRecount) -> Verdict:
        on = accounting_day(clock.now(), thing.case.order.contract.time_zone)
        return permissions.can_enter_recount(self.actor, thing, on)

    def form_options(self, thing: JointRecount) -> dict[str, Any]:
        return {"sampled": set(thing.calls.values_list("request_id", flat=True))}

    def perform(
        self, *, thing: JointRecount, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        enter_recount(recount_id=thing.pk, counts=data["counts"], by=by, at=at)
        return thing.path
