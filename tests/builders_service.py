"""A month of calls with their outcomes and latencies, sent without gaps."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracting.contracts.models import Contract
from contracting.disputes.models import ServiceLevel
from contracting.disputes.operations.set_level import set_service_level
from contracting.orders.models import TaskOrder
from tests.builders_metering import CALLED_AT, event, ingested, usage_source
from tests.builders_sources import beaten
from tests.cast import actor

FIRST_DAY = date(2026, 4, 1)
MEASURED_AT = CALLED_AT + timedelta(days=15)
"""5 May 2026: April is over."""


def level(
    contract: Contract, *, by: str = "contracting_officer", **terms: Any
) -> ServiceLevel:
    """99.9 percent of the calls are answered, or part of the month is credited."""
    said: dict[str, Any] = {
        "measure": "AVAILABILITY",
        "target": Decimal("99.9"),
        "steps": [(Decimal("99.9"), Decimal(5)), (Decimal(90), Decimal(10))],
        "first_day": FIRST_DAY,
        "says_so": "Clause H-7",
        **terms,
    }
    return set_service_level(
        contract_id=contract.pk, **said, by=actor(by), at=CALLED_AT
    )


def served(
    order: TaskOrder,
    outcomes: Iterable[str],
    latencies: Iterable[int] = (),
    *,
    skipped: int = 0,
    tokens: int = 10_000,
) -> None:
    """One call of two cents for each outcome, numbered without a gap save one."""
    waits = list(latencies)

    def waited(number: int) -> dict[str, Any]:
        return {"latency_ms": waits[number - 1]} if waits else {}

    ingested(
        *(
            event(
                f"s-{number}",
                order=order,
                outcome=outcome,
                tokens={"IN_UNCACHED": tokens},
                meter_seq=number + (0 < skipped < number),
                at=CALLED_AT + timedelta(seconds=number),
                **waited(number),
            )
            for number, outcome in enumerate(outcomes, start=1)
        )
    )


def sent_whole(at: datetime = MEASURED_AT) -> None:
    """The gateway says that it has sent everything up to now."""
    beaten(usage_source(), at, at=at)
