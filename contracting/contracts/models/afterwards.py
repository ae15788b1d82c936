"""What follows an award: notices, debriefings and the report of the action."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject


class UnsuccessfulNotice(Addressed, AppendOnly):
    """What an offeror that was not selected was told (FAR 15.503(b))."""

    PREFIX = "nun"

    contract = models.ForeignKey(
        "contracts.Contract",
        on_delete=models.PROTECT,
        related_name="unsuccessful_notices",
    )
    submission = models.OneToOneField(
        "submissions.Submission",
        on_delete=models.PROTECT,
        related_name="unsuccessful_notice",
    )
    offers_received = models.PositiveSmallIntegerField()
    reason = models.TextField(help_text="Why it was not accepted, in general terms.")
    body = models.TextField(help_text="The whole letter, as it was sent.")
    due_on = models.DateField()
    late_reason = models.TextField(blank=True, help_text="Why it went out late.")
    sent_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_unsuccessful_offeror_is_told_the_reason",
                condition=~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"notice to {self.submission_id}"

    @property
    def subject(self) -> Subject:
        """The notice, in the stream of its contract."""
        return Subject(
            "contracts.unsuccessful_notice", self.pk, f"contract:{self.contract_id}"
        )


class DebriefingRequest(Addressed, AppendOnly):
    """A written request; in time after the notice, a debriefing is required."""

    PREFIX = "dbr"

    notice = models.OneToOneField(
        UnsuccessfulNotice, on_delete=models.PROTECT, related_name="debriefing_request"
    )
    questions = models.TextField(blank=True)
    is_required = models.BooleanField()
    due_on = models.DateField(null=True, blank=True)
    requested_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    requested_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_required_debriefing_has_a_due_day",
                condition=Q(is_required=False) | Q(due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"debriefing asked for on {self.notice_id}"


class Debriefing(AppendOnly):
    """The official summary of a debriefing that was held (FAR 15.506(f))."""

    request = models.OneToOneField(
        DebriefingRequest, on_delete=models.PROTECT, related_name="debriefing"
    )
    offered_on = models.DateField(help_text="The first day that was offered.")
    held_on = models.DateField()
    summary = models.TextField()
    late_reason = models.TextField(blank=True)
    held_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    filed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_debriefing_is_summed_up", condition=~Q(summary="")
            ),
            models.CheckConstraint(
                name="a_debriefing_is_held_on_or_after_the_day_offered",
                condition=Q(held_on__gte=F("offered_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"debriefing on {self.held_on}"


class ContractActionReport(AppendOnly):
    """The award, as it was reported to the procurement data system (FAR 4.6)."""

    contract = models.OneToOneField(
        "contracts.Contract", on_delete=models.PROTECT, related_name="action_report"
    )
    number = models.CharField(max_length=40, help_text="As the system confirmed it.")
    reported_on = models.DateField()
    due_on = models.DateField()
    reported_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    filed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_contract_action_report_has_a_number", condition=~Q(number="")
            ),
        ]

    def __str__(self) -> str:
        return f"contract action report {self.number}"
