"""What an incident touches, and the dated numbers of its clocks."""

from __future__ import annotations

from typing import Final

from django.db.models import TextChoices


class Severity(TextChoices):
    """How much the vendor knows to be touched."""

    AVAILABILITY = "AVAILABILITY", "the service was down or slow"
    INTEGRITY = "INTEGRITY", "answers or counts were wrong"
    CONFIDENTIALITY = "CONFIDENTIALITY", "data of the Government may be exposed"


REPORT_HOURS: Final = "INCIDENT_REPORT"
UPDATE_HOURS: Final = "INCIDENT_UPDATE"
"""Codes of the thresholds: from discovery to report, and from update to update."""
