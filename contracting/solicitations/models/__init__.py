"""The need, published: package, lines, factors, questions and amendments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
    Versioned,
)
from contracting.core.periods import days_earlier
from contracting.core.subjects import Subject
from contracting.reference.states import InstrumentKind
from contracting.solicitations.models import (
    limits,
    lines,
    orders,
    questions,
    templates,
    tolerances,
)
from contracting.solicitations.states import (
    MOVES,
    ExtentCompeted,
    Procedure,
    SetAside,
    SolicitationKind,
    SolicitationState,
    SynopsisException,
    SynopsisKind,
)

Answer = questions.Answer
AnswerRelease = questions.AnswerRelease
Question = questions.Question
QuestionAssignment = questions.QuestionAssignment
SolicitationLine = lines.SolicitationLine
SolicitationTemplate = templates.SolicitationTemplate


class Solicitation(
    limits.LimitsOffers,
    orders.LimitsOrders,
    tolerances.StatesTolerances,
    Addressed,
    Timestamped,
    Versioned,
    Stateful,
):
    """A request for proposals or for quotations (PIID type R or Q; FAR 12.603, 13)."""

    PREFIX = "sol"
    MOVES = MOVES
    NOUN = "solicitation"

    agency = models.ForeignKey(
        "accounts.Organization", on_delete=models.PROTECT, related_name="solicitations"
    )
    requisition = models.ForeignKey(
        "requisitions.Requisition",
        on_delete=models.PROTECT,
        related_name="solicitations",
    )
    piid = models.CharField("PIID", max_length=17, unique=True, null=True, blank=True)
    kind = models.CharField(
        max_length=3, choices=SolicitationKind.choices, default=SolicitationKind.RFP
    )
    instrument = models.CharField(
        "kind of contract",
        max_length=12,
        choices=InstrumentKind.choices,
        default=InstrumentKind.IDIQ,
    )
    in_the_open = models.BooleanField(
        default=False,
        db_default=False,
        help_text="One quotation, taken without a publication and without a box.",
    )
    late_rule = models.BooleanField(
        default=False, help_text="Late quotations are not considered; an RFQ's alone."
    )
    title = models.CharField(max_length=200)
    statement_of_objectives = models.TextField(blank=True)
    naics = models.CharField("NAICS code", max_length=6, blank=True)
    size_standard = models.CharField(max_length=60, blank=True)
    psc = models.CharField("product service code", max_length=4, blank=True)
    set_aside = models.CharField(max_length=20, choices=SetAside.choices, blank=True)
    importance = models.TextField(
        blank=True, help_text="Relative importance of the factors (FAR 15.304)."
    )
    ai_terms = models.TextField(
        blank=True,
        help_text="AI term pack: token definition, data use, disclosure, reporting.",
    )
    contact_name = models.CharField(max_length=120, blank=True)
    contact_email = models.EmailField(blank=True)
    deadline = models.DateTimeField(
        null=True, blank=True, help_text="Offers are due by this instant, inclusive."
    )
    time_zone = models.CharField(max_length=60, default="America/New_York")
    offer_valid_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Days after the deadline that an offer stays open; empty: "
        "the rule's.",
    )
    questions_close_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Days before the deadline on which questions close; empty: with it.",
    )
    alternates_taken = models.PositiveSmallIntegerField(
        default=9,
        db_default=9,
        help_text="Alternates taken from each vendor beside its base offer; 0: none.",
    )
    minimum_dollars = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    maximum_dollars = models.DecimalField(max_digits=18, decimal_places=2, default=0)
    maximum_tokens = models.BigIntegerField(default=0)
    most_awards = models.PositiveSmallIntegerField(
        default=1, help_text="Contracts intended, at most; 1 is a single award."
    )
    ordering_start = models.DateField(null=True, blank=True)
    ordering_end = models.DateField(
        null=True, blank=True, help_text="Last day on which an order may be placed."
    )
    options = models.JSONField(
        default=list,
        blank=True,
        help_text="Its options in their plain form, by number (FAR 17.2).",
    )
    options_evaluated = models.BooleanField(
        default=True,
        db_default=True,
        help_text="Options are evaluated with the base (FAR 52.217-5).",
    )
    procedure = models.CharField(
        max_length=12, choices=Procedure.choices, default=Procedure.COMMERCIAL
    )
    extent_competed = models.CharField(
        max_length=20, choices=ExtentCompeted.choices, default=ExtentCompeted.FULL
    )
    named_brand = models.CharField(
        max_length=120, blank=True, help_text="The one vendor or model that it names."
    )
    synopsis_kind = models.CharField(
        max_length=12, choices=SynopsisKind.choices, blank=True
    )
    synopsis_id = models.CharField("id of the synopsis", max_length=60, blank=True)
    synopsis_posted_on = models.DateField(null=True, blank=True)
    synopsis_exception = models.CharField(
        max_length=20, choices=SynopsisException.choices, blank=True
    )
    required_attachments = ArrayField(
        models.CharField(max_length=30),
        default=list,
        blank=True,
        help_text="Codes of the papers that every offer brings along.",
    )
    workload_sha256 = models.CharField(max_length=64, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    drafted_by = models.ForeignKey(
        "accounts.Membership", on_delete=models.PROTECT, related_name="solicitations"
    )
    copied_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="copies",
        null=True,
        blank=True,
        help_text="The package that it was started from.",
    )
    from_template = models.ForeignKey(
        SolicitationTemplate,
        on_delete=models.PROTECT,
        related_name="uses",
        null=True,
        blank=True,
        help_text="The template that it was started from.",
    )
    editor_user_ids = models.JSONField(
        default=list, help_text="Everybody who wrote any part; none may approve it."
    )
    cancel_reason = models.TextField(blank=True)
    no_award_reason = models.TextField(
        blank=True, help_text="Why every offer was rejected, as everybody reads it."
    )
    awarded_at = models.DateTimeField(
        null=True, blank=True, help_text="When it led to an award."
    )
    state = models.CharField(
        max_length=12,
        choices=SolicitationState.choices,
        default=SolicitationState.DRAFT,
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_released_solicitation_has_a_number_and_a_deadline",
                condition=Q(state__in=["DRAFT", "IN_REVIEW", "APPROVED", "DISCARDED"])
                | Q(piid__isnull=False, deadline__isnull=False),
            ),
            models.CheckConstraint(
                name="a_cancelled_solicitation_says_why",
                condition=~Q(state="CANCELLED") | ~Q(cancel_reason=""),
            ),
            models.CheckConstraint(
                name="a_solicitation_that_ends_without_an_award_says_why",
                condition=~Q(state="NO_AWARD") | ~Q(no_award_reason=""),
            ),
            models.CheckConstraint(
                name="a_solicitation_asks_for_no_negative_amount",
                condition=Q(minimum_dollars__gte=0)
                & Q(maximum_dollars__gte=0)
                & Q(maximum_tokens__gte=0),
            ),
            models.CheckConstraint(
                name="a_solicitation_intends_at_least_one_award",
                condition=Q(most_awards__gte=1),
            ),
            models.CheckConstraint(
                name="an_offer_stays_open_for_at_least_a_day",
                condition=Q(offer_valid_days__isnull=True) | Q(offer_valid_days__gte=1),
            ),
            models.CheckConstraint(
                name="questions_close_a_day_before_the_deadline_or_more",
                condition=Q(questions_close_days__isnull=True)
                | Q(questions_close_days__gte=1),
            ),
            limits.ROOM_FOR_AN_OFFER,
            orders.order_limits("solicitation"),
            tolerances.tolerances_stated("solicitation"),
            models.CheckConstraint(
                name="a_solicitation_takes_twenty_alternates_of_a_vendor_at_most",
                condition=Q(alternates_taken__lte=20),
            ),
            models.CheckConstraint(
                name="a_package_starts_from_one_other_at_most",
                condition=Q(copied_from__isnull=True) | Q(from_template__isnull=True),
            ),
            models.CheckConstraint(
                name="only_a_single_quotation_is_taken_in_the_open",
                condition=Q(in_the_open=False)
                | Q(kind="RFQ", most_awards=1, alternates_taken=0),
            ),
            models.CheckConstraint(
                name="what_is_bought_in_the_open_is_never_sealed",
                condition=Q(in_the_open=False)
                | Q(state__in=["OPENED", "AWARDED", "NO_AWARD", "CANCELLED"]),
            ),
            models.CheckConstraint(
                name="only_a_request_for_quotations_says_whether_lateness_binds",
                condition=Q(kind="RFQ") | Q(late_rule=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.piid or 'draft'} {self.title}"

    @property
    def subject(self) -> Subject:
        return Subject("solicitations.solicitation", self.pk, self.stream)

    @property
    def stream(self) -> str:
        return f"solicitation:{self.pk}"

    @property
    def name(self) -> str:
        """How people call it: its number once it has one."""
        return self.piid or self.title

    @property
    def whole_dollars(self) -> Decimal:
        """The maximum with every option exercised, as thresholds count it."""
        added = (Decimal(each["ceiling_dollars"]) for each in self.options)
        return self.maximum_dollars + sum(added, Decimal(0))

    @property
    def asks_quotations(self) -> bool:
        """Whether what vendors hand in are quotations, which bind nobody."""
        return self.kind == SolicitationKind.RFQ

    @property
    def competition(self) -> str:
        """How far it was competed, as people read it."""
        if self.in_the_open:
            return "one quotation, up to the micro-purchase threshold (FAR 13.203)"
        return str(ExtentCompeted(self.extent_competed).label)

    @property
    def considers_late(self) -> bool:
        """Whether a late one may be considered as long as nothing is awarded."""
        return self.asks_quotations and not self.late_rule

    @property
    def questions_until(self) -> datetime | None:
        """The instant up to which vendors may ask; nothing without a deadline."""
        days = self.questions_close_days
        if self.deadline is None or days is None:
            return self.deadline
        return days_earlier(self.deadline, self.time_zone, days)

    @property
    def response(self) -> str:
        """What vendors hand in, as people read it: an offer, or a quotation."""
        return "quotation" if self.asks_quotations else "offer"

    @property
    def a_response(self) -> str:
        """The same with its article."""
        return "a quotation" if self.asks_quotations else "an offer"

    @property
    def path(self) -> str:
        """Where the agency works on it."""
        return f"/solicitations/{self.public_id}"

    @property
    def public_path(self) -> str:
        """Where everybody reads it once it is released."""
        return f"/opportunities/{self.public_id}"

    def rewrite(
        self,
        *,
        version: int,
        terms: Mapping[str, Any],
        lines: Sequence[Mapping[str, Any]] | None = None,
        factors: Sequence[Mapping[str, Any]] | None = None,
        clause_ids: Sequence[int] | None = None,
    ) -> None:
        """Write these terms, and the rows of each list that is given.

        A line or factor never changes: what differs ends with the version before and
        is followed by a new row, so that a price that names a row keeps its meaning.

        :param version: the version that these terms and rows make
        """
        for name, value in terms.items():
            setattr(self, name, value)
        if terms:
            self.save(update_fields=list(terms))
        if lines is not None:
            _replace_rows(self.lines, "slin", lines, version)
        if factors is not None:
            _replace_rows(self.factors, "position", factors, version)
        if clause_ids is not None:
            self.clauses.exclude(clause_id__in=clause_ids).delete()
            for clause_id in clause_ids:
                self.clauses.get_or_create(clause_id=clause_id)


def _replace_rows(
    rows: Any, number: str, wanted: Sequence[Mapping[str, Any]], version: int
) -> None:
    """End every row that is not wanted as it stands, then add what is missing."""
    named = {values[number]: values for values in wanted}
    kept = set()
    for row in rows.filter(is_removed=False):
        values = named.get(getattr(row, number))
        if values is not None and all(
            getattr(row, name) == value for name, value in values.items()
        ):
            kept.add(getattr(row, number))
            continue
        row.is_removed = True
        row.until_version = version - 1
        row.save(update_fields=["is_removed", "until_version"])
    for values in wanted:
        if values[number] not in kept:
            rows.create(**values, since_version=version)


class EvaluationFactor(Addressed, Timestamped):
    """A published factor; ratings may name no other (FAR 15.304, 15.305)."""

    PREFIX = "fac"

    solicitation = models.ForeignKey(
        Solicitation, on_delete=models.PROTECT, related_name="factors"
    )
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    description = models.TextField()
    is_price = models.BooleanField(default=False)
    is_removed = models.BooleanField(default=False)
    since_version = models.PositiveIntegerField(
        default=1, help_text="The version of the package that brought the row."
    )
    until_version = models.PositiveIntegerField(
        null=True, blank=True, help_text="The last version in which the row stood."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_factor_has_its_own_position",
                fields=["solicitation", "position"],
                condition=Q(is_removed=False),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SolicitationClause(Timestamped):
    """A clause or provision of the package, in the version in force."""

    solicitation = models.ForeignKey(
        Solicitation, on_delete=models.PROTECT, related_name="clauses"
    )
    clause = models.ForeignKey("reference.Clause", on_delete=models.PROTECT)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_clause_stands_once_in_a_solicitation",
                fields=["solicitation", "clause"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clause}"


class Amendment(Addressed, AppendOnly):
    """A numbered change of a released solicitation (SF 30, FAR 15.206)."""

    PREFIX = "amd"

    solicitation = models.ForeignKey(
        Solicitation, on_delete=models.PROTECT, related_name="amendments"
    )
    number = models.CharField(max_length=4)
    summary = models.TextField()
    changes = models.JSONField(help_text="[{term, old, new}, …]")
    old_deadline = models.DateTimeField()
    new_deadline = models.DateTimeField()
    version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    issued_by = models.ForeignKey("accounts.Membership", on_delete=models.PROTECT)
    issued_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_amendment_number_is_used_once_in_a_solicitation",
                fields=["solicitation", "number"],
            ),
            models.CheckConstraint(
                name="an_amendment_is_issued_before_the_deadline_it_moves",
                condition=Q(issued_at__lt=F("old_deadline"))
                & Q(new_deadline__gt=F("issued_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"Amendment {self.number}"
