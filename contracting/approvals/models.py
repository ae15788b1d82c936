"""Policies, the routes frozen from them, and the decisions taken on those routes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from accounts.models import Membership, Organization
from accounts.states import ReviewField, Role
from contracting.approvals.states import (
    MOVES,
    OVERRIDABLE,
    Decided,
    Need,
    Overdue,
    RouteState,
)
from contracting.core.consulted import Consulted
from contracting.core.models import (
    Addressed,
    AppendOnly,
    LockingQuerySet,
    Stateful,
    Timestamped,
)
from contracting.core.subjects import Subject


class Policy(Consulted, Timestamped):
    """Who must review what, by kind, value and risk, from a day on."""

    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="approval_policies"
    )
    kind = models.CharField(
        max_length=40, help_text="What it routes, such as task_order."
    )
    title = models.CharField(max_length=120)
    min_value_dollars = models.DecimalField(
        max_digits=18,
        decimal_places=2,
        help_text="Applies from this value on, US dollars.",
    )
    risk = models.CharField(
        max_length=20, blank=True, help_text="Only for this risk; empty for every risk."
    )
    valid_from = models.DateField()
    valid_to = models.DateField(
        null=True, blank=True, help_text="Last day on which it is in force."
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_policy_starts_at_a_value_of_zero_or_more",
                condition=Q(min_value_dollars__gte=0),
            ),
            models.CheckConstraint(
                name="a_policy_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.UniqueConstraint(
                name="one_policy_for_a_kind_value_and_risk_from_a_day",
                fields=["agency", "kind", "min_value_dollars", "risk", "valid_from"],
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Seat(models.Model):
    """Who is asked: a role, a field of review, and how many of its people."""

    position = models.PositiveSmallIntegerField(
        help_text="Steps of one position run side by side, positions one after another."
    )
    role = models.CharField(max_length=30, choices=Role.choices)
    review_field = models.CharField(
        max_length=20, choices=ReviewField.choices, blank=True
    )
    need = models.CharField(max_length=3, choices=Need.choices, default=Need.ANY)
    needed = models.PositiveSmallIntegerField(
        default=1, help_text="How many decisions, where the need is a number."
    )
    working_days = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Federal working days in which it is decided; empty for no limit.",
    )
    escalates_to = models.CharField(
        max_length=30,
        choices=Role.choices,
        default=Role.CONTRACTING_OFFICER,
        help_text="Who is told when the days are over, or nobody is left to decide.",
    )
    looks_at = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        help_text="Words of the terms that it looks at; empty for every term.",
    )
    is_independent = models.BooleanField(
        default=False,
        help_text="Who decides does not see what the others said before.",
    )

    class Meta:
        abstract = True

    def touched_by(self, terms: Iterable[str]) -> bool:
        """Whether it looks at any of these terms, by the words in their names."""
        if not self.looks_at:
            return any(True for _ in terms)
        words = [word.casefold() for word in self.looks_at]
        return any(word in term.casefold() for term in terms for word in words)

    @property
    def label(self) -> str:
        """Such as "legal reviewer"."""
        role = str(Role(self.role).label)
        if self.review_field:
            return f"{ReviewField(self.review_field).label} {role}"
        return role


class PolicyStep(Consulted, Seat):
    """One step that a policy asks for."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="steps")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_policy_asks_a_role_once_at_a_position",
                fields=["policy", "position", "role", "review_field"],
            ),
            models.CheckConstraint(
                name="a_policy_step_needs_somebody", condition=Q(needed__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy}: {self.label}"


class Route(Addressed, Stateful, Timestamped):
    """The review of one version of one subject, frozen when it was submitted."""

    PREFIX = "rte"
    MOVES = MOVES
    NOUN = "approval route"

    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    stream = models.CharField(max_length=80)
    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="approval_routes"
    )
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="routes")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    url_path = models.CharField(max_length=300)
    value_dollars = models.DecimalField(max_digits=18, decimal_places=2)
    risk = models.CharField(max_length=20, blank=True)
    version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10, choices=RouteState.choices, default=RouteState.OPEN
    )
    submitted_by_user_id = models.BigIntegerField(null=True, blank=True)
    excluded_user_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text="Persons who made it and may not decide on it, in any capacity.",
    )
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_subject_has_one_open_route",
                fields=["subject_kind", "subject_id"],
                condition=Q(state=RouteState.OPEN),
            ),
            models.CheckConstraint(
                name="a_route_is_in_a_known_state",
                condition=Q(state__in=RouteState.values),
            ),
            models.CheckConstraint(
                name="a_void_route_says_why",
                condition=~Q(state=RouteState.VOIDED) | ~Q(void_reason=""),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="open_routes_of_an_agency",
                fields=["agency"],
                condition=Q(state=RouteState.OPEN),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject(self) -> Subject:
        """What is reviewed."""
        return Subject(self.subject_kind, self.subject_id, self.stream)

    @property
    def as_subject(self) -> Subject:
        """The route itself, in the stream of what it reviews."""
        return Subject("approvals.route", self.pk, self.stream)

    @property
    def page(self) -> str:
        """The page of what is reviewed, above the one on which it is decided."""
        return self.url_path.rpartition("/")[0] or self.url_path

    def excludes(self, user_id: int | None) -> bool:
        """Whether this person made or submitted what the route reviews."""
        return user_id is not None and (
            user_id == self.submitted_by_user_id or user_id in self.excluded_user_ids
        )


class Step(Seat):
    """One step of a route, frozen at submission; ``needed`` decisions satisfy it."""

    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="steps")
    member_ids = ArrayField(
        models.BigIntegerField(),
        default=list,
        blank=True,
        help_text="Where all must decide: the memberships that were asked.",
    )

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_route_asks_a_role_once_at_a_position",
                fields=["route", "position", "role", "review_field"],
            ),
            models.CheckConstraint(
                name="a_step_needs_somebody", condition=Q(needed__gte=1)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.route}: {self.label}"


class Decision(AppendOnly):
    """What one person said on one version, in their own seat or in a colleague's."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="decisions")
    route = models.ForeignKey(Route, on_delete=models.PROTECT, related_name="decisions")
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="approval_decisions"
    )
    by_user_id = models.BigIntegerField(help_text="The person, whatever their seat.")
    on_behalf_of = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="approval_decisions_by_delegates",
        null=True,
        blank=True,
    )
    seat_membership_id = models.BigIntegerField(
        help_text="Whose seat the decision fills: the delegator's, or the person's own."
    )
    verdict = models.CharField(max_length=10, choices=Decided.choices)
    comment = models.TextField(blank=True)
    version = models.PositiveIntegerField()
    content_sha256 = models.CharField(max_length=64)
    carried_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="carried_to",
        null=True,
        blank=True,
        help_text="The decision on an earlier version that no change has touched.",
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_person_decides_once_on_a_route",
                fields=["route", "by_user_id"],
            ),
            models.UniqueConstraint(
                name="a_seat_is_filled_once_in_a_step",
                fields=["step", "seat_membership_id"],
            ),
            models.CheckConstraint(
                name="who_does_not_concur_says_why",
                condition=Q(verdict=Decided.CONCUR) | ~Q(comment=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.membership} {self.get_verdict_display()}"

    @property
    def as_subject(self) -> Subject:
        return Subject("approvals.decision", self.pk, self.route.stream)


class ParagraphComment(AppendOnly):
    """What a reviewer said on one paragraph of the version that was decided on."""

    decision = models.ForeignKey(
        Decision, on_delete=models.PROTECT, related_name="paragraph_comments"
    )
    place = models.CharField(max_length=250, help_text="The term, and which paragraph.")
    passage = models.TextField(help_text="The paragraph as it read.")
    words = models.TextField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_reviewer_comments_on_a_paragraph_once",
                fields=["decision", "place"],
            ),
            models.CheckConstraint(
                name="a_comment_on_a_paragraph_has_words", condition=~Q(words="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.words[:60]}"


class Disposition(AppendOnly):
    """How the contracting officer disposes of one non-concurrence (R-TO-09)."""

    decision = models.OneToOneField(
        Decision, on_delete=models.PROTECT, related_name="disposition"
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="approval_dispositions"
    )
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_disposition_has_words", condition=~Q(text="")
            ),
        ]

    def __str__(self) -> str:
        return f"disposition of {self.decision}"


class Escalation(AppendOnly):
    """Somebody above was told that a step waits; nobody decides by it."""

    step = models.ForeignKey(Step, on_delete=models.PROTECT, related_name="escalations")
    why = models.CharField(max_length=12, choices=Overdue.choices)
    told_role = models.CharField(max_length=30, choices=Role.choices)
    due_on = models.DateField(
        null=True, blank=True, help_text="The last working day that it had."
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_step_is_escalated_once_for_a_reason", fields=["step", "why"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step}: {self.get_why_display()}"


class Override(AppendOnly):
    """Where the regulation lets somebody put a rule aside: who, why and on what."""

    rule = models.CharField(max_length=12)
    agency = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="overrides"
    )
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    stream = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    url_path = models.CharField(max_length=300)
    membership = models.ForeignKey(
        Membership, on_delete=models.PROTECT, related_name="overrides"
    )
    role = models.CharField(max_length=30, choices=Role.choices)
    warrant_number = models.CharField(
        max_length=40, blank=True, help_text="Of the warrant in force that day, if any."
    )
    reason_code = models.CharField(max_length=60)
    words = models.TextField()
    citation = models.CharField(max_length=200)
    document_sha256 = models.CharField(max_length=64, blank=True)
    second_approver = models.ForeignKey(
        Membership,
        on_delete=models.PROTECT,
        related_name="overrides_approved",
        null=True,
        blank=True,
    )
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="only_a_rule_that_knows_an_override_is_overridden",
                condition=Q(rule__in=sorted(OVERRIDABLE)),
            ),
            models.CheckConstraint(name="an_override_says_why", condition=~Q(words="")),
            models.CheckConstraint(
                name="who_overrides_is_not_their_own_second_approver",
                condition=Q(second_approver__isnull=True)
                | ~Q(second_approver=F("membership")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="overrides_in_a_stream", fields=["stream"]),
        ]

    def __str__(self) -> str:
        return f"{self.rule} overridden on {self.title}"

    @property
    def is_source_selection(self) -> bool:
        """Whether its words tell of offers, which only their own pages show."""
        return self.rule.startswith(("R-SUB", "R-EVL"))
