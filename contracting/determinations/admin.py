"""A read-only window on determinations."""

from __future__ import annotations

from django.contrib import admin

from contracting.determinations.models import Determination
from contracting.reference.admin import Window


@admin.register(Determination)
class DeterminationWindow(Window):
    """Determinations."""

    list_display = ("kind", "subject_title", "agency", "state", "made_at")
    list_filter = ("kind", "state", "agency")
    search_fields = ("subject_title", "public_id")
