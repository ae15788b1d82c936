"""What a gate knows of an order before it lets a call through, kept for a moment.

What is kept is bound to a stamp: the head of the contract's audit chain, and the newest
ban, lift and alias. The stamp is read again under the lock of the gate, so whatever was
signed, stopped or banned meanwhile holds for the very next call.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db import connection, transaction

from contracting.audit.models import AuditHead
from contracting.bans.models import Ban, BanLift
from contracting.bans.queries import is_waived, standing_against
from contracting.core.periods import accounting_day
from contracting.metering.calculations import KnownOrder
from contracting.metering.calculations.worst import Dearest, dearest_prices
from contracting.metering.models import FundsGate
from contracting.metering.queries import known_order
from contracting.orders.models import OrderLine, TaskOrder
from contracting.reference.models import AiModel, ModelAlias
from contracting.reference.queries import resolve_model

KEPT_SECONDS: Final = 30.0
_MOST_KEPT: Final = 10_000
_AHEAD: Final = timedelta(seconds=2 * KEPT_SECONDS)

Stamp = tuple[Any, ...]

STAMPS: Final = f"""
SELECT json_build_array(stream, encode(hash, 'hex'),
       (SELECT max(id) FROM {Ban._meta.db_table}),
       (SELECT max(id) FROM {BanLift._meta.db_table}),
       (SELECT max(id) FROM {ModelAlias._meta.db_table})) AS row
  FROM {AuditHead._meta.db_table} WHERE stream = ANY(%(streams)s)
"""  # noqa: S608 (names of our own tables)
"""One column, ``row``; asked with a list of streams."""


@dataclass(frozen=True, slots=True)
class Forbidden:
    """A ban in force that touches the order: all of it, or some of its models."""

    ban: str
    says: str
    models: frozenset[int] | None


@dataclass(slots=True)
class OrderFacts:
    """One signed order as its gate knows it."""

    gate_id: int
    order_id: int
    agency_id: int
    name: str
    stream: str
    state: str
    is_locked: bool
    known: KnownOrder
    clins: dict[int, str]
    forbidden: list[Forbidden]
    stamp: Stamp
    day: date
    loaded: float
    models: dict[str, int | None] = field(default_factory=dict)
    prices: dict[tuple[int, str, str, int], list[Dearest]] = field(default_factory=dict)

    def model(self, name: str) -> int | None:
        """The model of this name in the agency's usage today."""
        if name not in self.models:
            found = resolve_model(name, self.day, self.agency_id)
            self.models[name] = None if found is None else found.pk
        return self.models[name]

    def dearest(
        self, model_id: int, tier: str, boundary: str, *, at: datetime, lease: int
    ) -> list[Dearest]:
        """The highest prices that a call of the model may meet during its lease."""
        key = (model_id, tier, boundary, lease)
        if key not in self.prices:
            self.prices[key] = dearest_prices(
                self.known.rates,
                model_id=model_id,
                tier=tier,
                boundary=boundary,
                begins=at,
                ends=at + timedelta(seconds=lease) + _AHEAD,
            )
        return self.prices[key]

    def holds(self, stamp: Stamp, at: datetime) -> bool:
        """Whether nothing has happened since it was read, and it is young enough."""
        return (
            self.stamp == stamp
            and time.monotonic() - self.loaded < KEPT_SECONDS
            and self.day == accounting_day(at, self.known.time_zone)
        )


_kept: dict[tuple[str, int, str], OrderFacts] = {}


def kept_facts(agency_id: int, ref: str) -> OrderFacts | None:
    """What was read of an order lately; the caller compares the stamp."""
    return _kept.get(_place(agency_id, ref))


def read_facts(agency_id: int, ref: str, at: datetime) -> OrderFacts | None:
    """Read an order anew and keep it; ``None`` where there is no such signed order.

    Its gate must be there: :func:`order_without_gate` tells of which it is missing.
    """
    known = known_order(agency_id, ref)
    order = (
        TaskOrder.objects.select_related("contract__agency", "funds_gate")
        .filter(pk=known.order_id)
        .first()
        if known is not None
        else None
    )
    if known is None or order is None or not hasattr(order, "funds_gate"):
        return None
    lines = OrderLine.objects.filter(order=order, is_removed=False)
    facts = OrderFacts(
        gate_id=order.funds_gate.pk,
        order_id=order.pk,
        agency_id=agency_id,
        name=order.name,
        stream=order.stream,
        state=order.state,
        is_locked=order.is_locked,
        known=known,
        clins=dict(lines.values_list("pk", "contract_line__clin")),
        forbidden=_forbidden(order, known, at),
        stamp=(),
        day=accounting_day(at, known.time_zone),
        loaded=time.monotonic(),
    )
    # What is kept names a gate: one that is rolled back must not be kept.
    transaction.on_commit(partial(_keep, _place(agency_id, ref), facts))
    return facts


def _keep(place: tuple[str, int, str], facts: OrderFacts) -> None:
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[place] = facts


def order_without_gate(agency_id: int, ref: str) -> int | None:
    """The signed order of this name that has no gate yet."""
    known = known_order(agency_id, ref)
    if known is None or FundsGate.objects.filter(order=known.order_id).exists():
        return None
    return known.order_id


def stamps_of(rows: Iterable[Sequence[Any]]) -> dict[str, Stamp]:
    """What :data:`STAMPS` gave, by stream."""
    return {stream: tuple(marks) for stream, *marks in rows}


def _place(agency_id: int, ref: str) -> tuple[str, int, str]:
    return (str(connection.settings_dict["NAME"]), agency_id, ref)


def _forbidden(order: TaskOrder, known: KnownOrder, at: datetime) -> list[Forbidden]:
    """The bans that turn calls on the order away, those that were waived left out."""
    contract = order.contract
    models = list(AiModel.objects.filter(pk__in={r.model_id for r in known.rates}))
    bans = standing_against(
        contract.agency, vendor_id=contract.vendor_id, models=models, at=at
    )
    return [
        Forbidden(
            ban=ban.public_id,
            says=(
                f"The {ban.kind} {ban.target} is banned: {ban.get_reason_display()}, "
                f"{ban.citation}."
            ),
            models=None
            if ban.vendor_id
            else frozenset(m.pk for m in models if ban.hits_model(m)),
        )
        for ban in bans
        if not is_waived(ban, [order.subject, contract.subject])
    ]
