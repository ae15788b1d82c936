"""Windows on requisitions: read-only."""

from __future__ import annotations

from django.contrib import admin

from contracting.reference.admin import Window
from contracting.requisitions.models import IndependentEstimate, Requisition


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
