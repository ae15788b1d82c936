"""Usage of an issued order: the gateway's events, batches and sources.

The order of ``tests.builders_orders`` runs from 13 April 2026 in Washington; its calls
are completed on 20 April and delivered half an hour later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from contracting.core import clock
from contracting.core.actors import SYSTEM, Actor
from contracting.core.quantities import Dollars, Tokens
from contracting.metering.models import UsageSource
from contracting.metering.operations.fold_all import fold_all
from contracting.metering.operations.ingest import Receipt, ingest_usage
from contracting.metering.operations.register import register_source
from contracting.notices.models import Notice
from contracting.operate.queries import broken_invariants
from contracting.orders.models import TaskOrder
from contracting.orders.states import FundsDraft
from tests.builders_orders import issued_order, line, line_of_accounting
from tests.cast import AGENCY, actor, machine
from tests.remembered import remembered

CALLED_AT = datetime(2026, 4, 20, 14, 0, tzinfo=UTC)
"""Monday, 20 April 2026, 10 a.m. in Washington."""

DELIVERED_AT = CALLED_AT + timedelta(minutes=30)

SOURCE = "gateway"
MODEL = "gpt-4o-2024-08-06"
BOUNDARY = "FEDRAMP_MOD"

PRICES = {
    "IN_UNCACHED": "2.00",
    "IN_CACHE_READ": "1.00",
    "OUT_TEXT": "8.00",
    "OUT_REASONING": "8.00",
}
"""Meridian's prices per million tokens: 80 percent of public list."""


@remembered
def usage_source(code: str = SOURCE, at: datetime = CALLED_AT) -> UsageSource:
    """The agency's gateway; the same one when asked again."""
    found = UsageSource.objects.filter(code=code).first()
    administrator = actor("administrator")
    return found or register_source(
        agency_id=administrator.own_organization_id,
        code=code,
        label=f"{AGENCY}, {code}",
        by=administrator,
        at=at,
    )


def event(
    number: int | str = 1,
    *,
    order: TaskOrder | str,
    tokens: Mapping[str, Any] | None = None,
    at: datetime = CALLED_AT,
    source: str = SOURCE,
    **changed: Any,
) -> dict[str, Any]:
    """One call as the gateway reports it; ``changed`` replaces fields of its data."""
    counts = {"input": 1_000, "output": 100} if tokens is None else tokens
    return {
        "specversion": "1.0",
        "id": f"call-{number}",
        "source": source,
        "type": "ai.tokens.consumed.v1",
        "time": at.isoformat(),
        "data": {
            "order_id": order if isinstance(order, str) else order.public_id,
            "operation_id": f"operation-{number}",
            "attempt": 1,
            "model": MODEL,
            "tier": "STANDARD",
            "boundary": BOUNDARY,
            "lines": [{"class": name, "tokens": n} for name, n in counts.items()],
            **_together(counts.values()),
            **changed,
        },
    }


def _together(counts: Iterable[Any]) -> dict[str, int]:
    """More than one call can have is the sum of several calls, and says of how many."""
    tokens = sum(n for n in counts if isinstance(n, int))
    most = 16_384
    return {"requests": -(-tokens // most)} if tokens > most else {}


def ndjson(*events: Any) -> bytes:
    """The events as the gateway posts them, one to a line."""
    return "".join(f"{json.dumps(each)}\n" for each in events).encode()


@remembered
def ingested(
    *events: Any, at: datetime = DELIVERED_AT, by: Actor | None = None
) -> Receipt:
    """A batch of these events, received from the gateway and drawn on the funds."""
    receipt = ingest_usage(
        source_id=usage_source().pk,
        payload=ndjson(*events),
        by=by or machine("gateway"),
        at=at,
    )
    folded()
    return receipt


def folded() -> int:
    """Let the roller run, as it does a moment after usage has arrived."""
    return fold_all(by=SYSTEM, at=clock.now(), wait=True)


def statuses(receipt: Receipt) -> list[str]:
    """The verdict of each row, in their order."""
    return [str(verdict.status) for verdict in receipt.verdicts]


def codes(receipt: Receipt) -> list[str]:
    """The code of each row, in their order."""
    return [str(verdict.code) for verdict in receipt.verdicts]


@remembered
def order_for(
    dollars: str = "40.00", tokens: int = 20_000_000, **more: Any
) -> TaskOrder:
    """A signed order with this much funded, under a ceiling of sixty dollars."""
    funds = FundsDraft("AA", line_of_accounting().pk, Dollars(dollars))
    return issued_order(lines=[line(tokens=Tokens(tokens), funds=[funds])], **more)


def told_to(part_name: str) -> list[int]:
    """The shares of the funds that this person was told of, in order, with repeats."""
    notices = Notice.objects.filter(
        recipient_user_id=actor(part_name).user_id,
        title__contains="percent of the funds",
    )
    titles = [each.title.removeprefix("Again: ") for each in notices.order_by("pk")]
    return [int(title.split()[0]) for title in titles]


def assert_the_books_balance() -> None:
    """Every invariant of every stage holds."""
    assert broken_invariants() == {}
