"""What a gateway may spend before it spends: gates, grants, and how each grant ended.

A grant and its end are facts, only ever added. A gate's counters are kept beside them,
so that a CHECK can bind them in one row; ``manage.py check_invariants`` rebuilds them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contracting.core.models import Addressed, AppendOnly, LockingQuerySet, Timestamped
from contracting.core.subjects import Subject
from contracting.metering.states import ControlMode, LimitScope, ReservationEndKind


def _within(name: str) -> Q:
    """Nothing is left to compare with where there is no such limit."""
    free = Q(**{f"left_{name}__isnull": True})
    return free | Q(**{f"reserved_{name}__lte": F(f"left_{name}")})


class FundsGate(Timestamped):
    """The one row that every grant on an order waits for, and how strict it is."""

    KEEPS_ITS_KEY = True
    """Whoever settles names the gate and never waits for who holds it."""

    order = models.OneToOneField(
        "orders.TaskOrder", on_delete=models.PROTECT, related_name="funds_gate"
    )
    mode = models.CharField(
        max_length=4, choices=ControlMode.choices, default=ControlMode.HARD
    )
    lease_seconds = models.PositiveIntegerField(
        default=600, help_text="How long a grant holds its reserve."
    )
    silence_seconds = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="How long a source may be silent and still get room; empty: as long "
        "as before the alarm of silent sources.",
    )
    swept_until = models.DateTimeField(
        null=True, blank=True, help_text="Leases up to here have been ended."
    )

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_lease_lasts_from_ten_seconds_to_a_day",
                condition=Q(lease_seconds__gte=10, lease_seconds__lte=86_400),
            ),
            models.CheckConstraint(
                name="a_source_may_be_silent_from_a_minute_to_thirty_days",
                condition=Q(silence_seconds__isnull=True)
                | Q(silence_seconds__gte=60, silence_seconds__lte=2_592_000),
            ),
        ]

    def __str__(self) -> str:
        return f"gate of order {self.order_id}"

    @property
    def is_hard(self) -> bool:
        """Whether a grant beyond a limit is refused."""
        return self.mode == ControlMode.HARD


class GateCounter(Timestamped):
    """What is reserved on an order line, or under a limit of a project or a key.

    ``left_…`` is what the limit left for reservations when the last grant was made;
    empty where no such limit is set. ``used_…`` is kept for projects and keys alone:
    what an order and its lines have used is on the ledger.
    """

    gate = models.ForeignKey(
        FundsGate, on_delete=models.PROTECT, related_name="counters"
    )
    scope = models.CharField(max_length=7, choices=LimitScope.choices)
    name = models.CharField(
        max_length=120, help_text="The number of the order line; a project or a key."
    )
    mode = models.CharField(
        max_length=4, choices=ControlMode.choices, default=ControlMode.HARD
    )
    reserved_tokens = models.BigIntegerField(default=0)
    reserved_dollars = models.DecimalField(max_digits=24, decimal_places=12, default=0)
    reserved_micro_acu = models.BigIntegerField(default=0)
    used_tokens = models.BigIntegerField(default=0)
    used_dollars = models.DecimalField(max_digits=24, decimal_places=12, default=0)
    left_tokens = models.BigIntegerField(null=True, blank=True)
    left_dollars = models.DecimalField(
        max_digits=24, decimal_places=12, null=True, blank=True
    )
    left_micro_acu = models.BigIntegerField(null=True, blank=True)

    objects = LockingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_gate_counts_each_line_project_and_key_once",
                fields=["gate", "scope", "name"],
            ),
            models.CheckConstraint(
                name="what_is_reserved_never_exceeds_what_was_left",
                condition=Q(mode=ControlMode.SOFT)
                | _within("tokens") & _within("dollars") & _within("micro_acu"),
            ),
            models.CheckConstraint(
                name="what_is_reserved_is_never_negative",
                condition=Q(
                    reserved_tokens__gte=0,
                    reserved_dollars__gte=0,
                    reserved_micro_acu__gte=0,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.name} of gate {self.gate_id}"


class Reservation(AppendOnly):
    """Room that was granted to a gateway for so many calls, each at its worst case.

    Without keys to the source and the order on purpose: a grant waits for nothing but
    its gate, which names the order. ``shares`` are lists of order line, tokens,
    picodollars and micro-ACU of one call.
    """

    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    reservation_id = models.CharField(max_length=200)
    gate = models.ForeignKey(
        FundsGate,
        on_delete=models.PROTECT,
        related_name="reservations",
        db_index=False,
    )
    body_sha256 = models.CharField(max_length=64, help_text="Of what was asked.")
    model_id = models.BigIntegerField()
    project = models.CharField(max_length=120, blank=True)
    key_ref = models.CharField(max_length=120, blank=True)
    gateway = models.CharField(
        max_length=120, blank=True, help_text="Which of a source's gateways asked."
    )
    epoch = models.PositiveIntegerField(default=0)
    calls = models.PositiveIntegerField(default=1)
    shares = models.JSONField(help_text="Of one call.")
    tokens = models.BigIntegerField(help_text="Of one call.")
    dollars = models.DecimalField(
        max_digits=24, decimal_places=12, help_text="Of one call."
    )
    beyond = models.CharField(
        max_length=200, blank=True, help_text="The limit that a soft order passed."
    )
    granted_at = models.DateTimeField()
    lease_until = models.DateTimeField()
    granted_to = models.CharField(max_length=160)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_reservation_is_granted_once",
                fields=["agency_id", "source_id", "reservation_id"],
            ),
            models.CheckConstraint(
                name="a_reservation_is_for_at_least_one_call",
                condition=Q(calls__gte=1, tokens__gte=0, dollars__gte=0),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="reservations_by_lease", fields=["gate", "lease_until"]),
        ]

    def __str__(self) -> str:
        return self.reservation_id


class ReservationEnd(AppendOnly):
    """How one call of a reservation ended, and so freed its reserve, once."""

    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, related_name="ends"
    )
    call = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=8, choices=ReservationEndKind.choices)
    reason = models.CharField(max_length=200, blank=True)
    ended_by = models.CharField(max_length=160)
    ended_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_reserved_call_ends_once", fields=["reservation", "call"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reservation_id} call {self.call}: {self.kind}"


class Settlement(AppendOnly):
    """What a reserved call really used, as its event was rated; in full, always."""

    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, related_name="settlements"
    )
    call = models.PositiveIntegerField(default=1)
    event_id = models.CharField(max_length=200)
    tokens = models.BigIntegerField()
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    over_dollars = models.DecimalField(
        max_digits=24, decimal_places=12, help_text="Above what was reserved for it."
    )
    is_late = models.BooleanField(help_text="After its lease had ended.")
    settled_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_reserved_call_is_settled_once", fields=["reservation", "call"]
            ),
            models.CheckConstraint(
                name="a_settlement_is_over_by_nothing_or_more",
                condition=Q(over_dollars__gte=0),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="settlements_by_time", fields=["settled_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.event_id}: {self.tokens} tokens"


class ReservationHold(AppendOnly):
    """Nobody knows what this call used: its reserve is held at the worst case.

    Until it is settled, or somebody decides; the end of its lease does not free it.
    """

    reservation = models.ForeignKey(
        Reservation, on_delete=models.PROTECT, related_name="holds"
    )
    call = models.PositiveIntegerField(default=1)
    reason = models.CharField(max_length=200)
    held_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_reserved_call_is_held_once", fields=["reservation", "call"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reservation_id} call {self.call} is held"


class FreedReserve(Timestamped):
    """Room that came free, and what was used of it, until its gate has counted both.

    Added by whoever ends a call, taken off by whoever holds the gate: neither waits for
    the other.
    """

    gate = models.ForeignKey(FundsGate, on_delete=models.PROTECT, related_name="freed")
    shares = models.JSONField(help_text="As a reservation's; empty where none is free.")
    calls = models.PositiveIntegerField(help_text="How many times.")
    project = models.CharField(max_length=120, blank=True)
    key_ref = models.CharField(max_length=120, blank=True)
    used_tokens = models.BigIntegerField(default=0)
    used_dollars = models.DecimalField(max_digits=24, decimal_places=12, default=0)

    def __str__(self) -> str:
        return f"freed on gate {self.gate_id}"


class SuspenseReserve(Timestamped):
    """What an event in suspense may come to, for as long as it is there.

    The last :class:`UsageHold` of the event, kept by triggers: whoever attributes or
    disposes of the event takes it off in the same transaction, so that a gate need not
    look through all that was ever held.
    """

    agency_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.CharField(max_length=200)
    order = models.ForeignKey(
        "orders.TaskOrder",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="suspense_reserves",
    )
    tokens = models.BigIntegerField(default=0)
    dollars = models.DecimalField(max_digits=24, decimal_places=12, default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="an_event_in_suspense_is_reserved_once",
                fields=["agency_id", "source_id", "event_id"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} in suspense"


class SpendingLimit(AppendOnly):
    """The most that may be used of an order, a CLIN, a project or a key.

    Of one scope and name the row with the latest first day holds, and of one day the
    last word; a row without amounts lifts the limit.
    """

    gate = models.ForeignKey(FundsGate, on_delete=models.PROTECT, related_name="limits")
    scope = models.CharField(max_length=7, choices=LimitScope.choices)
    name = models.CharField(max_length=120, blank=True)
    tokens = models.BigIntegerField(null=True, blank=True)
    dollars = models.DecimalField(
        max_digits=24, decimal_places=12, null=True, blank=True
    )
    valid_from = models.DateField(help_text="First day, in the contract's time zone.")
    reason = models.CharField(max_length=400)
    set_by = models.CharField(max_length=160)
    set_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_spending_limit_is_never_negative",
                condition=(Q(tokens__isnull=True) | Q(tokens__gte=0))
                & (Q(dollars__isnull=True) | Q(dollars__gte=0)),
            ),
            models.CheckConstraint(
                name="a_spending_limit_says_why", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"limit of {self.scope} {self.name}"


class ControlChoice(AppendOnly):
    """Whether a grant beyond a limit is refused on an order; the last row holds."""

    gate = models.ForeignKey(
        FundsGate, on_delete=models.PROTECT, related_name="choices"
    )
    mode = models.CharField(max_length=4, choices=ControlMode.choices)
    lease_seconds = models.PositiveIntegerField()
    silence_seconds = models.PositiveIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=400)
    chosen_by = models.CharField(max_length=160)
    chosen_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="a_choice_of_control_says_why", condition=~Q(reason="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mode} on gate {self.gate_id}"


class GatewayEpoch(Addressed, AppendOnly):
    """A gateway has begun anew: what its former self still holds buys nothing more."""

    PREFIX = "gep"

    source = models.ForeignKey(
        "metering.UsageSource", on_delete=models.PROTECT, related_name="epochs"
    )
    gateway = models.CharField(max_length=120, blank=True)
    epoch = models.PositiveIntegerField()
    opened_by = models.CharField(max_length=160)
    opened_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="a_gateway_begins_each_epoch_once",
                fields=["source", "gateway", "epoch"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gateway or 'gateway'} epoch {self.epoch}"

    @property
    def subject(self) -> Subject:
        stream = f"organization:{self.source.agency_id}"
        return Subject("metering.gateway_epoch", self.pk, stream)
