"""P9: whether each feed was heard of in every hour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from contracting.core import clock
from contracting.core.errors import NotVisible
from contracting.core.plots import words
from contracting.core.plots.strips import HourState, feed_health, gaps
from contracting.core.plots.tables import Plot
from contracting.documents.queries import download_headers
from contracting.metering.forms import LastDayForm
from contracting.metering.queries import explored
from contracting.metering.queries.feeds import FeedHours, feeds_visible_to
from contracting.metering.views import AgencyPage

DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Feed:
    """A source with its plot and the address of its figures."""

    hours: FeedHours
    plot: Plot
    csv_url: str

    @property
    def missing(self) -> int:
        """How many hours nothing was heard."""
        return sum(each.state == HourState.MISSING for each in self.hours.hours)


class FeedHealth(AgencyPage):
    """Which feeds were not heard of, and when?"""

    template_name = "metering/feed_health.html"

    @cached_property
    def form(self) -> LastDayForm:
        return LastDayForm(self.request.GET or None)

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        if request.GET.get("format") == "csv":
            return self._file(request.GET.get("source", ""))
        response = super().get(request, **ids)
        if self.form.is_bound and not self.form.is_valid():
            response.status_code = 422
        return response

    def context(self, **ids: Any) -> dict[str, Any]:
        feeds = self._feeds()
        return {"form": self.form, "feeds": feeds, "answer": _answer(feeds)}

    def _feeds(self) -> list[Feed]:
        agency_id, at = self.agency_id(), clock.now()
        zone = explored.zone_of_agency(agency_id)
        today = explored.today_of(agency_id, at)
        chosen = self.form.cleaned_data["last"] if self.form.is_valid() else None
        last = min(chosen or today, today)
        first = last - timedelta(days=DAYS - 1)
        found = feeds_visible_to(self.actor, first=first, last=last, zone=zone, at=at)
        return [self._feed(each, zone) for each in found]

    def _feed(self, each: FeedHours, zone: str) -> Feed:
        """The plot of a source; one that was never heard of has a sentence alone."""
        source = each.source
        closed = "" if source.closed_at is None else "It is closed."
        note = f"Hours of receipt in {zone}. {closed}".strip()
        plot = feed_health(
            source.public_id, source.label, each.hours, ZoneInfo(zone), [note]
        )
        query = self.request.GET.copy()
        query["format"], query["source"] = "csv", source.public_id
        return Feed(each, plot, f"?{query.urlencode()}")

    def _file(self, source: str) -> HttpResponse:
        for feed in self._feeds():
            if feed.hours.source.public_id == source:
                return HttpResponse(
                    feed.plot.table.csv(),
                    content_type="text/csv; charset=utf-8",
                    headers=download_headers(f"feed-{source}.csv"),
                )
        message = "There is no such usage source."
        raise NotVisible(message)


def _answer(feeds: list[Feed]) -> str:
    """The feed with the most hours missing, or that there is no gap."""
    if not feeds:
        return "No source of usage is registered yet."
    silent = [each for each in feeds if each.missing]
    known = [each for each in feeds if each.hours.hours]
    if not known:
        return "None of the sources was heard of by then."
    if not silent:
        return f"{words.count(len(known), 'feed')} without any gap in these days."
    worst = max(
        silent, key=lambda each: max(gap.hours for gap in gaps(each.hours.hours))
    )
    rest = len(silent) - 1
    more = (
        f" {words.count(rest, 'more feed has', 'more feeds have')} gaps."
        if rest
        else ""
    )
    return f"{worst.plot.sentence}{more} A gap is not zero usage."
