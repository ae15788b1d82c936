"""Letters with receipt and answer, terminations and their settlement."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from contracting.core.canonical import content_sha256
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject
from contracting.terminations.states import (
    EFFECTS,
    MOVES,
    Ground,
    LetterKind,
    StopReason,
    TerminationState,
)


class Letter(Addressed, AppendOnly):
    """A letter of the contracting officer to the vendor, signed and sent."""

    PREFIX = "let"

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="letters"
    )
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="letters",
    )
    kind = models.CharField(max_length=20, choices=LetterKind.choices)
    reason = models.CharField(max_length=20, choices=StopReason.choices, blank=True)
    text = models.TextField()
    due_on = models.DateField(
        null=True, blank=True, help_text="Last day on which the vendor may answer."
    )
    lifts = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="lifted_by",
        help_text="The stop-work order that an order to resume ends.",
    )
    signed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    sent_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_letter_says_why",
                condition=~Q(text="") & Q(kind__in=LetterKind.values),
            ),
            models.CheckConstraint(
                name="a_cure_notice_names_a_day",
                condition=~Q(kind="CURE") | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="a_show_cause_notice_names_a_day",
                condition=~Q(kind="SHOW_CAUSE") | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="only_an_order_to_resume_lifts_a_stop",
                condition=Q(kind="RESUME_WORK", lifts__isnull=False)
                | (~Q(kind="RESUME_WORK") & Q(lifts__isnull=True)),
            ),
            models.CheckConstraint(
                name="work_is_stopped_and_resumed_under_an_order",
                condition=~Q(kind__in=["STOP_WORK", "RESUME_WORK"])
                | Q(order__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.about}"

    @property
    def subject(self) -> Subject:
        return Subject("terminations.letter", self.pk, self.contract.stream)

    @property
    def effect(self) -> str:
        """What it does, in words."""
        return EFFECTS[LetterKind(self.kind)]

    @property
    def about(self) -> str:
        """The number of the order, or of the contract."""
        return (self.order.piid if self.order else self.contract.piid) or ""

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/letters/{self.public_id}"


class LetterReceipt(AppendOnly):
    """The vendor's word that a letter arrived."""

    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, related_name="receipt"
    )
    received_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receipt of {self.letter}"


class LetterAnswer(AppendOnly):
    """What the vendor's signer answered to a letter."""

    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, related_name="answer"
    )
    text = models.TextField()
    answered_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    answered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="an_answer_has_words", condition=~Q(text="")),
        ]

    def __str__(self) -> str:
        return f"answer to {self.letter}"


class Termination(Addressed, Timestamped, Stateful):
    """The end of an order or a contract before its time (52.212-4(l), (m))."""

    PREFIX = "ter"
    MOVES = MOVES
    NOUN = "termination"
    version: ClassVar[int] = 1
    """What is stated with a settlement names it; a termination is settled once."""

    contract = models.ForeignKey(
        "contracts.Contract", on_delete=models.PROTECT, related_name="terminations"
    )
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="terminations",
    )
    ground = models.CharField(max_length=12, choices=Ground.choices)
    text = models.TextField(help_text="Why, in the words of the notice.")
    stop_on = models.DateField(help_text="Last day of performance.")
    cure = models.ForeignKey(
        Letter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="terminations_for_cause",
    )
    drafted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="+"
    )
    drafted_at = models.DateTimeField()
    notice = models.OneToOneField(
        Letter,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="termination",
    )
    owed = models.JSONField(default=dict, help_text="As it stood at the signature.")
    proposal_due = models.DateField(null=True, blank=True)
    state = models.CharField(
        max_length=10,
        choices=TerminationState.choices,
        default=TerminationState.DRAFT,
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_order_is_terminated_once",
                fields=["order"],
                condition=~Q(state="DISCARDED") & Q(order__isnull=False),
            ),
            models.UniqueConstraint(
                name="a_contract_is_terminated_once",
                fields=["contract"],
                condition=~Q(state="DISCARDED") & Q(order__isnull=True),
            ),
            models.CheckConstraint(
                name="a_termination_for_cause_follows_a_cure_notice",
                condition=~Q(ground="CAUSE") | Q(cure__isnull=False),
            ),
            models.CheckConstraint(
                name="a_signed_termination_has_its_notice",
                condition=Q(state__in=["DRAFT", "DISCARDED"])
                | Q(notice__isnull=False, proposal_due__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"termination of {self.about} for {self.get_ground_display()}"

    @property
    def subject(self) -> Subject:
        return Subject("terminations.termination", self.pk, self.contract.stream)

    @property
    def about(self) -> str:
        """The number of what ends."""
        return (self.order.piid if self.order else self.contract.piid) or ""

    @property
    def is_for_cause(self) -> bool:
        """Whether it is for cause, and was not found to be for convenience since."""
        return self.ground == Ground.CAUSE and not hasattr(self, "conversion")

    @property
    def standing_proposal(self) -> SettlementProposal | None:
        """The vendor's latest proposal; none of before a conversion stands."""
        found = self.proposals.select_related("proposed_by__user").order_by("pk")
        if hasattr(self, "conversion"):
            found = found.filter(proposed_at__gte=self.conversion.converted_at)
        return found.last()

    @property
    def path(self) -> str:
        """The address of its page."""
        return f"/terminations/{self.public_id}"


class Conversion(AppendOnly):
    """A termination for cause counts as one for convenience (FAR 52.212-4(m)).

    The ground of its notice stays as it was signed.
    """

    termination = models.OneToOneField(
        Termination, on_delete=models.PROTECT, related_name="conversion"
    )
    basis = models.CharField(
        max_length=200, help_text="Who found so: a board, a court, or the officer."
    )
    text = models.TextField()
    notice = models.OneToOneField(
        Letter, on_delete=models.PROTECT, related_name="conversion"
    )
    converted_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    converted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_conversion_says_who_found_so_and_why",
                condition=~Q(basis="") & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"conversion of the {self.termination}"


class SettlementProposal(AppendOnly):
    """What the vendor asks for beside the usage that it invoices."""

    termination = models.ForeignKey(
        Termination, on_delete=models.PROTECT, related_name="proposals"
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    text = models.TextField()
    proposed_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    proposed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_settlement_is_proposed_in_words",
                condition=Q(dollars__gte=0) & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"proposal of {self.dollars}"

    @property
    def content_sha256(self) -> str:
        """Of the amount and the words that the vendor signs."""
        return content_sha256({"dollars": f"{self.dollars:.2f}", "text": self.text})


class Settlement(AppendOnly):
    """The contracting officer's decision on what is owed beside the usage."""

    termination = models.OneToOneField(
        Termination, on_delete=models.PROTECT, related_name="settlement"
    )
    dollars = models.DecimalField(max_digits=18, decimal_places=2)
    deobligated_dollars = models.DecimalField(max_digits=24, decimal_places=12)
    text = models.TextField()
    decided_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    decided_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_settlement_is_decided_in_words",
                condition=Q(dollars__gte=0, deobligated_dollars__gte=0) & ~Q(text=""),
            ),
        ]

    def __str__(self) -> str:
        return f"settlement at {self.dollars}"

    @property
    def proposal(self) -> SettlementProposal | None:
        """What it answers: the vendor's proposal that stands, if there was one."""
        return self.termination.standing_proposal

    @property
    def is_agreed(self) -> bool:
        """Whether the vendor asked for exactly what is granted."""
        proposal = self.proposal
        return proposal is not None and proposal.dollars == self.dollars
