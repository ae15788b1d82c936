"""Incidents with their updates and their end, and authorizations to operate."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly, Stated
from contracting.core.subjects import Subject
from contracting.incidents.states import Severity
from contracting.reference.states import Boundary


class Incident(Addressed, AppendOnly):
    """What the vendor of a contract discovered and reported."""

    PREFIX = "inc"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="incidents"
    )
    title = models.CharField(max_length=200)
    severity = models.CharField(max_length=20, choices=Severity.choices)
    text = models.TextField(help_text="What happened, without content of any call.")
    discovered_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="By when it was to be reported.")
    update_hours = models.PositiveSmallIntegerField(
        help_text="Hours within which the next update is due."
    )
    reported_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    reported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_incident_says_what_happened",
                condition=~Q(title="") & ~Q(text="") & Q(severity__in=Severity.values),
            ),
            models.CheckConstraint(
                name="an_incident_is_reported_after_its_discovery",
                condition=Q(reported_at__gte=F("discovered_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> Subject:
        return Subject("incidents.incident", self.pk, self.contract.stream)

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/incidents/{self.public_id}"

    @property
    def is_late(self) -> bool:
        """Whether it was reported after its hours."""
        return self.reported_at > self.due_at


class IncidentUpdate(AppendOnly):
    """How far it is, day by day."""

    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, related_name="updates"
    )
    text = models.TextField()
    updated_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    updated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_update_of_an_incident_has_words", condition=~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"update of {self.incident}"


class IncidentClosure(AppendOnly):
    """The contracting officer's word that nothing more is to be told."""

    incident = models.OneToOneField(
        Incident, on_delete=models.PROTECT, related_name="closure"
    )
    text = models.TextField()
    closed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    closed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_incident_is_closed_with_words", condition=~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"end of {self.incident}"


class IncidentReminder(AppendOnly):
    """Both sides were told that an update is missing; once for each that was due."""

    incident = models.ForeignKey(
        Incident, on_delete=models.PROTECT, related_name="reminders"
    )
    due_at = models.DateTimeField(help_text="When the missing update was due.")
    reminded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_missing_update_is_reminded_of_once",
                fields=["incident", "due_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"reminder on {self.incident}"


class Authorization(Addressed, Stated):
    """A contract's service may be used at a data boundary, from a day until another.

    Recorded for the authorizing official. Where none was ever recorded none can lapse.
    """

    PREFIX = "ato"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="authorizations"
    )
    boundary = models.CharField(max_length=20, choices=Boundary.choices)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            ExclusionConstraint(
                name="a_boundary_is_authorized_once_at_a_time",
                expressions=[
                    ("contract", RangeOperators.EQUAL),
                    ("boundary", RangeOperators.EQUAL),
                    ("in_force", RangeOperators.OVERLAPS),
                ],
                condition=Q(superseded_at__isnull=True),
            ),
            models.CheckConstraint(
                name="an_authorization_ends",
                condition=Q(in_force__endswith__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.says_so} for {self.boundary}"

    @property
    def boundary_label(self) -> str:
        """The data boundary in words."""
        return str(Boundary(self.boundary).label)
