"""What vendors offer: sealed on receipt, versioned, opened once by two people."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.submissions.sealing.keys import LockedKey, fingerprint
from contracting.submissions.states import MOVES, SubmissionState


class OpenerKey(Addressed, AppendOnly):
    """One person's key for opening: the private half only under their passphrase."""

    PREFIX = "opk"

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="opener_keys"
    )
    public_key = models.BinaryField(help_text="A point of P-256, 65 bytes.")
    wrapped_private_key = models.BinaryField(
        help_text="The private half, encrypted under the passphrase."
    )
    salt = models.BinaryField()
    iterations = models.PositiveIntegerField(
        help_text="Of PBKDF2-HMAC-SHA-256, as they were at enrolment."
    )
    enrolled_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    enrolled_at = models.DateTimeField()
    retired_at = models.DateTimeField(
        null=True, blank=True, help_text="Replaced by a later enrolment."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_opener_has_one_key_in_force",
                fields=["user"],
                condition=Q(retired_at__isnull=True),
            ),
            models.CheckConstraint(
                name="an_opener_s_key_is_stretched", condition=Q(iterations__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"opener's key of {self.user}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public half."""
        return fingerprint(bytes(self.public_key))

    @property
    def locked(self) -> LockedKey:
        """As the cryptography takes it."""
        return LockedKey(
            public=bytes(self.public_key),
            wrapped=bytes(self.wrapped_private_key),
            salt=bytes(self.salt),
            iterations=self.iterations,
        )


class SealingKey(AppendOnly):
    """One solicitation's key, wrapped by a key that is not in the database."""

    solicitation = models.OneToOneField(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="sealing_key",
    )
    wrapped_key = models.BinaryField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sealing key of {self.solicitation_id}"


class Submission(Addressed, Timestamped, Stateful):
    """One vendor's offer on one solicitation, in as many versions as they sent."""

    PREFIX = "sub"
    MOVES = MOVES
    NOUN = "submission"

    solicitation = models.ForeignKey(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    vendor = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="submissions"
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
                name="a_vendor_has_one_submission_on_a_solicitation",
                fields=["solicitation", "vendor"],
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.public_id}"

    @property
    def subject(self) -> Subject:
        """In the vendor's own stream: the agency cannot even count before opening."""
        return Subject(
            "submissions.submission", self.pk, f"organization:{self.vendor_id}"
        )

    @property
    def latest_version(self) -> SubmissionVersion | None:
        """What was received last, in time or not."""
        return self.versions.order_by("-number").first()

    @property
    def version_of_record(self) -> SubmissionVersion | None:
        """The last version received in time: the one that is opened."""
        return self.versions.filter(is_late=False).order_by("-number").first()


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
    acknowledged = ArrayField(
        models.CharField(max_length=4), default=list, help_text="Amendment numbers."
    )
    received_at = models.DateTimeField(help_text="Receipt completed, UTC.")
    is_late = models.BooleanField()
    submitted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    registration = models.JSONField(help_text="Registration status at submission.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_submission_version_has_its_own_number",
                fields=["submission", "number"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission} version {self.number}"

    @property
    def subject(self) -> Subject:
        """In the vendor's own stream, as its submission."""
        stream = f"organization:{self.submission.vendor_id}"
        return Subject("submissions.version", self.pk, stream)


class OpeningConsent(AppendOnly):
    """One person's word that the offers be opened; the second one opens them."""

    solicitation = models.ForeignKey(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="opening_consents",
    )
    position = models.PositiveSmallIntegerField()
    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    consented_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="two_different_people_open_the_offers",
                fields=["solicitation", "user"],
            ),
            models.UniqueConstraint(
                name="offers_are_opened_once",
                fields=["solicitation", "position"],
            ),
            models.CheckConstraint(
                name="an_opening_has_a_first_and_a_second_person",
                condition=Q(position__in=[1, 2]),
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.position} on {self.solicitation_id}"


class OpenedOffer(AppendOnly):
    """The content of the last timely version, as it was found at the opening."""

    submission = models.OneToOneField(
        Submission, on_delete=models.PROTECT, related_name="opened_offer"
    )
    version = models.ForeignKey(SubmissionVersion, on_delete=models.PROTECT)
    technical = models.TextField()
    files = models.JSONField(default=list, help_text="[{name, blob_sha256}, …]")
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"opened offer of {self.submission_id}"


class OfferedRate(AppendOnly):
    """The unit price that an offer quotes for a line of the price schedule."""

    offer = models.ForeignKey(
        OpenedOffer, on_delete=models.PROTECT, related_name="rates"
    )
    line = models.ForeignKey("solicitations.SolicitationLine", on_delete=models.PROTECT)
    model = models.ForeignKey("reference.AiModel", on_delete=models.PROTECT)
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)

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
