"""Pages on which machines are connected: how to send usage, and a test of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.models import ApiKey
from accounts.permissions import can_issue_api_key
from accounts.queries import api_keys_visible_to
from accounts.states import Scope
from contracting.core import clock
from contracting.core.errors import Refusal
from contracting.core.permissions import Verdict
from contracting.metering import permissions, queries
from contracting.metering.adapters.reading import format_called, reading_of
from contracting.metering.forms.check import CheckUsageForm
from contracting.metering.models import UsageSource
from contracting.metering.operations.ingest import verdicts_of
from contracting.metering.queries.completeness import last_heard_of
from contracting.metering.queries.uploads import WORDS, priced_model_of
from contracting.metering.views import AgencyPage, UsageVerbView
from contracting.orders.queries import visible_to


@dataclass(frozen=True, slots=True)
class Connected:
    """A source, the keys by which it may write, and when it was last heard of."""

    source: UsageSource
    keys: list[ApiKey]
    heard_at: datetime | None


class IntegrationsPage(AgencyPage):
    """Which machines may send usage, and how is one connected?"""

    template_name = "metering/integrations.html"

    def context(self, **ids: Any) -> dict[str, Any]:
        agency_id, now = self.agency_id(), clock.now()
        sources = queries.sources_visible_to(self.actor).filter(closed_at=None)
        keys = [
            key
            for key in api_keys_visible_to(self.actor).filter(
                scopes__contains=[Scope.USAGE_WRITE]
            )
            if key.revoked_at is None and key.expires_at > now
        ]
        connected = [
            Connected(
                source,
                [key for key in keys if not key.sources or source.code in key.sources],
                last_heard_of(source),
            )
            for source in sources.order_by("code")
        ]
        chosen = next((each.source for each in connected), None)
        code = chosen.code if chosen else "gateway"
        order_id, model, boundary = example_of(self)
        return {
            "connected": connected,
            "silent": [each for each in connected if each.heard_at is None],
            "base": self.request.build_absolute_uri("/").rstrip("/"),
            "code": code,
            "order_id": order_id,
            "model": model,
            "event": example_event(code, order_id, model, boundary, now),
            "sees_keys": bool(can_issue_api_key(self.actor, agency_id)) or bool(keys),
            "may_register": permissions.can_register_source(self.actor, agency_id),
            "may_issue": can_issue_api_key(self.actor, agency_id),
            "may_check": permissions.can_ingest_usage(self.actor, agency_id),
        }


class CheckUsageView(UsageVerbView):
    """Try an event: what would it be answered? Nothing of it is counted."""

    template_name = "metering/check_usage.html"
    form_class = CheckUsageForm
    submit_label = "Check these rows"
    verdicts: tuple[dict[str, Any], ...] = ()

    def verdict(self, thing: int) -> Verdict:
        return permissions.can_ingest_usage(self.actor, thing)

    def form_options(self, thing: int) -> dict[str, Any]:
        return {"actor": self.actor}

    def initial(self, thing: int) -> dict[str, Any]:
        sources = queries.sources_visible_to(self.actor).filter(closed_at=None)
        named = self.request.GET.get("source", "")
        source = sources.filter(public_id=named).first() or sources.first()
        code = source.code if source else "gateway"
        event = example_event(code, *example_of(self), clock.now())
        return {"source": source.public_id if source else "", "rows": event}

    def extra(self, thing: int) -> dict[str, Any]:
        return {
            "verdicts": self.verdicts,
            "good": [each for each in self.verdicts if each["status"] == "accepted"],
            "cancel_url": reverse("metering:integrations"),
        }

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Answer on the same page: nothing has happened that one could go to."""
        thing = self.thing(**ids)
        form = self.form_class(request.POST, **self.form_options(thing))
        if not self.verdict(thing):
            return super().post(request, **ids)
        if not form.is_valid():
            return self._page(thing, form, status=422)
        try:
            self.verdicts = self._answers(form.cleaned_data)
        except Refusal as refusal:
            return self._page(thing, form, status=refusal.status, refusal=refusal)
        return self._page(thing, form)

    def _answers(self, data: dict[str, Any]) -> tuple[dict[str, Any], ...]:
        reading = reading_of(format_called(data["format"]), data["source"], {})
        found = verdicts_of(
            source=data["source"],
            payload=data["rows"].encode(),
            read=reading.read,
            by=self.actor,
            at=clock.now(),
        )
        return tuple(
            {**each.as_row(), "number": each.index + 1, "words": WORDS.get(each.code)}
            for each in found[:100]
        )


def example_of(page: AgencyPage) -> tuple[str, str, str]:
    """An order of the agency, a model that is priced on it, and its boundary."""
    orders = visible_to(page.actor).filter(piid__isnull=False)
    order = orders.order_by("-pk").first()
    if order is None:
        return "ord_…", "gpt-4o-2024-08-06", "FEDRAMP_MOD"
    model = priced_model_of(order) or "gpt-4o-2024-08-06"
    return order.public_id, model, str(order.boundary)


def example_event(
    code: str, order_id: str, model: str, boundary: str, at: datetime
) -> str:
    """One call in our own profile, as a gateway would send it."""
    event = {
        "specversion": "1.0",
        "id": f"test-{at:%Y%m%d%H%M%S}",
        "source": code,
        "type": "ai.tokens.consumed.v1",
        "time": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "data": {
            "order_id": order_id,
            "model": model,
            "boundary": boundary,
            "lines": [
                {"class": "input", "tokens": 1000},
                {"class": "output", "tokens": 100},
            ],
        },
    }
    return json.dumps(event)
