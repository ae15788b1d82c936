"""Packages that are kept to start others from."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly, LockingQuerySet
from contracting.core.subjects import Subject


class SolicitationTemplate(Addressed, AppendOnly):
    """What a package says, without its dates and amounts, to start others from.

    It never changes: a better one is kept beside it, and this one is retired.
    """

    PREFIX = "tpl"

    agency = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        related_name="solicitation_templates",
        null=True,
        blank=True,
        help_text="Empty: it came with the system, for every agency.",
    )
    name = models.CharField(max_length=120)
    summary = models.TextField(help_text="For what it is meant, in a sentence.")
    content = models.JSONField(help_text="{terms, lines, factors, clauses}")
    content_sha256 = models.CharField(max_length=64)
    kept_from = models.ForeignKey(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="templates",
        null=True,
        blank=True,
    )
    kept_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        related_name="kept_templates",
        null=True,
        blank=True,
    )
    kept_at = models.DateTimeField()
    retired_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        related_name="retired_templates",
        null=True,
        blank=True,
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_template_is_an_agencys_or_came_with_the_system",
                condition=Q(
                    agency__isnull=False, kept_from__isnull=False, kept_by__isnull=False
                )
                | Q(agency__isnull=True, kept_from__isnull=True, kept_by__isnull=True),
            ),
            models.CheckConstraint(
                name="a_retired_template_says_who_retired_it",
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
            ),
            models.UniqueConstraint(
                name="an_agency_has_one_template_of_a_name_in_use",
                fields=["agency", "name"],
                condition=Q(retired_at__isnull=True),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        """The template, in the stream of its agency."""
        stream = f"organization:{self.agency_id}"
        return Subject("solicitations.template", self.pk, stream)

    @property
    def path(self) -> str:
        """Where the agency reads it."""
        return f"/solicitations/templates/{self.public_id}"
