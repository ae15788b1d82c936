"""The next number of a modification, in the one series of its instrument."""

from __future__ import annotations

from collections.abc import Callable

from contracting.contracts.models import Contract
from contracting.core.identifiers import modification_number
from contracting.orders.models import Modification, TaskOrder
from contracting.orders.states import ModificationState

Count = Callable[[Contract], int]
_counts: list[Count] = []


def count_numbers(count: Count) -> None:
    """Let the stage that modifies contracts tell how many numbers it has given out.

    The schedule of a definitive contract has the number of the contract, and so its
    modifications are of the series of the contract (R-MOD-01).
    """
    if count not in _counts:
        _counts.append(count)


def next_number(order: TaskOrder) -> str:
    """The number that the next modification of an order gets, read under its lock.

    :raises BadIdentifier: if the numbers are used up
    """
    taken = order.modifications.filter(state=ModificationState.ISSUED).count()
    if order.is_schedule:
        taken += sum(count(order.contract) for count in _counts)
    return modification_number("P", taken + 1)


def numbered_on_schedule(contract: Contract) -> list[str]:
    """The numbers that modifications of the contract's own lines have taken."""
    signed = Modification.objects.filter(
        order__contract=contract,
        order__is_schedule=True,
        state=ModificationState.ISSUED,
    )
    return list(signed.order_by("number").values_list("number", flat=True))
