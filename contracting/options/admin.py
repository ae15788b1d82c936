"""Read-only windows on what happens to options."""

from __future__ import annotations

from django.contrib import admin

from contracting.options.models import OptionDetermination, OptionIntent
from contracting.reference.admin import Window


@admin.register(OptionIntent)
class OptionIntentWindow(Window):
    """Notices of intent."""

    list_display = ("option", "sent_on", "due_on")
    search_fields = ("option__contract__piid", "public_id")


@admin.register(OptionDetermination)
class OptionDeterminationWindow(Window):
    """Determinations on options."""

    list_display = ("option", "basis", "rating", "determined_on")
    list_filter = ("basis", "rating")
    search_fields = ("option__contract__piid", "public_id")
