"""Usage that could not be drawn on its funds: what stopped it, and another try."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.metering import permissions, queries
from contracting.metering.operations.unpark import unpark_usage
from contracting.metering.views import AgencyPage, UsageVerbView


class ParkedPage(AgencyPage):
    """What is parked of the agency's usage, since when and why."""

    template_name = "metering/parked.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        agency_id = self.agency_id()
        return {
            "parked": queries.parked_usage(agency_id)[:100],
            "may_unpark": permissions.can_unpark_usage(self.actor, agency_id),
        }


class UnparkUsageView(UsageVerbView):
    """Let the roller try parked usage again."""

    template_name = "metering/unpark_usage.html"
    submit_label = "Try it again"
    done_message = "It is tried again. It comes back here if it fails once more."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_unpark_usage(self.actor, thing)

    def extra(self, thing: int) -> dict[str, Any]:
        parked = queries.parked_usage(thing).filter(public_id=self.kwargs["public_id"])
        found = parked.first()
        if found is None:
            message = "This usage is not parked any more."
            raise NotVisible(message)
        return {"parked": found, "cancel_url": reverse("metering:parked")}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        unpark_usage(agency_id=thing, public_id=self.kwargs["public_id"], by=by, at=at)
        return reverse("metering:parked")
