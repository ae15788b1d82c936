"""Paper: a request with its frozen context, and the print that came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Final, Self

from django.db import models
from django.db.models import Q

from accounts.models import ApiKey, Membership, Organization
from accounts.states import SOURCE_SELECTION_ROLES
from contracting.core.actors import Actor
from contracting.core.models import (
    PUBLIC_ID_LENGTH,
    Addressed,
    AppendOnly,
    ClockTimestamp,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.documents.states import (
    MOVES,
    OPERATION_MOVES,
    DocumentKind,
    DocumentState,
    OperationState,
)

ALSO_READ_BY_VENDORS: Final[list[Callable[[Actor], Q]]] = []
"""What later stages add to the papers that a vendor reads beside its own."""


class Blob(AppendOnly):
    """Bytes named by their own hash, kept in Django's storage and never changed."""

    sha256 = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the bytes, hexadecimal."
    )
    size_bytes = models.BigIntegerField()
    media_type = models.CharField(max_length=120)
    packing = models.CharField(
        max_length=8,
        blank=True,
        default="",
        help_text="How the bytes are packed in the storage; hash and size are of the "
        "bytes themselves.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_blob_is_packed_in_a_known_way",
                condition=Q(packing__in=("", "zstd")),
            ),
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
        suffix = ".zst" if self.packing == "zstd" else ""
        return f"{self.sha256[:2]}/{self.sha256}{suffix}"


A_PAPER: Final = "documents.document"
"""The kind of a subject that is a paper: only a copy for release is about one."""


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
            for also_reads in ALSO_READ_BY_VENDORS:
                readable |= also_reads(actor)
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
    verification_code = models.CharField(
        max_length=PUBLIC_ID_LENGTH,
        blank=True,
        default="",
        editable=False,
        help_text="Random, printed on page one; empty on papers older than the code.",
    )
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
    parties = models.JSONField(
        default=list,
        db_default=[],
        help_text="Who signs it, in this order; empty when nobody does.",
    )

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
            models.UniqueConstraint(
                name="a_verification_code_names_one_paper",
                fields=["verification_code"],
                condition=~Q(verification_code=""),
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
        return Subject(A_PAPER, self.pk, self.stream)

    @property
    def is_release_copy(self) -> bool:
        """Whether it is a copy of another paper, with parts withheld, for everybody."""
        return self.subject_kind == A_PAPER

    @property
    def is_rendered(self) -> bool:
        return self.state == DocumentState.RENDERED

    @property
    def verify_path(self) -> str:
        """Where anybody may ask about the paper; empty while it has no code."""
        return f"/verify/{self.verification_code}" if self.verification_code else ""

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
    base = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="signed_again",
        help_text="The file to which this one adds signatures, and nothing else.",
    )
    revisions = models.JSONField(
        default=list,
        db_default=[],
        help_text="Bytes up to the end of the print, of the fields for its signatories "
        "and of each signature.",
    )
    level = models.CharField(
        max_length=4,
        blank=True,
        default="",
        db_default="",
        help_text="The lowest PAdES level of its signatures: B-B, B-T or B-LT.",
    )
    rendered_at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_file_is_signed_again_once", fields=["base"]
            ),
            models.CheckConstraint(
                name="a_seal_names_its_print_and_its_certificate",
                condition=Q(unsealed_sha256="", seal_certificate_sha256="")
                | Q(
                    unsealed_sha256__regex=r"^[0-9a-f]{64}$",
                    seal_certificate_sha256__regex=r"^[0-9a-f]{64}$",
                ),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="prints_before_their_seal",
                fields=["unsealed_sha256"],
                condition=~Q(unsealed_sha256=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document} as {self.blob}"

    @property
    def is_sealed(self) -> bool:
        return bool(self.unsealed_sha256)

    @property
    def signatures(self) -> int:
        """How many of its parties have signed the file; a seal is nobody's."""
        return max(len(self.revisions) - 2, 0) if self.document.parties else 0


class OperationQuerySet(LockingQuerySet["Operation"]):
    """Operations, filtered by who may look at them."""

    def visible_to(self, actor: Actor) -> Self:
        """Those of the actor's organization; to a machine, with the scope they need."""
        found = self.filter(organization_id=actor.organization_id)
        if actor.is_key:
            return found.filter(scope__in=actor.scopes)
        return found if actor.role else self.none()

    def open(self) -> Self:
        """Not ended yet."""
        return self.filter(state__in=(OperationState.QUEUED, OperationState.RUNNING))


class Operation(Addressed, Stateful, Timestamped):
    """Work that takes longer than a request; it is done in steps by a worker.

    Each step and the account of it are one transaction, so that a worker which ends in
    the middle has done a step or not, and the next one goes on from there.
    """

    PREFIX = "op"
    MOVES = OPERATION_MOVES
    NOUN = "operation"

    kind = models.CharField(max_length=40, help_text="What does its steps.")
    title = models.CharField(max_length=200)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="operations"
    )
    scope = models.CharField(
        max_length=40, help_text="The scope with which a machine may look at it."
    )
    by_membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_key = models.ForeignKey(
        ApiKey, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    by_name = models.CharField(max_length=160)
    state = models.CharField(
        max_length=12, choices=OperationState.choices, default=OperationState.QUEUED
    )
    phase = models.CharField(max_length=80, blank=True)
    unit = models.CharField(max_length=20, help_text="What is counted, such as rows.")
    total = models.PositiveBigIntegerField()
    done = models.PositiveBigIntegerField(default=0)
    queued_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    stepped_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    cancel_asked_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(
        default=0, help_text="Begun on the present step."
    )
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)
    result_path = models.CharField(max_length=300, blank=True)
    errors_path = models.CharField(max_length=300, blank=True)

    objects = OperationQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_operation_does_no_more_than_there_is",
                condition=Q(done__lte=models.F("total")),
            ),
            models.CheckConstraint(
                name="a_failed_operation_says_why",
                condition=~Q(state=OperationState.FAILED) | ~Q(last_error=""),
            ),
            models.CheckConstraint(
                name="an_operation_is_a_persons_or_a_machines",
                condition=Q(by_membership__isnull=True) | Q(by_key__isnull=True),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="operations_not_ended_yet",
                fields=["id"],
                condition=Q(state__in=("QUEUED", "RUNNING")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.public_id})"

    @property
    def as_subject(self) -> Subject:
        """The operation, as an event names it."""
        stream = f"organization:{self.organization_id}"
        return Subject("documents.operation", self.pk, stream)

    @property
    def is_open(self) -> bool:
        return self.state in (OperationState.QUEUED, OperationState.RUNNING)

    @property
    def path(self) -> str:
        """Its page."""
        return f"/operations/{self.public_id}"

    @property
    def percent(self) -> int:
        """How much is done, rounded down."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def seconds_left(self) -> int | None:
        """At the pace so far; ``None`` while there is none."""
        if not (self.is_open and self.done and self.started_at and self.stepped_at):
            return None
        passed = (self.stepped_at - self.started_at).total_seconds()
        return round(passed * (self.total - self.done) / self.done)


from contracting.documents.models.signatures import (  # noqa: E402
    Approval,
    DocumentSignature,
    SignedCopy,
    SignedCopyCheck,
)

__all__ = [
    "Approval",
    "Blob",
    "Document",
    "DocumentQuerySet",
    "DocumentSignature",
    "Operation",
    "OperationQuerySet",
    "Rendering",
    "SignedCopy",
    "SignedCopyCheck",
]
