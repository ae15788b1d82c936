"""Pages of sources and of the keys of the gateways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.errors import NotVisible
from contracting.core.permissions import Verdict
from contracting.core.plots.strips import Hour, HourState, feed_health
from contracting.core.plots.tables import Plot
from contracting.core.views import VerbView
from contracting.metering import permissions, queries
from contracting.metering.forms import terms as forms
from contracting.metering.models import KeyMapping, UsageSource
from contracting.metering.operations.close import close_source
from contracting.metering.operations.detach import detach_source
from contracting.metering.operations.map_key import map_key
from contracting.metering.operations.unmap_key import unmap_key
from contracting.metering.queries import completeness
from contracting.metering.queries.terms import keys_of
from contracting.metering.queries.uploads import mapping_in_force
from contracting.metering.views import AgencyPage, UsageVerbView

SHOWN_HOURS = 48
SHOWN_DAYS = timedelta(days=30)


class SourcePage(AgencyPage):
    """Has everything of this source arrived?"""

    template_name = "metering/source.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        self.agency_id()
        source, at = queries.get_source_by_id(self.actor, ids["public_id"]), clock.now()
        today = at.astimezone(UTC).date()
        days = completeness.days_of(source, today - SHOWN_DAYS, today)
        hours = completeness.hours_by_day(source, at, SHOWN_DAYS.days)
        last = completeness.hours_of(source, at, SHOWN_HOURS + at.hour + 1)
        return {
            "source": source,
            "heard_at": completeness.last_heard_of(source),
            "watermark": completeness.watermark_of(source),
            "days": days,
            "different": [day for day in days if day.is_different],
            "gaps": completeness.open_gaps(source, today - SHOWN_DAYS, today),
            "hours": hours,
            "missing": sum(each.missing for each in hours),
            "strip": _strip(source, last),
            "mapping": mapping_in_force(source.pk),
            "may_map": permissions.can_map_columns(self.actor, source.agency_id),
            "may_ingest": permissions.can_ingest_usage(self.actor, source.agency_id),
            "may_close": permissions.can_close_source(self.actor, source),
            "may_detach": permissions.can_detach_source(self.actor, source),
            "archive": getattr(source, "archive", None),
        }


def _strip(source: UsageSource, hours: list[completeness.SourceHour]) -> Plot:
    """P9 of one source by the hours in which calls were made, those of today last."""
    states = {
        completeness.HourState.RECEIVED: HourState.RECEIVED,
        completeness.HourState.LATE: HourState.LATE,
        completeness.HourState.EMPTY: HourState.EMPTY,
        completeness.HourState.MISSING: HourState.MISSING,
        completeness.HourState.AHEAD: HourState.AHEAD,
    }
    drawn = [Hour(each.starts_at, states[each.state], each.calls) for each in hours]
    notes = ["Hours in UTC in which calls were made, by what is stored of them."]
    return feed_health("hours", source.label, drawn, ZoneInfo("UTC"), notes)


class CloseSourceView(AgencyPage, VerbView):
    """Close a source."""

    template_name = "metering/close_source.html"
    form_class = forms.CloseSourceForm
    submit_label = "Close the source"
    done_message = "The source is closed; its rows are counted no more."

    def thing(self, *_: Any, **ids: Any) -> UsageSource:
        self.agency_id()
        return queries.get_source_by_id(self.actor, ids["public_id"])

    def verdict(self, thing: UsageSource) -> Verdict:
        return permissions.can_close_source(self.actor, thing)

    def extra(self, thing: UsageSource) -> dict[str, Any]:
        return {"source": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: UsageSource, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        close_source(source_id=thing.pk, reason=data["reason"], by=by, at=at)
        return thing.path


class DetachSourceView(AgencyPage, VerbView):
    """Put the calls of a closed source away."""

    template_name = "metering/detach_source.html"
    submit_label = "Put its calls away"
    done_message = "The calls are put away. They are read and proved as before."

    def thing(self, *_: Any, **ids: Any) -> UsageSource:
        self.agency_id()
        return queries.get_source_by_id(self.actor, ids["public_id"])

    def verdict(self, thing: UsageSource) -> Verdict:
        return permissions.can_detach_source(self.actor, thing)

    def extra(self, thing: UsageSource) -> dict[str, Any]:
        return {"source": thing, "cancel_url": thing.path}

    def perform(
        self, *, thing: UsageSource, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        detach_source(source_id=thing.pk, by=by, at=at)
        return thing.path


class KeysPage(AgencyPage):
    """Whose is each key of our gateways?"""

    template_name = "metering/keys.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        agency_id, at = self.agency_id(), clock.now()
        rows = list(keys_of(agency_id))
        return {
            "keys": [(row, at in row.in_force) for row in rows],
            "holding": sum(at in row.in_force for row in rows),
            "may_map": permissions.can_map_key(self.actor, agency_id),
        }


class MapKeyView(UsageVerbView):
    """Say whose a key is."""

    template_name = "metering/map_key.html"
    form_class = forms.MapKeyForm
    submit_label = "Map the key"
    done_message = "Calls of the key count there; assign what is held under it."

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_map_key(self.actor, thing)

    def form_options(self, thing: int) -> dict[str, Any]:
        return {"actor": self.actor, "agency_id": thing}

    def initial(self, thing: int) -> dict[str, Any]:
        return {"key_ref": self.request.GET.get("key_ref", "")}

    def perform(
        self, *, thing: Any, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        source = data["source"]
        map_key(
            agency_id=thing,
            key_ref=data["key_ref"],
            to=data["to"],
            source_id=None if source is None else source.pk,
            first_day=data["first_day"],
            last_day=data["last_day"],
            reason=data["reason"],
            by=by,
            at=at,
        )
        return reverse("metering:keys")


class UnmapKeyView(AgencyPage, VerbView):
    """End a mapping."""

    template_name = "metering/unmap_key.html"
    form_class = forms.UnmapKeyForm
    submit_label = "End the mapping"
    done_message = "Calls of the key after that day are held."

    def thing(self, *_: Any, **ids: Any) -> KeyMapping:
        rows = keys_of(self.agency_id(), public_id=ids["public_id"])
        found = next(iter(rows), None)
        if found is None:
            message = "There is no such mapping."
            raise NotVisible(message)
        return found

    def verdict(self, thing: KeyMapping) -> Verdict:
        return permissions.can_map_key(self.actor, thing.agency_id)

    def extra(self, thing: KeyMapping) -> dict[str, Any]:
        return {"mapping": thing, "cancel_url": reverse("metering:keys")}

    def perform(
        self, *, thing: KeyMapping, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        unmap_key(mapping_id=thing.pk, **data, by=by, at=at)
        return reverse("metering:keys")
