"""A read-only window on incidents."""

from __future__ import annotations

from django.contrib import admin

from contracting.incidents.models import Authorization, Incident
from contracting.reference.admin import Window


@admin.register(Incident)
class IncidentWindow(Window):
    """Incidents."""

    list_display = ("title", "contract", "severity", "discovered_at", "reported_at")
    list_filter = ("severity",)
    search_fields = ("title", "public_id")


@admin.register(Authorization)
class AuthorizationWindow(Window):
    """Authorizations to operate at a data boundary."""

    list_display = ("says_so", "contract", "boundary", "in_force", "superseded_at")
    list_filter = ("boundary",)
    search_fields = ("says_so", "public_id")
