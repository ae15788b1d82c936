"""A read-only window on fair opportunities."""

from __future__ import annotations

from django.contrib import admin

from contracting.fair_opportunity.models import Opportunity
from contracting.reference.admin import Window


@admin.register(Opportunity)
class OpportunityWindow(Window):
    """Opportunities; responses are read on their own pages."""

    list_display = ("title", "agency", "state", "exception", "notified_at")
    list_filter = ("state", "agency")
    search_fields = ("title", "public_id")
