"""Months of an order: who signed them off, the chain of closings, and accruals."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.periods.states import (
    AccrualKind,
    Basis,
    Condition,
    EntryKind,
    SignOffPart,
)

_FIRST_OF_A_MONTH = Q(month__day=1)


class Explanation(AppendOnly):
    """Why a condition that does not hold stands in nobody's way; of these facts alone.

    Another fact, such as one more call in suspense, needs another explanation.
    """

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="explanations"
    )
    month = models.DateField(help_text="The first day of the accounting month.")
    condition = models.CharField(max_length=10, choices=Condition.choices)
    facts = models.TextField(help_text="What was found, in words.")
    reason = models.TextField()
    explained_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    explained_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_explanation_says_why", condition=~Q(reason="") & ~Q(facts="")
            ),
            models.CheckConstraint(
                name="a_month_is_explained_by_its_first_day",
                condition=_FIRST_OF_A_MONTH,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.condition} of {self.month}"


class SignOff(AppendOnly):
    """One person's word that the figures of a month are right; bound to their hash."""

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="sign_offs"
    )
    month = models.DateField(help_text="The first day of the accounting month.")
    cycle = models.PositiveIntegerField(
        help_text="How many links the month had; a month that is opened again has more."
    )
    part = models.CharField(max_length=14, choices=SignOffPart.choices)
    content_sha256 = models.CharField(max_length=64)
    signed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    signed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="the_same_figures_of_a_month_are_signed_off_once_by_a_part",
                fields=["order", "month", "cycle", "part", "content_sha256"],
            ),
            models.CheckConstraint(
                name="a_month_is_signed_off_by_its_first_day",
                condition=_FIRST_OF_A_MONTH,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} on {self.month}"


class Entry(Addressed, AppendOnly):
    """A link of the chain of an order: a month is closed, or opened again.

    ``content`` holds every total of the month as it was signed off. Its hash, and that
    of the link before, are in the hash of the link: whoever changes one figure breaks
    every link after it.
    """

    PREFIX = "per"

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="periods"
    )
    number = models.PositiveIntegerField(help_text="Its place in the order's chain.")
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    month = models.DateField(help_text="The first day of the accounting month.")
    content = models.JSONField(default=dict)
    content_sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, unique=True)
    reason = models.TextField(blank=True, help_text="Why it was opened again.")
    representative = models.ForeignKey(
        SignOff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    finance = models.ForeignKey(
        SignOff, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "entries"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="the_links_of_an_order_are_numbered", fields=["order", "number"]
            ),
            models.UniqueConstraint(
                name="the_chain_of_an_order_never_forks",
                fields=["order", "previous_sha256"],
            ),
            models.CheckConstraint(
                name="a_chain_begins_with_its_first_link",
                condition=Q(number=1, previous_sha256="")
                | (Q(number__gt=1) & ~Q(previous_sha256="")),
            ),
            models.CheckConstraint(
                name="a_month_is_closed_on_two_words_and_reopened_for_a_reason",
                condition=Q(
                    kind="CLOSED",
                    representative__isnull=False,
                    finance__isnull=False,
                    reason="",
                )
                & ~Q(representative=F("finance"))
                | Q(kind="REOPENED", representative__isnull=True, finance__isnull=True)
                & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="a_link_names_a_month_by_its_first_day",
                condition=_FIRST_OF_A_MONTH,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.get_kind_display()}"

    @property
    def subject(self) -> Subject:
        return Subject("periods.entry", self.pk, f"contract:{self.order.contract_id}")

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/periods/{self.public_id}"

    @property
    def link(self) -> dict[str, object]:
        """What its hash is taken of."""
        return {
            "order": self.order_id,
            "number": self.number,
            "kind": str(self.kind),
            "month": self.month,
            "content_sha256": self.content_sha256,
            "previous_sha256": self.previous_sha256,
            "reason": self.reason,
            "representative": self.representative_id,
            "finance": self.finance_id,
            "by": self.made_by_id,
            "at": self.made_at,
        }


class Accrual(AppendOnly):
    """What an order owes at the end of a month without having accepted it yet; exact.

    The reversal on the first day of the next month names it. Both are rows for the
    finance system (4801 to 4901 and back); no funds move.
    """

    order = models.ForeignKey(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="accruals"
    )
    month = models.DateField(help_text="The first day of the month that it closes.")
    kind = models.CharField(max_length=8, choices=AccrualKind.choices)
    basis = models.CharField(max_length=8, choices=Basis.choices)
    order_line = models.ForeignKey(
        "orders.OrderLine",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="accruals",
        help_text="Empty: of usage in suspense, whose line nobody knows yet.",
    )
    acrn = models.CharField("ACRN", max_length=2, blank=True)
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    cents = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Rounded half-up, for the export."
    )
    posted_on = models.DateField(
        help_text="The last day of the month; of a reversal the first of the next."
    )
    known_at = models.DateTimeField(help_text="Up to when usage was counted.")
    reverses = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reversal",
    )
    posted_by = models.CharField(max_length=160)
    posted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_line_and_acrn_is_accrued_once_for_a_month",
                fields=["order", "month", "basis", "order_line", "acrn"],
                condition=Q(kind="ACCRUED"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="a_reversal_names_what_it_takes_back",
                condition=Q(kind="ACCRUED", reverses__isnull=True)
                | Q(kind="REVERSED", reverses__isnull=False),
            ),
            models.CheckConstraint(
                name="a_month_is_accrued_by_its_first_day",
                condition=_FIRST_OF_A_MONTH,
            ),
            models.CheckConstraint(
                name="usage_in_suspense_has_no_line",
                condition=Q(basis="SUSPENSE", order_line__isnull=True)
                | Q(basis="METER", order_line__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.month:%Y-%m}: {self.dollars}"
