"""How offers are judged: panel, ratings, consensus, price analysis, decision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.text import get_text_list

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.evaluations.models import discussions, modifications, records
from contracting.evaluations.states import (
    AdjectivalRating,
    NormalisationRule,
    PanelRole,
)

Discussion = discussions.Discussion
FinalRevision = discussions.FinalRevision
RangeStanding = discussions.RangeStanding
RevisedOffer = discussions.RevisedOffer
RevisedRate = discussions.RevisedRate
RevisionRequest = discussions.RevisionRequest
LateModification = modifications.LateModification
LoweredRate = modifications.LoweredRate
rates_of = discussions.rates_of
CountedRate = discussions.CountedRate
AcceptedModification = modifications.AcceptedModification
OfferExtension = records.OfferExtension
RegistrationSnapshot = records.RegistrationSnapshot
RegistrationExcuse = records.RegistrationExcuse
NonresponsibilityFinding = records.NonresponsibilityFinding
CertificateReferral = records.CertificateReferral
CertificateOutcome = records.CertificateOutcome
OfferRejection = records.OfferRejection
SelectedOffer = records.SelectedOffer
RatingDraft = records.RatingDraft
ForgoneSelection = records.ForgoneSelection


class PanelMember(AppendOnly):
    """A designation for one solicitation."""

    solicitation = models.ForeignKey(
        "solicitations.Solicitation", on_delete=models.PROTECT, related_name="panel"
    )
    membership = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    role = models.CharField(max_length=30, choices=PanelRole.choices)
    designated_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    designated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_person_is_designated_once_for_a_solicitation",
                fields=["solicitation", "membership"],
            ),
            models.UniqueConstraint(
                name="a_solicitation_has_one_source_selection_authority",
                fields=["solicitation"],
                condition=Q(role="SOURCE_SELECTION_AUTHORITY"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership} on {self.solicitation_id}"


class Declaration(AppendOnly):
    """Non-disclosure and conflicts of interest, signed before reading an offer."""

    panel_member = models.ForeignKey(
        PanelMember, on_delete=models.PROTECT, related_name="declarations"
    )
    text = models.TextField()
    parties = models.JSONField(
        null=True,
        blank=True,
        help_text="Submissions it names; null where it was not kept.",
    )
    answers = models.JSONField(default=dict, help_text="Question: whether yes.")
    has_conflict = models.BooleanField(default=False)
    explanation = models.TextField(blank=True)
    declared_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_declared_conflict_is_explained",
                condition=Q(has_conflict=False) | ~Q(explanation=""),
            ),
        ]

    def __str__(self) -> str:
        return f"declaration of {self.panel_member_id}"


class ConflictResolution(AppendOnly):
    """What the contracting officer decided about a conflict that was declared."""

    declaration = models.OneToOneField(
        Declaration, on_delete=models.PROTECT, related_name="resolution"
    )
    is_admitted = models.BooleanField()
    reason = models.TextField()
    resolved_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    resolved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_conflict_is_resolved_for_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"resolution of {self.declaration_id}"


class Rating(AppendOnly):
    """One evaluator's rating of one offer on one published factor (FAR 15.305)."""

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="ratings"
    )
    factor = models.ForeignKey(
        "solicitations.EvaluationFactor", on_delete=models.PROTECT
    )
    panel_member = models.ForeignKey(
        PanelMember, on_delete=models.PROTECT, related_name="ratings"
    )
    revision = models.PositiveIntegerField(default=1)
    rating = models.CharField(max_length=14, choices=AdjectivalRating.choices)
    strengths = models.TextField()
    weaknesses = models.TextField()
    rated_at = models.DateTimeField()
    reason = models.TextField(
        blank=True, help_text="Why it was revised after it had been locked."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_revision_of_a_rating_is_written_once",
                fields=["submission", "factor", "panel_member", "revision"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor}: {self.rating}"


class RatingLock(AppendOnly):
    """One evaluator's ratings of one offer are final, before others' are shown."""

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="rating_locks"
    )
    panel_member = models.ForeignKey(
        PanelMember, on_delete=models.PROTECT, related_name="locks"
    )
    locked_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_evaluator_locks_the_ratings_of_an_offer_once",
                fields=["submission", "panel_member"],
            ),
        ]

    def __str__(self) -> str:
        return f"ratings of {self.submission_id} by {self.panel_member_id}"


class ConsensusRating(AppendOnly):
    """What the panel agreed for one offer and factor."""

    submission = models.ForeignKey(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="consensus_ratings",
    )
    factor = models.ForeignKey(
        "solicitations.EvaluationFactor", on_delete=models.PROTECT
    )
    rating = models.CharField(max_length=14, choices=AdjectivalRating.choices)
    narrative = models.TextField()
    agreed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    agreed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_offer_has_one_consensus_on_a_factor",
                fields=["submission", "factor"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.factor}: {self.rating}"


class AmendmentWaiver(AppendOnly):
    """The officer's memo that an offer need not acknowledge an immaterial amendment."""

    submission = models.ForeignKey(
        "submissions.Submission", on_delete=models.PROTECT, related_name="waivers"
    )
    amendment = models.ForeignKey("solicitations.Amendment", on_delete=models.PROTECT)
    memo = models.TextField(help_text="Why the amendment is immaterial.")
    waived_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    waived_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_amendment_is_waived_once_for_an_offer",
                fields=["submission", "amendment"],
            ),
            models.CheckConstraint(
                name="a_waived_amendment_has_a_memo", condition=~Q(memo="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amendment} waived for {self.submission_id}"


class PriceRelease(AppendOnly):
    """The officer's record that evaluators see prices before they have agreed."""

    solicitation = models.OneToOneField(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="price_release",
    )
    reason = models.TextField()
    released_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    released_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="prices_are_released_for_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"prices of {self.solicitation_id} released"


class DissentNote(AppendOnly):
    """Where one evaluator does not go along with what the panel agreed."""

    consensus = models.ForeignKey(
        ConsensusRating, on_delete=models.PROTECT, related_name="dissents"
    )
    panel_member = models.ForeignKey(
        PanelMember, on_delete=models.PROTECT, related_name="dissents"
    )
    text = models.TextField()
    written_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dissent on {self.consensus_id}"


class PriceQuestion(Addressed, AppendOnly):
    """What the officer asks an offeror about one price (FAR 15.306(a))."""

    PREFIX = "pqu"

    submission = models.ForeignKey(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="price_questions",
    )
    line = models.ForeignKey("solicitations.SolicitationLine", on_delete=models.PROTECT)
    question = models.TextField()
    asked_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"question on {self.line_id} of {self.submission_id}"


class PriceAnswer(AppendOnly):
    """What the offeror answered: a price of zero is meant, or it is not."""

    question = models.OneToOneField(
        PriceQuestion, on_delete=models.PROTECT, related_name="answer"
    )
    is_meant = models.BooleanField(help_text="Zero dollars is the price.")
    text = models.TextField()
    answered_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    answered_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answer to {self.question_id}"


class PriceNormalisation(AppendOnly):
    """The officer's price for a line that an offer leaves open, to compare it by."""

    submission = models.ForeignKey(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="price_normalisations",
    )
    line = models.ForeignKey("solicitations.SolicitationLine", on_delete=models.PROTECT)
    rule = models.CharField(max_length=20, choices=NormalisationRule.choices)
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    source = models.CharField(max_length=200, help_text="Where the price comes from.")
    reason = models.TextField()
    normalised_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    normalised_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_line_of_an_offer_is_normalised_once",
                fields=["submission", "line"],
            ),
            models.CheckConstraint(
                name="a_normalised_price_has_a_reason", condition=~Q(reason="")
            ),
            models.CheckConstraint(
                name="a_normalised_price_is_above_zero",
                condition=Q(usd_per_million_tokens__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} of {self.submission_id} normalised"

    @property
    def figure_words(self) -> str:
        """The figure as people read it, in what its line asks for."""
        return self.line.figure_words(self.usd_per_million_tokens)


class PriceAnalysis(Addressed, AppendOnly):
    """Prices on the reference workload beside public list; reasonable or not."""

    PREFIX = "pra"

    solicitation = models.ForeignKey(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="price_analyses",
    )
    rows = models.JSONField(help_text="Per offer and line: tokens, prices, amounts.")
    totals = models.JSONField(help_text="Per offer: evaluated and list dollars.")
    unbalanced = models.JSONField(default=list, help_text="Flagged classes.")
    usage = models.JSONField(
        default=dict,
        help_text="Totals at P10, P50 and P90, and where offers change places.",
    )
    method = models.CharField(max_length=120, help_text="FAR 15.404-1(b)(2).")
    conclusion = models.TextField()
    unbalanced_memo = models.TextField(
        blank=True, help_text="Why a flagged price is acceptable all the same."
    )
    reasonable_submission_ids = models.JSONField(default=list)
    content_sha256 = models.CharField(max_length=64)
    analysed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    analysed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"price analysis of {self.solicitation_id}"

    @property
    def subject(self) -> Subject:
        stream = f"solicitation:{self.solicitation_id}"
        return Subject("evaluations.price_analysis", self.pk, stream)


class SelectionDecision(Addressed, AppendOnly):
    """The source selection decision, with its own rationale (FAR 15.308)."""

    PREFIX = "ssd"

    solicitation = models.OneToOneField(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="selection_decision",
    )
    price_analysis = models.ForeignKey(PriceAnalysis, on_delete=models.PROTECT)
    rationale = models.TextField()
    decided_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"decision on {self.solicitation_id}"

    @property
    def named(self) -> str:
        """Whose offers are selected, in words."""
        chosen = self.selections.select_related("submission__vendor")
        return get_text_list([each.submission.called for each in chosen], "and")

    @property
    def standing(self) -> models.QuerySet[records.SelectedOffer]:
        """The offers that it selects, without those that are forgone."""
        return self.selections.filter(forgone__isnull=True)

    @property
    def subject(self) -> Subject:
        return Subject(
            "evaluations.decision", self.pk, f"solicitation:{self.solicitation_id}"
        )


class AllRejection(AppendOnly):
    """The authority's decision to accept no offer at all (FAR 15.305(b))."""

    solicitation = models.OneToOneField(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="all_rejection",
    )
    reason = models.TextField(help_text="What everybody is told.")
    rationale = models.TextField(help_text="For the file alone.")
    rejected_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    rejected_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="all_offers_are_rejected_for_a_reason",
                condition=~Q(reason="") & ~Q(rationale=""),
            ),
        ]

    def __str__(self) -> str:
        return f"no award on {self.solicitation_id}"


class RegistrationImport(Addressed, AppendOnly):
    """A file of registrations and exclusions, as it was extracted (FAR 9.404, 4.11)."""

    PREFIX = "rim"

    agency = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    extracted_at = models.DateTimeField(help_text="When the source said so.")
    imported_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    imported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_extract_of_registrations_is_imported_once",
                fields=["agency", "sha256", "extracted_at"],
            ),
            models.CheckConstraint(
                name="an_extract_is_not_from_the_future",
                condition=Q(extracted_at__lte=models.F("imported_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> Subject:
        stream = f"organization:{self.agency_id}"
        return Subject("evaluations.registration_import", self.pk, stream)


class RegistrationRecord(AppendOnly):
    """One vendor in an extract: until when it is registered, and any exclusion."""

    registration_import = models.ForeignKey(
        RegistrationImport, on_delete=models.PROTECT, related_name="records"
    )
    uei = models.CharField("UEI", max_length=12)
    legal_name = models.CharField(max_length=200)
    registered_until = models.DateField()
    exclusion = models.CharField(
        max_length=200, blank=True, help_text="Empty, or what the exclusion says."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_vendor_stands_once_in_an_extract",
                fields=["registration_import", "uei"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.uei} {self.legal_name}"
