"""Names that events carry, each looked up once: orders, models, keys, limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any, TypeVar

from contracting.core.periods import accounting_day
from contracting.metering import queries
from contracting.metering.calculations import (
    Attributed,
    Held,
    KnownOrder,
    Measured,
    Rate,
    attribute,
    whose,
)
from contracting.metering.calculations.combinations import Turns
from contracting.metering.calculations.suspense import reserve
from contracting.metering.calculations.terms import (
    NO_CAP,
    Call,
    Cap,
    KnownKey,
    at_that_time,
    beyond_rate,
    minute_of,
)
from contracting.metering.queries import terms
from contracting.metering.queries.kept import Facts
from contracting.metering.states import HoldReason
from contracting.reference.queries import resolve_model

_Fact = TypeVar("_Fact")


class Lookup:
    """Orders, models and keys by the names that events carry, each looked up once.

    :param facts: what is known already, and kept beyond this use; nothing by default
    """

    def __init__(self, agency_id: int, facts: Facts | None = None) -> None:
        self._agency_id = agency_id
        self._facts = Facts() if facts is None else facts
        self._used: dict[Hashable, Any] = {}

    def _fact(self, name: Hashable, read: Callable[[], _Fact]) -> _Fact:
        if name not in self._used:
            self._used[name] = self._facts.fact(name, read)
        found: _Fact = self._used[name]
        return found

    def orders(self, refs: Collection[str]) -> list[KnownOrder]:
        """The issued orders of these names, in as few statements as of one."""
        self._facts.learn_orders(self._agency_id, refs)
        return [found for ref in refs if (found := self.order(ref)) is not None]

    def order(self, ref: str) -> KnownOrder | None:
        """The issued order of this id or PIID."""
        return self._fact(
            ("order", ref), lambda: queries.known_order(self._agency_id, ref)
        )

    def model(self, name: str, on: date) -> int | None:
        """The model of this snapshot name or alias on that day."""

        def read() -> int | None:
            model = resolve_model(name, on, self._agency_id)
            return None if model is None else model.pk

        return self._fact(("model", name, on), read)

    def key(self, source_id: int, key_ref: str, at: datetime) -> KnownKey | None:
        """Whose a key of a source is at that instant; its own mapping comes first."""
        return next(iter(at_that_time(self._keys(source_id, key_ref), at)), None)

    def _keys(self, source_id: int, key_ref: str) -> list[KnownKey]:
        return self._fact(
            ("key", source_id, key_ref),
            lambda: queries.keys_of_source(self._agency_id, source_id, key_ref),
        )

    def cap(self, model_id: int) -> Cap:
        """What one call of a model can have at most, by the model itself."""
        return self._fact(("cap", model_id), lambda: queries.cap_of_model(model_id))

    def decide(self, event: Measured, model_id: int | None = None) -> Attributed | Held:
        """Whose usage an event is; if it is held, with what it may come to.

        :param model_id: the model, where somebody has said so
        """

        found = self.attribute(event, model_id)
        return self.reserved(event, found) if isinstance(found, Held) else found

    def attribute(
        self, event: Measured, model_id: int | None = None
    ) -> Attributed | Held:
        """Whose usage an event is, or why it is held, by what is known of its names.

        :param model_id: the model, where somebody has said so
        """

        def said(_name: str, _on: date) -> int | None:
            return model_id

        return attribute(
            event,
            find_order=self.order,
            find_model=self.model if model_id is None else said,
            find_key=partial(self.key, event.source_id),
            find_cap=self.cap,
        )

    def turns(self, source_id: int, order_ref: str, key_ref: str) -> Turns:
        """When what is known changes of calls that name this order and this key."""
        keys = self._keys(source_id, key_ref) if key_ref else []
        named = {order_ref, *(key.order_ref for key in keys)}
        orders = [found for ref in named if (found := self.order(ref)) is not None]
        return Turns.of(orders, keys)

    def reserved(self, event: Measured, held: Held) -> Held:
        """The same, with its order where it is known, and the highest amount."""
        found = whose(
            event, find_order=self.order, find_key=partial(self.key, event.source_id)
        )
        order = None if isinstance(found, Held) else found[0]
        rates = order.rates if order and order.rates else self._rates()
        zone = order.time_zone if order else "UTC"
        name = event.model_served or event.model_requested
        model_id = self.model(name, accounting_day(event.occurred_at, zone))
        if model_id is None:
            models = {rate.model_id for rate in rates}
            caps = [self.cap(each) for each in models]
        else:
            caps = [self.cap(model_id)]
        cap = max(caps, key=lambda each: each.max_output_tokens or 0, default=NO_CAP)
        return replace(
            held,
            order_id=order.order_id if order else None,
            reserve=reserve(event, rates, cap, model_id),
        )

    def too_fast(self, calls: Iterable[tuple[Measured, Attributed]]) -> dict[str, Held]:
        """Which calls of a batch come faster than their contract allows (R-MET-06).

        :returns: by the event's id why it is held, with what it may come to
        """
        by_cap: dict[tuple[int, Cap], list[tuple[Measured, Attributed]]] = defaultdict(
            list
        )
        for event, found in calls:
            waits = event.is_held_for(HoldReason.BEYOND_LIMITS)
            if found.cap.has_rate and waits and not found.is_witness:
                by_cap[found.order.contract_id, found.cap].append((event, found))
        held: dict[str, Held] = {}
        for (contract_id, cap), same in by_cap.items():
            events = {event.event_id: event for event, _ in same}
            asked = [
                Call(each.occurred_at, each.event_id, each.requests, found.tokens)
                for each, found in same
            ]
            minutes = sorted(minute_of(each.at) for each in asked)
            before = terms.taken_by_minute(
                contract_id, cap.model_id, minutes[0], minutes[-1]
            )
            for event_id, why in beyond_rate(asked, cap, before).items():
                event = events[event_id]
                too_fast = Held(HoldReason.BEYOND_LIMITS, why)
                held[event_id] = self.reserved(event, too_fast)
        return held

    def _rates(self) -> tuple[Rate, ...]:
        """Every price of every order of the agency that takes usage."""
        return self._fact(("rates",), lambda: queries.rates_of_agency(self._agency_id))
