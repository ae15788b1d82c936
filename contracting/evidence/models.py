"""Archives: what was asked for, the files gathered for it, and the one ZIP of them."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from accounts.models import Membership
from contracting.contracts.models import Contract
from contracting.core.actors import Actor
from contracting.core.models import Addressed, AppendOnly
from contracting.documents.models import Blob, Document, Operation
from contracting.evidence.states import ArchiveKind, Level, PartKind
from contracting.solicitations.models import Solicitation


class ArchiveQuerySet(models.QuerySet["Archive"]):
    """Archives, filtered by who may know of them."""

    def visible_to(self, actor: Actor) -> Self:
        """Those that the actor's organization has asked for.

        What is in one is asked again, file by file, when it is downloaded.
        """
        if not (actor.role or actor.is_key):
            return self.none()
        return self.filter(operation__organization_id=actor.organization_id)


class Archive(AppendOnly, Addressed):
    """A request for one ZIP of papers and records, and everything that decides it.

    ``plan`` lists what is to be gathered, frozen when it is asked for: a step of its
    operation takes the next entries, so that whoever goes on after a killed worker
    gathers the same.
    """

    PREFIX = "arc"

    kind = models.CharField(max_length=8, choices=ArchiveKind.choices)
    level = models.CharField(
        max_length=8,
        choices=Level.choices,
        blank=True,
        help_text="Of an evidence pack; empty for a bundle.",
    )
    operation = models.OneToOneField(
        Operation, on_delete=models.PROTECT, related_name="archive"
    )
    contract = models.ForeignKey(
        Contract,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="archives",
    )
    solicitation = models.ForeignKey(
        Solicitation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="archives",
    )
    number = models.CharField(
        max_length=60, help_text="Of the contract or solicitation."
    )
    title = models.CharField(max_length=240)
    starts_on = models.DateField(
        null=True, blank=True, help_text="First day of what is in it; all when empty."
    )
    ends_on = models.DateField(
        null=True, blank=True, help_text="Last day of what is in it; all when empty."
    )
    orders = models.JSONField(
        default=list,
        blank=True,
        help_text="Public ids of the orders that it is about; all when empty.",
    )
    plan = models.JSONField(help_text="What is to be gathered, in its order.")
    asked_at = models.DateTimeField()
    asked_by_name = models.CharField(max_length=160)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_archive_is_of_a_contract_or_of_a_solicitation",
                condition=Q(contract__isnull=True, solicitation__isnull=False)
                | Q(contract__isnull=False, solicitation__isnull=True),
            ),
            models.CheckConstraint(
                name="an_evidence_pack_has_a_level_and_a_contract",
                condition=Q(kind=ArchiveKind.BUNDLE, level="")
                | Q(
                    kind=ArchiveKind.PACK,
                    level__in=Level.values,
                    contract__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="an_archive_does_not_end_before_it_starts",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(starts_on__lte=models.F("ends_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.public_id})"

    @property
    def path(self) -> str:
        """Its page."""
        return f"/archives/{self.public_id}"

    @property
    def is_pack(self) -> bool:
        return self.kind == ArchiveKind.PACK

    @property
    def about(self) -> Contract | Solicitation:
        """The contract or the solicitation whose papers it has."""
        found: Contract | Solicitation | None = self.contract or self.solicitation
        assert found is not None  # noqa: S101 (a constraint holds it)
        return found

    @property
    def file(self) -> ArchiveFile | None:
        """The finished ZIP; ``None`` until every part of it is there."""
        return ArchiveFile.objects.filter(archive=self).select_related("blob").first()


class ReleaseCopy(AppendOnly):
    """A copy of a paper for everybody: what is withheld from it, and by whose word.

    The agency alone reads what was withheld; the copy has none of it.
    """

    document = models.OneToOneField(
        Document,
        on_delete=models.PROTECT,
        related_name="release_copy",
        help_text="The copy, which everybody reads.",
    )
    original = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="release_copies"
    )
    request = models.CharField(
        max_length=120, help_text="What it answers, such as a request's number."
    )
    withheld = models.JSONField(
        default=list,
        blank=True,
        help_text="[passage or heading, exemption, whether it is a heading].",
    )
    released_by = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_copy_for_release_says_what_it_answers",
                condition=~Q(request=""),
            ),
            models.CheckConstraint(
                name="a_copy_for_release_is_another_paper",
                condition=~Q(document=models.F("original")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} for {self.request}"


class ArchivePart(AppendOnly):
    """One file gathered for an archive; nothing of it is handed out by itself."""

    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="parts")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=160, help_text="Its name in the ZIP.")
    kind = models.CharField(max_length=8, choices=PartKind.choices)
    title = models.CharField(max_length=240)
    number = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(null=True, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_archive_has_each_position_once", fields=["archive", "position"]
            ),
            models.UniqueConstraint(
                name="an_archive_has_each_name_once", fields=["archive", "name"]
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ArchiveFile(AppendOnly):
    """The ZIP, whole: it is there or not, and never in part."""

    archive = models.OneToOneField(
        Archive, on_delete=models.PROTECT, related_name="finished"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    files = models.PositiveIntegerField(help_text="How many files are in it.")
    manifest_sha256 = models.CharField(max_length=64)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_manifest_is_named_by_a_sha256",
                condition=Q(manifest_sha256__regex=r"^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.archive} as {self.blob}"
