"""Windows on usage reports and invoices: read-only, for the operator."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from contracting.billing.models import Invoice, UsageReport


class Window(admin.ModelAdmin[Model]):
    """Looks, and changes nothing: corrections are verbs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False


@admin.register(UsageReport)
class UsageReportWindow(Window):
    """Reports as they were received."""

    list_display = ("label", "order", "vendor", "rows_received", "received_at")
    search_fields = ("label", "public_id")


@admin.register(Invoice)
class InvoiceWindow(Window):
    """Invoices and their states; what they say of payees is left out."""

    list_display = ("number", "order", "vendor", "total_dollars", "state")
    search_fields = ("number", "public_id")
    exclude = ("header",)
