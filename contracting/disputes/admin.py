"""Read-only windows on disputes, claims and credits."""

from __future__ import annotations

from django.contrib import admin

from contracting.disputes.models import Claim, DisputeCase, ServiceCredit
from contracting.reference.admin import Window


@admin.register(DisputeCase)
class DisputeCaseWindow(Window):
    """Disputes."""

    list_display = ("public_id", "order", "opened_at", "answer_due_on")
    search_fields = ("public_id",)


@admin.register(Claim)
class ClaimWindow(Window):
    """Claims."""

    list_display = ("public_id", "contract", "dollars", "received_at")
    search_fields = ("public_id",)


@admin.register(ServiceCredit)
class ServiceCreditWindow(Window):
    """Credits for missed service levels."""

    list_display = ("public_id", "order", "measure", "month", "dollars")
    list_filter = ("measure",)
