"""Windows on solicitations: read-only, and silent about who asked."""

from __future__ import annotations

from django.contrib import admin

from contracting.reference.admin import Window
from contracting.solicitations.models import Amendment, Solicitation


@admin.register(Solicitation)
class SolicitationWindow(Window):
    """Packages."""

    list_display = ("piid", "title", "agency", "state", "version", "deadline")
    list_filter = ("state", "agency")
    search_fields = ("piid", "title", "public_id")


@admin.register(Amendment)
class AmendmentWindow(Window):
    """Amendments."""

    list_display = ("solicitation", "number", "issued_at", "new_deadline")
    search_fields = ("solicitation__piid",)
