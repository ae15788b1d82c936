"""A window on completion statements: read-only, for the operator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contracting.closeout.models import CompletionStatement


@admin.register(CompletionStatement)
class CompletionStatementWindow(admin.ModelAdmin[CompletionStatement]):
    """What was closed out, and what went back."""

    list_display = ("closed", "contract", "deobligated_dollars", "signed_at")
    search_fields = ("contract__piid", "order__piid")
    date_hierarchy = "signed_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
