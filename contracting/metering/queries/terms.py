"""What decides whose a call is and whether it is charged, read as plain values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import connection
from django.db.models import F, Q, QuerySet

from contracting.contracts.models import Contract
from contracting.core.models import Stated
from contracting.core.periods import day_bounds
from contracting.incidents.models import Authorization
from contracting.metering.calculations.terms import (
    MINUTE,
    Authorized,
    Cap,
    Charging,
    KnownKey,
    Record,
    Span,
    charging_for,
)
from contracting.metering.models import (
    KeyMapping,
    OutcomePolicy,
    SourceOfRecord,
    UsageLimit,
    UsageSource,
)
from contracting.metering.states import Outcome
from contracting.orders.models import TaskOrder
from contracting.reference.models import AiModel, OutcomeDefault


def span_of(row: Stated) -> Span:
    """When it holds."""
    return Span(row.in_force.lower, row.in_force.upper)


def records_of(orders: Iterable[TaskOrder]) -> dict[int, list[Record]]:
    """Which source is of record for each order, by key and time, as known now."""
    rows = list(SourceOfRecord.objects.known().filter(order__in=orders).order_by("pk"))
    following = _followers({row.agency_id for row in rows})
    found: dict[int, list[Record]] = defaultdict(list)
    for row in rows:
        sources = _successors(row.source_id, following)
        found[row.order_id].append(
            Record(span_of(row), row.key_ref, sources, row.is_first_report)
        )
    return found


def _followers(agencies: Collection[int]) -> dict[int, int]:
    """Which source succeeds which, of these agencies."""
    if not agencies:
        return {}
    rows = UsageSource.objects.filter(
        agency_id__in=agencies, succeeds__isnull=False
    ).values_list("succeeds_id", "pk")
    return {before: after for before, after in rows if before is not None}


def _successors(source_id: int, following: Mapping[int, int]) -> frozenset[int]:
    """A source and those that succeed it, year by year."""
    found, last = [source_id], source_id
    while (after := following.get(last)) is not None and after not in found:
        found.append(after)
        last = after
    return frozenset(found)


def authorized_of(contracts: Collection[int]) -> dict[int, list[Authorized]]:
    """Until when each boundary is authorized, as known now, by contract."""
    rows = Authorization.objects.known().filter(contract__in=contracts).order_by("pk")
    found: dict[int, list[Authorized]] = defaultdict(list)
    for row in rows:
        found[row.contract_id].append(Authorized(span_of(row), row.boundary))
    return found


def caps_of(contracts: Collection[int]) -> dict[int, list[Cap]]:
    """What contracts say that a call of each model can have at most, by contract."""
    rows = UsageLimit.objects.known().filter(contract__in=contracts).order_by("pk")
    found: dict[int, list[Cap]] = defaultdict(list)
    for row in rows:
        found[row.contract_id].append(
            Cap(
                span=span_of(row),
                model_id=row.model_id,
                max_output_tokens=row.max_output_tokens,
                context_tokens=row.context_tokens,
                calls_per_minute=row.calls_per_minute,
                tokens_per_minute=row.tokens_per_minute,
                latency_ms=row.latency_ms,
            )
        )
    return found


def cap_of_model(model_id: int) -> Cap:
    """What a call of a model can have at most, by the model itself."""
    model = AiModel.objects.get(pk=model_id)
    return Cap(
        Span(None, None), model_id, model.max_output_tokens, model.context_tokens
    )


def taken_by_minute(
    contract_id: int, model_id: int, first: datetime, last: datetime
) -> dict[datetime, tuple[int, int]]:
    """Calls and tokens of a model on a contract that are charged, by UTC minute.

    :param first: the start of the first minute
    :param last: the start of the last minute
    """
    with connection.cursor() as cursor:
        cursor.execute(_BY_MINUTE, [contract_id, model_id, first, last + MINUTE])
        return {minute: (int(n), int(tokens)) for minute, n, tokens in cursor}


_BY_MINUTE = """
SELECT minute, sum(requests), sum(tokens) FROM (
  SELECT date_trunc('minute', r.occurred_at, 'UTC') AS minute,
         coalesce(e.requests, 1) AS requests, sum(r.tokens) AS tokens
  FROM orders_orderline l
  JOIN contracts_contractline c ON c.id = l.contract_line_id
  JOIN metering_usagerating r ON r.order_line_id = l.id
  JOIN contracts_raterow p ON p.id = r.rate_row_id
  JOIN metering_everyevent e USING (agency_id, source_id, event_id)
  WHERE c.contract_id = %s AND p.model_id = %s
    AND r.occurred_at >= %s AND r.occurred_at < %s AND e.corrects = ''
  GROUP BY r.agency_id, r.source_id, r.event_id, r.occurred_at, e.requests
) AS calls GROUP BY minute
"""


def models_priced_on(contract: Contract) -> QuerySet[AiModel]:
    """The models that have a price on the contract, by name."""
    rows = AiModel.objects.filter(raterow__line__contract=contract)
    return rows.distinct().order_by("snapshot")


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """Whether calls that ended so are charged at an instant, and who says so."""

    label: str
    policy: Charging
    is_own: bool


def outcome_table(contract: Contract, at: datetime) -> list[OutcomeRow]:
    """The table of chargeable outcomes as it holds on the contract (R-MET-07)."""
    zone = contract.time_zone
    own = tuple(charging_of([contract.pk]).get(contract.pk, ()))
    default = default_charging(zone)[zone]
    found = []
    for outcome in Outcome:
        policy = charging_for(own, default, outcome.value, at)
        if policy is not None:
            found.append(OutcomeRow(str(outcome.label), policy, policy in own))
    return found


def charging_of(contracts: Collection[int]) -> dict[int, list[Charging]]:
    """Which outcomes contracts charge otherwise than by default, by contract."""
    rows = OutcomePolicy.objects.known().filter(contract__in=contracts)
    found: dict[int, list[Charging]] = defaultdict(list)
    for row in rows.order_by("pk"):
        found[row.contract_id].append(
            Charging(
                span_of(row),
                row.outcome,
                row.charges_input,
                row.charges_output,
                row.says_so,
            )
        )
    return found


def default_charging(*zones: str) -> dict[str, tuple[Charging, ...]]:
    """Which outcomes are charged where a contract says nothing, by zone (R-MET-07).

    :param zones: time zones of contracts, in which the days begin
    """
    rows = list(OutcomeDefault.objects.order_by("pk"))
    return {zone: tuple(_in_zone(row, zone) for row in rows) for zone in zones}


def _in_zone(row: OutcomeDefault, zone: str) -> Charging:
    ends = None if row.valid_to is None else day_bounds(row.valid_to, zone).end
    return Charging(
        Span(day_bounds(row.valid_from, zone).start, ends),
        row.outcome,
        row.charges_input,
        row.charges_output,
        row.citation,
    )


def keys_of_source(agency_id: int, source_id: int, key_ref: str) -> list[KnownKey]:
    """Everything that a key means to a source, as known now, at whatever time.

    The source's own mappings come before the agency's: where both hold, they decide.
    """
    rows = (
        KeyMapping.objects.known()
        .filter(Q(source_id=source_id) | Q(source_id__isnull=True))
        .filter(agency_id=agency_id, key_ref=key_ref)
        .select_related("order")
        .order_by(F("source_id").asc(nulls_last=True), "pk")
    )
    return [
        KnownKey(span_of(row), row.order.public_id, row.order_line_id, row.project)
        for row in rows
    ]


def orders_of_keys(agency_id: int, key_refs: Iterable[str]) -> set[str]:
    """The orders, by their opaque ids, to which keys belong at any time."""
    wanted = set(key_refs)
    if not wanted:
        return set()
    rows = KeyMapping.objects.known().filter(agency_id=agency_id, key_ref__in=wanted)
    return set(rows.values_list("order__public_id", flat=True))


class NamesAnOrder(Protocol):
    """A call, as stored or as read."""

    @property
    def order_ref(self) -> str: ...

    @property
    def key_ref(self) -> str: ...


def orders_named_by(agency_id: int, events: Iterable[NamesAnOrder]) -> set[str]:
    """The orders that events name, and those of the keys that they name."""
    named, keys = set(), set()
    for event in events:
        named.add(event.order_ref)
        keys.add(event.key_ref)
    return named | orders_of_keys(agency_id, keys - {""})


def mappings_of(agency_id: int) -> QuerySet[KeyMapping]:
    """The mapped keys of an agency as known now."""
    return (
        KeyMapping.objects.known()
        .filter(agency_id=agency_id)
        .select_related("order__contract", "order_line__contract_line", "source")
    )


def keys_of(agency_id: int, **only: Any) -> Iterable[KeyMapping]:
    """The same, by key and time."""
    return mappings_of(agency_id).filter(**only).order_by("key_ref", "in_force", "pk")
