"""Lines of accounting: pots of money, and what is bound of each."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Final

from django.db import models
from django.db.models import F, Q

from accounts.models import Organization
from contracting.core.consulted import Consulted
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Timestamped,
)
from contracting.core.periods import fiscal_year, fiscal_year_bounds
from contracting.core.quantities import Dollars
from contracting.core.subjects import Subject
from contracting.ledger.states import FundsType

YEARS_BEFORE_CANCELLATION: Final = 5
"""Fiscal years after the end of availability (31 U.S.C. 1552(a))."""


def dollars_field(help_text: str) -> models.DecimalField[Any, Any]:
    return models.DecimalField(
        max_digits=24, decimal_places=12, default=Decimal(0), help_text=help_text
    )


def tokens_field(help_text: str) -> models.BigIntegerField[Any, Any]:
    return models.BigIntegerField(default=0, help_text=help_text)


def micro_acu_field(help_text: str) -> models.BigIntegerField[Any, Any]:
    return models.BigIntegerField(default=0, help_text=help_text)


def none_negative(name: str, *columns: str) -> models.CheckConstraint:
    condition = Q()
    for column in columns:
        condition &= Q(**{f"{column}__gte": 0})
    return models.CheckConstraint(name=name, condition=condition)


class LineOfAccounting(Consulted, Addressed, Timestamped):
    """A pot of money with a law behind it: what it may be spent on, and when."""

    PREFIX = "loa"

    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="lines_of_accounting"
    )
    label = models.CharField(
        max_length=120, help_text="How the agency calls it, for example its program."
    )
    acrn_hint = models.CharField(
        "suggested ACRN",
        max_length=2,
        blank=True,
        help_text="Accounting classification reference number to suggest on a line.",
    )
    treasury_account_symbol = models.CharField(
        max_length=30, help_text="For example 020-2026/2026-0101-000."
    )
    fund_year = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="Fiscal year of the appropriation, if annual."
    )
    funds_available_from = models.DateField(
        help_text="First day on which they may be obligated (31 U.S.C. 1502)."
    )
    funds_available_to = models.DateField(
        null=True,
        blank=True,
        help_text="Last day on which they may be obligated; empty for no-year funds.",
    )
    appropriation = models.CharField(
        max_length=200, help_text="Name of the appropriation."
    )
    object_class = models.CharField(max_length=10, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_agency_names_a_line_of_accounting_once",
                fields=["agency", "label"],
            ),
            models.CheckConstraint(
                name="funds_stop_being_available_after_they_begin",
                condition=Q(funds_available_to__isnull=True)
                | Q(funds_available_to__gte=F("funds_available_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.treasury_account_symbol})"

    @property
    def subject(self) -> Subject:
        """The line of accounting as the cause of an event, in its agency's stream."""
        stream = f"organization:{self.agency_id}"
        return Subject("ledger.line_of_accounting", self.pk, stream)

    @property
    def type_of_funds(self) -> FundsType:
        """By their days: within one fiscal year, over several, or without an end."""
        ends = self.funds_available_to
        if ends is None:
            return FundsType.NO_YEAR
        if fiscal_year(self.funds_available_from) == fiscal_year(ends):
            return FundsType.ANNUAL
        return FundsType.MULTI_YEAR

    def is_available(self, on: date) -> bool:
        """Whether new obligations may be made from them on a day (31 U.S.C. 1502)."""
        ends = self.funds_available_to
        return self.funds_available_from <= on and (ends is None or on <= ends)

    @property
    def cancelled_after(self) -> date | None:
        """The last day on which anything is paid from them; ``None`` for no-year funds.

        The account is closed on 30 September of the fifth fiscal year after the end of
        availability, and what is left of it is cancelled (31 U.S.C. 1552(a)).
        """
        if self.funds_available_to is None:
            return None
        ended = fiscal_year(self.funds_available_to)
        return fiscal_year_bounds(ended + YEARS_BEFORE_CANCELLATION)[1]


class FundsBalance(Timestamped):
    """What one line of accounting has, and what is already bound (31 U.S.C. 1341)."""

    line_of_accounting = models.OneToOneField(
        LineOfAccounting, on_delete=models.PROTECT, related_name="funds"
    )
    available_dollars = dollars_field("Allotted in all.")
    committed_dollars = dollars_field("Certified for actions that are not signed yet.")
    obligated_dollars = dollars_field("Bound by signed actions, used or not.")
    interest_dollars = dollars_field("Paid as interest on late payments.")

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="what_is_bound_never_exceeds_the_funds",
                condition=Q(
                    available_dollars__gte=F("committed_dollars")
                    + F("obligated_dollars")
                    + F("interest_dollars")
                ),
            ),
            none_negative(
                "funds_are_never_negative",
                "available_dollars",
                "committed_dollars",
                "obligated_dollars",
                "interest_dollars",
            ),
        ]

    def __str__(self) -> str:
        return f"funds of {self.line_of_accounting_id}"

    @property
    def free(self) -> Dollars:
        """What may still be committed or obligated."""
        bound = self.committed_dollars + self.obligated_dollars + self.interest_dollars
        return Dollars(self.available_dollars - bound)


class ExpiredAdjustment(AppendOnly):
    """A certifier's word that expired funds may pay for an in-scope adjustment.

    31 U.S.C. 1553(a): the override of R-FND-03.
    """

    line_of_accounting = models.ForeignKey(
        LineOfAccounting, on_delete=models.PROTECT, related_name="expired_adjustments"
    )
    because_kind = models.CharField(max_length=60, help_text="What is adjusted.")
    because_id = models.BigIntegerField()
    stream = models.CharField(max_length=80, help_text="Audit stream of the cause.")
    citation = models.CharField(
        max_length=300, help_text="What makes it an adjustment within scope."
    )
    permitted_by_name = models.CharField(max_length=160)
    permitted_by_user_id = models.BigIntegerField(null=True, blank=True)
    permitted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="expired_funds_are_used_on_a_citation",
                condition=~Q(citation=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_of_accounting}: {self.citation}"
