"""What keeps an agreement alive: that it is reviewed again each year."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly


class AgreementReview(Addressed, AppendOnly):
    """The yearly review of a blanket purchase agreement (FAR 13.303-6, 8.405-3(e))."""

    PREFIX = "agr"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="agreement_reviews"
    )
    is_best_value = models.BooleanField(
        help_text="It still offers the best value, or it should end."
    )
    findings = models.TextField(
        help_text="Whether it is used as meant, and its prices are still good."
    )
    reductions = models.TextField(
        help_text="Which lower prices were asked for, and what came of it."
    )
    called_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        help_text="The ceilings of all calls so far.",
    )
    reviewed_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField()
    next_due_on = models.DateField(help_text="By when it is reviewed again.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_review_of_an_agreement_says_what_it_found",
                condition=~Q(findings="") & ~Q(reductions=""),
            ),
        ]

    def __str__(self) -> str:
        return f"review of {self.contract_id}, next by {self.next_due_on}"
