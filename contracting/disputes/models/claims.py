"""Claims of the vendor, and the final decision on them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.identifiers import NUMBER_LENGTH
from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.disputes.models.cases import DisputeCase
from contracting.disputes.states import ClaimState


class Claim(Addressed, AppendOnly):
    """The vendor's written demand of a sum certain (FAR 2.101, 33.206)."""

    PREFIX = "clm"

    number = models.CharField(
        max_length=NUMBER_LENGTH, help_text="75D30127D00001-CLM1, by its contract."
    )
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="claims"
    )
    case = models.ForeignKey(
        DisputeCase,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        help_text="The dispute that it goes on from, if any.",
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    text = models.TextField(help_text="The basis of the claim.")
    certification = models.TextField(blank=True)
    submitted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    received_at = models.DateTimeField()
    decision_due_on = models.DateField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_claim_has_a_number_of_its_own", fields=["number"]
            ),
            models.CheckConstraint(
                name="a_claim_is_a_sum_certain_with_its_basis",
                condition=Q(dollars__gt=0) & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"claim of {self.dollars}"

    @property
    def subject(self) -> Subject:
        return Subject("disputes.claim", self.pk, self.contract.stream)

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/claims/{self.public_id}"

    @property
    def state(self) -> ClaimState:
        """Received until it is decided."""
        is_decided = hasattr(self, "decision")
        return ClaimState.DECIDED if is_decided else ClaimState.RECEIVED


class ClaimDate(AppendOnly):
    """The date that the contracting officer gives for a decision (FAR 33.211(c)(2))."""

    claim = models.OneToOneField(
        Claim, on_delete=models.PROTECT, related_name="stated_date"
    )
    decision_on = models.DateField()
    reason = models.TextField()
    stated_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    stated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_later_decision_on_a_claim_has_a_reason",
                condition=~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} by {self.decision_on}"


class ClaimDecision(AppendOnly):
    """The contracting officer's final decision, with the vendor's rights of appeal."""

    claim = models.OneToOneField(
        Claim, on_delete=models.PROTECT, related_name="decision"
    )
    allowed_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    text = models.TextField()
    decided_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_claim_is_decided_with_words",
                condition=Q(allowed_dollars__gte=0) & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"decision on {self.claim_id}"


class ClaimCharge(AppendOnly):
    """What is allowed on a claim is charged on an order, and so becomes payable."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="charge")
    charge = models.OneToOneField(
        "charges.Charge", on_delete=models.PROTECT, related_name="claim"
    )
    charged_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    charged_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.claim} on {self.charge}"
