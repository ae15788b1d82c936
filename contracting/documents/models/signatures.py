"""Who has approved what a paper prints, in which order, and signed copies of it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from accounts.models import Membership, Organization
from contracting.core.models import Addressed, AppendOnly
from contracting.documents.states import CopyResult, Party


class Approval(AppendOnly):
    """The record of one person's binding act on one version, as they did it."""

    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    version = models.PositiveIntegerField(help_text="The version that was approved.")
    content_sha256 = models.CharField(max_length=64)
    party = models.CharField(max_length=16, choices=Party.choices)
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    record = models.TextField(help_text="Canonical JSON; a signature holds it whole.")
    sha256 = models.CharField(max_length=64, unique=True)
    approved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_approval_is_named_by_a_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="an_approval_is_given_for_a_known_party",
                condition=Q(party__in=Party.values),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="approvals_by_subject", fields=["subject_kind", "subject_id"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_party_display()} on version {self.version}"


class DocumentSignature(AppendOnly):
    """An approval in its place on a paper; the database refuses it out of order."""

    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, related_name="signatures"
    )
    place = models.PositiveSmallIntegerField(help_text="1 for who signs first.")
    approval = models.ForeignKey(
        Approval, on_delete=models.PROTECT, related_name="signatures"
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="one_signature_at_a_place", fields=["document", "place"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}, signature {self.place}"


class SignedCopy(Addressed, AppendOnly):
    """A copy that a party has signed with a key of its own, and handed in."""

    PREFIX = "cpy"

    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, related_name="copies"
    )
    party = models.CharField(max_length=16, choices=Party.choices)
    blob = models.ForeignKey(
        "documents.Blob", on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=200, help_text="As it was called.")
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="+"
    )
    received_by = models.CharField(max_length=160)
    received_at = models.DateTimeField()
    operation = models.OneToOneField(
        "documents.Operation", on_delete=models.PROTECT, related_name="signed_copy"
    )

    def __str__(self) -> str:
        return f"{self.name} for {self.document}"

    @property
    def path(self) -> str:
        """Where the API lists it with what was found."""
        return f"/documents/{self.document.public_id}/signed_copies"


class SignedCopyCheck(AppendOnly):
    """What the check of a signed copy has found."""

    copy = models.OneToOneField(
        SignedCopy, on_delete=models.PROTECT, related_name="check_of_it"
    )
    result = models.CharField(max_length=12, choices=CopyResult.choices)
    sentence = models.TextField()
    signature = models.JSONField(
        default=dict, help_text="Who signed, when, with which certificate."
    )
    checked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_checked_copy_is_valid_or_refused",
                condition=Q(result__in=CopyResult.values),
            ),
            models.CheckConstraint(
                name="a_checked_copy_says_why", condition=~Q(sentence="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.copy}: {self.get_result_display()}"
