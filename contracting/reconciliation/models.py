"""Our meter × the vendor's report × the invoice: runs, findings, acceptance."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q, Sum

from contracting.core.identifiers import NUMBER_LENGTH
from contracting.core.models import Addressed, AppendOnly, Timestamped
from contracting.core.subjects import Subject
from contracting.reconciliation.states import FindingCode, FindingState, ResolutionCode


class ReconciliationRun(Addressed, AppendOnly):
    """One comparison with frozen inputs: the same inputs give the same result hash."""

    PREFIX = "run"

    number = models.CharField(
        max_length=NUMBER_LENGTH, help_text="75D30127F00001-REC1, by its order."
    )
    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="reconciliations"
    )
    invoice = models.ForeignKey(
        "billing.Invoice",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reconciliations",
    )
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    inputs_sha256 = models.CharField(max_length=64)
    result_sha256 = models.CharField(max_length=64)
    a_tokens = models.BigIntegerField()
    b_tokens = models.BigIntegerField()
    c_tokens = models.BigIntegerField()
    a_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    c_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    lines_covered = models.PositiveIntegerField()
    waterfall = models.JSONField(
        default=dict,
        help_text="The steps from what is asked to what is metered, in exact dollars.",
    )
    ran_at = models.DateTimeField()
    ran_by = models.CharField(max_length=160)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_comparison_has_a_number_of_its_own", fields=["number"]
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/reconciliations/{self.public_id}"

    @property
    def subject(self) -> Subject:
        return Subject(
            "reconciliation.run", self.pk, f"contract:{self.order.contract_id}"
        )


class Cell(AppendOnly):
    """One key of a run: line × model × class × tier × period, three counts."""

    run = models.ForeignKey(
        ReconciliationRun, on_delete=models.PROTECT, related_name="cells"
    )
    order_line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT)
    model = models.ForeignKey("reference.AiModel", on_delete=models.PROTECT)
    token_class_code = models.CharField(max_length=30)
    tier = models.CharField(max_length=20)
    period_start = models.DateTimeField()
    period_end = models.DateTimeField()
    a_tokens = models.BigIntegerField()
    b_tokens = models.BigIntegerField()
    c_tokens = models.BigIntegerField(null=True, blank=True)
    a_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    c_dollars = models.DecimalField(
        max_digits=24, decimal_places=12, null=True, blank=True
    )
    rate_usd = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    invoiced_usd = models.DecimalField(max_digits=12, decimal_places=6, null=True)
    agrees = models.BooleanField()

    @property
    def counts_agree(self) -> bool:
        """Whether all three views count the same tokens, whatever they cost."""
        return self.a_tokens == self.b_tokens == self.c_tokens

    def __str__(self) -> str:
        return f"{self.token_class_code} {self.period_start}"


class Finding(Addressed, AppendOnly):
    """One coded discrepancy, with its exact amount and its evidence."""

    PREFIX = "fnd"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="findings"
    )
    run = models.ForeignKey(
        ReconciliationRun, on_delete=models.PROTECT, related_name="findings"
    )
    invoice = models.ForeignKey(
        "billing.Invoice",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
    )
    fingerprint = models.CharField(
        max_length=64, help_text="The same difference found again is the same finding."
    )
    occurrence = models.PositiveSmallIntegerField(
        default=1, help_text="Counts on when it comes back after it was gone."
    )
    code = models.CharField(max_length=16, choices=FindingCode.choices)
    order_line = models.ForeignKey(
        "orders.OrderLine", on_delete=models.PROTECT, null=True, blank=True
    )
    token_classes = models.JSONField(default=list)
    tokens = models.BigIntegerField()
    amount_dollars = models.DecimalField(
        max_digits=24, decimal_places=12, help_text="Exact difference, unrounded."
    )
    level = models.CharField(max_length=10, help_text="REQUEST or AGGREGATE match.")
    tolerance_tier = models.PositiveSmallIntegerField()
    owner = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True
    )
    due_on = models.DateField()
    evidence = models.JSONField(default=dict)
    found_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="the_same_difference_is_found_once",
                fields=["order", "fingerprint", "occurrence"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount_dollars}"

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/findings/{self.public_id}"

    @property
    def state(self) -> FindingState:
        """Open until somebody disputes it, resolved once there is a resolution."""
        if hasattr(self, "resolution"):
            return FindingState.RESOLVED
        if hasattr(self, "dispute"):
            return FindingState.DISPUTED
        return FindingState.OPEN

    @property
    def clin(self) -> str:
        """The number of the contract line it concerns; empty where it is of none."""
        return self.order_line.clin if self.order_line else ""

    @property
    def subject(self) -> Subject:
        return Subject(
            "reconciliation.finding", self.pk, f"contract:{self.order.contract_id}"
        )


class Dispute(AppendOnly):
    """A finding put to the vendor, with what is withheld for it."""

    finding = models.OneToOneField(
        Finding, on_delete=models.PROTECT, related_name="dispute"
    )
    reason = models.TextField()
    withheld_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    disputed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    disputed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"dispute of {self.finding}"


class Resolution(AppendOnly):
    """How a finding was settled; a finding cannot close without a code."""

    finding = models.OneToOneField(
        Finding, on_delete=models.PROTECT, related_name="resolution"
    )
    code = models.CharField(max_length=12, choices=ResolutionCode.choices)
    reason = models.TextField()
    payable_change_dollars = models.DecimalField(
        max_digits=24, decimal_places=12, default=0
    )
    capped_dollars = models.DecimalField(
        max_digits=24,
        decimal_places=12,
        default=0,
        help_text="What counts against a cap: of what is tolerated or written off.",
    )
    moved_tokens = models.BigIntegerField(
        db_default=0, help_text="Of our meter, moved to the line to which they belong."
    )
    reassigned_to = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The line it belongs to, where it is on the wrong one.",
    )
    resolved_by_name = models.CharField(max_length=160)
    resolved_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True
    )
    resolved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="only_what_is_tolerated_or_written_off_counts_against_a_cap",
                condition=Q(capped_dollars=0)
                | Q(
                    capped_dollars__gt=0,
                    code__in=[ResolutionCode.TOLERATED, ResolutionCode.WRITE_OFF],
                ),
            ),
            models.CheckConstraint(
                name="only_what_is_reassigned_names_another_line",
                condition=Q(reassigned_to__isnull=True)
                | Q(code=ResolutionCode.REASSIGN),
            ),
            models.CheckConstraint(
                name="only_what_is_reassigned_is_moved",
                condition=Q(moved_tokens=0)
                | Q(moved_tokens__gt=0, reassigned_to__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finding} {self.code}"


class Reminder(AppendOnly):
    """An owner was told once on a day which of its discrepancies are overdue."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    on_day = models.DateField()
    findings = models.PositiveIntegerField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_owner_is_reminded_once_a_day",
                fields=["contract", "owner", "on_day"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.findings} overdue on {self.on_day}"


class Acceptance(Addressed, AppendOnly):
    """Usage accepted: first what the three agree on, later what a resolution frees."""

    PREFIX = "acc"

    number = models.CharField(
        max_length=NUMBER_LENGTH, help_text="75D30127F00001-ACC1, by its order."
    )
    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="acceptances"
    )
    finding = models.OneToOneField(
        Finding,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="acceptance",
        help_text="The resolved finding that freed this part; none on the first.",
    )
    run = models.ForeignKey(ReconciliationRun, on_delete=models.PROTECT)
    accepted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    accepted_at = models.DateTimeField()
    exact_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    accepted_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    withheld_dollars = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_acceptance_has_a_number_of_its_own", fields=["number"]
            ),
            models.UniqueConstraint(
                name="what_agrees_on_an_invoice_is_accepted_once",
                fields=["invoice"],
                condition=Q(finding__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def beyond_dollars(self) -> Decimal:
        """What of it is beyond our meter's count, exact."""
        found = self.lines.aggregate(sum=Sum("beyond_dollars"))["sum"]
        return found or Decimal(0)

    @property
    def beyond_tokens(self) -> int:
        """The same in tokens."""
        return int(self.lines.aggregate(sum=Sum("beyond_tokens"))["sum"] or 0)

    @property
    def subject(self) -> Subject:
        return Subject(
            "reconciliation.acceptance",
            self.pk,
            f"contract:{self.invoice.order.contract_id}",
        )


class AcceptedLine(AppendOnly):
    """What is payable on one invoice line, and why not all of it."""

    acceptance = models.ForeignKey(
        Acceptance, on_delete=models.PROTECT, related_name="lines"
    )
    invoice_line = models.ForeignKey(
        "billing.InvoiceLine", on_delete=models.PROTECT, related_name="accepted"
    )
    token_class_code = models.CharField(max_length=30)
    payable_tokens = models.BigIntegerField()
    beyond_tokens = models.BigIntegerField(
        default=0, help_text="Of these, beyond our meter's count."
    )
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    exact_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    beyond_dollars = models.DecimalField(
        max_digits=24,
        decimal_places=12,
        default=0,
        help_text="Of the exact amount, beyond our meter's count.",
    )
    payable_dollars = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="what_is_beyond_our_meter_is_part_of_what_is_accepted",
                condition=Q(
                    beyond_tokens__gte=0,
                    beyond_tokens__lte=F("payable_tokens"),
                    beyond_dollars__gte=0,
                    beyond_dollars__lte=F("exact_dollars"),
                ),
            ),
            models.UniqueConstraint(
                name="an_acceptance_takes_a_class_of_an_invoice_line_once",
                fields=["acceptance", "invoice_line", "token_class_code"],
            ),
            models.CheckConstraint(
                name="a_payable_quantity_is_never_negative",
                condition=Q(payable_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_line_id} {self.payable_dollars}"


class AcceptedCharge(AppendOnly):
    """What is payable on one invoice line of units: posted, funded and invoiced."""

    acceptance = models.ForeignKey(
        Acceptance, on_delete=models.PROTECT, related_name="charges"
    )
    charge_line = models.ForeignKey(
        "billing.ChargeLine", on_delete=models.PROTECT, related_name="accepted"
    )
    units = models.DecimalField(max_digits=18, decimal_places=6)
    exact_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    payable_dollars = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_acceptance_takes_a_charge_line_once",
                fields=["acceptance", "charge_line"],
            ),
            models.CheckConstraint(
                name="a_payable_charge_is_never_negative",
                condition=Q(units__gte=0, exact_dollars__gte=0, payable_dollars__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charge_line_id} {self.payable_dollars}"


class ReportedDay(Timestamped):
    """What one report has of one accounting day: how much, and a digest of its rows.

    Made of the rows, which never change; it may be thrown away and made again.
    """

    report = models.ForeignKey(
        "billing.UsageReport", on_delete=models.PROTECT, related_name="days"
    )
    day = models.DateField(help_text="In the contract's time zone.")
    rows = models.BigIntegerField()
    tokens = models.DecimalField(max_digits=30, decimal_places=0)
    digest = models.CharField(
        max_length=32, help_text="Sum of a hash of every row, modulo 2 to the 128th."
    )
    names = models.JSONField(default=list, help_text="The names of models in the rows.")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_day_of_a_report_is_added_up_once", fields=["report", "day"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.day}"


class KeptDay(Timestamped):
    """What was read of a day of an order: no evidence, made anew once it is away."""

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="+"
    )
    day = models.DateField(help_text="In the contract's time zone.")
    basis_sha256 = models.CharField(max_length=64)
    content = models.JSONField(default=dict)
    content_sha256 = models.CharField(max_length=64)
    requests = models.JSONField(
        default=list, help_text="All that are named in the content."
    )
    told = models.JSONField(
        default=dict,
        help_text="What differs on the day, and its sums, as they were told last.",
    )
    read_at = models.DateTimeField(help_text="The business instant, UTC.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_day_of_an_order_is_kept_once", fields=["order", "day"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.day}"


class LongComparison(AppendOnly):
    """An order that is compared anew in steps, because it has much usage.

    Its steps read day after day; the last one makes the run to which the operation
    leads.
    """

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="long_comparisons"
    )
    operation = models.OneToOneField(
        "documents.Operation", on_delete=models.PROTECT, related_name="comparison"
    )
    asked_at = models.DateTimeField(help_text="What was read before is read anew.")
    asked_by = models.CharField(max_length=160)

    def __str__(self) -> str:
        return f"{self.order_id} at {self.asked_at}"
