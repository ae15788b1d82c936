"""Modifications of contracts: what was drafted, on which text, and what was signed."""

from __future__ import annotations

from fractions import Fraction
from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.modifications.states import (
    RATCHET_MOVES,
    Counted,
    ModificationKind,
    RatchetState,
    Series,
)
from contracting.orders.models.changes import SignedChange


class ContractModification(SignedChange):
    """A change of a signed contract (SF 30, FAR 43); frozen once it is signed."""

    PREFIX = "cmd"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="modifications"
    )
    kind = models.CharField(
        max_length=10, choices=ModificationKind.choices, default=ModificationKind.TERMS
    )
    series = models.CharField(
        max_length=1, choices=Series.choices, default=Series.PROCURING
    )
    administering_office = models.CharField(
        max_length=200, blank=True, help_text="Where it is not the awarding one."
    )
    consideration = models.TextField(blank=True)
    price_memo = models.TextField(blank=True)
    credit_memo = models.TextField(blank=True)
    terms = models.JSONField(default=dict, help_text="New values of terms, by name.")
    line_ceilings = models.JSONField(default=dict, help_text="New dollars, by CLIN.")
    new_lines = models.JSONField(default=list)
    rates = models.JSONField(default=list, help_text="Prices with their first instant.")
    unit_rates = models.JSONField(
        default=list, help_text="Prices per unit with their first instant."
    )
    new_options = models.JSONField(
        default=list, help_text="Options that it adds, in their plain form."
    )
    option = models.ForeignKey(
        "contracts.ContractOption",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="exercises",
    )
    exercises = models.JSONField(
        default=dict, help_text="Number and days of the option that it exercises."
    )
    minimum_funds = models.JSONField(
        default=dict,
        blank=True,
        help_text="Line, ACRN and line of accounting certified for a higher minimum.",
    )
    successor = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="novations",
        help_text="Who takes the contract over, of a novation.",
    )
    base_version = models.PositiveIntegerField(
        help_text="The version of the contract that this changes."
    )
    base_content = models.JSONField(
        help_text="The contract as it read in that version, to be compared with."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_modification_number_is_used_once_on_a_contract",
                fields=["contract", "number"],
                condition=~Q(number=""),
            ),
            models.CheckConstraint(
                name="a_contract_modification_has_a_number_once_it_is_issued",
                condition=~Q(state="ISSUED") | ~Q(number=""),
            ),
            models.CheckConstraint(
                name="an_issued_contract_modification_is_signed",
                condition=~Q(state="ISSUED")
                | Q(signed_by__isnull=False, issued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_bilateral_contract_modification_is_signed_by_both",
                condition=~Q(state="ISSUED", authority="C")
                | Q(vendor_signed_by__isnull=False, vendor_signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_contract_modification_says_whether_it_is_within_scope",
                condition=~Q(scope=""),
            ),
            models.UniqueConstraint(
                name="an_option_is_exercised_once",
                fields=["option"],
                condition=Q(state="ISSUED", option__isnull=False),
            ),
            models.CheckConstraint(
                name="an_exercise_names_its_option",
                condition=Q(kind="OPTION", option__isnull=False)
                | (~Q(kind="OPTION") & Q(option__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_novation_names_its_successor",
                condition=Q(kind="NOVATION", successor__isnull=False)
                | (~Q(kind="NOVATION") & Q(successor__isnull=True)),
            ),
            models.CheckConstraint(
                name="a_contract_modification_of_series_a_names_its_office",
                condition=Q(series="P", administering_office="")
                | Q(series="A") & ~Q(administering_office=""),
            ),
        ]

    @property
    def subject(self) -> Subject:
        return Subject("modifications.modification", self.pk, self.stream)

    @property
    def stream(self) -> str:
        """The audit stream of the contract."""
        return self.contract.stream

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/contract_modifications/{self.public_id}"


class MinimumCertification(AppendOnly):
    """A funds certifier's word for what a guaranteed minimum is raised by."""

    modification = models.ForeignKey(
        ContractModification,
        on_delete=models.PROTECT,
        related_name="minimum_certifications",
    )
    version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    clin = models.CharField(max_length=4)
    acrn = models.CharField("ACRN", max_length=2)
    line_of_accounting = models.ForeignKey(
        "ledger.LineOfAccounting", on_delete=models.PROTECT, related_name="+"
    )
    certified_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    certified_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_higher_minimum_is_certified_once_in_a_version",
                fields=["modification", "version"],
            ),
            models.CheckConstraint(
                name="a_minimum_is_raised_by_more_than_nothing",
                condition=Q(dollars__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dollars} for version {self.version}"


class ModelTerms(Addressed, AppendOnly):
    """What a contract says of its models: discount, falling lists, retirement.

    The last row recorded is in force; ``source`` names where it stands.
    """

    PREFIX = "mtm"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="model_terms"
    )
    list_discount_percent = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="Off the public list, of new models."
    )
    ratchet_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Days after a lower public list; none: no such clause.",
    )
    retirement_days = models.PositiveSmallIntegerField(
        default=180, help_text="Notice before a model is retired."
    )
    source = models.CharField(max_length=200, help_text="The clause that says so.")
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    terms_recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_discount_lies_between_nothing_and_all",
                condition=Q(
                    list_discount_percent__gte=0, list_discount_percent__lte=100
                ),
            ),
            models.CheckConstraint(
                name="terms_on_models_name_their_source", condition=~Q(source="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.list_discount_percent} % off the list"


class OnRamp(AppendOnly):
    """The checklist with which a new model comes onto a contract (R-MOD-08)."""

    modification = models.OneToOneField(
        ContractModification, on_delete=models.PROTECT, related_name="on_ramp"
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, related_name="+"
    )
    predecessor = models.ForeignKey(
        "reference.AiModel",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    corpus = models.CharField(max_length=200)
    corpus_sha256 = models.CharField(max_length=64)
    model_tokens = models.BigIntegerField()
    reference_tokens = models.BigIntegerField()
    predecessor_tokens = models.BigIntegerField(default=0)
    counted_by = models.CharField(max_length=6, choices=Counted.choices)
    security_evidence = models.TextField(blank=True)
    security_sha256 = models.CharField(max_length=64, blank=True)
    documents = models.JSONField(default=dict, help_text="SHA-256 by kind of paper.")
    price_exception = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="an_equivalence_test_counts_a_corpus",
                condition=Q(model_tokens__gt=0, reference_tokens__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return f"on-ramp of {self.model}"

    @property
    def factor(self) -> Fraction:
        """Tokens of this model for one of the reference tokenizer."""
        return Fraction(self.model_tokens, self.reference_tokens)


class Novation(AppendOnly):
    """What a novation rests on: the Government recognizes a successor (FAR 42.1204)."""

    modification = models.OneToOneField(
        ContractModification, on_delete=models.PROTECT, related_name="novation"
    )
    transferor = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    transferred_on = models.DateField(
        help_text="The day on which the assets went over under applicable law."
    )
    instrument = models.CharField(max_length=300)
    instrument_sha256 = models.CharField(max_length=64)
    agreement = models.CharField(max_length=300)
    agreement_sha256 = models.CharField(max_length=64)
    capability = models.TextField()
    guarantee = models.TextField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_novation_names_all_that_it_rests_on",
                condition=~Q(instrument="")
                & ~Q(agreement="")
                & ~Q(capability="")
                & ~Q(guarantee=""),
            ),
        ]

    def __str__(self) -> str:
        return f"novation of {self.transferred_on}"


class Assumption(AppendOnly):
    """The successor's signature: it assumes all obligations under the contract."""

    novation = models.OneToOneField(
        Novation, on_delete=models.PROTECT, related_name="assumption"
    )
    version = models.PositiveIntegerField(help_text="What it had read.")
    signed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    signed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.novation}, assumed"


class RatchetFinding(Addressed, Timestamped, Stateful):
    """The public list fell below a contract's price (R-MOD-09)."""

    PREFIX = "rfd"
    MOVES = RATCHET_MOVES
    NOUN = "finding"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="ratchet_findings"
    )
    rate_row = models.ForeignKey(
        "contracts.RateRow", on_delete=models.PROTECT, related_name="+"
    )
    list_before = models.ForeignKey(
        "reference.ListPrice", on_delete=models.PROTECT, related_name="+"
    )
    list_after = models.ForeignKey(
        "reference.ListPrice", on_delete=models.PROTECT, related_name="+"
    )
    usd_per_million_tokens = models.DecimalField(
        max_digits=12, decimal_places=6, help_text="The lower price of the contract."
    )
    effective_on = models.DateField(help_text="The clause's date.")
    opened_at = models.DateTimeField()
    modification = models.OneToOneField(
        ContractModification,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ratchet",
    )
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, null=True, blank=True
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(
        max_length=10, choices=RatchetState.choices, default=RatchetState.OPEN
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_fall_of_the_list_is_found_once_for_a_price",
                fields=["rate_row", "list_after"],
            ),
            models.CheckConstraint(
                name="a_held_finding_says_why",
                condition=~Q(state="HELD") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="a_confirmed_finding_has_its_modification",
                condition=~Q(state="CONFIRMED") | Q(modification__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rate_row.slin} at {self.usd_per_million_tokens}"

    @property
    def subject(self) -> Subject:
        return Subject("modifications.ratchet", self.pk, self.contract.stream)

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/ratchet_findings/{self.public_id}"


class ModelRetirement(Addressed, AppendOnly):
    """The vendor's notice that it retires a model of the contract (R-MOD-11)."""

    PREFIX = "ret"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="retirements"
    )
    model = models.ForeignKey(
        "reference.AiModel", on_delete=models.PROTECT, related_name="+"
    )
    substitute = models.ForeignKey(
        "reference.AiModel",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    noticed_on = models.DateField(help_text="The day of the vendor's notice.")
    retires_on = models.DateField(help_text="The last day of the model.")
    required_days = models.PositiveSmallIntegerField()
    words = models.TextField()
    short_notice_accepted = models.TextField(
        blank=True, help_text="Why the contracting officer accepts a shorter notice."
    )
    recorded_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    retirement_recorded_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_retirement_is_recorded_once_for_a_day",
                fields=["contract", "model", "retires_on"],
            ),
            models.CheckConstraint(
                name="a_retirement_has_words", condition=~Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} until {self.retires_on}"

    @property
    def days(self) -> int:
        """How many days lie between the notice and the last day."""
        return (self.retires_on - self.noticed_on).days

    @property
    def is_short(self) -> bool:
        """Whether the notice is shorter than the contract says."""
        return self.days < self.required_days


class ChangeRequest(AppendOnly):
    """What the vendor wants to read differently before it signs."""

    modification = models.ForeignKey(
        ContractModification, on_delete=models.PROTECT, related_name="change_requests"
    )
    version = models.PositiveIntegerField(help_text="What it had read.")
    words = models.TextField()
    requested_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    requested_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_request_for_changes_says_which", condition=~Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return f"request on version {self.version}"
