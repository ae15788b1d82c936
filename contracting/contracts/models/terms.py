"""The vendor's own terms: what of them is taken in, and what binds nobody."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

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


class GratuitousService(AppendOnly):
    """A subline that costs nothing, by an agreement that legal has recorded.

    31 U.S.C. 1342: nobody serves the Government for nothing without having agreed.
    """

    contract = models.ForeignKey(
        "contracts.Contract",
        on_delete=models.PROTECT,
        related_name="gratuitous_services",
    )
    slin = models.CharField("SLIN", max_length=6)
    agreement = models.CharField(
        max_length=300, help_text="Number and day, or where it is filed."
    )
    recorded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    recorded_on = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_subline_is_marked_as_no_cost_once", fields=["contract", "slin"]
            ),
            models.CheckConstraint(
                name="what_costs_nothing_has_an_agreement",
                condition=~Q(agreement=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slin}: {self.agreement}"
