"""Pages of metered usage."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.views import PageView, VerbView
from contracting.metering import forms, permissions, queries
from contracting.metering.operations.assign import assign_usage
from contracting.metering.operations.assign_to_order import assign_usage_to_order
from contracting.metering.operations.correct import correct_usage
from contracting.metering.operations.dispose import dispose_usage
from contracting.metering.operations.rate import rate_period
from contracting.metering.operations.register import register_source
from contracting.metering.queries import completeness, held
from contracting.metering.queries.uploads import uploads_visible_to
from contracting.orders.models import OrderLine, TaskOrder
from contracting.orders.queries import get_task_order_for
from contracting.reference.permissions import can_map_model_alias
from contracting.reference.queries import token_classes


class AgencyPage(PageView):
    """Usage is the agency's own; nobody else finds these pages."""

    def agency_id(self) -> int:
        actor = self.actor
        if not actor.is_agency or not actor.role or actor.organization_id is None:
            message = "Usage is shown to the agency whose systems used it."
            raise NotVisible(message)
        return actor.organization_id


class UsagePage(AgencyPage):
    """Batches received, sources, and what is in suspense."""

    template_name = "metering/usage.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        agency_id = self.agency_id()
        return {
            "sources": queries.sources_visible_to(self.actor).order_by("code"),
            "batches": queries.batches_visible_to(self.actor).order_by("-pk")[:100],
            "suspense": queries.suspense(agency_id),
            "now": clock.now(),
            "may_register": permissions.can_register_source(self.actor, agency_id),
            "may_assign": permissions.can_assign_usage(self.actor, agency_id),
            "may_correct": permissions.can_correct_usage(self.actor, agency_id),
            "may_ingest": permissions.can_ingest_usage(self.actor, agency_id),
            "files": uploads_visible_to(self.actor).order_by("-pk")[:20],
        }


class OrderUsagePage(PageView):
    """What the gateway metered on one order, by day and token class."""

    template_name = "metering/order_usage.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        order = get_task_order_for(self.actor, ids["public_id"])
        totals = queries.totals_by_class(order)
        steps = queries.steps_of(order)
        change = sum(
            (row.exact_dollars - row.provisional_dollars for row in steps), Decimal(0)
        )
        labels = {row.code: row.label for row in token_classes()}
        return {
            "order": order,
            "totals": [(labels[row.token_class_code], row) for row in totals],
            "days": [
                (labels[row.token_class_code], row)
                for row in queries.daily_totals(order)
            ],
            "utilisation": queries.utilisation(order),
            "tokens": sum(total.tokens for total in totals),
            "dollars": sum((total.dollars for total in totals), change),
            "steps": steps,
            "change": change,
            "pools": queries.pools_of(order),
            "to_rate": [
                (line, permissions.can_rate_order_line(self.actor, line))
                for line in order.current_lines()
                if line.contract_line.is_by_volume and self.actor.is_agency
            ],
            "by_volume": any(
                line.contract_line.is_by_volume for line in order.current_lines()
            ),
            "held": (
                queries.open_suspense_of(order).count() if self.actor.is_agency else 0
            ),
            **self._beside(order),
        }

    def _beside(self, order: TaskOrder) -> dict[str, Any]:
        """What was metered and is not charged: free, held, or seen by a witness."""
        free = {"free": completeness.uncharged_of(order)}
        if not self.actor.is_agency:
            return free
        return {
            **free,
            "reserved": held.reserved_in_suspense(
                order.contract.agency_id, order=order
            ),
            "records": completeness.records_of(order),
            "witnesses": completeness.witness_differences(order),
            "may_declare": permissions.can_declare_source_of_record(self.actor, order),
        }


class RatePeriodView(VerbView):
    """Put the usage of a line on its steps now, without waiting for the night."""

    template_name = "metering/rate_period.html"
    submit_label = "Rate it now"
    done_message = "All usage of the line stands at its exact amount."

    def thing(self, **ids: Any) -> OrderLine:
        return queries.get_order_line_for(self.actor, ids["public_id"])

    def verdict(self, thing: OrderLine) -> Verdict:
        return permissions.can_rate_order_line(self.actor, thing)

    def extra(self, thing: OrderLine) -> dict[str, Any]:
        return {"line": thing, "cancel_url": _usage_of(thing)}

    def perform(
        self, *, thing: OrderLine, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        rate_period(contract_line_id=thing.contract_line_id, by=by, at=at)
        return _usage_of(thing)


def _usage_of(line: OrderLine) -> str:
    return reverse("metering:order_usage", args=[line.order.public_id])


class SuspensePage(AgencyPage):
    """What is held, why, since when, and what would release it."""

    template_name = "metering/suspense.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        agency_id = self.agency_id()
        return {
            "suspense": queries.suspense(agency_id),
            "may_assign": permissions.can_assign_usage(self.actor, agency_id),
            "may_dispose": permissions.can_dispose_usage(self.actor, agency_id),
            "may_map": can_map_model_alias(self.actor, agency_id),
            "reserved": held.reserved_in_suspense(agency_id),
            "ages": held.ages_of_suspense(agency_id, clock.now()),
            "held": queries.held_events(agency_id)[:100],
            "disposed": queries.disposed(agency_id),
            "disposals": queries.disposals_of(agency_id)[:100],
            "now": clock.now(),
        }


class UsageVerbView(AgencyPage, VerbView):
    """A verb on the usage of the actor's agency."""

    def thing(self, **ids: Any) -> int:
        return self.agency_id()


class RegisterSourceView(UsageVerbView):
    """Register a gateway."""

    template_name = "metering/register_source.html"
    form_class = forms.RegisterSourceForm
    submit_label = "Register the source"
    done_message = "The source is registered."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_register_source(self.actor, thing)

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        register_source(
            agency_id=thing,
            code=data["code"],
            label=data["label"],
            kind=data["kind"],
            by=by,
            at=at,
        )
        return reverse("metering:usage")


class AssignUsageView(UsageVerbView):
    """Run attribution and rating again on what is held."""

    template_name = "metering/assign_usage.html"
    submit_label = "Assign what can be assigned"
    done_message = "Held usage was attributed and rated."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_assign_usage(self.actor, thing)

    def extra(self, thing: int) -> dict[str, Any]:
        return {"suspense": queries.suspense(thing), "now": clock.now()}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        assign_usage(agency_id=thing, by=by, at=at)
        return reverse("metering:suspense")


class HeldCallsView(UsageVerbView):
    """A verb on a group of held calls, chosen by the address or on the page."""

    def form_options(self, thing: int) -> dict[str, Any]:
        return {"agency_id": thing}

    def initial(self, thing: int) -> dict[str, Any]:
        return {"group": self.request.GET.get("group", "")}


class AssignUsageToOrderView(HeldCallsView):
    """Say whose usage held calls are."""

    template_name = "metering/assign_usage_to_order.html"
    form_class = forms.AssignUsageToOrderForm
    submit_label = "Assign to this order"
    done_message = "The calls were assigned, rated and drawn on the order."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_assign_usage(self.actor, thing)

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        assign_usage_to_order(
            agency_id=thing,
            calls=data["calls"],
            to=data["to"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return reverse("metering:suspense")


class DisposeUsageView(HeldCallsView):
    """Say why held calls are charged to nobody."""

    template_name = "metering/dispose_usage.html"
    form_class = forms.DisposeUsageForm
    submit_label = "Dispose of these calls"
    done_message = "The calls are charged to nobody and stay listed."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_dispose_usage(self.actor, thing)

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        dispose_usage(
            agency_id=thing,
            calls=data["calls"],
            code=data["code"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return reverse("metering:suspense")


class CorrectUsageView(UsageVerbView):
    """Add a signed correction."""

    template_name = "metering/correct_usage.html"
    form_class = forms.CorrectUsageForm
    submit_label = "Add the correction"
    done_message = "The correction was added; the original stays as it was."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_correct_usage(self.actor, thing)

    def form_options(self, thing: int) -> dict[str, Any]:
        return {"actor": self.actor}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        correct_usage(
            source_id=data["source"].pk,
            event_id=data["event_id"],
            correction_id=data["correction_id"],
            changes={data["token_class"]: data["change"]},
            reason=data["reason"],
            by=by,
            at=at,
        )
        return reverse("metering:usage")
