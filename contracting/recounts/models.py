"""Samples of calls that are recounted beside the gateway: plans, counts, verdicts.

Content never comes here: a sample is the id of a metered call and two integers.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    StreamedQuerySet,
)
from contracting.core.subjects import Subject
from contracting.recounts.states import Basis


class RecountPlan(Addressed, AppendOnly):
    """A sample of one model and class of a contract, fixed before any call of it.

    What draws a call is its HMAC under a key that only the agency has; of the key the
    SHA-256 stands here from the beginning. The end is set once.
    """

    PREFIX = "rcp"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="recount_plans"
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, related_name="+"
    )
    token_class = models.ForeignKey(
        "reference.TokenClass", on_delete=models.PROTECT, related_name="+"
    )
    allowance = models.ForeignKey(
        "recounts.RecountAllowance",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="plans",
        help_text="What counts as honest; none: an estimate and no verdict.",
    )
    key_commitment = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the key that draws."
    )
    rate = models.DecimalField(
        max_digits=7, decimal_places=6, help_text="Share of the calls that is drawn."
    )
    risk = models.DecimalField(
        max_digits=6,
        decimal_places=5,
        help_text="Probability at most with which an honest count is ever flagged.",
    )
    tokenizer_name = models.CharField(max_length=80)
    tokenizer_sha256 = models.CharField(max_length=64)
    template = models.CharField(
        max_length=300,
        blank=True,
        help_text="Where the vendor publishes how input is put together.",
    )
    adopted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    adopted_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by_name = models.CharField(max_length=160, null=True, blank=True)  # noqa: DJ001
    end_reason = models.CharField(max_length=400, null=True, blank=True)  # noqa: DJ001
    revealed_key = models.CharField(max_length=256, null=True, blank=True)  # noqa: DJ001
    proof_found = models.JSONField(
        null=True,
        blank=True,
        help_text="What the revealed key says of the sample: drawn, missing, alien.",
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="one_sample_at_a_time_is_drawn_of_a_model_and_class",
                fields=["contract", "model", "token_class"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_rate_is_above_nothing_and_at_most_everything",
                condition=Q(rate__gt=0, rate__lte=1),
            ),
            models.CheckConstraint(
                name="a_risk_of_a_false_flag_is_small",
                condition=Q(risk__gt=0, risk__lte="0.1"),
            ),
            models.CheckConstraint(
                name="a_plan_that_has_ended_says_by_whom_and_why",
                condition=Q(
                    ended_at__isnull=True,
                    ended_by_name__isnull=True,
                    end_reason__isnull=True,
                    revealed_key__isnull=True,
                )
                | Q(
                    ended_at__isnull=False,
                    ended_by_name__isnull=False,
                    end_reason__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model.snapshot}, {self.token_class.label}"

    @property
    def subject(self) -> Subject:
        return Subject("recounts.plan", self.pk, f"contract:{self.contract_id}")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/recounts/{self.public_id}"

    @property
    def is_running(self) -> bool:
        """Whether calls are still drawn by it."""
        return self.ended_at is None

    @property
    def flag_at(self) -> float:
        """The wealth at which the count is flagged: 1/α."""
        return float(1 / self.risk)


class RecountAllowance(Addressed, AppendOnly):
    """How far above its recount an honest count may lie on the average: δ.

    Non-canonical pieces and special tokens are honest. It is the one-sided 99 % upper
    bound of a calibration, whose counts stand here so that anyone can work it out.
    """

    PREFIX = "rca"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="+"
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, related_name="+"
    )
    token_class = models.ForeignKey(
        "reference.TokenClass", on_delete=models.PROTECT, related_name="+"
    )
    basis = models.CharField(max_length=15, choices=Basis.choices)
    plan = models.ForeignKey(
        RecountPlan,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="calibrated",
        help_text="Whose first samples it is of.",
    )
    tokenizer_sha256 = models.CharField(max_length=64)
    counts = models.JSONField(help_text="[reported, recounted] in the sample's order.")
    counts_sha256 = models.CharField(max_length=64)
    share = models.DecimalField(
        max_digits=7, decimal_places=6, help_text="δ: 0.01 is one percent."
    )
    words = models.CharField(max_length=400, help_text="What was run, when, by whom.")
    set_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_allowance_is_a_share",
                condition=Q(share__gte=0, share__lte=1),
            ),
            models.CheckConstraint(
                name="an_allowance_of_first_samples_names_their_plan",
                condition=Q(basis=Basis.FIRST_SAMPLES, plan__isnull=False)
                | Q(basis=Basis.TRUSTED_RUN, plan__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.share:f}"

    @property
    def subject(self) -> Subject:
        return Subject("recounts.allowance", self.pk, f"contract:{self.contract_id}")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/recount_allowances/{self.public_id}"

    @property
    def samples(self) -> int:
        """How many counts it is measured on."""
        return len(self.counts)

    @property
    def holds(self) -> bool:
        """Whether it may be tested against: of first samples both sides must agree."""
        return self.basis == Basis.TRUSTED_RUN or hasattr(self, "agreement")


class AllowanceAgreement(AppendOnly):
    """The vendor's word that the samples behind an allowance are honest."""

    allowance = models.OneToOneField(
        RecountAllowance, on_delete=models.PROTECT, related_name="agreement"
    )
    agreed_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    agreed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"agreement to {self.allowance}"


class RecountSample(AppendOnly):
    """A drawn call: what the vendor reported of it, and what the recount gives."""

    plan = models.ForeignKey(
        RecountPlan, on_delete=models.PROTECT, related_name="samples"
    )
    position = models.PositiveIntegerField(help_text="In the order of drawing, from 1.")
    request_id = models.CharField(max_length=200, help_text="The metered call's id.")
    reported = models.BigIntegerField()
    recounted = models.BigIntegerField(
        null=True, blank=True, help_text="None where the text was no longer there."
    )
    metered = models.BigIntegerField(help_text="What our meter has of the call.")
    proof = models.CharField(max_length=64, help_text="HMAC of the id under the key.")
    received_at = models.DateTimeField()

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_sample_has_its_own_place", fields=["plan", "position"]
            ),
            models.UniqueConstraint(
                name="a_call_is_drawn_once_by_a_plan", fields=["plan", "request_id"]
            ),
            models.CheckConstraint(
                name="a_recount_is_never_negative",
                condition=Q(position__gte=1, reported__gte=0)
                & (Q(recounted__isnull=True) | Q(recounted__gte=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.reported} {self.recounted}"


class RecountStanding(AppendOnly):
    """How far a test was after its first so many samples; never written over."""

    plan = models.ForeignKey(
        RecountPlan, on_delete=models.PROTECT, related_name="standings"
    )
    samples = models.PositiveIntegerField()
    wealth = models.FloatField()
    peak = models.FloatField()
    total = models.FloatField(help_text="Sum of X − δ.")
    squares = models.FloatField(help_text="Sum of (X − δ)².")
    first_over = models.PositiveIntegerField(
        null=True, blank=True, help_text="The sample at which it was flagged."
    )
    reached_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_test_stands_once_at_a_sample", fields=["plan", "samples"]
            ),
            models.CheckConstraint(
                name="a_wealth_is_above_nothing",
                condition=Q(wealth__gt=0, peak__gte=1)
                & Q(peak__gte=models.F("wealth")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.samples} {self.wealth}"


class CountFlag(AppendOnly):
    """More is reported than the allowance explains; it changes no payment."""

    plan = models.OneToOneField(
        RecountPlan, on_delete=models.PROTECT, related_name="flag"
    )
    samples = models.PositiveIntegerField(help_text="The sample at which it was.")
    flagged_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"flag after {self.samples}"


class CountDispute(AppendOnly):
    """A flagged count that was put to the vendor."""

    flag = models.OneToOneField(
        CountFlag, on_delete=models.PROTECT, related_name="dispute"
    )
    case = models.OneToOneField(
        "disputes.DisputeCase", on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.case_id} of {self.flag_id}"
