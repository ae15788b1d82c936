"""A window on closed months and accruals: read-only, for the operator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contracting.periods.models import Accrual, Entry


@admin.register(Entry)
class EntryWindow(admin.ModelAdmin[Entry]):
    """Links of chains; a mistake is another link."""

    list_display = ("order", "number", "month", "kind", "made_at")
    search_fields = ("order__piid", "sha256")
    date_hierarchy = "month"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Accrual)
class AccrualWindow(admin.ModelAdmin[Accrual]):
    """Accruals and their reversals."""

    list_display = ("order", "month", "kind", "basis", "acrn", "cents", "posted_on")
    search_fields = ("order__piid",)
    date_hierarchy = "posted_on"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
