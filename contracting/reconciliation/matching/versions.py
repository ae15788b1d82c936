"""By which versions of contract and rules an order is compared."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from contracting.core.periods import accounting_day
from contracting.modifications.models import ContractModification
from contracting.orders.models import TaskOrder
from contracting.orders.states import ModificationState
from contracting.reference.queries import rules_on
from contracting.solicitations.publishing.terms import TOLERANCES

COMPARISON: Final = 2
"""How differences are found and named; a later one may find others in the same rows."""

OF_COMPARISONS: Final = "R-REC-"

READ: Final = frozenset({*TOLERANCES, "report_due_days", "time_zone"})
"""The terms of a contract that a comparison reads."""


def versions_at(order: TaskOrder, at: datetime) -> Iterator[tuple[str, str]]:
    """What held at the instant of a comparison, each by its name and version.

    The contract is its award with what was signed on it by then of what a comparison
    reads: prices, lines, tolerances and the days to report. More funds or time, another
    title or representative change nothing here. A rule is named by the first day of its
    wording. So a comparison made again is made by the same versions, and one under
    other versions has other inputs, not another result of the same.
    """
    yield "comparison", str(COMPARISON)
    signed = order.contract.modifications.filter(
        state=ModificationState.ISSUED, issued_at__lte=at
    ).order_by("issued_at", "pk")
    numbers = (each.number for each in signed if _is_read(each))
    yield "contract", " ".join(["award", *numbers])
    day = accounting_day(at, order.contract.time_zone)
    for rule in rules_on(day).filter(rule_id__startswith=OF_COMPARISONS):
        yield rule.rule_id, rule.valid_from.isoformat()


def _is_read(modification: ContractModification) -> bool:
    """Whether a comparison reads something that it has changed."""
    parts = modification.rates, modification.unit_rates, modification.new_lines
    return any(parts) or bool(READ & set(modification.terms))
