"""What the vendor says: usage reports and invoices, as received."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, ExtractYear

from contracting.billing.models import allowances, credits, drafts, reporting
from contracting.billing.models.numbers import NumberKey
from contracting.billing.states import MOVES, CameBy, ChargeKind, InvoiceState, LineKind
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    StreamedQuerySet,
    Timestamped,
)
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject

InvoiceDraft = drafts.InvoiceDraft
InvoiceReminder = reporting.InvoiceReminder
InvoiceAllowance = allowances.InvoiceAllowance
CreditDue = credits.CreditDue
CreditLine = credits.CreditLine
CreditReopening = credits.CreditReopening
CreditSettlement = credits.CreditSettlement
OverdueLetter = reporting.OverdueLetter
ReportAnswer = reporting.ReportAnswer
ReportingTerms = reporting.ReportingTerms
ReportRequest = reporting.ReportRequest
SigningKey = reporting.SigningKey


class UsageReport(Addressed, AppendOnly):
    """A vendor's report of usage on one order for one period; reports add up.

    A report may supersede an earlier one: then only its own rows count, and the
    earlier one stays readable.
    """

    PREFIX = "rep"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="usage_reports"
    )
    vendor = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="usage_reports"
    )
    label = models.CharField(max_length=60, help_text="The vendor's own number.")
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    due_at = models.DateTimeField(help_text="Rows received after this are late.")
    received_at = models.DateTimeField()
    payload = models.ForeignKey("documents.Blob", on_delete=models.PROTECT)
    format = models.CharField(
        max_length=40,
        default="report-csv",
        help_text="The name of the format it was sent in.",
    )
    sent_sha256 = models.CharField(
        max_length=64,
        blank=True,
        help_text="Of the file as it was sent; one that may carry content is not kept.",
    )
    mapping = models.JSONField(
        null=True, blank=True, help_text="Which column is what, of a vendor's own CSV."
    )
    notes = models.JSONField(
        default=list, blank=True, help_text="What the format does not tell, in words."
    )
    signed_with = models.ForeignKey(
        SigningKey,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reports",
    )
    signature = models.CharField(
        max_length=128, blank=True, help_text="Ed25519, 64 bytes, hexadecimal."
    )
    rows_received = models.PositiveIntegerField()
    received_by = models.CharField(max_length=160)
    is_in_sums = models.BooleanField(
        db_default=False, help_text="It names no calls, only sums by day and class."
    )
    supersedes = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="revisions",
        help_text="The report that this one corrects and replaces.",
    )
    first_received_at = models.DateTimeField(
        null=True, blank=True, help_text="When the first report of its revisions came."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_vendor_report_is_received_once", fields=["order", "label"]
            ),
            models.UniqueConstraint(
                name="a_vendor_report_is_superseded_once", fields=["supersedes"]
            ),
            models.CheckConstraint(
                name="a_signed_report_names_the_key_that_signed_it",
                condition=Q(signed_with__isnull=True, signature="")
                | Q(signed_with__isnull=False) & ~Q(signature=""),
            ),
            models.CheckConstraint(
                name="a_revision_knows_when_the_first_report_came",
                condition=Q(supersedes__isnull=True, first_received_at__isnull=True)
                | Q(supersedes__isnull=False, first_received_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_late(self) -> bool:
        """Whether some of its rows were due before the first of its revisions came."""
        return self.counts_from > self.due_at

    @property
    def counts_from(self) -> datetime:
        """The receipt to which the due day is held: that of the first revision."""
        return self.first_received_at or self.received_at

    @property
    def revision(self) -> UsageReport | None:
        """The report that has replaced this one."""
        return self.revisions.first()

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/usage_reports/{self.public_id}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "billing.usage_report", self.pk, f"contract:{self.order.contract_id}"
        )


class ReportRow(AppendOnly):
    """One billed attempt and class as the vendor counts it, or a sum of a class.

    A sum is of ``[occurred_at, bucket_end)`` and names no request.
    """

    report = models.ForeignKey(
        UsageReport, on_delete=models.PROTECT, related_name="rows", db_index=False
    )
    row_number = models.PositiveIntegerField()
    request_id = models.CharField(max_length=200, blank=True)
    attempt = models.PositiveIntegerField(default=1)
    occurred_at = models.DateTimeField()
    model_name = models.CharField(max_length=120)
    token_class_code = models.CharField(max_length=30)
    tier = models.CharField(max_length=20, default="STANDARD")
    tokens = models.BigIntegerField()
    bucket_end = models.DateTimeField(
        null=True, blank=True, help_text="When a sum ends; empty for a call."
    )

    objects = StreamedQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_report_row_has_its_own_number",
                fields=["report", "row_number"],
            ),
            models.CheckConstraint(
                name="a_reported_count_is_never_negative", condition=Q(tokens__gte=0)
            ),
            models.CheckConstraint(
                name="a_reported_row_is_a_call_or_a_sum_that_ends_later",
                condition=(Q(bucket_end__isnull=True) & ~Q(request_id=""))
                | Q(
                    request_id="",
                    bucket_end__isnull=False,
                    bucket_end__gt=F("occurred_at"),
                ),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="report_row_by_request", fields=["request_id"]),
            models.Index(name="report_row_by_time", fields=["report", "occurred_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.request_id or self.occurred_at} {self.token_class_code}"


class Invoice(Addressed, Timestamped, Stateful):
    """A request for payment (FAR 52.212-4(g), 32.905(b))."""

    PREFIX = "inv"
    MOVES = MOVES
    NOUN = "invoice"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="invoices"
    )
    vendor = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="invoices"
    )
    number = models.CharField(max_length=40, help_text="The vendor's invoice number.")
    number_key = models.GeneratedField(
        expression=NumberKey("number"),
        output_field=models.CharField(max_length=90),
        db_persist=True,
    )
    allowance = models.OneToOneField(
        InvoiceAllowance,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invoice",
        help_text="By which its number may be that of an earlier invoice.",
    )
    corrects = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrections",
        help_text="The returned invoice that this one corrects.",
    )
    invoiced_on = models.DateField()
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    header = models.JSONField(
        help_text="Remit-to, defect contact, contract and order number, terms."
    )
    total_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Its lines less its credits."
    )
    credited_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="The sum of its credits."
    )
    payload = models.ForeignKey("documents.Blob", on_delete=models.PROTECT)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=160)
    draft = models.ForeignKey(
        InvoiceDraft,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invoices",
        help_text="What was filled in; what differs from it is marked.",
    )
    came_by = models.CharField(
        max_length=6, choices=CameBy.choices, default=CameBy.HERE
    )
    defects = models.JSONField(
        default=list,
        blank=True,
        help_text="What made it improper when it was recorded: rule and sentence.",
    )
    stated_lines = models.JSONField(
        default=list,
        blank=True,
        help_text="The lines of an improper one, as they are stated; none of them "
        "stands in the way of another invoice.",
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_late_by = models.PositiveSmallIntegerField(
        default=0,
        help_text="Days beyond those in which an improper invoice is returned.",
    )
    return_reasons = models.JSONField(default=list)
    state = models.CharField(
        max_length=10, choices=InvoiceState.choices, default=InvoiceState.RECEIVED
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                F("vendor"),
                F("number_key"),
                ExtractYear("invoiced_on"),
                Coalesce(F("allowance"), Value(0)),
                name="an_invoice_number_is_used_once_a_year_by_a_vendor",
                condition=~Q(state__in=["RETURNED", "WITHDRAWN"]) & Q(defects=[]),
            ),
            models.CheckConstraint(
                name="an_invoice_is_defective_only_for_a_reason",
                condition=~Q(state="DEFECTIVE", defects=[]),
            ),
            models.CheckConstraint(
                name="an_invoice_with_defects_is_never_accepted",
                condition=Q(defects=[])
                | ~Q(state__in=["ACCEPTED", "CERTIFIED", "PAID"]),
            ),
            models.CheckConstraint(
                name="an_invoice_corrects_another_one",
                condition=Q(corrects__isnull=True) | ~Q(corrects=F("pk")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> Subject:
        return Subject("billing.invoice", self.pk, f"contract:{self.order.contract_id}")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/invoices/{self.public_id}"

    @property
    def asked(self) -> Dollars:
        """What its lines ask for, before its credits are taken off."""
        return Dollars(self.total_dollars) + Dollars(self.credited_dollars)


class InvoiceLine(Addressed, AppendOnly):
    """Order × line × class × rate version × period: rounded here, and only here.

    An adjustment asks for usage that came after its period was accepted (R-MET-05). It
    names the line that it adjusts; its period lies within the original one.
    """

    PREFIX = "iln"

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT)
    acrn = models.CharField("ACRN", max_length=2, blank=True)
    description = models.CharField(max_length=200)
    model = models.ForeignKey("reference.AiModel", on_delete=models.PROTECT)
    token_class = models.ForeignKey("reference.TokenClass", on_delete=models.PROTECT)
    tier = models.CharField(max_length=20, default="STANDARD")
    kind = models.CharField(
        max_length=10, choices=LineKind.choices, default=LineKind.USAGE
    )
    adjusts = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="adjustments",
        help_text="The accepted line for whose period this usage came late.",
    )
    turn = models.PositiveIntegerField(
        default=0,
        help_text="Which adjustment of that line it is; usage is 0.",
    )
    period = DateTimeRangeField(help_text="[start, end) in UTC.")
    tokens = models.BigIntegerField()
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    amount_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    voided_at = models.DateTimeField(
        null=True, blank=True, help_text="Set once, when the invoice is returned."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_invoice_line_has_its_own_position",
                fields=["invoice", "position"],
            ),
            ExclusionConstraint(
                name="a_line_and_period_is_invoiced_once",
                expressions=[
                    ("order_line", RangeOperators.EQUAL),
                    ("model", RangeOperators.EQUAL),
                    ("token_class", RangeOperators.EQUAL),
                    ("tier", RangeOperators.EQUAL),
                    ("turn", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="an_adjustment_names_the_line_that_it_adjusts",
                condition=Q(kind="USAGE", adjusts__isnull=True, turn=0)
                | Q(kind="ADJUSTMENT", adjusts__isnull=False, turn__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} line {self.position}"

    @property
    def is_adjustment(self) -> bool:
        """Whether it asks for usage that came late."""
        return self.kind == LineKind.ADJUSTMENT


class ChargeLine(Addressed, AppendOnly):
    """An invoice line of months, hours, pieces or a settlement: order line × period."""

    PREFIX = "cln"

    invoice = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, related_name="charge_lines"
    )
    position = models.PositiveIntegerField(help_text="Among all lines of the invoice.")
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT)
    acrn = models.CharField("ACRN", max_length=2, blank=True)
    description = models.CharField(max_length=200)
    kind = models.CharField(
        max_length=10, choices=ChargeKind.choices, default=ChargeKind.CHARGE
    )
    period = DateTimeRangeField(help_text="[start, end) in UTC.")
    unit = models.CharField(max_length=6)
    units = models.DecimalField(max_digits=18, decimal_places=6)
    usd_per_unit = models.DecimalField(max_digits=15, decimal_places=6)
    amount_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    voided_at = models.DateTimeField(
        null=True, blank=True, help_text="Set once, when the invoice is returned."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_charge_line_has_its_own_position",
                fields=["invoice", "position"],
            ),
            ExclusionConstraint(
                name="a_charge_and_period_is_invoiced_once",
                expressions=[
                    ("order_line", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="a_charge_line_asks_for_something",
                condition=Q(units__gt=0, usd_per_unit__gte=0, amount_dollars__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice} line {self.position}"
