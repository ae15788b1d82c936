"""Differences put to the vendor: answers, evidence, withdrawal and decision."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.identifiers import NUMBER_LENGTH
from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.disputes.states import CaseState, Stance


class DisputeCase(Addressed, AppendOnly):
    """Differences of one order, put to the vendor together (FAR 33.204)."""

    PREFIX = "dsp"

    number = models.CharField(
        max_length=NUMBER_LENGTH, help_text="75D30127F00001-DSP1, by its order."
    )
    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="dispute_cases"
    )
    question = models.TextField(help_text="What the vendor is to explain.")
    ask_by = models.DateField(help_text="By when the agency was to ask.")
    answer_due_on = models.DateField()
    opened_by = models.ForeignKey(
        "accounts.Membership",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Who opened it; nobody, where a flag of the count has.",
    )
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_dispute_has_a_number_of_its_own", fields=["number"]
            ),
            models.CheckConstraint(
                name="a_dispute_says_what_is_asked", condition=~Q(question="")
            ),
        ]

    def __str__(self) -> str:
        return f"dispute on {self.order.piid}"

    @property
    def subject(self) -> Subject:
        return Subject("disputes.case", self.pk, f"contract:{self.order.contract_id}")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/disputes/{self.public_id}"

    @property
    def state(self) -> CaseState:
        """Asked, then answered, until it is decided or withdrawn."""
        if hasattr(self, "decision"):
            return CaseState.DECIDED
        if hasattr(self, "withdrawal"):
            return CaseState.WITHDRAWN
        return CaseState.ANSWERED if self.answers.exists() else CaseState.ASKED

    @property
    def is_open(self) -> bool:
        return not hasattr(self, "decision") and not hasattr(self, "withdrawal")


class CaseFinding(AppendOnly):
    """A difference that a dispute is about."""

    case = models.ForeignKey(
        DisputeCase, on_delete=models.PROTECT, related_name="items"
    )
    finding = models.OneToOneField(
        "reconciliation.Finding", on_delete=models.PROTECT, related_name="case_item"
    )

    def __str__(self) -> str:
        return f"{self.finding_id} in {self.case_id}"


class CaseAnswer(AppendOnly):
    """What the vendor says; a later answer stands beside the earlier one."""

    case = models.ForeignKey(
        DisputeCase, on_delete=models.PROTECT, related_name="answers"
    )
    stance = models.CharField(max_length=10, choices=Stance.choices)
    text = models.TextField()
    calls = models.JSONField(
        default=list, help_text="A sample: request id, attempt and tokens of calls."
    )
    answered_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    answered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_answer_to_a_dispute_has_words",
                condition=~Q(text="") & Q(stance__in=Stance.values),
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.case_id}"


class AnswerFile(AppendOnly):
    """A file that came with an answer."""

    answer = models.ForeignKey(
        CaseAnswer, on_delete=models.PROTECT, related_name="files"
    )
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    blob = models.ForeignKey("documents.Blob", on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_file_of_an_answer_has_its_own_place",
                fields=["answer", "position"],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CaseWithdrawal(AppendOnly):
    """The vendor asks no more for what was disputed."""

    case = models.OneToOneField(
        DisputeCase, on_delete=models.PROTECT, related_name="withdrawal"
    )
    text = models.TextField()
    withdrawn_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    withdrawn_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_dispute_is_withdrawn_with_words", condition=~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"withdrawal of {self.case_id}"


class CaseReminder(AppendOnly):
    """Both sides were told on a day that an answer or a decision is missing."""

    case = models.ForeignKey(
        DisputeCase, on_delete=models.PROTECT, related_name="reminders"
    )
    due_on = models.DateField(help_text="The last day of what is missing.")
    reminded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_missing_answer_is_reminded_of_once",
                fields=["case", "due_on"],
            ),
        ]

    def __str__(self) -> str:
        return f"reminder on {self.case_id}"


class CaseDecision(AppendOnly):
    """How the contracting officer settles a dispute, in a letter to the vendor."""

    case = models.OneToOneField(
        DisputeCase, on_delete=models.PROTECT, related_name="decision"
    )
    text = models.TextField(help_text="Findings of fact and reasons.")
    payable_dollars = models.DecimalField(
        max_digits=24, decimal_places=12, help_text="What became payable by it."
    )
    decided_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_dispute_is_decided_with_words",
                condition=~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"decision on {self.case_id}"


class EvidenceBundle(Addressed, AppendOnly):
    """The rows behind a dispute as one file, kept as it was on that day."""

    PREFIX = "evb"

    case = models.ForeignKey(
        DisputeCase, on_delete=models.PROTECT, related_name="bundles"
    )
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(help_text="Rows of each file in it.")
    blob = models.ForeignKey("documents.Blob", on_delete=models.PROTECT)
    frozen_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    frozen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="the_same_evidence_of_a_dispute_is_frozen_once",
                fields=["case", "sha256"],
            ),
        ]

    def __str__(self) -> str:
        return f"evidence of {self.case_id}"
