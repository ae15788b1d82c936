"""Windows on requisitions: read-only."""

from __future__ import annotations

from django.contrib import admin

from contracting.reference.admin import Window
from contracting.requisitions.models import (
    IndependentEstimate,
    OwnershipComparison,
    Requisition,
    WorkloadRow,
)


@admin.register(Requisition)
class RequisitionWindow(Window):
    """Needs."""

    list_display = ("number", "title", "agency", "state", "version")
    list_filter = ("state", "agency")
    search_fields = ("number", "title", "public_id")


@admin.register(IndependentEstimate)
class IndependentEstimateWindow(Window):
    """Independent estimates."""

    list_display = ("requisition", "version", "priced_on", "p50_dollars")


@admin.register(WorkloadRow)
class WorkloadRowWindow(Window):
    """What estimates were built from."""

    list_display = ("requisition", "version", "position", "name", "model")


@admin.register(OwnershipComparison)
class OwnershipComparisonWindow(Window):
    """Owned capacity beside estimates."""

    list_display = ("estimate", "gpus", "break_even_tokens", "compared_at")
