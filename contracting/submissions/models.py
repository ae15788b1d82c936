"""What vendors offer: sealed on receipt, versioned, opened once by a quorum."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from contracting.core.actors import Actor, under_pseudonym
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.submissions.health.models import IN_TIME
from contracting.submissions.sealing.holders import (
    HolderKey,
    OfferKey,
    OfferKeyCopy,
)
from contracting.submissions.sealing.models import (
    Box,
    BoxShare,
    GivenShare,
    HeldShare,
    OpenerKey,
    Opening,
    RehearsalOffer,
)
from contracting.submissions.sealing.offerors import offeror_words, pseudonym_of
from contracting.submissions.sealing.tree import Proof
from contracting.submissions.states import (
    MOVES,
    LateException,
    SealingMode,
    SubmissionState,
)

__all__ = [
    "Attribution",
    "Box",
    "BoxShare",
    "Closing",
    "ContentKeyWrap",
    "GivenShare",
    "HeldShare",
    "HolderKey",
    "InclusionProof",
    "LateAdmission",
    "OfferKey",
    "OfferKeyCopy",
    "OfferedRate",
    "OpenedOffer",
    "OpenerKey",
    "Opening",
    "RehearsalOffer",
    "Resealing",
    "Submission",
    "SubmissionVersion",
]


def offer_words(alternate: int, base: str = "offer") -> str:
    """How an offer is called by its number: ``"offer"`` or ``"alternate 2"``.

    :param base: what one without a number is, ``"quotation"`` where those are asked for
    """
    return f"alternate {alternate}" if alternate else base


class Submission(Addressed, Timestamped, Stateful):
    """One vendor's offer on one solicitation, in as many versions as they sent.

    A vendor has a base offer, numbered alternates, or both; each is one of these.
    """

    PREFIX = "sub"
    MOVES = MOVES
    NOUN = "submission"

    solicitation = models.ForeignKey(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    pseudonym = models.CharField(
        max_length=64, help_text="Stands for the vendor on this solicitation alone."
    )
    alternate = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="0: the base offer; else which alternate."
    )
    # Whoever reads it has opened the offer; before, ask for ``vendor_id``.
    vendor: models.ForeignKey[Organization, Organization] = models.ForeignKey(  # type: ignore[misc]
        "accounts.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="submissions",
        help_text="Named by the opening; empty before, and for good where withdrawn.",
    )
    state = models.CharField(
        max_length=10,
        choices=SubmissionState.choices,
        default=SubmissionState.SUBMITTED,
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_vendor_has_each_offer_number_once_on_a_solicitation",
                fields=["solicitation", "vendor", "alternate"],
            ),
            models.UniqueConstraint(
                name="a_pseudonym_has_each_offer_number_once_on_a_solicitation",
                fields=["solicitation", "pseudonym", "alternate"],
            ),
            models.CheckConstraint(
                name="an_opened_offer_names_its_vendor",
                condition=~Q(state=SubmissionState.OPENED) | Q(vendor__isnull=False),
            ),
            models.CheckConstraint(
                name="a_withdrawn_offer_names_no_vendor",
                condition=~Q(state=SubmissionState.WITHDRAWN) | Q(vendor__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.public_id}"

    @property
    def subject(self) -> Subject:
        """In a stream of its own, which names nobody and which no agency reads."""
        return Subject("submissions.submission", self.pk, self.stream)

    @property
    def stream(self) -> str:
        """Of the events of this submission and its versions."""
        return f"submission:{self.pk}"

    @property
    def offeror(self) -> str:
        """Who hands it in, in words that a record may hold before the opening."""
        return offeror_words(self.pseudonym)

    @property
    def offer_words(self) -> str:
        """Which of its vendor's offers it is: ``"offer"`` or ``"alternate 2"``."""
        return offer_words(self.alternate, self.solicitation.response)

    @property
    def reference(self) -> str:
        """What it was handed in on, and which alternate: ``"…R0001, alternate 2"``."""
        piid = self.solicitation.name
        return f"{piid}, {self.offer_words}" if self.alternate else piid

    @property
    def called(self) -> str:
        """Its vendor, and which alternate it is: ``"ACME, alternate 2"``."""
        vendor: str = self.vendor.name
        return f"{vendor}, {self.offer_words}" if self.alternate else vendor

    def is_of(self, actor: Actor) -> bool:
        """Whether it is the acting vendor's own, named or not."""
        if not actor.is_vendor or actor.organization_id is None:
            return False
        own = pseudonym_of(self.solicitation.public_id, actor.organization_id)
        return actor.acts_for(self.vendor_id) or own == self.pseudonym

    def recorded(self, by: Actor) -> Actor:
        """Who acts, as a record may say it: under a pseudonym until it is named."""
        return under_pseudonym(self.offeror) if self.vendor_id is None else by

    @property
    def latest_version(self) -> SubmissionVersion | None:
        """What was received last, in time or not."""
        return self.versions.order_by("-number").first()

    @property
    def version_of_record(self) -> SubmissionVersion | None:
        """The last version received in time or admitted: the one that is opened."""
        considered = IN_TIME | Q(admission__isnull=False)
        return self.versions.filter(considered).order_by("-number").first()


class SubmissionVersion(Addressed, AppendOnly):
    """One receipt: what arrived, when, and its hashes; the content is sealed."""

    PREFIX = "rct"

    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    sealed_blob = models.ForeignKey("documents.Blob", on_delete=models.PROTECT)
    plain_sha256 = models.CharField(
        max_length=64, help_text="SHA-256 of the content before it was sealed."
    )
    files = models.JSONField(help_text="[{name, size_bytes, sha256}, …]")
    mode = models.CharField(
        max_length=10,
        choices=SealingMode.choices,
        default=SealingMode.SERVER,
        db_default=SealingMode.SERVER,
        help_text="Where it was encrypted.",
    )
    acknowledged = ArrayField(
        models.CharField(max_length=4), default=list, help_text="Amendment numbers."
    )
    first_byte_at = models.DateTimeField(
        null=True,
        help_text="When its first byte came, UTC, if that was recorded by itself.",
    )
    received_at = models.DateTimeField(help_text="Receipt completed, UTC.")
    is_late = models.BooleanField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_submission_version_has_its_own_number",
                fields=["submission", "number"],
            ),
            models.CheckConstraint(
                name="the_first_byte_of_a_version_comes_before_its_last",
                condition=Q(first_byte_at=None)
                | Q(first_byte_at__lte=F("received_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} version {self.number}"

    @property
    def subject(self) -> Subject:
        """In the stream of its submission."""
        return Subject("submissions.version", self.pk, self.submission.stream)

    @property
    def resealed(self) -> Resealing | None:
        """The last time that its vendor has sealed it anew, if it has."""
        return self.resealings.order_by("-pk").first()

    @property
    def acknowledgements(self) -> list[str]:
        """The amendments that it acknowledges.

        Beside those that were named with it, they are those that came with the key to
        which it is sealed anew, and with the keys before.
        """
        last = self.resealed
        if last is None:
            return list(self.acknowledged)
        of_keys = Box.objects.filter(
            solicitation_id=last.box.solicitation_id,
            amendment__isnull=False,
            pk__lte=last.box_id,
        ).values_list("amendment__number", flat=True)
        return sorted({*self.acknowledged, *of_keys})


class Attribution(AppendOnly):
    """Who handed in a version, as the opening has found it in the sealed part."""

    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, related_name="attribution"
    )
    vendor = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    submitted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    registration = models.JSONField(help_text="Registration status at submission.")
    attributed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"version {self.version_id} of {self.vendor_id}"


class ContentKeyWrap(Timestamped):
    """The key of one version, encrypted to the box: without it nobody reads it again.

    It is encrypted to the offer key of the vendor too, if there is one; whether there
    is, nobody can tell from the row. Beside it lies who handed the version in,
    encrypted to the box.

    Only a withdrawal deletes it, and only its vendor changes it, to the box that came
    with an amendment; the database sees to that.
    """

    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, related_name="key_wrap"
    )
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="key_wraps")
    wrapped_key = models.BinaryField()
    sealed_offeror = models.BinaryField(
        help_text="Who handed it in, encrypted to the box."
    )
    wrapped_for_vendor = models.BinaryField(
        null=True,
        help_text="The key of the version, encrypted to the vendor's offer key, or as "
        "many bytes that nobody opens.",
    )

    def __str__(self) -> str:
        return f"key of {self.version_id}"


class Resealing(AppendOnly):
    """A version that its vendor has sealed anew, to the box of an amendment."""

    version = models.ForeignKey(
        SubmissionVersion, on_delete=models.PROTECT, related_name="resealings"
    )
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="resealings")
    mode = models.CharField(
        max_length=10, choices=SealingMode.choices, help_text="Where it was done."
    )
    wrapped_key_sha256 = models.CharField(
        max_length=64, help_text="Of its key as it is encrypted to the box."
    )
    resealed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_version_is_sealed_anew_once_to_a_box",
                fields=["version", "box"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} sealed anew to {self.box_id}"


class Closing(AppendOnly):
    """The end of receiving: one root over every receipt in time, published."""

    solicitation = models.OneToOneField(
        "solicitations.Solicitation", on_delete=models.PROTECT, related_name="closing"
    )
    deadline = models.DateTimeField(help_text="In force when receiving ended.")
    root = models.CharField(max_length=64, help_text="Of the tree over the receipts.")
    closed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="receipts_are_closed_after_the_deadline",
                condition=Q(closed_at__gt=F("deadline")),
            ),
        ]

    def __str__(self) -> str:
        return f"receipts of {self.solicitation_id} closed"


class InclusionProof(AppendOnly):
    """The way from one receipt to the root over all of them."""

    closing = models.ForeignKey(
        Closing, on_delete=models.PROTECT, related_name="proofs"
    )
    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, related_name="proof"
    )
    position = models.PositiveIntegerField(help_text="Its place, at random.")
    path = ArrayField(models.CharField(max_length=64), help_text="From leaf to root.")

    def __str__(self) -> str:
        return f"proof of {self.version_id}"

    @property
    def proof(self) -> Proof:
        """As the tree takes it."""
        return Proof(self.position, tuple(self.path))


class LateAdmission(Addressed, AppendOnly):
    """A contracting officer's coded exception for one late offer, with its evidence."""

    PREFIX = "lad"

    version = models.OneToOneField(
        SubmissionVersion, on_delete=models.PROTECT, related_name="admission"
    )
    code = models.CharField(max_length=20, choices=LateException.choices)
    evidence = models.TextField(help_text="What shows that the exception applies.")
    admitted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    admitted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_late_offer_is_admitted_on_evidence",
                condition=~Q(evidence=""),
            ),
        ]

    def __str__(self) -> str:
        return f"late offer {self.version_id} admitted: {self.code}"


class OpenedOffer(AppendOnly):
    """The content of the version of record, as it was found at its opening."""

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, related_name="opened_offer"
    )
    version = models.ForeignKey(SubmissionVersion, on_delete=models.PROTECT)
    technical = models.TextField()
    files = models.JSONField(default=list, help_text="[{name, blob_sha256}, …]")
    flaws = models.JSONField(
        default=list,
        db_default=[],
        help_text="What is wrong with it, each in a sentence.",
    )
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"opened offer of {self.submission_id}"


class OfferedRate(AppendOnly):
    """The unit price that an offer quotes for a line of the price schedule."""

    offer = models.ForeignKey(
        OpenedOffer, on_delete=models.PROTECT, related_name="rates"
    )
    line = models.ForeignKey("solicitations.SolicitationLine", on_delete=models.PROTECT)
    model = models.ForeignKey(
        "reference.AiModel",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Empty where no tokens are bought.",
    )
    usd_per_million_tokens = models.DecimalField(
        max_digits=12,
        decimal_places=6,
        help_text="The figure for the line, in whatever the line asks for.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_offer_prices_a_line_once", fields=["offer", "line"]
            ),
            models.CheckConstraint(
                name="an_offered_price_is_never_negative",
                condition=Q(usd_per_million_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} at {self.usd_per_million_tokens}"

    @property
    def figure_words(self) -> str:
        """The figure as people read it, in what its line asks for."""
        return self.line.figure_words(self.usd_per_million_tokens)
