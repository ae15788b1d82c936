"""A window on orders: read-only, for the operator."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from contracting.orders.models import TaskOrder


@admin.register(TaskOrder)
class TaskOrderWindow(admin.ModelAdmin[TaskOrder]):
    """Orders by number and state; corrections are verbs, never edits."""

    list_display = ("piid", "title", "contract", "state", "issued_at")
    search_fields = ("piid", "title")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: TaskOrder | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: TaskOrder | None = None
    ) -> bool:
        return False
