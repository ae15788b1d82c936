"""A read-only window on incidents."""

from __future__ import annotations

from django.contrib import admin

from contracting.incidents.models import Incident
from contracting.reference.admin import Window


@admin.register(Incident)
class IncidentWindow(Window):
    """Incidents."""

    list_display = ("title", "contract", "severity", "discovered_at", "reported_at")
    list_filter = ("severity",)
    search_fields = ("title", "public_id")
