"""Drafts of offers, encrypted: a row tells neither whose it is nor on what."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, LockingQuerySet, Timestamped
from contracting.core.subjects import Subject
from contracting.proposals.states import DraftPartName, UploadKind


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
        DraftUpload.forget_whole(self.place, UploadKind.FILE)
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
        DraftUpload.forget_whole(self.place, UploadKind.SEALED_FILE)
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


class DraftUpload(Addressed, Timestamped):
    """A file on its way into a draft, in pieces, each encrypted as it comes.

    It names neither its vendor nor its solicitation, as a draft does not. Once the file
    is in the draft the pieces are gone, and what is left says when it came. An offer
    that was sealed before it was sent comes so too; nothing is left of it here once it
    is handed in.
    """

    PREFIX = "upl"

    place = models.CharField(
        max_length=64,
        db_index=True,
        help_text="HMAC-SHA-256 of solicitation and vendor; the key is in no table.",
    )
    kind = models.CharField(max_length=12, choices=UploadKind.choices)
    wrapped_key = models.BinaryField(
        help_text="The key of its pieces, encrypted with one that is in no table."
    )
    sealed_facts = models.BinaryField(help_text="Name, SHA-256, and who sends it.")
    size_bytes = models.PositiveIntegerField(help_text="Of the whole, as declared.")
    offset = models.PositiveIntegerField(
        default=0, help_text="How many bytes are here, from the first one on."
    )
    begun_at = models.DateTimeField()
    whole_at = models.DateTimeField(null=True, help_text="When the last byte came.")
    completed_at = models.DateTimeField(null=True)
    file = models.CharField(
        max_length=40, default="", help_text="Public id of what the draft has of it."
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_upload_is_no_longer_than_declared",
                condition=Q(size_bytes__gte=1) & Q(offset__lte=F("size_bytes")),
            ),
            models.CheckConstraint(
                name="an_upload_is_completed_once_it_is_whole",
                condition=Q(completed_at=None, file="")
                | (
                    Q(completed_at__gte=F("begun_at"), offset=F("size_bytes"))
                    & ~Q(file="")
                ),
            ),
            models.CheckConstraint(
                name="an_upload_is_whole_with_its_last_byte",
                condition=Q(whole_at=None) | Q(offset=F("size_bytes")),
            ),
            models.CheckConstraint(
                name="an_offer_that_comes_is_in_no_draft",
                condition=~Q(kind=UploadKind.SEALED_OFFER) | Q(completed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"upload {self.public_id}"

    @property
    def subject(self) -> Subject:
        """In a stream of its own, which names nobody."""
        return Subject("proposals.upload", self.pk, f"upload:{self.public_id}")

    @property
    def of_kind(self) -> UploadKind:
        """What comes, as one of the three."""
        return UploadKind(self.kind)

    @property
    def key_binding(self) -> str:
        """What the encrypted key is, and where it belongs."""
        return f"drawdown/v1/upload-key/{self.public_id}/{self.place}"

    @property
    def facts_binding(self) -> str:
        """What the encrypted facts are, and where they belong."""
        return f"drawdown/v1/upload-facts/{self.public_id}"

    @classmethod
    def forget_whole(cls, place: str, kind: UploadKind) -> None:
        """Forget when the files of a draft came; what is on its way may still come."""
        whole = cls.objects.filter(place=place, kind=kind)
        whole.exclude(completed_at=None).delete()

    def erase(self) -> None:
        """Delete it with what has come of the file."""
        self.pieces.all().delete()
        self.delete()

    def piece_binding(self, start: int) -> str:
        """What the encrypted piece from this byte on is, and where it belongs."""
        return f"drawdown/v1/upload-piece/{self.public_id}/{start}"


class UploadPiece(Timestamped):
    """Bytes of an upload that came in one request, encrypted."""

    upload = models.ForeignKey(
        DraftUpload, on_delete=models.PROTECT, related_name="pieces"
    )
    start = models.PositiveIntegerField(help_text="How many bytes lie before it.")
    size_bytes = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_byte_of_an_upload_begins_one_piece", fields=["upload", "start"]
            ),
            models.CheckConstraint(
                name="a_piece_of_an_upload_has_bytes", condition=Q(size_bytes__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"piece of {self.upload_id}"
