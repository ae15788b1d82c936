"""What calls that are alike come to, by price and UTC hour, on its way to the funds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from contracting.core.quantities import Tokens
from contracting.ledger.states import Delta, Holder, Position
from contracting.metering.calculations import Held, ledger_key
from contracting.metering.calculations.combinations import Call, Combination
from contracting.orders.models import HOLDER_OF_A_LINE


def deltas_of_alike(
    found: Combination, calls: Iterable[Call], source: str
) -> Iterator[Delta]:
    """The sums of a combination whose every count is charged at its price.

    The price of a sum is the sum of the prices, exactly: none is rounded.

    :param calls: those of its calls that this batch has stored
    :param source: the code of their source
    """
    outcome = found.outcome
    if isinstance(outcome, Held):
        return
    for hour, same in _by_hour(calls).items():
        positions = [(call.occurred_at, call.event_id) for call in same]
        (first_at, first_id), (last_at, last_id) = min(positions), max(positions)
        counts = zip(*([n for _, n in call.lines] for call in same), strict=True)
        for rate, of_class in zip(found.rates, counts, strict=True):
            if rate is None:
                continue
            tokens = sum(of_class)
            yield Delta(
                holder=Holder(HOLDER_OF_A_LINE, rate.order_line_id),
                key=ledger_key(rate.rate_row_id),
                unit_price=rate.price,
                rate_row_id=rate.rate_row_id,
                hour=hour,
                day=outcome.accounting_day,
                events=len(same),
                tokens=tokens,
                dollars=rate.price.of(Tokens(tokens)),
                first=Position(first_at, source, first_id),
                last=Position(last_at, source, last_id),
                acu_per_million_tokens=rate.acu_per_million_tokens,
            )


def _by_hour(calls: Iterable[Call]) -> dict[datetime, list[Call]]:
    found: dict[datetime, list[Call]] = defaultdict(list)
    for call in calls:
        at = call.occurred_at.astimezone(UTC)
        found[at.replace(minute=0, second=0, microsecond=0)].append(call)
    return found
