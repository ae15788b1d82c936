"""What the market is asked, and what it answers (FAR part 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
    Versioned,
)
from contracting.core.subjects import Subject
from contracting.market_research.states import MOVES, QuestionKind, RfiState

_UNWRITTEN = ["DRAFT", "DISCARDED"]


def plain_number(number: Decimal | None) -> str:
    """A number as people write it: without exponent or padding; empty for none."""
    text = "" if number is None else format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class RequestForInformation(Addressed, Timestamped, Versioned, Stateful):
    """Questions to the market; no solicitation, nobody is bound (FAR 15.201(e))."""

    PREFIX = "rfi"
    MOVES = MOVES
    NOUN = "request for information"

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="rfis"
    )
    requisition = models.ForeignKey(
        "requisitions.Requisition",
        on_delete=models.PROTECT,
        related_name="rfis",
        null=True,
        blank=True,
        help_text="The need for which the market is asked, if there is one yet.",
    )
    number = models.CharField(max_length=20, help_text="RFI-26-00001, per agency.")
    title = models.CharField(max_length=200)
    purpose = models.TextField(blank=True, help_text="Why the market is asked.")
    due_at = models.DateTimeField(
        null=True, blank=True, help_text="Responses are due by this instant, inclusive."
    )
    time_zone = models.CharField(max_length=60, default="America/New_York")
    question_count = models.PositiveSmallIntegerField(
        default=0, help_text="No question stands beyond it: nothing is asked later."
    )
    drafted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="rfis"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    cancel_reason = models.TextField(blank=True)
    state = models.CharField(
        max_length=12, choices=RfiState.choices, default=RfiState.DRAFT
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        verbose_name = "request for information"
        verbose_name_plural = "requests for information"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_rfi_number_is_used_once_in_an_agency",
                fields=["agency", "number"],
            ),
            models.CheckConstraint(
                name="a_released_rfi_says_why_it_asks_and_until_when",
                condition=Q(state__in=_UNWRITTEN)
                | Q(due_at__isnull=False, released_at__isnull=False) & ~Q(purpose=""),
            ),
            models.CheckConstraint(
                name="an_rfi_is_released_before_its_responses_are_due",
                condition=Q(released_at__isnull=True)
                | Q(released_at__lt=models.F("due_at")),
            ),
            models.CheckConstraint(
                name="a_cancelled_rfi_says_why",
                condition=~Q(state="CANCELLED") | ~Q(cancel_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def subject(self) -> Subject:
        return Subject("market_research.rfi", self.pk, f"organization:{self.agency_id}")

    @property
    def path(self) -> str:
        """Where the agency works on it."""
        return f"/rfis/{self.public_id}"

    @property
    def public_path(self) -> str:
        """Where everybody reads it once it is released."""
        return f"/requests/{self.public_id}"

    def is_open(self, at: datetime) -> bool:
        """Whether responses are received at that instant; the due time is in time."""
        if self.state != RfiState.RELEASED or self.due_at is None:
            return False
        return at <= self.due_at

    def rewrite(
        self, terms: Mapping[str, Any], questions: Sequence[Mapping[str, Any]]
    ) -> None:
        """Write these terms, and these questions in the place of all others."""
        for name, value in terms.items():
            setattr(self, name, value)
        self.question_count = len(questions)
        self.save(update_fields=[*terms, "question_count"])
        self.questions.all().delete()
        for position, values in enumerate(questions, start=1):
            self.questions.create(position=position, **values)


class MarketQuestion(Addressed, Timestamped):
    """One question; its kind says what an answer is, so that answers compare."""

    PREFIX = "mrq"

    rfi = models.ForeignKey(
        RequestForInformation, on_delete=models.PROTECT, related_name="questions"
    )
    position = models.PositiveSmallIntegerField(help_text="1 for the first one.")
    text = models.CharField(max_length=500)
    help = models.CharField(max_length=500, blank=True)
    kind = models.CharField(max_length=10, choices=QuestionKind.choices)
    options = models.JSONField(default=list, help_text="What a choice chooses from.")
    unit = models.CharField(max_length=40, blank=True, help_text="Of a number.")
    token_class = models.ForeignKey(
        "reference.TokenClass",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Of a price: US dollars per million tokens of this class.",
    )
    is_required = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_question_of_an_rfi_has_its_own_position",
                fields=["rfi", "position"],
            ),
            models.CheckConstraint(
                name="only_a_price_names_a_token_class",
                condition=Q(kind="PRICE", token_class__isnull=False)
                | ~Q(kind="PRICE") & Q(token_class__isnull=True),
            ),
            models.CheckConstraint(
                name="only_a_choice_has_options",
                condition=Q(kind="CHOICE") & ~Q(options=[])
                | ~Q(kind="CHOICE") & Q(options=[]),
            ),
            models.CheckConstraint(
                name="only_a_number_has_a_unit",
                condition=Q(kind="NUMBER") & ~Q(unit="")
                | ~Q(kind="NUMBER") & Q(unit=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text}"


class Response(Addressed, AppendOnly):
    """One version of what a vendor answered; the last one is what is compared."""

    PREFIX = "rsp"

    rfi = models.ForeignKey(
        RequestForInformation, on_delete=models.PROTECT, related_name="responses"
    )
    vendor = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="responses"
    )
    version = models.PositiveIntegerField(help_text="1 for the first one.")
    is_proprietary = models.BooleanField(
        help_text="Marked by the vendor as containing proprietary information."
    )
    responded_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="responses"
    )
    received_at = models.DateTimeField()
    rfi_sha256 = models.CharField(max_length=64, help_text="What was answered.")
    content_sha256 = models.CharField(max_length=64, help_text="Of the answers.")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_vendors_responses_to_an_rfi_are_counted",
                fields=["rfi", "vendor", "version"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vendor}, version {self.version}"

    @property
    def path(self) -> str:
        """Where the vendor reads the receipt."""
        return f"/responses/{self.public_id}"


class MarketAnswer(AppendOnly):
    """One answer of a response: the one value that its question's kind asks for."""

    response = models.ForeignKey(
        Response, on_delete=models.PROTECT, related_name="answers"
    )
    question = models.ForeignKey(
        MarketQuestion, on_delete=models.PROTECT, related_name="answers"
    )
    text = models.TextField(blank=True, help_text="A text, or the option chosen.")
    is_yes = models.BooleanField(null=True, blank=True)
    number = models.DecimalField(
        max_digits=18, decimal_places=6, null=True, blank=True, help_text="In the unit."
    )
    usd_per_million_tokens = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True
    )
    model = models.ForeignKey(
        "reference.AiModel",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text="Whose price it is, if the dictionary knows the model.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_question_is_answered_once_in_a_response",
                fields=["response", "question"],
            ),
            models.CheckConstraint(
                name="an_answer_holds_exactly_one_value",
                condition=~Q(text="")
                & Q(is_yes=None, number=None, usd_per_million_tokens=None)
                | Q(text="", is_yes__isnull=False)
                & Q(number=None, usd_per_million_tokens=None)
                | Q(text="", is_yes=None, number__isnull=False)
                & Q(usd_per_million_tokens=None)
                | Q(text="", is_yes=None, number=None)
                & Q(usd_per_million_tokens__isnull=False),
            ),
            models.CheckConstraint(
                name="an_indicated_price_is_never_negative",
                condition=Q(usd_per_million_tokens=None)
                | Q(usd_per_million_tokens__gte=0),
            ),
            models.CheckConstraint(
                name="only_a_price_names_a_model",
                condition=Q(model=None) | Q(usd_per_million_tokens__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.question}"

    @property
    def number_words(self) -> str:
        """The number without padding."""
        return plain_number(self.number)
