"""The nightly job: take back what is over, accrue the months that have ended."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from contracting.core.actors import SYSTEM
from contracting.periods.operations.accrue import accrue_month
from contracting.periods.operations.reverse import reverse_accruals
from contracting.periods.queries.accruals import months_to_accrue, orders_to_accrue

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Night:
    """How many rows were posted, and on which orders it failed."""

    made: int = 0
    failed: list[str] = field(default_factory=list)


def accrue_all(*, at: datetime) -> Night:
    """Accrue all; one transaction for each order and month, so that none stops another.

    An accrual is dated the last day of its month and its reversal the first of the
    next, whenever the job runs.
    """
    made = 0
    failed: list[str] = []
    for order in orders_to_accrue():
        try:
            for month in list(months_to_accrue(order, at)):
                rows = accrue_month(order_id=order.pk, month=month, by=SYSTEM, at=at)
                made += len(rows)
            made += len(reverse_accruals(order_id=order.pk, by=SYSTEM, at=at))
        except Exception:  # noqa: BLE001 (logged; the others go on)
            _log.exception("Order %s was not accrued.", order.public_id)
            failed.append(order.name)
    return Night(made, failed)
