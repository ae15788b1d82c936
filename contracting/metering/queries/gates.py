"""What a gate knows of an order before it lets a call through, kept for a moment.

What is kept is bound to a stamp: the head of the contract's audit chain, and the newest
ban, lift and alias. The stamp is read again under the lock of the gate, so whatever was
signed, stopped or banned meanwhile holds for the very next call.
"""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from contracting.audit.models import AuditHead
from contracting.bans.models import Ban, BanLift
from contracting.bans.queries import in_force, is_waived, standing_against
from contracting.core.periods import accounting_day, days_bounds
from contracting.core.quantities import UnitPrice
from contracting.metering.calculations import KnownOrder, Rate
from contracting.metering.calculations.worst import Dearest, dearest_prices
from contracting.metering.queries import METERED_STATES
from contracting.metering.states import SILENCE
from contracting.orders.models import OrderLine, OrderRate, TaskOrder
from contracting.orders.states import TaskOrderState
from contracting.reference.models import AiModel, ModelAlias
from contracting.reference.queries import amounts_on, resolve_model
from contracting.terminations.queries import stops_of

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
    burns: dict[int, Decimal]
    """The most units a million tokens by line, for those on a pool."""

    forbidden: list[Forbidden]
    silence: int
    """So many seconds a source may be silent, where the order says nothing else."""

    stamp: Stamp
    day: date
    loaded: float
    prices: dict[tuple[int, str, str, int], list[Dearest]] = field(default_factory=dict)

    def model(self, name: str) -> int | None:
        """The model of this name in the agency's usage today."""
        newest_alias = self.stamp[-1] if self.stamp else None
        place = (*_place(self.agency_id, name), self.day, newest_alias)
        until, model_id = _models.get(place, (0.0, 0))
        if time.monotonic() < until:
            return model_id
        found = resolve_model(name, self.day, self.agency_id)
        if found is None:
            return None
        if len(_models) >= _MOST_KEPT:
            _models.clear()
        _models[place] = (time.monotonic() + KEPT_SECONDS, found.pk)
        return found.pk

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

    def is_young(self, at: datetime) -> bool:
        """Whether it was read a moment ago, on the same day."""
        is_recent = time.monotonic() - self.loaded < KEPT_SECONDS
        return is_recent and self.day == accounting_day(at, self.known.time_zone)


_kept: dict[tuple[str, int, str], OrderFacts] = {}
_models: dict[tuple[Any, ...], tuple[float, int]] = {}
"""What a name stands for on a day, as long as no alias is newer; of all orders."""


def kept_facts(agency_id: int, ref: str, at: datetime) -> OrderFacts | None:
    """What was read of an order a moment ago; the caller compares the stamp."""
    found = _kept.get(_place(agency_id, ref))
    return found if found is not None and found.is_young(at) else None


def read_facts(
    agency_id: int, refs: Collection[str], at: datetime
) -> dict[str, OrderFacts]:
    """Read many orders anew, each by how it is named, and keep them.

    Left out is what is no signed order, or has no gate; :func:`orders_without_gate`
    tells of the latter. Each has the stamp that stood before it was read.
    """
    named = _named(agency_id, refs)
    if not named:
        return {}
    stamps = _stamps({order.stream for order in named.values()})
    orders = {
        order.pk: order
        for order in TaskOrder.objects.filter(
            pk__in=[order.pk for order in named.values()]
        ).select_related("contract__agency", "funds_gate", "availability_notice")
        if hasattr(order, "funds_gate")
    }
    made = _facts_of(orders, stamps, at)
    found = {ref: made[o.pk] for ref, o in named.items() if o.pk in made}
    # What is kept names a gate: one that is rolled back must not be kept.
    transaction.on_commit(partial(_keep, agency_id, found))
    return found


def _named(agency_id: int, refs: Collection[str]) -> dict[str, TaskOrder]:
    """The signed orders by the names that were asked for: the opaque id or the PIID."""
    rows = _signed(agency_id).filter(Q(public_id__in=refs) | Q(piid__in=refs))
    found: dict[str, TaskOrder] = {}
    for order in rows:
        for name in (order.piid, order.public_id):
            if name is not None and name in refs:
                found[name] = order
    return found


def _signed(agency_id: int) -> QuerySet[TaskOrder]:
    states = (*METERED_STATES, TaskOrderState.CLOSED)
    return TaskOrder.objects.filter(contract__agency_id=agency_id, state__in=states)


def _stamps(streams: Iterable[str]) -> dict[str, Stamp]:
    with connection.cursor() as cursor:
        cursor.execute(STAMPS, {"streams": list(streams)})
        return stamps_of(
            json.loads(row) if isinstance(row, str) else row
            for (row,) in cursor.fetchall()
        )


def _facts_of(
    orders: Mapping[int, TaskOrder], stamps: Mapping[str, Stamp], at: datetime
) -> dict[int, OrderFacts]:
    rates, stops = _rates_of(orders), stops_of(orders)
    clins: dict[int, dict[int, str]] = defaultdict(dict)
    lines = OrderLine.objects.filter(order__in=list(orders), is_removed=False)
    for order_id, pk, clin in lines.values_list(
        "order_id", "pk", "contract_line__clin"
    ):
        clins[order_id][pk] = clin
    banned = _Bans(at)
    found = {}
    for pk, order in orders.items():
        known = _known(order, rates.get(pk, ()), stops.get(pk, ()))
        day = accounting_day(at, known.time_zone)
        found[pk] = OrderFacts(
            gate_id=order.funds_gate.pk,
            order_id=pk,
            agency_id=order.contract.agency_id,
            name=order.name,
            stream=order.stream,
            state=order.state,
            is_locked=order.is_locked,
            known=known,
            clins=clins[pk],
            burns=_burns(known.rates),
            forbidden=banned.of(order, known),
            silence=silence_on(day),
            stamp=stamps.get(order.stream, ()),
            day=day,
            loaded=time.monotonic(),
        )
    return found


def _known(
    order: TaskOrder,
    rates: Iterable[Rate],
    stops: Iterable[tuple[datetime, datetime | None]],
) -> KnownOrder:
    """What a gate asks of an order; what ingest alone asks is left out."""
    zone = order.contract.time_zone
    return KnownOrder(
        order_id=order.pk,
        contract_id=order.contract_id,
        time_zone=zone,
        period=days_bounds(order.period_start, order.period_end, zone),
        rates=tuple(rates),
        boundary=order.boundary,
        is_closed=order.state == TaskOrderState.CLOSED,
        stops=tuple(stops),
    )


def _rates_of(orders: Iterable[int]) -> dict[int, list[Rate]]:
    """The prices in force of each order, read as plain columns: there are many."""
    rows = OrderRate.objects.filter(
        line__order__in=list(orders),
        line__is_removed=False,
        rate_row__superseded_at__isnull=True,
    ).order_by("pk")
    found: dict[int, list[Rate]] = defaultdict(list)
    read = (
        *("line__order_id", "rate_row__in_force", "usd_per_million_tokens"),
        *("rate_row__burn__acu_per_million_tokens", "line_id", "rate_row_id"),
        *("rate_row__model_id", "rate_row__token_class__code", "rate_row__tier"),
        *("rate_row__context_band", "rate_row__boundary"),
    )
    for order_id, span, price, burn, line, row, *kind in rows.values_list(*read):
        model, code, tier, band, boundary = kind
        found[order_id].append(
            Rate(
                order_line_id=line,
                rate_row_id=row,
                model_id=model,
                token_class_code=code,
                tier=tier,
                context_band=band,
                boundary=boundary,
                starts_at=span.lower,
                ends_at=span.upper,
                price=UnitPrice(price),
                acu_per_million_tokens=burn,
            )
        )
    return found


def _burns(rates: Iterable[Rate]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for rate in rates:
        if rate.acu_per_million_tokens is not None:
            before = found.get(rate.order_line_id, Decimal(0))
            found[rate.order_line_id] = max(before, rate.acu_per_million_tokens)
    return found


_silences: dict[date, tuple[float, int]] = {}


def silence_on(day: date) -> int:
    """Seconds of silence before the alarm of silent sources, on a day."""
    until, seconds = _silences.get(day, (0.0, 0))
    if time.monotonic() >= until:
        seconds = int(amounts_on((SILENCE,), day)[SILENCE] * 3_600)
        _silences.clear()
        _silences[day] = (time.monotonic() + KEPT_SECONDS, seconds)
    return seconds


def _keep(agency_id: int, found: Mapping[str, OrderFacts]) -> None:
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    for ref, facts in found.items():
        _kept[_place(agency_id, ref)] = facts


def orders_without_gate(agency_id: int, refs: Collection[str]) -> list[int]:
    """The signed orders of these names that have no gate yet, by number."""
    rows = _signed(agency_id).filter(
        Q(public_id__in=refs) | Q(piid__in=refs), funds_gate__isnull=True
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


def stamps_of(rows: Iterable[Sequence[Any]]) -> dict[str, Stamp]:
    """What :data:`STAMPS` gave, by stream."""
    return {stream: tuple(marks) for stream, *marks in rows}


def _place(agency_id: int, ref: str) -> tuple[str, int, str]:
    return (str(connection.settings_dict["NAME"]), agency_id, ref)


class _Bans:
    """The bans that turn calls on orders away, those that were waived left out."""

    def __init__(self, at: datetime) -> None:
        self._at = at
        self._in_force: dict[int, list[Ban]] = {}

    def of(self, order: TaskOrder, known: KnownOrder) -> list[Forbidden]:
        """Those that touch an order; nothing more is read where none is in force."""
        contract = order.contract
        agency = contract.agency
        if agency.pk not in self._in_force:
            self._in_force[agency.pk] = list(in_force(agency, self._at))
        if not self._in_force[agency.pk]:
            return []
        models = list(AiModel.objects.filter(pk__in={r.model_id for r in known.rates}))
        bans = standing_against(
            agency, vendor_id=contract.vendor_id, models=models, at=self._at
        )
        return [
            Forbidden(
                ban=ban.public_id,
                says=(
                    f"The {ban.kind} {ban.target} is banned: "
                    f"{ban.get_reason_display()}, {ban.citation}."
                ),
                models=None
                if ban.vendor_id
                else frozenset(m.pk for m in models if ban.hits_model(m)),
            )
            for ban in bans
            if not is_waived(ban, [order.subject, contract.subject])
        ]
