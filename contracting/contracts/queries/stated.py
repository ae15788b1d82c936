"""What a contract states: its options, and what later stages keep of its terms."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, Final

from contracting.contracts.models import Contract, ContractOption
from contracting.solicitations.publishing.options import words_of

_STATED: Final = (
    *("number", "kind", "months", "notice_days", "opens_days", "closes_days"),
    *("ceiling_dollars", "ceiling_tokens", "price_percent"),
)


def terms_of(option: ContractOption) -> dict[str, Any]:
    """What an option says, by name."""
    return {name: getattr(option, name) for name in _STATED}


def options_of(contract: Contract) -> list[tuple[ContractOption, str]]:
    """Every option of the contract by number, each in words."""
    rows = contract.options.order_by("number")
    return [(option, words_of(terms_of(option))) for option in rows]


Annex = Callable[[Contract, date], Iterable[dict[str, Any]]]
_annexes: list[Annex] = []


def tell_annex(tell: Annex) -> None:
    """Let a later stage, which this one does not know, print terms that it keeps.

    :param tell: the tables that a print of the contract carries as of a day
    """
    if tell not in _annexes:
        _annexes.append(tell)


def annexes_of(contract: Contract, on: date) -> list[dict[str, Any]]:
    """Every table that a later stage keeps of the contract's terms on a day."""
    return [table for tell in _annexes for table in tell(contract, on)]
