"""Read-only windows on allocations."""

from __future__ import annotations

from django.contrib import admin

from contracting.allocations.models import AllocationRule
from contracting.reference.admin import Window


@admin.register(AllocationRule)
class AllocationRuleWindow(Window):
    """Rules by which invoices are shared out."""

    list_display = ("public_id", "contract", "order", "order_line", "valid_from")
    search_fields = ("public_id",)
