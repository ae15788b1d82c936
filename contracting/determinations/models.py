"""Written determinations: what a rule asks for before something else may be done."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Membership, Organization
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.determinations.states import (
    JUSTIFICATIONS,
    MOVES,
    NEEDS_EVIDENCE,
    PARTS,
    ROUTES,
    RULES,
    RULES_ON,
    DeterminationState,
    Kind,
)


class Determination(Addressed, Timestamped, Stateful):
    """A memo, finding, justification or waiver; what it says never changes."""

    PREFIX = "det"
    MOVES = MOVES
    NOUN = "determination"

    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="determinations"
    )
    number = models.CharField(
        max_length=20,
        blank=True,
        help_text="JA-27-00001 or DF-27-00001, per agency; none on older ones.",
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    stream = models.CharField(max_length=80)
    subject_title = models.CharField(max_length=250)
    subject_path = models.CharField(max_length=300)
    text = models.TextField()
    parts = models.JSONField(
        default=dict,
        blank=True,
        help_text="What a justification says beside its reason, by part.",
    )
    authority = models.CharField(
        max_length=200, blank=True, help_text="What it rests on, such as 6.302-1."
    )
    document_sha256 = models.CharField(
        max_length=64, blank=True, help_text="SHA-256 of the signed document, if any."
    )
    value_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    content_sha256 = models.CharField(max_length=64)
    made_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="determinations"
    )
    made_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=12,
        choices=DeterminationState.choices,
        default=DeterminationState.IN_REVIEW,
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_determinations_number_is_used_once_in_an_agency",
                fields=["agency", "number"],
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="a_determination_has_words", condition=~Q(text="")
            ),
            models.CheckConstraint(
                name="a_determination_is_in_a_known_state",
                condition=Q(state__in=DeterminationState.values),
            ),
            models.CheckConstraint(
                name="a_waiver_names_the_document_that_grants_it",
                condition=~Q(kind__in=[str(kind) for kind in NEEDS_EVIDENCE])
                | ~Q(document_sha256=""),
            ),
            models.CheckConstraint(
                name="a_determination_that_is_decided_says_when",
                condition=Q(state="IN_REVIEW") | Q(decided_at__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="determinations_of_a_subject",
                fields=["subject_kind", "subject_id", "kind"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.subject_title}"

    @property
    def subject(self) -> Subject:
        """The determination itself, in the stream of what it is about."""
        return Subject("determinations.determination", self.pk, self.stream)

    @property
    def about(self) -> Subject:
        """What it is about."""
        return Subject(self.subject_kind, self.subject_id, self.stream)

    @property
    def path(self) -> str:
        return f"/determinations/{self.public_id}"

    @property
    def name(self) -> str:
        """Its number, by which its file is found."""
        return self.number or self.public_id

    @property
    def rule(self) -> str:
        """The rule that asks for it, by what it is about."""
        kind = Kind(self.kind)
        return RULES_ON.get((kind, self.subject_kind), RULES[kind])

    @property
    def as_override(self) -> dict[str, Any]:
        """What is recorded when it lets the rule pass on what it is about."""
        return {
            "rule": self.rule,
            "subject": self.about,
            "title": self.subject_title,
            "url_path": self.subject_path,
            "reason_code": str(self.kind),
            "words": self.text,
            "citation": self.authority,
            "document_sha256": self.document_sha256,
        }

    @property
    def is_reviewed(self) -> bool:
        """Whether people beside its author approve it."""
        return Kind(self.kind) in ROUTES

    @property
    def is_approved(self) -> bool:
        return self.state == DeterminationState.APPROVED

    @property
    def is_justification(self) -> bool:
        """Whether its paper has the parts of a justification."""
        return Kind(self.kind) in JUSTIFICATIONS

    @property
    def said(self) -> list[tuple[str, str]]:
        """Each part with its heading, in the order of the regulation."""
        known = PARTS.get(Kind(self.kind), {})
        return [
            (label, words)
            for code, label in known.items()
            if (words := self.parts.get(code))
        ]


class Posting(AppendOnly):
    """Where and when a justification was made public (FAR 6.305)."""

    determination = models.OneToOneField(
        Determination, on_delete=models.PROTECT, related_name="posting"
    )
    place = models.CharField(max_length=300, help_text="Notice id or address.")
    withheld = models.JSONField(
        default=list,
        blank=True,
        help_text="[passage, exemption]: what the public copy leaves out.",
    )
    posted_on = models.DateField()
    posted_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="postings"
    )
    posted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="a_posting_says_where", condition=~Q(place="")),
        ]

    def __str__(self) -> str:
        return f"{self.place} on {self.posted_on}"
