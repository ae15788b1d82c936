"""A read-only window on bans."""

from __future__ import annotations

from django.contrib import admin

from contracting.bans.models import Ban
from contracting.reference.admin import Window


@admin.register(Ban)
class BanWindow(Window):
    """Bans."""

    list_display = ("target", "reason", "citation", "agency", "valid_from", "valid_to")
    list_filter = ("reason", "agency")
    search_fields = ("citation", "public_id")
