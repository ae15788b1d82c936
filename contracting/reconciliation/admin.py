"""Windows on comparisons and discrepancies: read-only, for the operator."""

from __future__ import annotations

from django.contrib import admin

from contracting.billing.admin import Window
from contracting.reconciliation.models import Finding, ReconciliationRun


@admin.register(ReconciliationRun)
class ReconciliationRunWindow(Window):
    """Comparisons with their hashes."""

    list_display = ("public_id", "order", "invoice", "result_sha256", "ran_at")
    search_fields = ("public_id", "result_sha256")


@admin.register(Finding)
class FindingWindow(Window):
    """Discrepancies as they were found."""

    list_display = ("public_id", "code", "order", "tokens", "amount_dollars", "due_on")
    list_filter = ("code",)
    search_fields = ("public_id",)
