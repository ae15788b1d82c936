"""What is put on record about an opened offer and its vendor, until the award."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import AppendOnly, LockingQuerySet, Timestamped
from contracting.evaluations.states import (
    AdjectivalRating,
    Occasion,
    RegistrationException,
    RegistrationStatus,
)


class OfferExtension(AppendOnly):
    """A vendor's written word that its offer stays open until a later day."""

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="extensions"
    )
    valid_until = models.DateField(help_text="Last day on which it may be accepted.")
    words = models.TextField()
    extended_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    extended_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_offer_is_extended_to_a_day_once",
                fields=["submission", "valid_until"],
            ),
            models.CheckConstraint(
                name="an_offer_is_extended_in_writing", condition=~Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} open until {self.valid_until}"


class SelectedOffer(AppendOnly):
    """One of the offers that the source selection decision selects (FAR 15.308)."""

    decision = models.ForeignKey(
        "evaluations.SelectionDecision",
        on_delete=models.PROTECT,
        related_name="selections",
    )
    position = models.PositiveSmallIntegerField(default=1)
    submission = models.OneToOneField(
        "submissions.Submission", on_delete=models.PROTECT, related_name="selection"
    )
    reason = models.TextField(
        blank=True, help_text="Why this one; empty where the rationale says all."
    )

    class Meta:
        ordering: ClassVar[list[str]] = ["position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="two_selected_offers_never_have_one_position",
                fields=["decision", "position"],
            ),
            models.CheckConstraint(
                name="selected_offers_are_counted_from_one",
                condition=Q(position__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} selected"


class ForgoneSelection(AppendOnly):
    """A selected offer that is not awarded after all (FAR 52.212-1(g))."""

    selection = models.OneToOneField(
        SelectedOffer, on_delete=models.PROTECT, related_name="forgone"
    )
    reason = models.TextField(help_text="Why; its vendor is told it in these words.")
    forgone_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    forgone_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_selected_offer_is_forgone_for_a_reason",
                condition=~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.selection}, and forgone"


class RegistrationSnapshot(AppendOnly):
    """A vendor's registration as it stood when it counted (FAR 52.204-7)."""

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="registrations"
    )
    occasion = models.CharField(max_length=10, choices=Occasion.choices)
    status = models.CharField(max_length=12, choices=RegistrationStatus.choices)
    as_of = models.DateTimeField(help_text="Of the receipt, or of the signature.")
    uei = models.CharField("UEI", max_length=12, blank=True)
    extract = models.ForeignKey(
        "evaluations.RegistrationImport",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
    )
    registered_until = models.DateField(null=True, blank=True)
    exclusion = models.CharField(max_length=200, blank=True)
    kept_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_registration_is_kept_once_on_each_occasion",
                fields=["submission", "occasion"],
            ),
            models.CheckConstraint(
                name="a_registration_is_active_by_an_extract_only",
                condition=~Q(status="ACTIVE") | Q(extract__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uei} {self.get_status_display()} {self.get_occasion_display()}"


class RegistrationExcuse(AppendOnly):
    """The coded exception under which a vendor need not be registered."""

    submission = models.OneToOneField(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="registration_excuse",
    )
    code = models.CharField(max_length=12, choices=RegistrationException.choices)
    reason = models.TextField(help_text="What shows that it applies.")
    excused_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    excused_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_vendor_is_excused_for_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} excused under {self.code}"


class NonresponsibilityFinding(AppendOnly):
    """The officer's finding that a vendor lacks an element of responsibility."""

    submission = models.OneToOneField(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="nonresponsibility",
    )
    is_small = models.BooleanField(help_text="As the vendor represents itself.")
    reason = models.TextField(help_text="The element, and how its lack shows.")
    found_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    found_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_vendor_is_found_not_responsible_for_a_reason",
                condition=~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"finding on {self.submission_id}"


class CertificateReferral(AppendOnly):
    """A finding on a small business, with the Small Business Administration."""

    finding = models.OneToOneField(
        NonresponsibilityFinding, on_delete=models.PROTECT, related_name="referral"
    )
    office = models.CharField(max_length=120, help_text="The area office.")
    received_on = models.DateField(help_text="When it had the whole referral.")
    referred_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    referred_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"referral to {self.office}"


class CertificateOutcome(AppendOnly):
    """A certificate of competency, or its denial (FAR 19.602-4)."""

    referral = models.OneToOneField(
        CertificateReferral, on_delete=models.PROTECT, related_name="outcome"
    )
    is_issued = models.BooleanField()
    reference = models.CharField(max_length=60)
    decided_on = models.DateField()
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    filed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.reference}: {'issued' if self.is_issued else 'denied'}"


class OfferRejection(AppendOnly):
    """An offer that is out of the competition for want of responsibility."""

    submission = models.OneToOneField(
        "submissions.Submission", on_delete=models.PROTECT, related_name="rejection"
    )
    reason = models.TextField(help_text="What the vendor was told.")
    rejected_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    rejected_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_offer_is_rejected_for_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"rejection of {self.submission_id}"


class RatingDraft(Timestamped):
    """What an evaluator has typed and not recorded yet: no rating, and only theirs."""

    submission = models.ForeignKey("submissions.Submission", on_delete=models.PROTECT)
    factor = models.ForeignKey(
        "solicitations.EvaluationFactor", on_delete=models.PROTECT
    )
    panel_member = models.ForeignKey(
        "evaluations.PanelMember", on_delete=models.PROTECT, related_name="drafts"
    )
    version = models.PositiveIntegerField(help_text="One more with each save.")
    rating = models.CharField(
        max_length=14, choices=AdjectivalRating.choices, blank=True
    )
    strengths = models.TextField(blank=True)
    weaknesses = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    saved_at = models.DateTimeField()

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_evaluator_drafts_a_rating_once",
                fields=["submission", "factor", "panel_member"],
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.panel_member_id} on {self.submission_id}"
