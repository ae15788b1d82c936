"""What is not decided on a contract itself, apart from its orders."""

from __future__ import annotations

from collections.abc import Iterator

from contracting.contracts.models import Contract
from contracting.contracts.queries import suspending_protest
from contracting.orders.states import ModificationState
from contracting.terminations.queries import open_terminations


def undecided_on(contract: Contract) -> Iterator[str]:
    """A protest, a termination of the whole, and drafts (FAR 4.804-1(c))."""
    protest = suspending_protest(contract)
    if protest is not None:
        yield f"Protest {protest.number} suspends it, and nobody has lifted that."
    for each in open_terminations(contract):
        if each.order_id is None:
            yield f"The termination of {each.about} is not settled."
    drafts = contract.modifications.filter(state=ModificationState.DRAFT).count()
    if drafts:
        words = "1 modification is" if drafts == 1 else f"{drafts:,} modifications are"
        yield f"{words} neither signed nor discarded."
