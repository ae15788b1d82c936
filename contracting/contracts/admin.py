"""A window on contracts: read-only, for the operator."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from contracting.contracts.models import Contract


@admin.register(Contract)
class ContractWindow(admin.ModelAdmin[Contract]):
    """Awarded contracts; corrections are verbs, never edits. No prices before award."""

    list_display = ("piid", "title", "vendor", "state", "awarded_at")
    search_fields = ("piid", "title")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contract]:
        return super().get_queryset(request).filter(piid__isnull=False)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Contract | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Contract | None = None
    ) -> bool:
        return False
