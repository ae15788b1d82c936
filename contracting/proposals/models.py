"""Drafts of offers, encrypted: a row tells neither whose it is nor on what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, LockingQuerySet, Timestamped
from contracting.core.subjects import Subject
from contracting.proposals.states import DraftPartName


class Draft(Addressed, Timestamped):
    """A vendor's draft of one offer, deleted when it is submitted or discarded.

    It names neither its vendor nor its solicitation: ``place`` is a keyed hash of both,
    and the key is not in the database.
    """

    PREFIX = "drf"

    place = models.CharField(
        max_length=64,
        unique=True,
        help_text="HMAC-SHA-256 of solicitation and vendor; the key is in no table.",
    )
    wrapped_key = models.BinaryField(
        help_text="The key of this draft, encrypted with one that is in no table."
    )

    objects = LockingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"draft {self.public_id}"

    @property
    def key_binding(self) -> str:
        """What the encrypted key is, and where it belongs."""
        return f"drawdown/v1/draft-key/{self.public_id}/{self.place}"

    def subject_of(self, vendor_id: int) -> Subject:
        """In the vendor's own stream."""
        return Subject("proposals.draft", self.pk, f"organization:{vendor_id}")

    def erase(self) -> None:
        """Delete it with its parts, its files and its key: there is no way back."""
        self.parts.all().delete()
        self.files.all().delete()
        self.delete()


class DraftPart(Timestamped):
    """One part of a draft as it was saved last, with who saved it, all encrypted."""

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="parts")
    part = models.CharField(max_length=10, choices=DraftPartName.choices)
    version = models.PositiveIntegerField(help_text="One more with each save.")
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_draft_has_each_part_once", fields=["draft", "part"]
            ),
            models.CheckConstraint(
                name="a_part_of_a_draft_was_saved", condition=Q(version__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"part of {self.draft_id}"

    @property
    def binding(self) -> str:
        """What the encrypted bytes are, and where they belong."""
        place = f"{self.draft.public_id}/{self.part}/{self.version}"
        return f"drawdown/v1/draft-part/{place}"


class SealedDraft(Timestamped):
    """Text and prices of a draft as a browser has sealed them, to the offer key.

    It names neither its vendor nor its solicitation, as a draft does not. Nobody opens
    it without the passphrase of somebody who holds the vendor's offer key.
    """

    place = models.CharField(
        max_length=64,
        unique=True,
        help_text="HMAC-SHA-256 of solicitation and vendor; the key is in no table.",
    )
    version = models.PositiveIntegerField(help_text="One more with each save.")
    sealed = models.BinaryField()
    wrapped_key = models.BinaryField(
        help_text="The key of this version, encrypted to the vendor's offer key."
    )
    saved_at = models.DateTimeField()

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_sealed_draft_was_saved", condition=Q(version__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"sealed draft {self.pk}"

    def subject_of(self, vendor_id: int) -> Subject:
        """In the vendor's own stream."""
        return Subject("proposals.sealed_draft", self.pk, f"organization:{vendor_id}")

    def erase(self) -> None:
        """Delete it with its files: there is no way back."""
        self.files.all().delete()
        self.delete()


class SealedDraftFile(Addressed, Timestamped):
    """A file of a draft as a browser has sealed it, with its name, size and hash.

    Its key is encrypted to the offer key, as that of the draft is.
    """

    PREFIX = "sdf"

    draft = models.ForeignKey(
        SealedDraft, on_delete=models.PROTECT, related_name="files"
    )
    sealed_facts = models.BinaryField(help_text="Name, size, SHA-256.")
    sealed_content = models.BinaryField()
    wrapped_key = models.BinaryField(
        help_text="The key of this file, encrypted to the vendor's offer key."
    )

    objects = LockingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"sealed file of {self.draft_id}"


class DraftFile(Addressed, Timestamped):
    """A file of a draft; its name, size and hash are encrypted too."""

    PREFIX = "dfl"

    draft = models.ForeignKey(Draft, on_delete=models.PROTECT, related_name="files")
    sealed_facts = models.BinaryField(help_text="Name, type, size, pages, SHA-256.")
    sealed_content = models.BinaryField()

    objects = LockingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"file of {self.draft_id}"

    @property
    def facts_binding(self) -> str:
        """What the encrypted facts are, and where they belong."""
        place = f"{self.draft.public_id}/{self.public_id}"
        return f"drawdown/v1/draft-file-facts/{place}"

    @property
    def content_binding(self) -> str:
        """What the encrypted content is, and where it belongs."""
        return f"drawdown/v1/draft-file/{self.draft.public_id}/{self.public_id}"
