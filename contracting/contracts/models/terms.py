"""The vendor's own terms: what of them is taken in, and what binds nobody."""

from __future__ import annotations

from django.db import models

from contracting.core.models import AppendOnly, Timestamped


class UnenforceableTerm(Timestamped):
    """A kind of vendor term that never binds the Government (FAR 52.232-39)."""

    code = models.CharField(max_length=30)
    words = models.CharField(max_length=200)
    citation = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.words


class VendorTerm(AppendOnly):
    """A passage of the vendor's terms: taken in, or struck for what it is."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="vendor_terms"
    )
    passage = models.TextField()
    struck_as = models.ForeignKey(
        UnenforceableTerm, on_delete=models.PROTECT, null=True, blank=True
    )
    reviewed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    reviewed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.passage[:60]
