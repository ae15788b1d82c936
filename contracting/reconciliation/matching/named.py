"""The prices of an order by their rows, and by the names of their models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from contracting.contracts.models import RateRow
from contracting.core.periods import Period, days_bounds
from contracting.orders.models import TaskOrder
from contracting.reconciliation.matching.apart import Kind
from contracting.reconciliation.states import Rate, Rates, Span
from contracting.reference.queries.names import Names

FOR_EVER: Final = datetime(9999, 12, 1, tzinfo=UTC)


def prices_of(
    order: TaskOrder, rates: Rates
) -> Iterator[tuple[int, int, int, str, datetime, datetime]]:
    """The price rows of each order line, and when the order has a price of the kind."""
    lines = sorted({line for line, *_ in rates})
    for pk, (model, tier, code) in sorted(_classes(order).items()):
        for line in lines:
            span = _longest(rates.get((line, model, tier, code), ()))
            if span is not None:
                yield line, pk, model, tier, *span


def named_prices(
    order: TaskOrder,
    prices: Iterable[tuple[int, int, int, str, datetime, datetime]],
    names: Iterable[tuple[str, datetime, datetime, int]],
) -> Iterator[Kind]:
    """The prices under each name that stands for their model, while both hold."""
    rows = RateRow.objects.filter(line__contract=order.contract_id)
    stated = {
        pk: (code, usd)
        for pk, code, usd in rows.values_list(
            "pk", "token_class__code", "usd_per_million_tokens"
        )
    }
    of_model: dict[int, list[tuple[str, datetime, datetime]]] = defaultdict(list)
    for name, since, until, model in names:
        of_model[model].append((name, since, until))
    for line, rate, model, tier, starts, ends in prices:
        for name, since, until in of_model[model]:
            if max(starts, since) < min(ends, until):
                yield Kind(
                    *(line, rate, name, tier, max(starts, since), min(ends, until)),
                    *stated[rate],
                )


def _longest(rates: Iterable[Rate]) -> Span | None:
    """The longest time without a gap in which there is a price."""
    spans: list[Span] = []
    for rate in sorted(rates, key=lambda each: each.start):
        end = rate.end or FOR_EVER
        if spans and rate.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((rate.start, end))
    return max(spans, key=lambda span: span[1] - span[0], default=None)


def _classes(order: TaskOrder) -> dict[int, tuple[int, str, str]]:
    rows = RateRow.objects.filter(line__contract=order.contract_id)
    read = rows.values_list("pk", "model_id", "tier", "token_class__code")
    return {pk: (model, tier, code) for pk, model, tier, code in read}


def kinds_of_rates(order: TaskOrder) -> dict[int, tuple[int, str]]:
    return {pk: (model, tier) for pk, (model, tier, _) in _classes(order).items()}


def names_in(
    agency_id: int, rates: Rates, period: Period, zone: str
) -> Iterator[tuple[str, datetime, datetime, int]]:
    """Whatever may stand for a model of the order, and when."""
    names = Names(agency_id)
    for name in names.of_models({model for _, model, *_ in rates}):
        for first, last, model in names.pieces(name, period.days(zone)):
            if model is not None:
                days = days_bounds(first, last, zone)
                yield name, days.start, days.end, model
