"""Paper: a request with its frozen context, and the print that came of it."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from accounts.models import Organization
from accounts.states import SOURCE_SELECTION_ROLES
from contracting.core.actors import Actor
from contracting.core.models import (
    Addressed,
    AppendOnly,
    ClockTimestamp,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.documents.states import MOVES, DocumentKind, DocumentState


class Blob(AppendOnly):
    """Bytes named by their own hash, kept in Django's storage and never changed."""

    sha256 = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the bytes, hexadecimal."
    )
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_blob_is_named_by_a_sha256",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="a_blob_has_no_negative_size", condition=Q(size_bytes__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def name(self) -> str:
        """Where the storage keeps the bytes."""
        return f"{self.sha256[:2]}/{self.sha256}"


class DocumentQuerySet(LockingQuerySet["Document"]):
    """Papers, filtered by who may read them."""

    def visible_to(self, actor: Actor) -> Self:
        """The agency's own, the named vendor's, and public ones once they are printed.

        A submission receipt belongs to the vendor alone: before opening, who has
        submitted is nobody else's business, and it names no vendor (see ``is_held_by``
        in the queries). A source selection decision is for those who take part in the
        selection, and the auditor (FAR 3.104). A price memo is handed over by the page
        of the prices alone, which knows who evaluates.
        """
        if actor.is_system:
            return self.all()
        readable = Q(is_public=True, state=DocumentState.RENDERED)
        if actor.is_agency:
            hidden = {DocumentKind.RECEIPT, DocumentKind.PRICE_MEMO}
            if not actor.has_role(*SOURCE_SELECTION_ROLES):
                hidden.add(DocumentKind.DECISION)
            mine = Q(agency_id=actor.organization_id)
            readable |= mine & ~Q(kind__in=hidden)
        if actor.is_vendor:
            readable |= Q(vendor_id=actor.organization_id)
        return self.filter(readable)

    def waiting(self) -> Self:
        """Requested and not printed yet."""
        return self.filter(state=DocumentState.REQUESTED)


class Document(Addressed, Stateful, Timestamped):
    """A paper that somebody's verb has asked for; this row is its outbox.

    Everything that is printed lies in ``context`` and never changes; only the state and
    the account of the attempts do.
    """

    PREFIX = "doc"
    MOVES = MOVES
    NOUN = "paper"

    kind = models.CharField(max_length=40, choices=DocumentKind.choices)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    stream = models.CharField(max_length=80, help_text="The subject's audit stream.")
    title = models.CharField(max_length=240)
    number = models.CharField(
        max_length=60, help_text="The number that people say aloud, such as a PIID."
    )
    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="papers_issued"
    )
    vendor = models.ForeignKey(
        Organization,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="papers_received",
        help_text="The vendor who may read it too.",
    )
    is_public = models.BooleanField(default=False)
    context = models.JSONField(help_text="What is printed, as plain values, frozen.")
    content_sha256 = models.CharField(
        max_length=64, help_text="SHA-256 of the content that was decided on."
    )
    version = models.PositiveIntegerField(help_text="The version that was decided on.")
    state = models.CharField(
        max_length=12,
        choices=DocumentState.choices,
        default=DocumentState.REQUESTED,
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    next_attempt_at = models.DateTimeField(
        null=True, blank=True, help_text="Not before this instant; at once when empty."
    )
    leased_until = models.DateTimeField(
        null=True,
        blank=True,
        help_text="A worker is at it until this instant, unless it renews its lease.",
    )
    requested_at = models.DateTimeField()
    requested_by_name = models.CharField(max_length=160)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_paper_is_requested_rendered_or_failed",
                condition=Q(state__in=DocumentState.values),
            ),
            models.CheckConstraint(
                name="a_failed_paper_says_why",
                condition=~Q(state=DocumentState.FAILED) | ~Q(last_error=""),
            ),
            models.CheckConstraint(
                name="only_a_paper_that_waits_is_leased",
                condition=Q(state=DocumentState.REQUESTED)
                | Q(leased_until__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="documents_by_subject", fields=["subject_kind", "subject_id"]
            ),
            models.Index(
                name="documents_not_printed_yet",
                fields=["id"],
                condition=Q(state=DocumentState.REQUESTED),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.number})"

    @property
    def subject(self) -> Subject:
        """What the paper is about."""
        return Subject(self.subject_kind, self.subject_id, self.stream)

    @property
    def as_subject(self) -> Subject:
        """The paper itself, as an event names it."""
        return Subject("documents.document", self.pk, self.stream)

    @property
    def is_rendered(self) -> bool:
        return self.state == DocumentState.RENDERED

    @property
    def rendering(self) -> Rendering | None:
        """The print in force; ``None`` while it is being prepared."""
        return self.renderings.select_related("blob").order_by("-pk").first()


class Rendering(AppendOnly):
    """One print of a paper: which bytes, made by what, from which template."""

    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, related_name="renderings"
    )
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="renderings")
    renderer = models.CharField(max_length=120, help_text="Program and version.")
    template_sha256 = models.CharField(max_length=64)
    unsealed_sha256 = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="SHA-256 of the print before it was sealed; empty without a seal.",
    )
    seal_certificate_sha256 = models.CharField(
        max_length=64,
        blank=True,
        default="",
        help_text="SHA-256 of the certificate that seals it; empty without a seal.",
    )
    rendered_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_seal_names_its_print_and_its_certificate",
                condition=Q(unsealed_sha256="", seal_certificate_sha256="")
                | Q(
                    unsealed_sha256__regex=r"^[0-9a-f]{64}$",
                    seal_certificate_sha256__regex=r"^[0-9a-f]{64}$",
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} as {self.blob}"

    @property
    def is_sealed(self) -> bool:
        return bool(self.unsealed_sha256)
