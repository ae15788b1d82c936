"""Windows on market research: read-only, and silent about what vendors answer."""

from __future__ import annotations

from django.contrib import admin

from contracting.market_research.models import RequestForInformation
from contracting.reference.admin import Window


@admin.register(RequestForInformation)
class RequestForInformationWindow(Window):
    """Requests for information."""

    list_display = ("number", "title", "agency", "state", "version", "due_at")
    list_filter = ("state", "agency")
    search_fields = ("number", "title", "public_id")
