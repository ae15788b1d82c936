"""Certified and paid: the last two signatures on an amount."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject


class PaymentCertification(Addressed, AppendOnly):
    """The certifying officer's word that an amount is payable (31 U.S.C. 3528)."""

    PREFIX = "vch"

    invoice = models.ForeignKey(
        "billing.Invoice", on_delete=models.PROTECT, related_name="certifications"
    )
    voucher_number = models.CharField(max_length=30, unique=True)
    dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        help_text="To be paid: its parts less what comes off.",
    )
    offset_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="Credits taken off."
    )
    discount_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="For prompt payment."
    )
    discount_until = models.DateField(
        null=True, blank=True, help_text="Last day on which the discount is earned."
    )
    by_acrn = models.JSONField(help_text="{holder id: {ACRN: dollars}}")
    due_on = models.DateField()
    accelerated_on = models.DateField(
        null=True,
        blank=True,
        help_text="By when a small business is to be paid, before it is due.",
    )
    certified_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    certified_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_certified_amount_is_never_negative",
                condition=Q(
                    dollars__gte=0, offset_dollars__gte=0, discount_dollars__gte=0
                ),
            ),
            models.CheckConstraint(
                name="a_discount_is_earned_until_a_day",
                condition=Q(discount_dollars=0, discount_until__isnull=True)
                | Q(discount_dollars__gt=0, discount_until__isnull=False),
            ),
            models.CheckConstraint(
                name="an_accelerated_payment_is_before_its_due_date",
                condition=Q(accelerated_on__isnull=True)
                | Q(accelerated_on__lt=F("due_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.voucher_number

    @property
    def subject(self) -> Subject:
        return Subject(
            "payments.certification",
            self.pk,
            f"contract:{self.invoice.order.contract_id}",
        )

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/payments/{self.public_id}"

    @property
    def gross(self) -> Dollars:
        """What it pays of the accepted amount, before anything is taken off."""
        taken_off = Dollars(self.offset_dollars) + Dollars(self.discount_dollars)
        return Dollars(self.dollars) + taken_off

    @property
    def is_returned(self) -> bool:
        """Whether finance gave it back: nothing is or stays paid by it."""
        return hasattr(self, "payment_return")

    @property
    def is_paid(self) -> bool:
        """Whether its payment is recorded and was not given back."""
        return hasattr(self, "payment") and not self.is_returned

    @property
    def state(self) -> str:
        """CERTIFIED, PAID or RETURNED."""
        if self.is_returned:
            return "RETURNED"
        return "PAID" if self.is_paid else "CERTIFIED"


class CertifiedAcceptance(AppendOnly):
    """An acceptance that a voucher pays, and the clocks of its payment.

    While the voucher stands no other one pays the same acceptance, so that never more
    is certified than is accepted.
    """

    certification = models.ForeignKey(
        PaymentCertification, on_delete=models.PROTECT, related_name="acceptances"
    )
    acceptance = models.ForeignKey(
        "reconciliation.Acceptance",
        on_delete=models.PROTECT,
        related_name="certifications",
    )
    due_on = models.DateField()
    interest_after = models.DateField(
        help_text="The due date after which interest runs, by assumed acceptance."
    )
    released_at = models.DateTimeField(
        null=True, blank=True, help_text="Set once, when the voucher is returned."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_acceptance_is_certified_once_at_a_time",
                fields=["acceptance"],
                condition=Q(released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification} of acceptance {self.acceptance_id}"


class EarlyPayment(AppendOnly):
    """The word of finance that a voucher may be paid early, and why (R-PAY-04)."""

    certification = models.OneToOneField(
        PaymentCertification, on_delete=models.PROTECT, related_name="early_payment"
    )
    reason = models.TextField()
    authorized_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    authorized_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_early_payment_has_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification} early"


class PaymentReturn(AppendOnly):
    """Finance gave a voucher back, unpaid, or after the money had come back."""

    certification = models.OneToOneField(
        PaymentCertification, on_delete=models.PROTECT, related_name="payment_return"
    )
    reason = models.TextField()
    was_paid = models.BooleanField()
    recorded_by_name = models.CharField(max_length=160)
    returned_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_returned_payment_has_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification} returned"


class AcceptancePeriod(AppendOnly):
    """A longer time until acceptance is assumed, for deliveries from a day on."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="+"
    )
    delivered_from = models.DateField(help_text="First day of delivery it is for.")
    days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    stated_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    stated_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_longer_time_to_accept_has_a_reason",
                condition=Q(days__gt=0) & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days from {self.delivered_from}"

    @property
    def subject(self) -> Subject:
        stream = f"contract:{self.contract_id}"
        return Subject("payments.acceptance_period", self.pk, stream)


class PaymentOffset(AppendOnly):
    """A credit that a voucher takes off: by the invoice's own line, or set off."""

    certification = models.ForeignKey(
        PaymentCertification, on_delete=models.PROTECT, related_name="offsets"
    )
    credit = models.ForeignKey("billing.CreditDue", on_delete=models.PROTECT)
    credit_line = models.ForeignKey(
        "billing.CreditLine", on_delete=models.PROTECT, null=True, blank=True
    )
    settlement = models.ForeignKey(
        "billing.CreditSettlement",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Taken over by the voucher that follows one that was returned.",
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_offset_takes_something_off", condition=Q(dollars__gt=0)
            ),
            models.CheckConstraint(
                name="an_offset_is_stated_or_set_off",
                condition=Q(credit_line__isnull=False, settlement__isnull=True)
                | Q(credit_line__isnull=True, settlement__isnull=False),
            ),
            models.UniqueConstraint(
                name="a_voucher_takes_a_credit_line_once",
                fields=["certification", "credit_line"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.certification} less {self.dollars}"


class RefundDemand(Addressed, AppendOnly):
    """The contracting officer demands what the vendor owes back (FAR 32.604)."""

    PREFIX = "dmd"

    credit = models.ForeignKey(
        "billing.CreditDue", on_delete=models.PROTECT, related_name="demands"
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    basis = models.TextField(help_text="Why it is owed, as the vendor reads it.")
    pay_by = models.DateField()
    demanded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    demanded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_demand_is_for_something_and_says_why",
                condition=Q(dollars__gt=0) & ~Q(basis=""),
            ),
        ]

    def __str__(self) -> str:
        return f"${self.dollars} by {self.pay_by}"


class Refund(AppendOnly):
    """When money that a vendor paid back came in."""

    settlement = models.OneToOneField(
        "billing.CreditSettlement", on_delete=models.PROTECT, related_name="refund"
    )
    received_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.settlement} on {self.received_on}"


class RefundReturn(AppendOnly):
    """A refund that does not stand: it was sent back, or did not clear."""

    settlement = models.OneToOneField(
        "billing.CreditSettlement",
        on_delete=models.PROTECT,
        related_name="refund_return",
    )
    reason = models.TextField()
    recorded_by_name = models.CharField(max_length=160)
    returned_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_returned_refund_has_a_reason", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.settlement} returned"


class DebtInterest(AppendOnly):
    """Interest on a debt that was paid late: what of it came in, or was waived."""

    credit = models.ForeignKey(
        "billing.CreditDue", on_delete=models.PROTECT, related_name="interest_settled"
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    received_on = models.DateField(
        null=True, blank=True, help_text="Empty: it was waived."
    )
    reference = models.CharField(
        max_length=60, blank=True, help_text="Trace number of the deposit."
    )
    reason = models.TextField(blank=True, help_text="Why it was waived.")
    recorded_by_name = models.CharField(max_length=160)
    settled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="interest_on_a_debt_is_of_something", condition=Q(dollars__gt=0)
            ),
            models.CheckConstraint(
                name="interest_on_a_debt_came_in_or_was_waived",
                condition=(Q(received_on__isnull=False, reason="") & ~Q(reference=""))
                | (Q(received_on__isnull=True, reference="") & ~Q(reason="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.credit} interest {self.dollars}"


class Payment(Addressed, AppendOnly):
    """A payment made by the finance system, recorded here."""

    PREFIX = "pay"

    certification = models.OneToOneField(
        PaymentCertification, on_delete=models.PROTECT, related_name="payment"
    )
    dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Without interest."
    )
    interest_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, default=0, help_text="For paying late."
    )
    interest_parts = models.JSONField(
        default=list, help_text="Principal, due date, days, rate and interest of each."
    )
    paid_on = models.DateField()
    reference = models.CharField(max_length=60, help_text="Trace number.")
    recorded_by_name = models.CharField(max_length=160)
    paid_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_payment_is_never_negative",
                condition=Q(dollars__gte=0, interest_dollars__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def total(self) -> Dollars:
        """What the vendor got: the certified amount and interest."""
        return Dollars(self.dollars) + Dollars(self.interest_dollars)


class PaymentExport(Addressed, AppendOnly):
    """A batch of certified payments as the finance system reads it."""

    PREFIX = "pex"

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    number = models.PositiveIntegerField(help_text="Of the agency's batches, from 1.")
    csv = models.ForeignKey(
        "documents.Blob", on_delete=models.PROTECT, related_name="+"
    )
    json = models.ForeignKey(
        "documents.Blob", on_delete=models.PROTECT, related_name="+"
    )
    exported_by_name = models.CharField(max_length=160)
    exported_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_agencys_batches_are_numbered", fields=["agency", "number"]
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.number}"

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/payment_exports/{self.public_id}/payments.json"

    @property
    def subject(self) -> Subject:
        stream = f"organization:{self.agency_id}"
        return Subject("payments.export", self.pk, stream)


class ExportedPayment(AppendOnly):
    """A certified payment in a batch: each is exported once."""

    export = models.ForeignKey(
        PaymentExport, on_delete=models.PROTECT, related_name="payments"
    )
    certification = models.OneToOneField(
        PaymentCertification, on_delete=models.PROTECT, related_name="exported"
    )

    def __str__(self) -> str:
        return f"{self.certification} in {self.export}"
