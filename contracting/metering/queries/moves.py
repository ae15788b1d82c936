"""The calls that an order would give up, and what each of them has there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from contracting.metering.calculations.rerating import Price
from contracting.metering.models import EveryEvent, UsageAttribution, UsageRating
from contracting.metering.queries.reratings import rated_now
from contracting.orders.models import TaskOrder

Call = tuple[str, int, str]
"""The request, the attempt and the token class."""

AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Moving:
    """A call, the tokens of it that move by class, and at which price they stand."""

    event: EveryEvent
    model_id: int
    tokens: Mapping[str, int]
    prices: Mapping[str, Price]

    @property
    def source_id(self) -> int:
        return int(self.event.source_id)

    @property
    def line_id(self) -> int:
        """The line on which it stands."""
        return next(iter(self.prices.values())).order_line_id


def moving_calls(
    order: TaskOrder, calls: Mapping[Call, int], *, besides: int = 0
) -> list[Moving]:
    """What the order has of these calls, never more than is asked for.

    What was taken back of a call before is gone, and what was moved here is here.

    :param calls: tokens by request, attempt and token class
    :param besides: a line of the order whose calls stay where they are
    """
    left = {key: tokens for key, tokens in calls.items() if tokens > 0}
    lines = set(order.lines.values_list("pk", flat=True)) - {besides}
    by_source: dict[int, list[EveryEvent]] = defaultdict(list)
    for event in _events(order, sorted({request for request, *_ in left})):
        by_source[event.source_id].append(event)
    found = []
    for source_id, rows in sorted(by_source.items()):
        source = _Source(order.contract.agency_id, source_id, rows)
        for event in rows:
            tokens: dict[str, int] = {}
            prices: dict[str, Price] = {}
            for code, price, has in source.stands_of(event):
                key = event.operation_id, event.attempt, code
                taken = min(left.get(key, 0), has)
                if price.order_line_id in lines and taken > 0 and code not in tokens:
                    tokens[code], prices[code] = taken, price
                    left[key] -= taken
            if tokens:
                model_id = source.models[event.event_id]
                found.append(Moving(event, model_id, tokens, prices))
    return found


def _events(order: TaskOrder, requests: Sequence[str]) -> Iterator[EveryEvent]:
    """The calls of these requests, by source and id."""
    agency_id = order.contract.agency_id
    for start in range(0, len(requests), AT_ONCE):
        rows: QuerySet[EveryEvent] = EveryEvent.objects.filter(
            agency_id=agency_id,
            corrects="",
            operation_id__in=requests[start : start + AT_ONCE],
        )
        yield from rows.order_by("source_id", "event_id")


class _Source:
    """What is rated of calls of one source, corrections taken off."""

    def __init__(
        self, agency_id: int, source_id: int, events: Sequence[EveryEvent]
    ) -> None:
        own = {"agency_id": agency_id, "source_id": source_id}
        ids = [event.event_id for event in events]
        corrections = EveryEvent.objects.filter(**own, corrects__in=ids)
        corrected = dict(corrections.values_list("event_id", "corrects"))
        self._prices = rated_now(agency_id, source_id, [*ids, *corrected])
        self._has: dict[tuple[str, str, Price], int] = defaultdict(int)
        rows = UsageRating.objects.filter(**own, event_id__in=[*ids, *corrected])
        for event_id, code, tokens in rows.values_list(
            "event_id", "token_class_code", "tokens"
        ):
            price = self._prices[event_id, code]
            self._has[corrected.get(event_id, event_id), code, price] += tokens
        self._places: dict[str, list[tuple[str, Price]]] = defaultdict(list)
        for call, code, price in self._has:
            self._places[call].append((code, price))
        attributed = UsageAttribution.objects.filter(**own, event_id__in=ids)
        self.models = dict(attributed.values_list("event_id", "model_id"))

    def stands_of(self, event: EveryEvent) -> Iterator[tuple[str, Price, int]]:
        """Each class of a call at each price at which it stands, and what is there."""
        for code, price in sorted(self._places[event.event_id], key=str):
            yield code, price, self._has[event.event_id, code, price]
