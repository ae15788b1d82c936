"""Pages of a provider's usage reports, and of what they have restated."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from contracting.core import clock
from contracting.core.actors import Actor
from contracting.core.permissions import Verdict
from contracting.core.plots.tables import Column, Table
from contracting.core.views import VerbView
from contracting.documents.queries import download_headers
from contracting.metering import permissions, queries
from contracting.metering.adapters.reading import report_called
from contracting.metering.adapters.unpacking import BATCH
from contracting.metering.forms.files import ReceiveBucketsForm, pieces_of
from contracting.metering.forms.reratings import KnownOnForm
from contracting.metering.models import UsageSource
from contracting.metering.operations.receive_buckets import receive_buckets
from contracting.metering.queries.buckets import (
    BucketDay,
    bucket_reports_visible_to,
    compared_days,
    counted_of,
    days_of_buckets,
)
from contracting.metering.states import SourceKind
from contracting.metering.views import AgencyPage
from contracting.reference.permissions import can_map_model_alias

SHOWN_REPORTS = 50


class BucketsPage(AgencyPage):
    """What has the provider reported by day, and what has it said anew since?

    ``known_on`` is a day in UTC, whose end is meant; ``format=csv`` a file.
    """

    template_name = "metering/buckets.html"

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        self.agency_id()
        self.source = queries.get_source_by_id(self.actor, ids["public_id"])
        now = clock.now()
        asked = request.GET.get("known_on", "")
        self.form = KnownOnForm({"known_on": asked}, zone="UTC", now=now)
        is_right = self.form.is_valid()
        self.at = self.form.cleaned_data["known_on"] if is_right else now
        self.days = days_of_buckets(self.source, self.at)
        # What was counted is known as of now alone.
        self.models = {} if asked else compared_days(self.source, self.days, self.at)
        if is_right and request.GET.get("format") == "csv":
            return self._file()
        response = super().get(request, **ids)
        response.status_code = 200 if is_right else 422
        return response

    def context(self, **ids: Any) -> dict[str, Any]:
        asked = self.request.GET.get("known_on", "")
        reports = bucket_reports_visible_to(self.actor).filter(source=self.source)
        return {
            "source": self.source,
            "form": self.form,
            "at": self.at,
            "is_now": not asked,
            "days": self.days,
            "compared": self._compared(),
            "differing": [
                row
                for day in self.days
                for row in self.models.get(day.day, ())
                if row.difference != 0
            ],
            "tokens": sum(day.tokens for day in self.days),
            "restated": [day for day in self.days if day.restated],
            "change": sum(day.change for day in self.days),
            "reports": reports.order_by("-pk")[:SHOWN_REPORTS],
            "csv_url": f"?{urlencode({'known_on': asked, 'format': 'csv'})}",
            "may_receive": permissions.can_receive_buckets(self.actor, self.source),
            "may_map": can_map_model_alias(self.actor, self.source.agency_id),
        }

    def _compared(self) -> list[tuple[BucketDay, int | None, int | None]]:
        """Each day, what was counted on it, and the difference."""
        rows: list[tuple[BucketDay, int | None, int | None]] = []
        for day in self.days:
            models = self.models.get(day.day)
            counted = counted_of(models) if models else None
            rows.append(
                (day, counted, None if counted is None else day.tokens - counted)
            )
        return rows

    def _file(self) -> HttpResponse:
        rows = tuple(
            (
                *(each.day, each.buckets, each.restated, each.first_tokens),
                *(each.tokens, each.change, each.requests, counted, difference),
            )
            for each, counted, difference in self._compared()
        )
        table = Table("Reported by day", _REPORTED, rows)
        name = f"reported-{self.source.public_id}-known-{self.at.date()}.csv"
        return HttpResponse(
            table.csv(),
            content_type="text/csv; charset=utf-8",
            headers=download_headers(name),
        )


_REPORTED = (
    Column("Day in UTC", "day"),
    Column("Buckets", "tokens"),
    Column("Restated", "tokens"),
    Column("Tokens as told first", "tokens"),
    Column("Tokens", "tokens"),
    Column("Change", "tokens"),
    Column("Requests", "tokens"),
    Column("Tokens counted by the meters", "tokens"),
    Column("Difference", "tokens"),
)


class ReceiveBucketsView(AgencyPage, VerbView):
    """Import a usage report of a provider."""

    template_name = "metering/receive_buckets.html"
    form_class = ReceiveBucketsForm
    submit_label = "Import the report"
    done_message = "The report is imported. What it says anew is a new revision."

    def thing(self, *_: Any, **ids: Any) -> UsageSource:
        self.agency_id()
        return queries.get_source_by_id(self.actor, ids["public_id"])

    def verdict(self, thing: UsageSource) -> Verdict:
        return permissions.can_receive_buckets(self.actor, thing)

    def extra(self, thing: UsageSource) -> dict[str, Any]:
        return {
            "source": thing,
            "multipart": True,
            "is_provider": thing.kind == SourceKind.PROVIDER,
            "cancel_url": reverse("metering:buckets", args=[thing.public_id]),
        }

    def perform(
        self, *, thing: UsageSource, data: dict[str, Any], by: Actor, at: datetime
    ) -> str:
        receive_buckets(
            source_id=thing.pk,
            payload=b"".join(pieces_of(data["file"], BATCH)),
            adapter=report_called(data["format"]),
            by=by,
            at=at,
        )
        return reverse("metering:buckets", args=[thing.public_id])
