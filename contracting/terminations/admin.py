"""Read-only windows on letters and terminations."""

from __future__ import annotations

from django.contrib import admin

from contracting.reference.admin import Window
from contracting.terminations.models import Letter, Termination


@admin.register(Letter)
class LetterWindow(Window):
    """Letters."""

    list_display = ("kind", "about", "due_on", "sent_at")
    list_filter = ("kind",)
    search_fields = ("contract__piid", "order__piid", "public_id")


@admin.register(Termination)
class TerminationWindow(Window):
    """Terminations."""

    list_display = ("about", "ground", "stop_on", "state")
    list_filter = ("ground", "state")
    search_fields = ("contract__piid", "order__piid", "public_id")
