"""Which contracting officer a contract is with, from when on."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly


class OfficerAssignment(Addressed, AppendOnly):
    """From here on another contracting officer has the contract in hand.

    Before the first row it is whoever signed the award. What was signed keeps its
    signer; an assignment is no authority, which is a warrant alone (R-ROL-01).
    """

    PREFIX = "asg"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="assignments"
    )
    former = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    officer = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField()
    assigned_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_contract_is_reassigned_for_a_reason", condition=~Q(reason="")
            ),
            models.CheckConstraint(
                name="a_contract_is_reassigned_to_somebody_else",
                condition=~Q(officer=models.F("former")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}: {self.officer}"
