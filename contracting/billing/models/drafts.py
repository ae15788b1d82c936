"""Invoices that are filled in from what meter and report agree on."""

from __future__ import annotations

from django.db import models

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject


class InvoiceDraft(Addressed, AppendOnly):
    """Lines that the vendor may invoice as they stand; nothing is asked for by them."""

    PREFIX = "idr"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="invoice_drafts"
    )
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    lines = models.JSONField(help_text="In the columns of an invoice file, as texts.")
    made_by = models.CharField(max_length=160)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draft of {len(self.lines)} lines"

    @property
    def subject(self) -> Subject:
        return Subject(
            "billing.invoice_draft", self.pk, f"contract:{self.order.contract_id}"
        )
