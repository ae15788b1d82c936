"""Boxes, the people who open them with their keys and shares, and their openings."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly, Timestamped
from contracting.core.subjects import Subject
from contracting.submissions.sealing.keys import LockedKey, fingerprint
from contracting.submissions.sealing.shares import share_binding
from contracting.submissions.states import BoxPurpose, OpeningPurpose, SealingMode


class PersonalKey(Addressed, AppendOnly):
    """A person's own key pair: the private half only under their passphrase."""

    public_key = models.BinaryField(help_text="A point of P-256, 65 bytes.")
    wrapped_private_key = models.BinaryField(
        help_text="The private half, encrypted under the passphrase."
    )
    salt = models.BinaryField()
    iterations = models.PositiveIntegerField(
        help_text="Of PBKDF2-HMAC-SHA-256, as they were at enrolment."
    )

    class Meta:
        abstract = True

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


class OpenerKey(PersonalKey):
    """One person's key for opening: the private half only under their passphrase."""

    PREFIX = "opk"

    user = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, related_name="opener_keys"
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


class Box(Addressed, AppendOnly):
    """A public key that offers are sealed to; its private half exists only in shares.

    A box is made once as a rehearsal and once, when its solicitation is released, for
    the offers; other openers come with an amendment, and with a box of their own.
    """

    PREFIX = "box"

    solicitation = models.ForeignKey(
        "solicitations.Solicitation", on_delete=models.PROTECT, related_name="boxes"
    )
    purpose = models.CharField(max_length=10, choices=BoxPurpose.choices)
    mode = models.CharField(
        max_length=10, choices=SealingMode.choices, default=SealingMode.SERVER
    )
    needed = models.PositiveSmallIntegerField(help_text="k: so many shares open it.")
    people = models.PositiveSmallIntegerField(help_text="n: so many hold a share.")
    public_key = models.BinaryField(help_text="A point of P-256, 65 bytes.")
    made_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True
    )
    made_at = models.DateTimeField()
    amendment = models.OneToOneField(
        "solicitations.Amendment",
        on_delete=models.PROTECT,
        related_name="box",
        null=True,
        blank=True,
        help_text="With which it replaced the box before; none at the release.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_release_makes_one_box_of_offers",
                fields=["solicitation"],
                condition=Q(purpose="OFFERS", amendment__isnull=True),
            ),
            models.CheckConstraint(
                name="only_a_box_of_offers_comes_with_an_amendment",
                condition=Q(purpose="OFFERS") | Q(amendment__isnull=True),
            ),
            models.CheckConstraint(
                name="nobody_opens_a_box_alone", condition=Q(needed__gte=2)
            ),
            models.CheckConstraint(
                name="a_box_has_at_least_2k_minus_1_openers",
                condition=Q(people__gte=F("needed") * 2 - 1),
            ),
        ]

    def __str__(self) -> str:
        return f"box {self.public_id}, {self.needed} of {self.people}"

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key."""
        return fingerprint(bytes(self.public_key))

    @property
    def sample_binding(self) -> str:
        """What the rehearsal offer is, and where it belongs."""
        return f"drawdown/v1/rehearsal/{self.public_id}"


class BoxShare(AppendOnly):
    """One opener's share of a box, encrypted to the opener's own key."""

    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="shares")
    position = models.PositiveSmallIntegerField()
    opener_key = models.ForeignKey(OpenerKey, on_delete=models.PROTECT)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    sealed_share = models.BinaryField()
    commitment = models.CharField(
        max_length=64, help_text="Published hash: it tells an altered share."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_person_holds_one_share_of_a_box", fields=["box", "user"]
            ),
            models.UniqueConstraint(
                name="a_share_has_its_own_position", fields=["box", "position"]
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.position} of {self.box}"

    @property
    def binding(self) -> str:
        """What its encrypted bytes are, and where they belong."""
        return share_binding(self.box.public_id, self.position)


class RehearsalOffer(AppendOnly):
    """What lies in the box of a rehearsal: words that only its openers can read."""

    box = models.OneToOneField(Box, on_delete=models.PROTECT, related_name="sample")
    sealed = models.BinaryField()
    wrapped_key = models.BinaryField(help_text="Its key, encrypted to the box.")
    plain_sha256 = models.CharField(max_length=64)
    prepared = models.JSONField(null=True, help_text="The box for the offers.")

    def __str__(self) -> str:
        return f"rehearsal offer of {self.box_id}"


class Opening(Addressed, AppendOnly):
    """A quorum of the openers of a box coming together, once, for one purpose."""

    PREFIX = "opn"

    solicitation = models.ForeignKey(
        "solicitations.Solicitation", on_delete=models.PROTECT, related_name="openings"
    )
    box = models.ForeignKey(Box, on_delete=models.PROTECT, related_name="openings")
    purpose = models.CharField(max_length=10, choices=OpeningPurpose.choices)
    admission = models.OneToOneField(
        "submissions.LateAdmission",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="opening",
    )
    begun_at = models.DateTimeField()
    completed_at = models.DateTimeField(
        null=True, blank=True, help_text="When the last share that was needed came."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_box_is_opened_once_for_a_purpose",
                fields=["box", "purpose"],
                condition=~Q(purpose="LATE"),
            ),
            models.CheckConstraint(
                name="a_late_opening_is_of_an_admitted_offer",
                condition=Q(purpose="LATE", admission__isnull=False)
                | ~Q(purpose="LATE") & Q(admission__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"opening of {self.box}"

    @property
    def subject(self) -> Subject:
        """In the stream of the solicitation, which the agency reads."""
        return Subject("submissions.opening", self.pk, self.solicitation.stream)


class GivenShare(AppendOnly):
    """One opener's consent to an opening, given with their share."""

    opening = models.ForeignKey(
        Opening, on_delete=models.PROTECT, related_name="given_shares"
    )
    position = models.PositiveSmallIntegerField(help_text="First, second and so on.")
    share = models.ForeignKey(BoxShare, on_delete=models.PROTECT)
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT)
    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="different_people_open_a_box", fields=["opening", "user"]
            ),
            models.UniqueConstraint(
                name="each_opener_has_a_place_in_an_opening",
                fields=["opening", "position"],
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.share_id} given to {self.opening_id}"


class HeldShare(Timestamped):
    """A given share, encrypted with a key that is not in the database.

    It waits for the others of its quorum and is deleted when the opening is complete.
    """

    given = models.OneToOneField(
        GivenShare, on_delete=models.PROTECT, related_name="held"
    )
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"held share of {self.given_id}"
