"""A window on modifications of contracts: read-only, for the operator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contracting.modifications.models import ContractModification


@admin.register(ContractModification)
class ContractModificationWindow(admin.ModelAdmin[ContractModification]):
    """Modifications by number and contract; corrections are verbs, never edits."""

    list_display = ("number", "contract", "kind", "state", "issued_at")
    search_fields = ("contract__piid", "number")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
