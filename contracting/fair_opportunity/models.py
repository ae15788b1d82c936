"""Who is asked before an order, what holders answer, and whom the agency selects."""

from __future__ import annotations

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
from contracting.fair_opportunity.states import (
    MOVES,
    ExceptionCode,
    OpportunityState,
)


class Opportunity(Addressed, Timestamped, Stateful):
    """A notice to every holder, or the exception taken in its place (16.505(b))."""

    PREFIX = "fop"
    MOVES = MOVES
    NOUN = "fair opportunity"

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="+"
    )
    solicitation = models.ForeignKey(
        "solicitations.Solicitation",
        on_delete=models.PROTECT,
        related_name="fair_opportunities",
        help_text="Whose awards are held by those who are asked.",
    )
    title = models.CharField(max_length=200)
    description = models.TextField(help_text="What shall be ordered.")
    value_dollars = models.DecimalField(
        max_digits=18, decimal_places=2, help_text="Estimated, options included."
    )
    basis = models.TextField(blank=True, help_text="The basis of selection.")
    factors = models.TextField(
        blank=True, help_text="Factors, price among them, and their significance."
    )
    respond_by = models.DateTimeField(null=True, blank=True, help_text="Inclusive.")
    exception = models.CharField(
        max_length=10, choices=ExceptionCode.choices, blank=True
    )
    contract = models.ForeignKey(
        "contracts.Contract",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="fair_opportunities",
        help_text="Whose order it becomes: the selected holder's, or the excepted one.",
    )
    notified_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    notified_at = models.DateTimeField()
    cancel_reason = models.TextField(blank=True)
    state = models.CharField(
        max_length=10, choices=OpportunityState.choices, default=OpportunityState.OPEN
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "opportunities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="holders_are_asked_or_an_exception_is_named",
                condition=Q(exception="", respond_by__isnull=False)
                & ~Q(basis="")
                & ~Q(state="EXCEPTED")
                | ~Q(exception="") & Q(contract__isnull=False, respond_by__isnull=True),
            ),
            models.CheckConstraint(
                name="a_selection_is_of_a_holder",
                condition=~Q(state="SELECTED") | Q(contract__isnull=False),
            ),
            models.CheckConstraint(
                name="a_cancelled_opportunity_says_why",
                condition=~Q(state="CANCELLED") | ~Q(cancel_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> Subject:
        return Subject(
            "fair_opportunity.opportunity", self.pk, self.solicitation.stream
        )

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/fair_opportunities/{self.public_id}"

    @property
    def time_zone(self) -> str:
        """The zone in which its instants are told."""
        return self.solicitation.time_zone


class InvitedHolder(AppendOnly):
    """A holder who was given the notice."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, related_name="invited"
    )
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_holder_is_given_a_notice_once",
                fields=["opportunity", "contract"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract}"


class HolderResponse(Addressed, AppendOnly):
    """One version of what a holder answered; its last one is considered."""

    PREFIX = "fre"

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, related_name="responses"
    )
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(help_text="1 for the first one.")
    words = models.TextField(help_text="What is offered and how.")
    discount_percent = models.DecimalField(
        max_digits=5, decimal_places=2, help_text="Off every rate of the contract."
    )
    content_sha256 = models.CharField(max_length=64)
    responded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    received_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="the_responses_of_a_holder_are_counted",
                fields=["opportunity", "contract", "version"],
            ),
            models.CheckConstraint(
                name="a_response_offers_something_in_words", condition=~Q(words="")
            ),
            models.CheckConstraint(
                name="a_discount_is_a_part_of_the_price",
                condition=Q(discount_percent__gte=0, discount_percent__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract.vendor}, version {self.version}"


class ResponseRate(AppendOnly):
    """The price of one subline that a holder asks for this order."""

    response = models.ForeignKey(
        HolderResponse, on_delete=models.PROTECT, related_name="rates"
    )
    slin = models.CharField("SLIN", max_length=6)
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_response_prices_a_subline_once", fields=["response", "slin"]
            ),
            models.CheckConstraint(
                name="a_price_of_a_response_is_never_negative",
                condition=Q(usd_per_million_tokens__gte=0),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.slin} {self.usd_per_million_tokens}"


class ResponseFile(Addressed, AppendOnly):
    """A file of a response, checked before it was kept."""

    PREFIX = "frf"

    response = models.ForeignKey(
        HolderResponse, on_delete=models.PROTECT, related_name="files"
    )
    name = models.CharField(max_length=200)
    blob = models.ForeignKey("documents.Blob", on_delete=models.PROTECT)

    def __str__(self) -> str:
        return self.name


class Finding(AppendOnly):
    """How a response was considered (FAR 16.505(b)(1)(iii)(B))."""

    response = models.OneToOneField(
        HolderResponse, on_delete=models.PROTECT, related_name="finding"
    )
    text = models.TextField()
    considered_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    considered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_response_is_considered_in_words", condition=~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"finding on {self.response}"


class HolderSelection(AppendOnly):
    """Whom the contracting officer selected, and why."""

    opportunity = models.OneToOneField(
        Opportunity, on_delete=models.PROTECT, related_name="selection"
    )
    response = models.ForeignKey(HolderResponse, on_delete=models.PROTECT)
    rationale = models.TextField()
    best_value = models.TextField(
        blank=True, help_text="Basis of the award and of the best value."
    )
    selected_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    selected_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_selection_says_why", condition=~Q(rationale="")
            ),
        ]

    def __str__(self) -> str:
        return f"selection of {self.response}"


class Placement(AppendOnly):
    """The order that was signed on it; the clock of debriefings runs from then."""

    opportunity = models.OneToOneField(
        Opportunity, on_delete=models.PROTECT, related_name="placement"
    )
    order_piid = models.CharField("PIID", max_length=17)
    value_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    placed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.order_piid


class OrderDebriefing(AppendOnly):
    """The written request of a holder who was not selected (FAR 16.505(b)(6))."""

    opportunity = models.ForeignKey(
        Opportunity, on_delete=models.PROTECT, related_name="debriefings"
    )
    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="+"
    )
    is_required = models.BooleanField(
        help_text="Asked for in time, above the enhanced threshold."
    )
    due_on = models.DateField(null=True, blank=True)
    requested_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    requested_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_holder_asks_once_to_be_debriefed_on_an_order",
                fields=["opportunity", "contract"],
            ),
            models.CheckConstraint(
                name="a_required_debriefing_has_its_day",
                condition=Q(is_required=False) | Q(due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"debriefing of {self.contract.vendor}"
