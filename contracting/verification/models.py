"""What was signed, day by day, about how papers stand."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import AppendOnly
from contracting.core.subjects import Subject
from contracting.documents.models import Blob


class StatusList(AppendOnly):
    """One signed list of how the papers of record stand; never changed, never removed.

    Its bytes are what the signature covers, and what is handed out.
    """

    number = models.PositiveIntegerField(
        unique=True, help_text="From 1, without a gap."
    )
    as_of = models.DateTimeField(help_text="When what it says was so.")
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    signature = models.TextField(help_text="Over the bytes, in base64.")
    algorithm = models.CharField(
        max_length=40, help_text="Such as sha256_ecdsa, as the signature was made."
    )
    certificate = models.TextField(
        help_text="The certificate of the seal, DER in base64, at that time."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_status_list_is_signed",
                condition=~Q(signature="") & ~Q(certificate="") & ~Q(algorithm=""),
            ),
            models.CheckConstraint(
                name="status_lists_are_numbered_from_one",
                condition=Q(number__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"Status list {self.number} of {self.as_of:%Y-%m-%d}"

    @property
    def subject(self) -> Subject:
        """The list, as an event names it."""
        return Subject("verification.status_list", self.pk, "system")
