"""Rows of an award that is offered, and of what the vendor answered."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import AppendOnly


class AwardOffer(AppendOnly):
    """The Government's offer of an award on a quotation (FAR 13.004(b))."""

    contract = models.OneToOneField(
        "contracts.Contract", on_delete=models.PROTECT, related_name="award_offer"
    )
    accept_by = models.DateTimeField(help_text="The vendor may accept until then.")
    signed_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    offered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_offered_award_leaves_time_to_accept_it",
                condition=Q(accept_by__gt=F("offered_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"award {self.contract_id} offered until {self.accept_by}"


class AwardAnswer(AppendOnly):
    """What the vendor's signer answered to the offer of an award."""

    offer = models.OneToOneField(
        AwardOffer, on_delete=models.PROTECT, related_name="answer"
    )
    is_accepted = models.BooleanField()
    reason = models.TextField(blank=True, help_text="Why it was declined.")
    answered_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_vendor_that_declines_an_award_says_why",
                condition=Q(is_accepted=True) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer}: {'accepted' if self.is_accepted else 'declined'}"
