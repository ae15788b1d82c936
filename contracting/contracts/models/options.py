"""The options of a contract: what the Government may add without asking again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, LockingQuerySet, Timestamped
from contracting.core.subjects import Subject
from contracting.solicitations.publishing.options import OptionDraft
from contracting.solicitations.states import OptionKind

if TYPE_CHECKING:
    from contracting.contracts.models import Contract


class ContractOption(Addressed, Timestamped):
    """A unilateral right to buy more, at a stated price, in a stated window (FAR 17.2).

    What it says stands as it was agreed; that it is exercised is set once.
    """

    PREFIX = "opt"

    contract: models.ForeignKey[Contract, Contract] = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="options"
    )
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=OptionKind.choices)
    months = models.PositiveSmallIntegerField(
        default=0, help_text="By which the ordering period grows."
    )
    notice_days = models.PositiveSmallIntegerField(
        default=0, help_text="Days before the end by which the intent is told."
    )
    opens_days = models.PositiveSmallIntegerField(
        help_text="Days before the end from which it may be exercised."
    )
    closes_days = models.PositiveSmallIntegerField(
        default=0, help_text="Days before the end until which it may be exercised."
    )
    ceiling_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    ceiling_tokens = models.BigIntegerField()
    price_percent = models.DecimalField(
        max_digits=5, decimal_places=2, default=0, help_text="Against the base lines."
    )
    source = models.CharField(max_length=40, help_text="Award or modification.")
    exercised_at = models.DateTimeField(null=True, blank=True)
    first_day = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_option_number_is_used_once_in_a_contract",
                fields=["contract", "number"],
            ),
            models.CheckConstraint(
                name="an_option_adds_dollars_and_tokens",
                condition=Q(ceiling_dollars__gt=0, ceiling_tokens__gt=0),
            ),
            models.CheckConstraint(
                name="the_window_of_an_option_opens_before_it_closes",
                condition=Q(opens_days__gte=models.F("closes_days")),
            ),
            models.CheckConstraint(
                name="an_option_adds_months_where_its_kind_does",
                condition=Q(kind__in=["PERIOD", "EXTENSION"], months__gt=0)
                | Q(kind__in=["QUANTITY", "LINE"], months=0),
            ),
            models.CheckConstraint(
                name="an_option_for_a_period_has_a_notice_of_intent",
                condition=Q(kind="PERIOD", notice_days__gt=0)
                | (~Q(kind="PERIOD") & Q(notice_days=0)),
            ),
            models.CheckConstraint(
                name="an_exercised_option_that_adds_months_has_its_days",
                condition=Q(exercised_at__isnull=True, last_day__isnull=True)
                | Q(kind__in=["QUANTITY", "LINE"], last_day__isnull=True)
                | Q(
                    kind__in=["PERIOD", "EXTENSION"],
                    exercised_at__isnull=False,
                    first_day__isnull=False,
                    last_day__gte=models.F("first_day"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"option {self.number}"

    @classmethod
    def state(
        cls, contract: Contract, options: Iterable[OptionDraft], *, source: str
    ) -> None:
        """Write options onto a contract, from its solicitation or a modification.

        :param source: ``"award"``, or the number of the modification
        """
        for each in options:
            cls(
                contract=contract,
                number=each.number,
                kind=each.kind,
                months=each.months,
                notice_days=each.notice_days,
                opens_days=each.opens_days,
                closes_days=each.closes_days,
                ceiling_dollars=each.dollars.amount,
                ceiling_tokens=each.tokens.count,
                price_percent=each.price_percent,
                source=source,
            ).save()

    @property
    def subject(self) -> Subject:
        return Subject("contracts.option", self.pk, self.contract.stream)

    @property
    def is_exercised(self) -> bool:
        """Whether it has been exercised."""
        return self.exercised_at is not None

    @property
    def name(self) -> str:
        """How people call it: ``"Option 1, option period"``."""
        return f"Option {self.number}, {self.get_kind_display()}"

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/options/{self.public_id}"
