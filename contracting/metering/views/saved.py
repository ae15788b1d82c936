"""Keeping a view of the usage explorer, and keeping it no longer."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.views import VerbView
from contracting.metering import permissions
from contracting.metering.forms import ExploreForm
from contracting.metering.forms.saved import SaveViewForm
from contracting.metering.models import SavedView
from contracting.metering.operations.discard_view import discard_view
from contracting.metering.operations.save_view import save_view
from contracting.metering.queries.saved import get_view_for
from contracting.metering.views import AgencyPage, UsageVerbView

_DAYS = ("first", "last")


class SaveViewView(UsageVerbView):
    """Keep what is asked of the explorer."""

    template_name = "metering/save_view.html"
    form_class = SaveViewForm
    submit_label = "Save the view"
    done_message = "The view is saved; it is listed above the explorer."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_save_view(self.actor, thing)

    def initial(self, thing: int) -> dict[str, Any]:
        return {"query": self.request.GET.urlencode()[:1_000]}

    def extra(self, thing: Any) -> dict[str, Any]:
        return {"cancel_url": reverse("metering:usage_explorer")}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        asked = QueryDict(data["query"])
        kept = [
            (name, asked[name])
            for name in ExploreForm.base_fields
            if asked.get(name) and (data["keep_days"] or name not in _DAYS)
        ]
        view = save_view(
            agency_id=thing,
            name=data["name"],
            query=urlencode(kept),
            is_shared=data["is_shared"],
            by=by,
            at=at,
        )
        return view.path


class DiscardViewView(AgencyPage, VerbView):
    """Keep a view no longer."""

    template_name = "metering/discard_view.html"
    submit_label = "Discard the view"
    done_message = "The view is gone; the usage is not."

    def thing(self, *_: Any, **ids: Any) -> SavedView:
        self.agency_id()
        return get_view_for(self.actor, ids["public_id"])

    def verdict(self, thing: SavedView) -> Verdict:
        return permissions.can_discard_view(self.actor, thing)

    def extra(self, thing: SavedView) -> dict[str, Any]:
        return {"view": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: SavedView, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        discard_view(view_id=thing.pk, by=by, at=at)
        return reverse("metering:usage_explorer")
