"""A window on usage sources: read-only."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from contracting.metering.models import UsageSource


@admin.register(UsageSource)
class UsageSourceWindow(admin.ModelAdmin[UsageSource]):
    """Sources are registered by a verb and never edited here."""

    list_display = ("code", "label", "agency", "closed_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: UsageSource | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: UsageSource | None = None
    ) -> bool:
        return False
