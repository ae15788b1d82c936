"""What vendors ask, what is answered, and when everybody is told."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from contracting.core.models import Addressed, AppendOnly


class Question(Addressed, AppendOnly):
    """What a vendor asked; who asked is never shown (FAR 15.201(f))."""

    PREFIX = "qst"

    solicitation = models.ForeignKey(
        "solicitations.Solicitation", on_delete=models.PROTECT, related_name="questions"
    )
    vendor = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="questions"
    )
    asked_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="questions"
    )
    text = models.TextField()
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class QuestionAssignment(AppendOnly):
    """Who of the contracting office answers a question; the last one counts."""

    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="assignments"
    )
    assignee = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    assigned_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar[list[str]] = ["-pk"]

    def __str__(self) -> str:
        return f"{self.question_id} to {self.assignee_id}"


class Answer(AppendOnly):
    """A drafted answer; the last one before release is what everybody reads."""

    question = models.ForeignKey(
        Question, on_delete=models.PROTECT, related_name="answers"
    )
    text = models.TextField()
    changes_terms = models.BooleanField(
        help_text="An answer that changes terms is released only with an amendment."
    )
    answered_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    answered_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:60]


class AnswerRelease(AppendOnly):
    """All drafted answers released to everybody at one instant."""

    solicitation = models.ForeignKey(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="answer_releases",
    )
    answers = models.ManyToManyField(Answer, related_name="releases")
    released_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"answers of {self.released_at:%Y-%m-%d}"
