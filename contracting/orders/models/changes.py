"""What a change of an order and a change of a contract have in common."""

from __future__ import annotations

from django.db import models

from contracting.core.models import (
    Addressed,
    LockingQuerySet,
    Stateful,
    Timestamped,
    Versioned,
)
from contracting.orders.states import (
    MODIFICATION_MOVES,
    ModificationAuthority,
    ModificationState,
)


class SignedChange(Addressed, Timestamped, Versioned, Stateful):
    """What every SF 30 says and who signs it, whatever instrument it changes."""

    MOVES = MODIFICATION_MOVES
    NOUN = "modification"

    number = models.CharField(max_length=6, blank=True)
    authority = models.CharField(max_length=1, choices=ModificationAuthority.choices)
    citation = models.CharField(max_length=120)
    description = models.TextField()
    is_within_scope = models.BooleanField(default=True)
    scope = models.TextField(help_text="The scope determination, in words.")
    effective_on = models.DateField()
    changes = models.JSONField(
        default=list, help_text="[{term, old, new}, …] as signed."
    )
    drafted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    vendor_signed_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    vendor_signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    issued_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=10,
        choices=ModificationState.choices,
        default=ModificationState.DRAFT,
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number or "draft modification"

    @property
    def name(self) -> str:
        """How people call it: its number once it has one."""
        return self.number or "Draft modification"

    @property
    def is_bilateral(self) -> bool:
        """Whether the vendor signs it too (FAR 43.103(a))."""
        return self.authority == ModificationAuthority.SUPPLEMENTAL_AGREEMENT
