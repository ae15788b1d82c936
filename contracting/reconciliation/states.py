"""Codes of findings and of their resolutions, and who may take them."""

from django.db.models import TextChoices


class FindingCode(TextChoices):
    """What kind of difference it is."""

    MISSING_A = "MISSING_A", "vendor reports what our meter has not"
    MISSING_B = "MISSING_B", "our meter has what the vendor has not reported"
    EXTRA_C = "EXTRA_C", "invoiced and not reported"
    QTY = "QTY", "quantities differ"
    CLASS_SHIFT = "CLASS_SHIFT", "same sum in other classes"
    RATE = "RATE", "another unit price than in force"
    DUPLICATE = "DUPLICATE", "the vendor lists the same call twice"
    RETRY = "RETRY", "a retried attempt is billed"
    CACHE = "CACHE", "cached input billed at the uncached price"
    ROUNDING = "ROUNDING", "rounded otherwise than half-up on the line"
    UNFUNDED = "UNFUNDED", "usage beyond the obligated funds"
    LATE_REPORT = "LATE_REPORT", "reported after the due day"


class ResolutionCode(TextChoices):
    """How a finding was settled."""

    ACCEPT_A = "accept-A", "our meter's count is right"
    CREDIT = "credit", "credited: not paid on this invoice"
    REBILL = "rebill", "the vendor invoices it anew"
    WITHDRAWN = "withdrawn", "withdrawn by the vendor"
    ARRIVED = "arrived", "closed on arrival of the late rows"


class FindingState(TextChoices):
    """Open until a resolution is recorded."""

    OPEN = "OPEN", "open"
    DISPUTED = "DISPUTED", "disputed with the vendor"
    RESOLVED = "RESOLVED", "resolved"
