"""What happens before an option is exercised: notice, findings, statements of size."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import Addressed, AppendOnly
from contracting.core.subjects import Subject
from contracting.options.states import Basis, Rating, SizeChange


class OptionIntent(Addressed, AppendOnly):
    """The preliminary notice that the option is meant to be exercised (52.217-9(a)).

    It does not bind the Government; its receipt is confirmed by the vendor.
    """

    PREFIX = "oin"

    option = models.OneToOneField(
        "contracts.ContractOption", on_delete=models.PROTECT, related_name="intent"
    )
    text = models.TextField()
    due_on = models.DateField(help_text="Last day for it, as the contract then stood.")
    sent_on = models.DateField(help_text="In the contract's zone.")
    signed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_notice_of_intent_has_words", condition=~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"notice of intent on {self.option}"

    @property
    def subject(self) -> Subject:
        return Subject("options.intent", self.pk, self.option.contract.stream)

    @property
    def is_late(self) -> bool:
        """Whether it went out after its last day."""
        return self.sent_on > self.due_on


class IntentReceipt(AppendOnly):
    """The vendor's word that the notice arrived."""

    intent = models.OneToOneField(
        OptionIntent, on_delete=models.PROTECT, related_name="receipt"
    )
    received_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receipt of {self.intent}"


class OptionDetermination(Addressed, AppendOnly):
    """The written determination before an option is exercised (FAR 17.207(c), (f)).

    The last one counts, for some days; the market check is kept as it was computed.
    """

    PREFIX = "ode"

    option = models.ForeignKey(
        "contracts.ContractOption",
        on_delete=models.PROTECT,
        related_name="determinations",
    )
    line_of_accounting = models.ForeignKey(
        "ledger.LineOfAccounting", on_delete=models.PROTECT, related_name="+"
    )
    free_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="What the funds had left that day."
    )
    need = models.TextField()
    basis = models.CharField(max_length=10, choices=Basis.choices)
    advantage = models.TextField()
    market = models.JSONField(help_text="The workload at option and at list prices.")
    synopsis = models.TextField()
    exclusion = models.TextField(help_text="The extract that was looked at.")
    past_performance = models.TextField()
    rating = models.CharField(max_length=14, choices=Rating.choices)
    performance = models.TextField()
    contract_version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    determined_on = models.DateField()
    made_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    made_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_determination_on_an_option_makes_every_finding",
                condition=~Q(need="")
                & ~Q(advantage="")
                & ~Q(synopsis="")
                & ~Q(exclusion="")
                & ~Q(past_performance="")
                & ~Q(performance=""),
            ),
            models.CheckConstraint(
                name="an_option_is_exercised_on_acceptable_performance",
                condition=Q(rating__in=["EXCEPTIONAL", "VERY_GOOD", "SATISFACTORY"]),
            ),
            models.CheckConstraint(
                name="an_option_is_exercised_where_funds_are_available",
                condition=Q(free_dollars__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"determination on {self.option}"

    @property
    def subject(self) -> Subject:
        return Subject("options.determination", self.pk, self.option.contract.stream)


class OptionAlert(AppendOnly):
    """That the office was told of an option so many days before the end."""

    option = models.ForeignKey(
        "contracts.ContractOption", on_delete=models.PROTECT, related_name="alerts"
    )
    days = models.PositiveSmallIntegerField()
    ends_on = models.DateField(help_text="The day from which it was counted back.")
    alerted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="of_the_days_of_an_option_people_are_told_once",
                fields=["option", "days", "ends_on"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.days} days before {self.ends_on}"


class VendorSizeChange(AppendOnly):
    """A novation or merger, after which the vendor states its size within 30 days."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="size_changes"
    )
    what = models.CharField(max_length=10, choices=SizeChange.choices)
    happened_on = models.DateField()
    due_on = models.DateField(help_text="Last day of the vendor's statement.")
    source = models.CharField(max_length=200, help_text="Where it is on file.")
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    change_recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_change_of_the_vendor_names_its_source",
                condition=~Q(source=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()} of {self.happened_on}"


class SizeRepresentation(AppendOnly):
    """What the vendor states of its size, by its signer (FAR 52.219-28(e))."""

    contract = models.ForeignKey(
        "contracts.Contract",
        on_delete=models.PROTECT,
        related_name="size_representations",
    )
    is_small = models.BooleanField()
    naics = models.CharField("NAICS code", max_length=6)
    size_standard = models.CharField(max_length=60)
    represented_on = models.DateField()
    represented_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    represented_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_size_is_stated_under_a_size_standard",
                condition=~Q(naics="") & ~Q(size_standard=""),
            ),
        ]

    def __str__(self) -> str:
        size = "small" if self.is_small else "other than small"
        return f"{size} under {self.naics}"
