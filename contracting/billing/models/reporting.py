"""Who was asked for a report, what was answered, and which key signs a file."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.billing.states import AnswerKind, ReminderKind
from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject


class SigningKey(Addressed, AppendOnly):
    """A vendor's Ed25519 public key, by which its reports are known to be its own."""

    PREFIX = "sgk"

    vendor = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="signing_keys"
    )
    label = models.CharField(max_length=80)
    public_key = models.CharField(
        max_length=64, unique=True, help_text="32 bytes, hexadecimal."
    )
    registered_by = models.CharField(max_length=160)
    registered_at = models.DateTimeField()
    revoked_at = models.DateTimeField(
        null=True, blank=True, help_text="Set once; what it signed before stays signed."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_signing_key_has_32_bytes",
                condition=Q(public_key__regex="^[0-9a-f]{64}$"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def fingerprint(self) -> str:
        """The first and last digits, by which people tell keys apart."""
        return f"{self.public_key[:8]}…{self.public_key[-8:]}"

    @property
    def subject(self) -> Subject:
        return Subject("billing.signing_key", self.pk, f"organization:{self.vendor_id}")


class _OfAPeriod(Addressed, AppendOnly):
    """Something about the report of one order and period."""

    order = models.ForeignKey("orders.TaskOrder", on_delete=models.PROTECT)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def stream(self) -> str:
        """The stream of the contract."""
        return f"contract:{self.order.contract_id}"


class ReportRequest(_OfAPeriod):
    """The vendor was asked for the report of a period."""

    PREFIX = "rrq"

    due_on = models.DateField(help_text="Last day on which the report is in time.")
    asked_of = models.ForeignKey("accounts.Organization", on_delete=models.PROTECT)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=160)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_report_of_a_period_is_asked_for_once",
                fields=["order", "period_start", "period_end"],
            ),
            models.CheckConstraint(
                name="a_report_is_asked_for_of_a_period",
                condition=Q(period_start__lt=F("period_end")),
            ),
        ]

    def __str__(self) -> str:
        return f"request for {self.period_start:%Y-%m}"

    @property
    def subject(self) -> Subject:
        return Subject("billing.report_request", self.pk, self.stream)


class ReportAnswer(_OfAPeriod):
    """Asked and there was none, or could not ask: two answers that are no report."""

    PREFIX = "ran"

    kind = models.CharField(max_length=14, choices=AnswerKind.choices)
    reason = models.TextField(help_text="What the vendor states, or why not asked.")
    said_by = models.CharField(max_length=160)
    said_by_vendor = models.BooleanField()
    said_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_answer_about_a_report_has_a_reason",
                condition=~Q(reason="") & Q(period_start__lt=F("period_end")),
            ),
            models.CheckConstraint(
                name="a_vendor_can_always_be_asked_by_itself",
                condition=~Q(kind="COULD_NOT_ASK", said_by_vendor=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period_start:%Y-%m}"

    @property
    def subject(self) -> Subject:
        return Subject("billing.report_answer", self.pk, self.stream)


class OverdueLetter(_OfAPeriod):
    """The contracting officer's letter about a report that is overdue."""

    PREFIX = "ovl"

    body = models.TextField(help_text="The whole letter, as it was sent.")
    days_late = models.PositiveSmallIntegerField()
    sent_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    sent_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"letter about {self.period_start:%Y-%m}"

    @property
    def subject(self) -> Subject:
        return Subject("billing.overdue_letter", self.pk, self.stream)


class ReportingTerms(Addressed, AppendOnly):
    """What a contract's clause says of usage that is reported very late."""

    PREFIX = "rtm"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="reporting_terms"
    )
    valid_from = models.DateField()
    forfeits_after_days = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Empty: nothing is forfeited."
    )
    clause = models.CharField(max_length=200, help_text="Which clause says so.")
    modification = models.ForeignKey(
        "modifications.ContractModification",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="By which it holds from a day of an earlier month on.",
    )
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    stated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_contract_has_one_set_of_reporting_terms_a_day",
                fields=["contract", "valid_from"],
            ),
            models.CheckConstraint(
                name="a_clause_says_what_is_forfeited",
                condition=~Q(clause="") & ~Q(forfeits_after_days=0),
            ),
        ]

    def __str__(self) -> str:
        return f"reporting terms from {self.valid_from}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "billing.reporting_terms", self.pk, f"contract:{self.contract_id}"
        )


class InvoiceReminder(AppendOnly):
    """The agency was told that a day of the calendar has come for an invoice."""

    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="reminders"
    )
    kind = models.CharField(max_length=8, choices=ReminderKind.choices)
    due_on = models.DateField()
    reminded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="each_reminder_of_an_invoice_is_sent_once",
                fields=["invoice", "kind"],
            ),
            models.CheckConstraint(
                name="a_reminder_of_an_invoice_is_of_a_known_kind",
                condition=Q(kind__in=ReminderKind.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on}"
