"""A window on payments: read-only, for the operator."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from contracting.payments.models import Payment, PaymentCertification


@admin.register(PaymentCertification)
class PaymentCertificationWindow(admin.ModelAdmin[PaymentCertification]):
    """Vouchers; corrections are verbs, never edits."""

    list_display = ("voucher_number", "invoice", "dollars", "due_on", "certified_at")
    search_fields = ("voucher_number", "invoice__number")
    date_hierarchy = "due_on"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Payment)
class PaymentWindow(admin.ModelAdmin[Payment]):
    """What the finance system has paid."""

    list_display = ("reference", "certification", "dollars", "paid_on")
    search_fields = ("reference", "certification__voucher_number")
    date_hierarchy = "paid_on"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
