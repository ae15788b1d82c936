"""A window on charges: read-only."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from contracting.charges.models import Charge


@admin.register(Charge)
class ChargeWindow(admin.ModelAdmin[Charge]):
    """Charges are posted by verbs and never edited here."""

    list_display = ("public_id", "source", "units", "dollars", "reversed_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Charge | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Charge | None = None
    ) -> bool:
        return False
