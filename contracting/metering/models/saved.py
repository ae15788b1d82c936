"""Views of the usage explorer that people keep: a name and an address."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, LockingQuerySet, Timestamped
from contracting.core.subjects import Subject


class SavedView(Addressed, Timestamped):
    """What a person asks of the explorer again and again; colleagues may read it.

    It holds the question and no figure: whoever opens it sees what they may see.
    """

    PREFIX = "svw"

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=1_000, blank=True)
    is_shared = models.BooleanField(default=False)
    is_discarded = models.BooleanField(default=False)
    saved_at = models.DateTimeField()

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_person_has_one_view_of_a_name",
                fields=["owner", "name"],
                condition=Q(is_discarded=False),
            ),
            models.CheckConstraint(
                name="a_saved_view_has_a_name", condition=~Q(name="")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="views_of_an_agency", fields=["agency", "name"]),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        return Subject("metering.view", self.pk, f"organization:{self.agency_id}")

    @property
    def path(self) -> str:
        """The explorer as it was asked."""
        return f"/usage/explorer?{self.query}" if self.query else "/usage/explorer"
