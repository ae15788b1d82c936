"""Usage on its way to the balances: written with the call, folded by the roller.

These rows have no foreign keys on purpose: what they name is checked where they are
written, and one that names nothing is parked by the roller instead of stopping it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

from django.db import models

from contracting.core.models import Addressed, StreamedQuerySet, Timestamped
from contracting.core.quantities import Dollars, UnitPrice
from contracting.core.subjects import Subject
from contracting.ledger.states import Delta, Holder, Position


class DeltaColumns(Timestamped):
    """Usage of one line at one price in one UTC hour, as one cause brought it."""

    holder_kind = models.CharField(max_length=60)
    holder_id = models.BigIntegerField()
    key = models.CharField(max_length=200, help_text="The caller's name for the price.")
    usd_per_million_tokens = models.DecimalField(max_digits=12, decimal_places=6)
    acu_per_million_tokens = models.DecimalField(
        max_digits=12, decimal_places=6, null=True, blank=True
    )
    rate_row_id = models.BigIntegerField()
    hour = models.DateTimeField(help_text="Begin of the UTC hour.")
    day = models.DateField(help_text="Accounting day of the contract.")
    is_correction = models.BooleanField(default=False)
    events = models.IntegerField(help_text="Rated lines; one call has one per class.")
    tokens = models.BigIntegerField()
    dollars = models.DecimalField(max_digits=24, decimal_places=12)
    first_at = models.DateTimeField()
    first_source = models.CharField(max_length=120)
    first_event = models.CharField(max_length=200)
    last_at = models.DateTimeField()
    last_source = models.CharField(max_length=120)
    last_event = models.CharField(max_length=200)
    because_kind = models.CharField(max_length=60)
    because_id = models.BigIntegerField()
    stream = models.CharField(max_length=80)
    at = models.DateTimeField(help_text="The business instant, UTC.")

    class Meta:
        abstract = True

    @property
    def holder(self) -> Holder:
        return Holder(self.holder_kind, self.holder_id)

    @property
    def because(self) -> Subject:
        """What brought it."""
        return Subject(self.because_kind, self.because_id, self.stream)

    @property
    def exact(self) -> Decimal:
        """What its tokens cost at its price."""
        return (
            self.usd_per_million_tokens * self.tokens / 1_000_000
        )  # 28 digits hold every product of a bigint that dollars can hold

    @property
    def value(self) -> Delta:
        """The same as a value."""
        return Delta(
            holder=self.holder,
            key=self.key,
            unit_price=UnitPrice(self.usd_per_million_tokens),
            rate_row_id=self.rate_row_id,
            hour=self.hour,
            day=self.day,
            events=self.events,
            tokens=self.tokens,
            dollars=Dollars(self.dollars),
            first=Position(self.first_at, self.first_source, self.first_event),
            last=Position(self.last_at, self.last_source, self.last_event),
            acu_per_million_tokens=self.acu_per_million_tokens,
            is_correction=self.is_correction,
        )


class UsageDelta(DeltaColumns):
    """Waits for the roller, which removes it in the transaction that folds it."""

    objects = StreamedQuerySet.as_manager()

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="deltas_by_line", fields=["holder_kind", "holder_id", "id"]
            ),
            models.Index(name="deltas_by_age", fields=["recorded_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.tokens} tokens of {self.holder}"


class ParkedDelta(Addressed, DeltaColumns):
    """One that could not be folded: it waits for a person, and stops no other."""

    PREFIX = "prk"

    reason = models.CharField(max_length=400)
    parked_at = models.DateTimeField()
    waiting_since = models.DateTimeField(help_text="When it was written first.")

    class Meta:
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="parked_by_line", fields=["holder_kind", "holder_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.tokens} tokens of {self.holder}, parked"


DELTA_COLUMNS = tuple(
    field.attname
    for field in UsageDelta._meta.local_fields
    if field.attname not in ("id", "recorded_at")
)
"""What a delta has beside its number and the instant of its writing."""
